"""Months that are closed, changes after it and their money, the learner's side, the limit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache

from catalogue.models import Session
from enrolments import messages_attendance as messages
from enrolments import selectors_attendance as looks
from enrolments.enums import Presence
from enrolments.exceptions import MarkedMeanwhile, ReasonNeeded, TooLittleAttendance
from enrolments.models import Attendance, AttendanceChange, MonthClosing, OwnMark, Participation
from enrolments.services import learning, months, outcomes, own_marks
from funding.models import Commitment, Correction
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.limits import TooMany
from stars.common.permissions import SYSTEM
from stars.notifications.models import Message
from tests import factories as f
from tests.enrolments.scene import CONFIRMED, ENDED, STARTED, Scene, riga

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)
HERE, AWAY = Presence.PRESENT, Presence.ABSENT


def close(scene: Scene, **kwargs):
    values = {"group_id": scene.group.pk, "month": MARCH, "actor": scene.staff, "at": ENDED}
    return months.close_month(**{**values, **kwargs})


def mark(scene: Scene, participation: Participation, number: int, presence: str, version: int = 0):
    return learning.mark_attendance(
        participation_id=participation.pk,
        session_id=f.session(scene.group, number).pk,
        presence=presence,
        expected_version=version,
        actor=scene.staff,
        at=ENDED,
    )


def change(scene: Scene, participation: Participation, number: int, presence: str, **kwargs):
    session = f.session(scene.group, number)
    seen = Attendance.objects.filter(participation=participation, session=session).first()
    values = {
        "participation_id": participation.pk,
        "session_id": session.pk,
        "presence": presence,
        "expected_version": seen.version if seen else 0,
        "reason": "Kļūda",
        "actor": scene.staff,
        "at": CONFIRMED,
    }
    return months.change_mark(**{**values, **kwargs})


# --- months ----------------------------------------------------------------------------------


def test_a_closed_month_keeps_its_marks(scene: Scene) -> None:
    participation = scene.learning()
    scene.attend(participation, True, True, True, True)
    closing = close(scene)
    assert close(scene).pk == closing.pk
    with pytest.raises(ReasonNeeded):
        mark(scene, participation, 1, AWAY, version=1)
    assert mark(scene, participation, 1, HERE, version=1).version == 1
    with pytest.raises(ReasonNeeded):
        learning.mark_rest(
            session_id=f.session(scene.group, 1).pk, presence=HERE, actor=scene.staff, at=ENDED
        )
    with pytest.raises(ReasonNeeded):
        change(scene, participation, 1, AWAY, reason="  ")
    with pytest.raises(Invalid):
        change(scene, participation, 1, AWAY, reason="x" * 301)
    with pytest.raises(MarkedMeanwhile):
        change(scene, participation, 1, AWAY, expected_version=0)
    assert change(scene, participation, 1, AWAY).version == 2
    row = AttendanceChange.objects.get()
    assert (row.before, row.after, row.reason, row.by) == (HERE, AWAY, "Kļūda", scene.staff)


def test_a_month_is_closed_when_it_is_over_and_everybody_is_marked(scene: Scene) -> None:
    participation = scene.learning()
    with pytest.raises(Conflict) as caught:
        close(scene)
    assert caught.value.code == "not_marked"
    scene.attend(participation, True, True, True, False)
    for wrong in (date(2026, 3, 2), date(2026, 4, 1), date(2026, 2, 1)):
        with pytest.raises(Invalid):
            close(scene, month=wrong)
    with pytest.raises(Invalid) as caught:
        close(scene, at=riga(2026, 3, 31, 23))
    assert caught.value.code == "month_ahead"
    for actor in (f.MembershipFactory().user, participation.account.person.user):
        with pytest.raises(NotAllowed):
            close(scene, actor=actor)
    assert not MonthClosing.objects.exists()
    close(scene)


def test_the_month_is_that_of_riga(scene: Scene) -> None:
    participation = scene.learning()
    scene.attend(participation, True, True, True, True)
    session = f.session(scene.group, 4)
    # 00.30 on 1 April in Riga is still March in UTC.
    Session.objects.filter(pk=session.pk).update(
        starts_at=riga(2026, 4, 1, 0) + timedelta(minutes=30), ends_at=riga(2026, 4, 1, 3)
    )
    scene.group.ends_on = date(2026, 4, 1)
    scene.group.save(update_fields=["ends_on"])
    close(scene)
    assert mark(scene, participation, 4, AWAY, version=1).version == 2
    with pytest.raises(ReasonNeeded):
        mark(scene, participation, 3, AWAY, version=1)


def test_only_its_provider_changes_a_closed_mark(scene: Scene) -> None:
    participation = scene.learning()
    scene.attend(participation, True, True, True, True)
    close(scene)
    for actor in (
        f.MembershipFactory().user,
        f.MembershipFactory(administrator=True).user,
        participation.account.person.user,
    ):
        with pytest.raises(NotAllowed):
            change(scene, participation, 1, AWAY, actor=actor)
    assert not AttendanceChange.objects.exists()


def test_a_change_after_payment_is_a_difference_in_settlement(scene: Scene) -> None:
    participation = scene.completed()
    outcomes.confirm_completion(
        participation_id=participation.pk,
        actor=participation.account.person.user,
        at=CONFIRMED,
    )
    commitment = Commitment.objects.get(application=participation.application)
    assert commitment.support == Decimal("500.00")
    with pytest.raises(Conflict):
        mark(scene, participation, 1, AWAY, version=1)
    change(scene, participation, 1, AWAY)  # 12 of 16 hours: 75 %
    (line,) = Correction.objects.all()
    assert (line.commitment, line.amount, line.reason) == (commitment, Decimal("-500.00"), "Kļūda")
    assert line.evidence["attended"] == 12
    assert line.evidence["share_after"] == "0.7500"
    assert line.evidence["change_id"] == str(AttendanceChange.objects.get().pk)
    change(scene, participation, 2, AWAY)  # 50 %: nothing is owed already
    assert Correction.objects.count() == 1
    change(scene, participation, 2, HERE)
    change(scene, participation, 1, HERE)
    assert [c.amount for c in Correction.objects.order_by("at", "amount")] == [
        Decimal("-500.00"),
        Decimal("500.00"),
    ]
    participation.refresh_from_db()
    assert (participation.state, participation.attendance_share) == ("completed", Decimal(1))


def test_too_few_hours_found_before_the_second_side_owe_nothing(scene: Scene) -> None:
    participation = scene.completed()
    change(scene, participation, 1, AWAY)
    assert not Correction.objects.exists()
    with pytest.raises(TooLittleAttendance):
        outcomes.confirm_completion(
            participation_id=participation.pk,
            actor=participation.account.person.user,
            at=CONFIRMED,
        )
    change(scene, participation, 1, HERE)
    outcomes.confirm_completion(
        participation_id=participation.pk, actor=participation.account.person.user, at=CONFIRMED
    )


# --- the learner's side ----------------------------------------------------------------------

DURING = riga(2026, 3, 3, 19)


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    cache.clear()


def show(scene: Scene, number: int = 1, at=DURING, **kwargs):
    return own_marks.show_code(
        session_id=f.session(scene.group, number).pk,
        **{"actor": scene.staff, "at": at, **kwargs},
    )


def confirm(participation: Participation, digits: str, at=DURING, **kwargs):
    values = {"actor": participation.account.person.user, "digits": digits, "at": at}
    return own_marks.confirm_presence(participation_id=participation.pk, **{**values, **kwargs})


def test_who_is_there_writes_in_the_code(scene: Scene) -> None:
    participation = scene.learning()
    code = show(scene)
    digits = own_marks.digits_of(code)
    assert len(digits) == 6
    assert digits.isdigit()
    assert digits not in code.code_hash
    assert show(scene, at=DURING + timedelta(minutes=5)).pk == code.pk
    mark = confirm(participation, f" {digits[:3]} {digits[3:]} ")
    assert mark.session == f.session(scene.group, 1)
    assert confirm(participation, digits).pk == mark.pk
    later = DURING + timedelta(minutes=15)
    for moment in (later, DURING - timedelta(minutes=1)):
        with pytest.raises(Invalid):
            confirm(participation, digits, at=moment)
    assert show(scene, at=later).pk != code.pk


def test_a_code_of_another_group_or_nobodys_fits_nothing(scene: Scene) -> None:
    participation = scene.learning()
    other = f.group(scene.offer.version, starts_on=date(2026, 3, 3))
    digits = own_marks.digits_of(
        own_marks.show_code(session_id=f.session(other, 1).pk, actor=scene.staff, at=DURING)
    )
    for wrong in (digits, "", "000000", "٠٠٠٠٠٠", "\x00", "x" * 1000):
        with pytest.raises(Invalid):
            confirm(participation, wrong)
    assert not OwnMark.objects.exists()


def test_a_code_is_tried_ten_times_an_hour(scene: Scene) -> None:
    participation, other = scene.admitted(), scene.admitted()
    learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    digits = own_marks.digits_of(show(scene))
    for _ in range(10):
        with pytest.raises(Invalid):
            confirm(participation, "12345")
    with pytest.raises(TooMany):
        confirm(participation, digits)
    assert confirm(other, digits)


def test_codes_are_for_the_session_and_its_teachers(scene: Scene) -> None:
    participation = scene.learning()
    with pytest.raises(Conflict):
        show(scene, at=riga(2026, 3, 3, 12))
    for actor in (f.MembershipFactory().user, participation.account.person.user):
        with pytest.raises(NotAllowed):
            show(scene, actor=actor)
    digits = own_marks.digits_of(show(scene))
    with pytest.raises(NotAllowed):
        confirm(participation, digits, actor=scene.learner().person.user)


def test_differences_of_the_two_sides(scene: Scene) -> None:
    first, second, third = (scene.admitted() for _ in range(3))
    learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    digits = own_marks.digits_of(show(scene))
    confirm(first, digits)
    confirm(second, digits)
    scene.attend(first, True)
    scene.attend(second, False)
    scene.attend(third, True, True)  # the second session had no code
    found = {
        one.participation: (one.presence, one.own) for one in looks.differences_in(scene.group)
    }
    assert found == {second: (AWAY, True), third: (HERE, False)}


# --- the limit -------------------------------------------------------------------------------


def messages_of(kind: str) -> int:
    return Message.objects.filter(kind=kind).count()


@pytest.fixture
def long_group(scene: Scene) -> Scene:
    """Ten sessions of 3 hours: 6 of 30 may be missed."""
    scene.group = f.group(
        scene.offer.version, starts_on=date(2026, 3, 3), sessions=10, hours=3, days=70
    )
    return scene


def test_the_warning_comes_before_the_limit_is_broken(long_group: Scene) -> None:
    scene = long_group
    participation = scene.learning(group=scene.group)
    day = riga(2026, 5, 20)

    def missed(count: int) -> None:
        Attendance.objects.all().delete()
        for number in range(1, count + 1):
            learning.mark_attendance(
                participation_id=participation.pk,
                session_id=f.session(scene.group, number).pk,
                presence=AWAY,
                expected_version=0,
                actor=scene.staff,
                at=day,
            )

    missed(1)  # 3 of 6: one more session fits exactly
    assert messages.warn_of_absence(at=day) == 0
    missed(2)
    assert messages.warn_of_absence(at=day) == 1
    assert messages.warn_of_absence(at=day) == 0
    assert (messages_of("absence_near"), messages_of("absence_in_group")) == (1, 1)
    missed(3)
    assert messages.warn_of_absence(at=day) == 1
    assert (messages_of("absence_over"), messages_of("absence_in_group")) == (1, 2)


def test_warnings_cost_the_same_for_one_and_for_many(
    scene: Scene, django_assert_num_queries
) -> None:
    people = [scene.admitted() for _ in range(4)]
    learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    for person in people:
        scene.attend(person, True, False)
    rows = list(looks.learning_now())
    assert len(rows) == 4
    with django_assert_num_queries(3):
        looks.absences(rows)


def test_unmarked_sessions_are_asked_about_once(scene: Scene) -> None:
    scene.learning()
    evening, morning = riga(2026, 3, 3, 22), riga(2026, 3, 4, 7)
    assert messages.remind_of_marks(at=evening) == 0
    for _ in range(2):
        assert messages.remind_of_marks(at=morning) == 1
    assert messages_of("attendance_missing") == 1
    message = Message.objects.get(kind="attendance_missing")
    assert message.user == scene.staff
