"""Approved, rejected, withdrawn, lapsed: what becomes of the place and the money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from catalogue.services import groups as catalogue_groups
from enrolments import selectors
from enrolments.enums import ApplicationState, ParticipationState
from enrolments.models import EnrolmentLog
from enrolments.services import decisions, learning
from funding import selectors as money
from funding.enums import CommitmentState, ReleaseCause
from funding.services import grants
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.enrolments.scene import APPLIED, DECIDED, STARTED, STARTS, Scene, riga, taken
from tests.funding import build

pytestmark = pytest.mark.django_db


def test_approval_admits_and_keeps_place_and_money(scene: Scene) -> None:
    participation = scene.admitted()
    application = participation.application
    assert application.state == ApplicationState.APPROVED
    assert application.decided_at == DECIDED
    assert participation.state == ParticipationState.ADMITTED
    assert taken(scene.group) == 1
    application.commitment.refresh_from_db()
    assert application.commitment.state == CommitmentState.HELD
    log = EnrolmentLog.objects.get(object_id=application.pk, transition="approve")
    assert log.by == scene.staff


def test_rejection_needs_a_reason_and_frees_both(scene: Scene) -> None:
    account = scene.learner()
    application = scene.applied(account)
    with pytest.raises(Invalid) as caught:
        decisions.reject(application_id=application.pk, actor=scene.staff, at=DECIDED, note="  ")
    assert caught.value.field == "note"
    assert taken(scene.group) == 1

    done = decisions.reject(
        application_id=application.pk, actor=scene.staff, at=DECIDED, note="Vajag priekšzināšanas."
    )
    assert done.state == ApplicationState.REJECTED
    assert done.decision_note == "Vajag priekšzināšanas."
    assert taken(scene.group) == 0
    assert money.free_money(account, DECIDED) == Decimal(500)
    done.commitment.refresh_from_db()
    assert done.commitment.release_cause == ReleaseCause.PROVIDER


def test_an_answer_is_given_once(scene: Scene) -> None:
    application = scene.applied()
    decisions.approve(application_id=application.pk, actor=scene.staff, at=DECIDED)
    with pytest.raises(Conflict):
        decisions.reject(application_id=application.pk, actor=scene.staff, at=DECIDED, note="Nē")
    with pytest.raises(Conflict):
        decisions.approve(application_id=application.pk, actor=scene.staff, at=DECIDED)
    assert taken(scene.group) == 1


def test_only_the_provider_decides(scene: Scene) -> None:
    application = scene.applied()
    other_provider = f.MembershipFactory(admin=True).user
    auditor = f.MembershipFactory(auditor=True).user
    administrator = f.MembershipFactory(administrator=True).user
    for actor in (other_provider, auditor, administrator, application.account.person.user):
        with pytest.raises(NotAllowed):
            decisions.approve(application_id=application.pk, actor=actor, at=DECIDED)
        with pytest.raises(NotAllowed):
            decisions.reject(application_id=application.pk, actor=actor, at=DECIDED, note="Nē")


def test_somebody_who_left_the_provider_decides_no_more(scene: Scene) -> None:
    application = scene.applied()
    former = f.MembershipFactory(organisation=scene.world.provider.organisation, ended=True).user
    with pytest.raises(NotAllowed):
        decisions.approve(application_id=application.pk, actor=former, at=DECIDED)


def test_nobody_is_admitted_to_a_cancelled_group(scene: Scene) -> None:
    application = scene.applied()
    group = catalogue_groups.lock_group(scene.group.pk)
    group.move("cancel", by=None, at=APPLIED)
    with pytest.raises(Conflict):
        decisions.approve(application_id=application.pk, actor=scene.staff, at=DECIDED)


def test_withdrawing_before_an_answer(scene: Scene) -> None:
    account = scene.learner()
    application = scene.applied(account)
    said = selectors.withdrawal(application, DECIDED)
    assert (said.possible, said.comes_back, said.is_lost) == (True, Decimal(500), Decimal(0))
    done = decisions.withdraw(application_id=application.pk, actor=account.person.user, at=DECIDED)
    assert done.state == ApplicationState.WITHDRAWN
    assert taken(scene.group) == 0
    assert money.free_money(account, DECIDED) == Decimal(500)
    # Pressing the button twice is no error.
    again = decisions.withdraw(application_id=application.pk, actor=account.person.user, at=DECIDED)
    assert again.state == ApplicationState.WITHDRAWN
    assert taken(scene.group) == 0


def test_withdrawing_after_admission_releases_the_participation(scene: Scene) -> None:
    participation = scene.admitted()
    decisions.withdraw(
        application_id=participation.application_id,
        actor=participation.account.person.user,
        at=riga(2026, 3, 2, 23),
    )
    participation.refresh_from_db()
    assert participation.state == ParticipationState.RELEASED
    assert taken(scene.group) == 0
    assert money.free_money(participation.account, DECIDED) == Decimal(500)


@pytest.mark.parametrize("started", [True, False])
def test_no_withdrawing_from_the_first_day_on(scene: Scene, started: bool) -> None:
    participation = scene.admitted()
    if started:
        learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    application = participation.application
    assert not selectors.withdrawal(
        type(application).objects.get(pk=application.pk), STARTED
    ).possible
    with pytest.raises(Conflict) as caught:
        decisions.withdraw(
            application_id=application.pk,
            actor=participation.account.person.user,
            at=STARTED,
        )
    assert caught.value.code == "started"
    assert taken(scene.group) == 1


def test_money_whose_term_ended_is_said_to_be_lost_and_is_lost(scene: Scene) -> None:
    account = scene.learner()
    late = f.group(scene.offer.version, starts_on=date(2026, 6, 23))
    application = scene.applied(account, group=late)
    after = riga(2026, 6, 10)
    grants.expire_due(at=after)
    said = selectors.withdrawal(application, after)
    assert (said.comes_back, said.is_lost) == (Decimal(0), Decimal(500))
    decisions.withdraw(application_id=application.pk, actor=account.person.user, at=after)
    assert money.free_money(account, after) == Decimal(0)
    assert build.lot(account).state == "annulled"


def test_withdrawing_a_draft(scene: Scene) -> None:
    draft = scene.draft(scene.learner())
    done = decisions.withdraw(application_id=draft.pk, actor=draft.account.person.user, at=APPLIED)
    assert done.state == ApplicationState.WITHDRAWN
    assert taken(scene.group) == 0


def test_only_the_person_withdraws(scene: Scene) -> None:
    application = scene.applied()
    for actor in (scene.staff, f.MembershipFactory(administrator=True).user):
        with pytest.raises(NotAllowed):
            decisions.withdraw(application_id=application.pk, actor=actor, at=DECIDED)


def test_no_answer_in_five_working_days(scene: Scene) -> None:
    account = scene.learner()
    application = scene.applied(account)
    last_day = riga(2026, 2, 9, 23)
    assert decisions.lapse_overdue(at=last_day) == 0
    assert decisions.lapse_overdue(at=riga(2026, 2, 10, 1)) == 1
    assert decisions.lapse_overdue(at=riga(2026, 2, 10, 1)) == 0
    application.refresh_from_db()
    assert application.state == ApplicationState.LAPSED
    application.commitment.refresh_from_db()
    assert application.commitment.release_cause == ReleaseCause.NO_ANSWER
    assert taken(scene.group) == 0
    assert money.free_money(account, last_day) == Decimal(500)


def test_public_holidays_are_no_working_days(scene: Scene) -> None:
    group = f.group(scene.offer.version, starts_on=date(2026, 6, 2))
    application = scene.applied(group=group, at=riga(2026, 4, 30))
    # 1 May (holiday), 4 May (holiday) and a week-end lie between.
    assert application.decide_by == date(2026, 5, 11)


def test_drafts_end_with_the_group(scene: Scene) -> None:
    draft = scene.draft(scene.learner())
    sent = scene.applied()
    assert decisions.lapse_drafts(at=riga(2026, 3, 2, 23)) == 0
    assert decisions.lapse_drafts(at=riga(2026, 3, 3)) == 1
    draft.refresh_from_db()
    sent.refresh_from_db()
    assert draft.state == ApplicationState.LAPSED
    assert sent.state == ApplicationState.SUBMITTED
    assert taken(scene.group) == 1


def test_the_projection_of_places_is_proved(scene: Scene) -> None:
    scene.applied()
    scene.admitted()
    scene.draft(scene.learner())
    assert selectors.places_that_differ() == []
    assert STARTS.isoformat() == "2026-03-03"
    type(scene.group).objects.filter(pk=scene.group.pk).update(taken=5)
    assert selectors.places_that_differ() == [(scene.group.pk, 5, 2)]
