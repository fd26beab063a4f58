"""A provider's system for each test."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.api import build


@pytest.fixture
def system(db: None) -> build.System:
    """A provider with a key that may do everything."""
    cache.clear()  # what other tests counted of requests
    return build.system()
