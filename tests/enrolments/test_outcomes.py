"""Completion with two sides, interruption, expulsion: the money and the learning history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from enrolments.enums import ParticipationState
from enrolments.exceptions import TooLittleAttendance
from enrolments.models import EnrolmentLog
from enrolments.services import learning, outcomes
from funding import selectors as money
from funding.enums import CommitmentState
from learning_accounts.enums import StepState
from learning_accounts.models import LearningRecord, PathStep
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.enrolments.scene import CONFIRMED, ENDED, STARTED, Scene, riga
from tests.funding import build

pytestmark = pytest.mark.django_db


def complete(scene: Scene, participation, **kwargs):
    values = {
        "participation_id": participation.pk,
        "document_number": "A-1",
        "on": date(2026, 3, 31),
        "actor": scene.staff,
        "at": ENDED,
    }
    return outcomes.complete(**{**values, **kwargs})


def test_completion_waits_for_the_second_side(scene: Scene) -> None:
    account = scene.learner(with_path=scene.offer.version.programme)
    participation = scene.completed(account)
    assert participation.state == ParticipationState.COMPLETED
    assert participation.attendance_share == Decimal("1.0000")
    commitment = participation.application.commitment
    commitment.refresh_from_db()
    assert commitment.state == CommitmentState.HELD
    record = LearningRecord.objects.get(participation_id=participation.pk)
    assert (record.title_lv, record.hours) == (scene.offer.version.title_lv, 40)
    assert record.document_number == "A-1"
    assert PathStep.objects.get(path__account=account).state == StepState.DONE


def test_the_learner_confirms_and_the_money_is_owed(scene: Scene) -> None:
    participation = scene.completed()
    user = participation.account.person.user
    done = outcomes.confirm_completion(participation_id=participation.pk, actor=user, at=CONFIRMED)
    assert (done.confirmed_by, done.confirmed_at) == ("learner", CONFIRMED)
    commitment = done.application.commitment
    commitment.refresh_from_db()
    assert commitment.state == CommitmentState.CAPTURED
    assert commitment.evidence["attendance_share"] == "1.0000"
    assert commitment.evidence["completed_on"] == "2026-03-31"
    assert commitment.evidence["confirmed_by"] == "learner"
    assert money.money(participation.account, CONFIRMED).spent == Decimal(500)
    again = outcomes.confirm_completion(
        participation_id=participation.pk, actor=user, at=riga(2026, 4, 3)
    )
    assert again.confirmed_at == CONFIRMED
    assert EnrolmentLog.objects.filter(object_id=done.pk, transition="confirm").count() == 1


def test_the_agency_confirms_after_five_days_and_says_what_it_checked(scene: Scene) -> None:
    participation = scene.completed()
    officer = f.MembershipFactory(finance_officer=True).user
    early, late = riga(2026, 4, 5, 23), riga(2026, 4, 6, 0)
    with pytest.raises(Conflict) as caught:
        outcomes.confirm_for_agency(
            participation_id=participation.pk, actor=officer, at=early, note="Zvanījām."
        )
    assert caught.value.code == "too_early"
    with pytest.raises(Invalid):
        outcomes.confirm_for_agency(
            participation_id=participation.pk, actor=officer, at=late, note=" "
        )
    done = outcomes.confirm_for_agency(
        participation_id=participation.pk, actor=officer, at=late, note="Zvanījām."
    )
    assert done.confirmed_by == "agency"
    done.application.commitment.refresh_from_db()
    assert done.application.commitment.state == CommitmentState.CAPTURED


def test_a_backdated_completion_does_not_shorten_the_learners_days(scene: Scene) -> None:
    participation = scene.learning()
    scene.attend(participation, True, True, True, True)
    complete(scene, participation, on=date(2026, 3, 24), at=ENDED)
    with pytest.raises(Conflict):
        outcomes.confirm_for_agency(
            participation_id=participation.pk,
            actor=f.MembershipFactory(administrator=True).user,
            at=riga(2026, 4, 3),
            note="Zvanījām.",
        )


def test_who_may_confirm(scene: Scene) -> None:
    participation = scene.completed()
    stranger = scene.learner().person.user
    for actor in (scene.staff, stranger, f.MembershipFactory(administrator=True).user):
        with pytest.raises(NotAllowed):
            outcomes.confirm_completion(
                participation_id=participation.pk, actor=actor, at=CONFIRMED
            )
    own = participation.account.person.user
    for actor in (scene.staff, own, f.MembershipFactory(auditor=True).user):
        with pytest.raises(NotAllowed):
            outcomes.confirm_for_agency(
                participation_id=participation.pk, actor=actor, at=riga(2026, 5, 1), note="x"
            )


def test_nothing_to_confirm_yet(scene: Scene) -> None:
    participation = scene.learning()
    with pytest.raises(Conflict):
        outcomes.confirm_completion(
            participation_id=participation.pk,
            actor=participation.account.person.user,
            at=CONFIRMED,
        )


def test_who_pays_alone_confirms_without_money(scene: Scene) -> None:
    account = scene.learner(money=False)
    participation = scene.completed(account, use_support=False, support="0")
    done = outcomes.confirm_completion(
        participation_id=participation.pk, actor=account.person.user, at=CONFIRMED
    )
    assert done.confirmed_by == "learner"


def test_three_sessions_of_four_are_too_few(scene: Scene) -> None:
    participation = scene.learning()
    scene.attend(participation, True, True, True, False)
    with pytest.raises(TooLittleAttendance) as caught:
        complete(scene, participation)
    assert caught.value.share == Decimal("0.7500")
    assert "75" in str(caught.value)
    participation.refresh_from_db()
    assert participation.state == ParticipationState.LEARNING
    assert not LearningRecord.objects.exists()


def test_what_is_not_marked_counts_as_absent(scene: Scene) -> None:
    participation = scene.learning()
    scene.attend(participation, True, True, True)
    with pytest.raises(TooLittleAttendance):
        complete(scene, participation)


def test_exactly_eighty_per_cent_is_enough(scene: Scene) -> None:
    group = f.group(scene.offer.version, starts_on=date(2026, 3, 3), sessions=5, code="pieci")
    participation = scene.learning(group=group)
    scene.attend(participation, True, True, True, True, False)
    done = complete(scene, participation)
    assert done.attendance_share == Decimal("0.8000")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"on": date(2026, 3, 2)}, "outcome_day"),
        ({"on": date(2026, 4, 2)}, "outcome_day"),
        ({"document_number": " "}, "document"),
    ],
)
def test_bad_input_of_a_completion(scene: Scene, change, code: str) -> None:
    participation = scene.learning()
    scene.attend(participation, True, True, True, True)
    with pytest.raises(Invalid) as caught:
        complete(scene, participation, **change)
    assert caught.value.code == code
    participation.refresh_from_db()
    assert participation.outcome_on is None


def test_completion_is_recorded_once_and_by_the_provider(scene: Scene) -> None:
    other, participation = scene.admitted(), scene.completed()
    with pytest.raises(Conflict):
        complete(scene, participation)
    for actor in (f.MembershipFactory().user, other.account.person.user):
        with pytest.raises(NotAllowed):
            complete(scene, other, actor=actor)


def test_a_whole_group_at_once(scene: Scene) -> None:
    people = [scene.admitted() for _ in range(3)]
    learning.start_participations(at=STARTED)
    for participation in people[:2]:
        scene.attend(participation, True, True, True, True)
    scene.attend(people[2], True, False, False, False)
    outcome = outcomes.complete_group(
        group_id=scene.group.pk,
        people=[outcomes.Completed(p.pk, f"A-{n}") for n, p in enumerate(people)],
        on=date(2026, 3, 31),
        actor=scene.staff,
        at=ENDED,
    )
    assert {p.pk for p in outcome.completed} == {people[0].pk, people[1].pk}
    assert list(outcome.refused) == [people[2].pk]
    assert LearningRecord.objects.count() == 2


def test_a_whole_group_is_all_or_nothing_when_the_input_is_wrong(scene: Scene) -> None:
    people = [scene.admitted() for _ in range(2)]
    learning.start_participations(at=STARTED)
    for participation in people:
        scene.attend(participation, True, True, True, True)

    def attempt(*entries: outcomes.Completed) -> None:
        outcomes.complete_group(
            group_id=scene.group.pk,
            people=entries,
            on=date(2026, 3, 31),
            actor=scene.staff,
            at=ENDED,
        )

    with pytest.raises(Invalid):
        attempt(*(outcomes.Completed(p.pk, number) for p, number in zip(people, "A ", strict=True)))
    stranger = scene.learning(
        group=f.group(scene.offer.version, starts_on=date(2026, 3, 3), code="cita")
    )
    with pytest.raises(Invalid):
        attempt(outcomes.Completed(stranger.pk, "A"))
    with pytest.raises(Invalid):
        attempt(*(outcomes.Completed(people[0].pk, "A") for _ in range(2)))
    assert not LearningRecord.objects.exists()


@pytest.mark.parametrize("end", [outcomes.interrupt, outcomes.expel])
def test_stopping_after_the_start_loses_the_money(scene: Scene, end) -> None:
    participation = scene.learning()
    with pytest.raises(Invalid):
        end(
            participation_id=participation.pk,
            on=date(2026, 3, 20),
            note="",
            actor=scene.staff,
            at=ENDED,
        )
    done = end(
        participation_id=participation.pk,
        on=date(2026, 3, 20),
        note="Pārtrauca.",
        actor=scene.staff,
        at=ENDED,
    )
    assert done.outcome_note == "Pārtrauca."
    done.application.commitment.refresh_from_db()
    assert done.application.commitment.state == CommitmentState.FORFEITED
    assert money.free_money(done.account, ENDED) == 0
    assert build.lot(done.account).state == "forfeited"
    scene.group.refresh_from_db()
    assert scene.group.taken == 1  # a place that began is not free again


def test_nobody_is_interrupted_before_the_start(scene: Scene) -> None:
    participation = scene.admitted()
    with pytest.raises(Conflict):
        outcomes.interrupt(
            participation_id=participation.pk,
            on=date(2026, 3, 3),
            note="x",
            actor=SYSTEM,
            at=ENDED,
        )
