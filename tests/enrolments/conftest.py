"""The world of enrolments for each test."""

from __future__ import annotations

import pytest

from tests.enrolments import scene as scenes


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    """A source with money, a provider with staff, a programme of 570 € with a group."""
    return scenes.scene()
