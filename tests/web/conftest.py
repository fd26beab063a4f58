"""The small world of the page tests."""

from __future__ import annotations

import pytest

from tests.web import scene as scenes


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    """A source with money, alive today."""
    return scenes.scene()
