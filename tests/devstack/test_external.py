"""Existing servers: a wrong address is told in one sentence that names the variable."""

import pytest

from stars.devstack import external, paths, urls
from stars.devstack.errors import DevstackError

NOWHERE = "127.0.0.1:1"


def test_one_address_without_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgres://stars_app@{NOWHERE}/stars")
    with pytest.raises(DevstackError, match="belong together"):
        external.check()


def test_nobody_answers_and_the_password_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgres://stars_app:hush@{NOWHERE}/stars")
    monkeypatch.setenv("DATABASE_OWNER_URL", f"postgres://stars_owner:hush@{NOWHERE}/stars")
    with pytest.raises(DevstackError) as caught:
        external.check()
    assert "DATABASE_URL: no connection" in str(caught.value)
    assert "PostgreSQL 17 or later" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_an_old_postgres_is_refused() -> None:
    with pytest.raises(DevstackError, match="is PostgreSQL 16; STARS needs PostgreSQL 17"):
        external.refuse_old("DATABASE_URL", "postgres://db.example/stars", 160010)
    external.refuse_old("DATABASE_URL", "postgres://db.example/stars", 170000)


def test_both_roles_have_to_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    same = paths.layout().postgres_url(paths.APP_ROLE)  # the servers of this test run
    monkeypatch.setenv("DATABASE_URL", same)
    monkeypatch.setenv("DATABASE_OWNER_URL", same)
    with pytest.raises(DevstackError, match="two different roles"):
        external.check()


def test_right_addresses_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, address in urls().items():
        monkeypatch.setenv(name, address)
    external.check()


@pytest.mark.parametrize("address", [f"redis://:hush@{NOWHERE}/0", "carrier-pigeon://x"])
def test_no_broker(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("REDIS_URL", address)
    with pytest.raises(DevstackError, match="REDIS_URL: no Redis or Valkey answers") as caught:
        external.check()
    assert "hush" not in str(caught.value)
