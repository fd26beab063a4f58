"""The two logs only grow and keep no personal values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.models import User
from stars.audit import selectors, services
from stars.audit.models import AuditEntry, LookEntry
from stars.common.permissions import SYSTEM

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 12, 0, tzinfo=ZoneInfo("Europe/Riga"))


@pytest.fixture
def user() -> User:
    return User.objects.create_user()


def test_a_change(user: User) -> None:
    key = uuid4()
    services.record(
        actor=user,
        action="programme_renamed",
        object_type="catalogue.programme",
        object_id=key,
        changes={"code": ("a", "b")},
        at=AT,
    )
    (entry,) = selectors.changes_of(key)
    assert (entry.actor_id, entry.action, entry.at) == (user.pk, "programme_renamed", AT)
    assert entry.changes == {"code": ["a", "b"]}


def test_personal_and_unknown_values_are_not_kept() -> None:
    entry = services.record(
        actor=SYSTEM,
        action="person_updated",
        object_type="accounts.person",
        object_id=uuid4(),
        changes={"family_name": ("Kalniņa", "Bērziņa"), "not_registered": (1, 2)},
        at=AT,
    )
    entry.refresh_from_db()
    assert entry.actor_id is None
    assert entry.changes == {"family_name": None, "not_registered": None}


def test_dates_and_amounts_are_kept_as_text() -> None:
    entry = services.record(
        actor=SYSTEM,
        action="offer_changed",
        object_type="catalogue.offer",
        object_id=uuid4(),
        changes={"open_until": (None, date(2026, 6, 9)), "open_from": (Decimal("1.50"), True)},
        at=AT,
    )
    assert entry.changes == {"open_until": [None, "2026-06-09"], "open_from": ["1.50", True]}


@pytest.mark.parametrize("action", ["Renamed it", "", "līga", "x" * 61])
def test_actions_are_code_words(action: str) -> None:
    with pytest.raises(ValueError, match="code word"):
        services.record(actor=SYSTEM, action=action, object_type="a.b", object_id=None, at=AT)


def test_looks(user: User, django_assert_num_queries: object) -> None:
    people = [uuid4() for _ in range(20)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        seen = services.look(
            actor=user,
            person_ids=[*people, people[0]],
            what="application_list",
            purpose="decide_application",
            at=AT,
        )
    assert seen == 20
    (entry,) = selectors.looks_at(people[0])
    assert (entry.actor_id, entry.what, entry.at) == (user.pk, "application_list", AT)


def test_a_purpose_is_no_free_text(user: User) -> None:
    with pytest.raises(ValueError, match="code word"):
        services.look(actor=user, person_ids=[uuid4()], what="card", purpose="Asked by Līga", at=AT)


@pytest.mark.parametrize("model", [AuditEntry, LookEntry])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_nothing_is_ever_changed(model: type, statement: str) -> None:
    table = model._meta.db_table  # type: ignore[attr-defined]
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
