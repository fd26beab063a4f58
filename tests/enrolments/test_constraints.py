"""What must never be stored, tried straight in the database."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import Group, Session
from enrolments.enums import LIVING
from enrolments.models import Application, Attendance, Participation
from tests import factories as f
from tests.enrolments.scene import APPLIED, ENDED, Scene, riga

pytestmark = pytest.mark.django_db


def refused(constraint: str):
    """A statement that this constraint stops; the transaction around it survives."""
    return pytest.raises(IntegrityError, match=constraint)


def test_a_group_is_never_overbooked(scene: Scene) -> None:
    groups = Group.objects.filter(pk=scene.group.pk)
    with refused("group_never_overbooked"), transaction.atomic():
        groups.update(taken=13)
    with pytest.raises(IntegrityError), transaction.atomic():
        groups.update(taken=-1)
    with refused("group_never_overbooked"), transaction.atomic():
        groups.update(taken=5, capacity=4)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"ends_on": date(2026, 3, 2)}, "group_dates_ordered"),
        ({"apply_until": date(2026, 12, 1)}, "group_dates_ordered"),
        ({"minimum": 13}, "group_minimum_within_capacity"),
    ],
)
def test_days_and_places_of_a_group(scene: Scene, values, constraint: str) -> None:
    with refused(constraint), transaction.atomic():
        Group.objects.filter(pk=scene.group.pk).update(**values)


def test_sessions_end_after_they_begin(scene: Scene) -> None:
    with refused("session_times_ordered"), transaction.atomic():
        Session.objects.filter(group=scene.group).update(ends_at=riga(2020, 1, 1))


@pytest.mark.parametrize("state", LIVING)
def test_one_living_application_for_each_group(scene: Scene, state: str) -> None:
    account = scene.learner(money=False)
    scene.draft(account)
    with refused("one_living_application_per_group"), transaction.atomic():
        Application.objects.create(
            account=account,
            offer=scene.offer,
            group=scene.group,
            state=state,
            submitted_at=APPLIED,
            queued_at=APPLIED,
            offered_until=APPLIED,
            decided_at=APPLIED,
            decide_by=date(2026, 2, 9),
        )


def test_what_is_sent_has_its_days(scene: Scene) -> None:
    application = scene.applied()
    rows = Application.objects.filter(pk=application.pk)
    with refused("application_submitted_has_dates"), transaction.atomic():
        rows.update(decide_by=None)
    with refused("application_submitted_has_dates"), transaction.atomic():
        rows.update(submitted_at=None)
    with refused("application_decided_has_time"), transaction.atomic():
        rows.update(state="approved")


def test_an_outcome_has_its_day(scene: Scene) -> None:
    participation = scene.learning()
    rows = Participation.objects.filter(pk=participation.pk)
    for state in ("completed", "interrupted", "expelled"):
        with refused("participation_outcome_has_date"), transaction.atomic():
            rows.update(state=state)
    with refused("participation_outcome_has_date"), transaction.atomic():
        rows.update(outcome_on=date(2026, 3, 31))


def test_a_confirmation_is_whole_and_only_of_a_completion(scene: Scene) -> None:
    participation = scene.learning()
    rows = Participation.objects.filter(pk=participation.pk)
    for values in (
        {"confirmed_at": ENDED},
        {"confirmed_by": "learner"},
        {"confirmed_at": ENDED, "confirmed_by": "learner"},
    ):
        with refused("participation_confirmed_whole"), transaction.atomic():
            rows.update(**values)


def test_one_mark_for_each_person_and_session(scene: Scene) -> None:
    participation = scene.learning()
    scene.attend(participation, True)
    with refused("attendance_mark_once"), transaction.atomic():
        Attendance.objects.create(
            participation=participation,
            session=f.session(scene.group, 1),
            presence="absent",
            marked_at=ENDED,
        )


def test_a_commitment_belongs_to_one_application(scene: Scene) -> None:
    first = scene.applied()
    second = scene.draft(scene.learner())
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=second.pk).update(commitment=first.commitment)
