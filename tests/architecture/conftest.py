"""The world of the permission matrix, built once for a module and undone after it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.test import override_settings

from stars.files import owners
from tests.architecture.permission_walk import undone, wrote
from tests.architecture.permission_world import FILES, World, build_world


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """Everybody and everything; each request on it is undone by itself."""
    media = tmp_path_factory.mktemp("media")
    logging.disable(logging.ERROR)  # a refusal is logged with its whole stack, a thousand times
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media):  # type: ignore[attr-defined]
        with undone():
            made = build_world()
            wrote(made)  # what came into the world counts as nobody's request
            yield made
    del owners._kinds[FILES]
    logging.disable(logging.NOTSET)
