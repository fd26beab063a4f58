"""The start of groups, attendance, the end."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.enums import GroupState
from enrolments import selectors
from enrolments.enums import ParticipationState, Presence
from enrolments.exceptions import MarkedMeanwhile
from enrolments.models import Attendance
from enrolments.services import decisions, learning, outcomes
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.enrolments.scene import DECIDED, ENDED, STARTED, Scene, riga

pytestmark = pytest.mark.django_db


def mark(scene: Scene, participation, number: int = 1, **kwargs):
    values = {
        "participation_id": participation.pk,
        "session_id": f.session(scene.group, number).pk,
        "presence": Presence.PRESENT,
        "expected_version": 0,
        "actor": scene.staff,
        "at": ENDED,
    }
    return learning.mark_attendance(**{**values, **kwargs})


def test_the_group_starts_with_everybody_admitted(scene: Scene) -> None:
    admitted = [scene.admitted(), scene.admitted()]
    waiting = scene.applied()
    assert learning.start_participations(at=riga(2026, 3, 2, 23)) == 0
    assert learning.start_participations(at=STARTED) == 2
    assert learning.start_participations(at=STARTED) == 0
    scene.group.refresh_from_db()
    assert scene.group.state == GroupState.RUNNING
    for participation in admitted:
        participation.refresh_from_db()
        assert participation.state == ParticipationState.LEARNING
    waiting.refresh_from_db()
    assert waiting.state == "submitted"


def test_late_admission_starts_with_the_next_run(scene: Scene) -> None:
    scene.admitted()
    late = scene.applied()
    learning.start_participations(at=STARTED)
    decisions.approve(application_id=late.pk, actor=scene.staff, at=riga(2026, 3, 3, 15))
    assert learning.start_participations(at=riga(2026, 3, 4, 1)) == 1


def test_a_group_without_anybody_does_not_start_by_itself(scene: Scene) -> None:
    learning.start_participations(at=STARTED)
    scene.group.refresh_from_db()
    assert scene.group.state == GroupState.OPEN


def test_a_group_does_not_start_early(scene: Scene) -> None:
    scene.admitted()
    with pytest.raises(Invalid):
        learning.start_group(group_id=scene.group.pk, actor=scene.staff, at=DECIDED)


def test_only_its_provider_starts_a_group(scene: Scene) -> None:
    scene.admitted()
    for actor in (f.MembershipFactory().user, f.MembershipFactory(auditor=True).user):
        with pytest.raises(NotAllowed):
            learning.start_group(group_id=scene.group.pk, actor=actor, at=STARTED)


def test_groups_close_by_themselves(scene: Scene) -> None:
    assert learning.close_late_groups(at=riga(2026, 3, 2, 23)) == 0
    assert learning.close_late_groups(at=riga(2026, 3, 3)) == 1
    scene.group.refresh_from_db()
    assert scene.group.state == GroupState.CLOSED


def test_a_group_finishes_when_everybody_has_an_outcome(scene: Scene) -> None:
    first, second = scene.admitted(), scene.admitted()
    learning.start_participations(at=STARTED)
    for participation in (first, second):
        scene.attend(participation, True, True, True, True)
    outcomes.complete(
        participation_id=first.pk,
        document_number="A-1",
        on=date(2026, 3, 31),
        actor=scene.staff,
        at=ENDED,
    )
    assert learning.finish_groups(at=ENDED) == 0
    outcomes.interrupt(
        participation_id=second.pk,
        on=date(2026, 3, 30),
        note="Pārcelšanās.",
        actor=scene.staff,
        at=ENDED,
    )
    scene.group.refresh_from_db()
    assert scene.group.state == GroupState.FINISHED


def test_marks_and_their_versions(scene: Scene) -> None:
    participation = scene.learning()
    first = mark(scene, participation)
    assert (first.presence, first.version, first.marked_by) == ("present", 1, scene.staff)
    second = mark(scene, participation, presence=Presence.ABSENT, expected_version=1)
    assert (second.pk, second.presence, second.version) == (first.pk, "absent", 2)
    same = mark(scene, participation, presence=Presence.ABSENT, expected_version=2)
    assert same.version == 2
    assert Attendance.objects.count() == 1


def test_two_teachers_never_overwrite_each_other(scene: Scene) -> None:
    colleague = f.MembershipFactory(organisation=scene.world.provider.organisation).user
    participation = scene.learning()
    mark(scene, participation, presence=Presence.ABSENT, actor=colleague)
    with pytest.raises(MarkedMeanwhile) as caught:
        mark(scene, participation)
    assert caught.value.current.presence == "absent"
    assert caught.value.current.marked_by == colleague
    # Where both say the same there is nothing to settle.
    assert mark(scene, participation, presence=Presence.ABSENT).version == 1


def test_a_session_of_another_group(scene: Scene) -> None:
    participation = scene.learning()
    other = f.group(scene.offer.version, starts_on=date(2026, 3, 4))
    with pytest.raises(Invalid) as caught:
        mark(scene, participation, session_id=f.session(other, 1).pk)
    assert caught.value.code == "session_outside_group"


def test_a_session_moved_outside_the_group(scene: Scene) -> None:
    participation = scene.learning()
    session = f.session(scene.group, 1)
    session.starts_at, session.ends_at = riga(2026, 1, 5, 18), riga(2026, 1, 5, 21)
    session.save()
    with pytest.raises(Invalid) as caught:
        mark(scene, participation)
    assert caught.value.code == "date_outside_group"
    assert not Attendance.objects.exists()


def test_a_session_still_ahead(scene: Scene) -> None:
    participation = scene.learning()
    with pytest.raises(Invalid) as caught:
        mark(scene, participation, number=2, at=riga(2026, 3, 10, 17))
    assert caught.value.code == "session_ahead"
    assert mark(scene, participation, number=2, at=riga(2026, 3, 10, 18))


def test_no_marks_before_the_start_and_after_the_outcome(scene: Scene) -> None:
    participation = scene.admitted()
    with pytest.raises(Conflict):
        mark(scene, participation)
    learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    outcomes.expel(
        participation_id=participation.pk,
        on=date(2026, 3, 20),
        note="Neapmeklēja.",
        actor=scene.staff,
        at=ENDED,
    )
    with pytest.raises(Conflict):
        mark(scene, participation)


def test_a_word_that_is_no_mark(scene: Scene) -> None:
    with pytest.raises(Invalid):
        mark(scene, scene.learning(), presence="late")


def test_only_its_provider_marks(scene: Scene) -> None:
    participation = scene.learning()
    for actor in (
        f.MembershipFactory().user,
        f.MembershipFactory(administrator=True).user,
        participation.account.person.user,
    ):
        with pytest.raises(NotAllowed):
            mark(scene, participation, actor=actor)
    with pytest.raises(NotAllowed):
        learning.mark_rest(
            session_id=f.session(scene.group, 1).pk,
            presence=Presence.PRESENT,
            actor=f.MembershipFactory().user,
            at=ENDED,
        )


def test_the_rest_is_marked_and_marks_stay(scene: Scene) -> None:
    people = [scene.admitted() for _ in range(3)]
    learning.start_participations(at=STARTED)
    mark(scene, people[0], presence=Presence.ABSENT)
    session = f.session(scene.group, 1)
    sheet = selectors.session_sheet(scene.group, session)
    assert (sheet.marked, len(sheet.rows)) == (1, 3)
    marked = learning.mark_rest(
        session_id=session.pk, presence=Presence.PRESENT, actor=scene.staff, at=ENDED
    )
    assert marked == 2
    sheet = selectors.session_sheet(scene.group, session)
    assert {row.participation.pk: row.presence for row in sheet.rows} == {
        people[0].pk: "absent",
        people[1].pk: "present",
        people[2].pk: "present",
    }
    assert sheet.previous is None
    assert sheet.following == f.session(scene.group, 2)


def test_a_day_outside_the_group(scene: Scene) -> None:
    assert learning.session_on(scene.group, date(2026, 3, 10)).number == 2
    for day, code in (
        (date(2026, 3, 2), "date_outside_group"),
        (date(2027, 3, 10), "date_outside_group"),
        (date(2026, 3, 11), "no_session"),
    ):
        with pytest.raises(Invalid) as caught:
            learning.session_on(scene.group, day)
        assert caught.value.code == code


def test_the_sheet_costs_the_same_for_any_group(scene: Scene, django_assert_num_queries) -> None:
    session = f.session(scene.group, 1)
    for _ in range(2):
        scene.admitted()
        with django_assert_num_queries(6):
            selectors.session_sheet(scene.group, session)


def test_what_is_still_to_mark(scene: Scene) -> None:
    participation = scene.learning()
    ids = [scene.group.pk]
    assert selectors.sessions_to_mark(ids, at=riga(2026, 3, 3, 17)) == {}
    due = selectors.sessions_to_mark(ids, at=riga(2026, 3, 10, 19))
    assert [session.number for session in due[scene.group.pk]] == [1, 2]
    mark(scene, participation)
    due = selectors.sessions_to_mark(ids, at=riga(2026, 3, 10, 19))
    assert [session.number for session in due[scene.group.pk]] == [2]
