"""Addresses that settings read without anything being started."""

from pathlib import Path

import dj_database_url
import pytest
import redis

from stars.devstack import paths, urls


def test_addresses_are_read_by_the_libraries_that_get_them(tmp_path: Path) -> None:
    place = paths.layout(tmp_path)
    found = urls(tmp_path)
    for name, role in (("DATABASE_URL", "stars_app"), ("DATABASE_OWNER_URL", "stars_owner")):
        parsed = dj_database_url.parse(found[name])
        assert (parsed["HOST"], parsed["PORT"]) == (str(place.sockets), 5432)
        assert (parsed["USER"], parsed["NAME"]) == (role, "stars")
    with redis.Redis.from_url(found["REDIS_URL"]) as client:
        assert client.connection_pool.connection_kwargs["path"] == str(place.valkey_socket)
    assert not place.state.exists(), "asking for addresses starts nothing"


def test_the_environment_names_other_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://example.test:6379/2")
    assert urls()["REDIS_URL"] == "redis://example.test:6379/2"
    assert urls()["DATABASE_URL"].startswith("postgres://stars_app@%2F")


def test_two_checkouts_never_share_a_socket(tmp_path: Path) -> None:
    assert paths.layout(tmp_path / "a").sockets != paths.layout(tmp_path / "b").sockets


def test_a_linked_checkout_is_the_same_checkout(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert paths.layout(tmp_path / "real") == paths.layout(tmp_path / "link")
