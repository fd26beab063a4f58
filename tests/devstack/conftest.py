"""These tests start, kill and stop real servers of their own, never those of the test run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stars.devstack import paths, services


@pytest.fixture(autouse=True)
def private_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever servers this test run was pointed at, the ones here are private."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[paths.Layout]:
    """An empty checkout; its servers are stopped afterwards, whatever the test did to them."""
    found = paths.layout(tmp_path)
    yield found
    services.stop_unused(found.root)
