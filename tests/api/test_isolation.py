"""A provider's system sees and touches nothing of another provider, whatever it names."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.urls import get_resolver

from stars.api.models import ExternalId
from tests.api import build
from tests.api.build import System
from tests.architecture.permission_api import ADDRESSES
from tests.enrolments.scene import Scene, scene

pytestmark = pytest.mark.django_db
LISTS = ("programmes/", "groups/", "people/")
AREAS = ("programmes/", "groups/", "timetable/", "people/", "attendance/", "completion/")


@pytest.fixture
def theirs(db: None) -> dict[str, str]:
    """Keys of rows of another provider, which their own system knows under ids as well."""
    world: Scene = scene()
    place = world.learning()
    world.attend(place, True)
    other = build.system(world.world.provider)
    rows = {
        "programme": world.group.version.programme_id,
        "group": world.group.pk,
        "session": world.group.sessions.order_by("number")[0].pk,
        "participation": place.pk,
        "attendance": place.attendance.get().pk,
        "completion": place.pk,
    }
    for kind, key in rows.items():
        ExternalId.objects.create(
            organisation=other.provider.organisation,
            kind=kind,
            external_id=f"their-{kind}",
            object_id=key,
            sent_at=other.key.made_at,
        )
    return {kind: str(key) for kind, key in rows.items()}


def state() -> list[tuple[str, int]]:
    """How many rows were written in this transaction, table by table, but for our own logs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE relname NOT LIKE 'api_apikey' ORDER BY relname"
        )
        return cursor.fetchall()


def test_every_address_is_here() -> None:
    spaces = get_resolver().namespace_dict["api"][1].reverse_dict
    names = {name for name in spaces if isinstance(name, str)}
    assert names == {*ADDRESSES, "schema", "keys", "key_revoke"}


def test_rows_of_others_do_not_exist(system: System, theirs: dict[str, str]) -> None:
    system.get("groups/")  # the day of the last use
    before = state()
    for path in AREAS:
        nothing = system.get(f"{path}none/")
        assert nothing.status_code == 404
        for kind, key in theirs.items():
            for name in (key, f"their-{kind}"):
                got = system.get(f"{path}{name}/")
                assert (got.status_code, got.json()) == (404, nothing.json()), (path, kind)
    for path in LISTS:
        assert system.get(path).json() == {"items": [], "next": None}
    for name in (theirs["group"], "their-group", "none"):
        assert system.get(f"people/?group={name}").status_code == 404
    assert state() == before  # no look was written either: nobody was seen


def rows(name: Any) -> dict[str, list[dict[str, Any]]]:
    """Every way to name a row of somebody else; `name` gives the name of a kind."""
    days = {"starts_on": "2027-03-02", "ends_on": "2027-03-30", "apply_until": "2027-02-26"}
    group = {"code": "A", "capacity": 5, **days}
    mark = {"presence": "absent", "overwrite": True}
    ended = {"outcome": "completed", "on": "2026-03-31", "document_number": "A"}
    broken = {"outcome": "expelled", "on": "2026-03-31", "reason": "x"}
    return {
        "groups/": [{"id": "a", "programme": name("programme"), **group}],
        "timetable/": [{"id": name("group"), "sessions": []}],
        "attendance/": [
            {"id": "a", "participation": name("participation"), "session": name("session"), **mark}
        ],
        "completion/": [
            {"id": "a", "participation": name("participation"), **ended},
            {"id": "b", "participation": name("participation"), **broken},
        ],
    }


def test_nothing_of_others_can_be_named(system: System, theirs: dict[str, str]) -> None:
    system.get("groups/")
    before = state()
    nowhere = "00000000-0000-4000-8000-000000000000"

    def said(path: str, sent: list[dict[str, Any]]) -> list[Any]:
        answers = system.sent(path, *sent)
        assert {answer["result"] for answer in answers} == {"refused"}, (path, answers)
        return [answer["errors"] for answer in answers]

    for by in (theirs.__getitem__, lambda kind: f"their-{kind}"):
        for path, sent in rows(by).items():
            assert said(path, sent) == said(path, rows(lambda kind: nowhere)[path])
    for path, kind in (
        ("programmes/", "programme"),
        ("groups/", "group"),
        ("people/", "participation"),
    ):
        mine = said(path, [{"id": "a", "stars_id": theirs[kind], "overwrite": True}])
        assert mine == said(path, [{"id": "a", "stars_id": nowhere, "overwrite": True}])
    assert state() == before


def test_ids_of_two_providers_do_not_meet(system: System, theirs: dict[str, str]) -> None:
    """What another system calls "their-programme" is free for mine."""
    assert ExternalId.objects.filter(external_id="their-programme").count() == 1
    ExternalId.objects.create(
        organisation=system.provider.organisation,
        kind="programme",
        external_id="their-programme",
        object_id=theirs["programme"],  # even if a row pointed there
        sent_at=system.key.made_at,
    )
    assert system.get("programmes/their-programme/").status_code == 404
    (answer,) = system.sent("programmes/", {"id": "their-programme", "hours": 3})
    assert answer["result"] == "refused"
