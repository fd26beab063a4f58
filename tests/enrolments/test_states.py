"""Every state × every state: the table, in Python and in the database, and nothing besides.

A row is brought straight into a state here, round every service; that is what the sweep is for.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from catalogue.enums import GroupState
from catalogue.models import Group
from catalogue.workflow import GROUP
from enrolments.enums import ApplicationState, ParticipationState
from enrolments.models import Application, EnrolmentLog, Participation
from enrolments.workflow import APPLICATION, PARTICIPATION
from stars.common.errors import Conflict
from tests import factories as f
from tests.enrolments.scene import APPLIED, Scene

pytestmark = pytest.mark.django_db

OVER = ("completed", "interrupted", "expelled")
DATES: dict[str, Any] = {
    "submitted_at": APPLIED,
    "queued_at": APPLIED,
    "offered_until": APPLIED,
    "decided_at": APPLIED,
    "decide_by": date(2026, 2, 9),
}


@pytest.mark.parametrize("state", ApplicationState.values)
def test_moves_of_an_application(scene: Scene, state: str) -> None:
    for transition in APPLICATION.by_name:
        _move_application(scene, state, transition)


def _move_application(scene: Scene, state: str, transition: str) -> None:
    account = f.LearningAccountFactory()
    row = Application.objects.create(
        account=account, offer=scene.offer, group=scene.group, state=state, **DATES
    )
    move = APPLICATION.by_name[transition]
    if state in move.sources:
        row.move(transition, by=None, at=APPLIED)
        row.refresh_from_db()
        assert row.state == move.target
        assert EnrolmentLog.objects.get(object_id=row.pk).to_state == move.target
    else:
        with pytest.raises(Conflict):
            row.move(transition, by=None, at=APPLIED)
        row.refresh_from_db()
        assert row.state == state
        assert not EnrolmentLog.objects.filter(object_id=row.pk).exists()


def _obeys(table: str, row_id: Any, pairs: list[tuple[str, str]], before: str, after: str) -> None:
    """A plain UPDATE from `before` to `after` is let through exactly where the table says so."""
    allowed = before == after or (before, after) in pairs
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET state = %s WHERE id = %s", [after, row_id])
        assert allowed, (before, after)
    except ProgrammingError as error:
        assert "Invalid transition" in str(error) and not allowed, (before, after)


@pytest.mark.parametrize("before", ApplicationState.values)
def test_the_database_knows_the_table_of_applications(scene: Scene, before: str) -> None:
    for after in ApplicationState.values:
        account = f.LearningAccountFactory()
        row = Application.objects.create(
            account=account, offer=scene.offer, group=scene.group, state=before, **DATES
        )
        _obeys("enrolments_application", row.pk, APPLICATION.pairs(), before, after)


def _participation(scene: Scene, state: str) -> Participation:
    account = f.LearningAccountFactory()
    application = Application.objects.create(
        account=account, offer=scene.offer, group=scene.group, state="approved", **DATES
    )
    return Participation.objects.create(
        application=application,
        account=account,
        group=scene.group,
        admitted_at=APPLIED,
        state=state,
        outcome_on=date(2026, 3, 31) if state in OVER else None,
    )


@pytest.mark.parametrize("state", ParticipationState.values)
def test_moves_of_a_participation(scene: Scene, state: str) -> None:
    for transition in PARTICIPATION.by_name:
        _move_participation(scene, state, transition)


def _move_participation(scene: Scene, state: str, transition: str) -> None:
    row = _participation(scene, state)
    move = PARTICIPATION.by_name[transition]
    row.outcome_on = date(2026, 3, 31) if move.target in OVER else None
    if state in move.sources:
        row.move(transition, by=None, at=APPLIED, also=("outcome_on",))
        assert row.state == move.target
    else:
        with pytest.raises(Conflict):
            row.move(transition, by=None, at=APPLIED, also=("outcome_on",))


@pytest.mark.parametrize("before", ParticipationState.values)
def test_the_database_knows_the_table_of_participations(scene: Scene, before: str) -> None:
    for after in ParticipationState.values:
        row = _participation(scene, before)
        allowed = before == after or (before, after) in PARTICIPATION.pairs()
        # The outcome's day moves along, so that only the table can object.
        day = date(2026, 3, 31) if after in OVER else None
        try:
            with transaction.atomic():
                Participation.objects.filter(pk=row.pk).update(state=after, outcome_on=day)
            assert allowed, (before, after)
        except ProgrammingError as error:
            assert "Invalid transition" in str(error) and not allowed, (before, after)


@pytest.mark.parametrize("before", GroupState.values)
def test_the_database_knows_the_table_of_groups(scene: Scene, before: str) -> None:
    for number, after in enumerate(GroupState.values):
        row = Group.objects.create(
            version=scene.offer.version,
            code=f"t{number}",
            state=before,
            starts_on=date(2026, 5, 4),
            ends_on=date(2026, 5, 29),
            apply_until=date(2026, 5, 3),
            capacity=5,
            mode="remote",
        )
        _obeys("catalogue_group", row.pk, GROUP.pairs(), before, after)
