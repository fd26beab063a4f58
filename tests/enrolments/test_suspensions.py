"""A provider or programme is stopped: groups finish, move or stop, with places and money."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalogue.enums import GroupState, ProviderState, RunningGroups
from catalogue.models import Group, Suspension
from enrolments.enums import ApplicationState, ParticipationState
from enrolments.models import Application, Participation
from enrolments.selectors import places_that_differ
from enrolments.services import suspensions
from funding.enums import CommitmentState, ReleaseCause
from funding.models import Commitment
from funding.selectors import free_money
from funding.services.reconcile import reconcile
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.notifications.models import Message
from tests import factories as f
from tests.enrolments.scene import APPLIED, ENDED, Scene, riga
from tests.signin import as_staff

pytestmark = pytest.mark.django_db
AT = riga(2026, 3, 10)


@pytest.fixture
def officer() -> User:
    return f.MembershipFactory(administrator=True).user


def stop(scene: Scene, officer: User, running: str, at: Any = AT) -> Suspension:
    return suspensions.suspend_provider(
        provider_id=scene.world.provider.pk,
        running=running,
        reason="Pasniedzēju nav.",
        actor=officer,
        at=at,
    )


def state_of(row: Any) -> str:
    row.refresh_from_db()
    return str(row.state)


def money_is_right() -> None:
    assert places_that_differ() == []
    assert reconcile(at=ENDED).ok


def test_stop_frees_place_and_money_of_everybody(scene: Scene, officer: User) -> None:
    waiting = scene.applied()
    learner = scene.learning()
    stop(scene, officer, RunningGroups.STOP)
    assert state_of(learner) == ParticipationState.RELEASED
    assert state_of(waiting) not in (ApplicationState.SUBMITTED, ApplicationState.APPROVED)
    assert state_of(scene.group) == GroupState.CANCELLED
    assert scene.group.taken == 0
    for commitment in Commitment.objects.all():
        assert commitment.state == CommitmentState.RELEASED
        assert commitment.release_cause == ReleaseCause.QUALITY
    for account in (learner.account, waiting.account):
        assert free_money(account, AT) == 500
        assert Message.objects.filter(user=account.person.user, kind="group_cancelled").exists()
    money_is_right()


def test_stop_leaves_outcomes_alone(scene: Scene, officer: User) -> None:
    done = scene.completed()
    stop(scene, officer, RunningGroups.STOP, ENDED)
    assert state_of(done) == ParticipationState.COMPLETED
    assert Commitment.objects.get().state != CommitmentState.RELEASED


def test_finish_lets_people_learn_and_ends_what_is_undecided(scene: Scene, officer: User) -> None:
    waiting = scene.applied()
    learner = scene.learning()
    stop(scene, officer, RunningGroups.FINISH)
    assert state_of(learner) == ParticipationState.LEARNING
    assert state_of(scene.group) == GroupState.RUNNING
    assert state_of(waiting) == ApplicationState.REJECTED
    assert waiting.decision_note == "Pasniedzēju nav."
    assert free_money(waiting.account, AT) == 500
    with pytest.raises(Conflict):
        scene.draft(scene.learner(), at=APPLIED)  # nobody applies any more
    money_is_right()


def test_repeating_does_what_is_left(scene: Scene, officer: User) -> None:
    learner = scene.learning()
    made = stop(scene, officer, RunningGroups.STOP)
    assert suspensions.carry_out(suspension_id=made.pk, actor=officer, at=AT) == 0
    assert suspensions.carry_out_open(at=AT) == 0
    assert state_of(learner) == ParticipationState.RELEASED
    assert Message.objects.filter(kind="group_cancelled").count() == 1


def test_one_programme_and_not_its_neighbour(scene: Scene, officer: User) -> None:
    offer, group = scene.another_offer("60.00")
    here, there = scene.learning(), scene.learning(offer=offer, group=group, support="60.00")
    suspensions.suspend_programme(
        programme_id=scene.group.version.programme_id,
        running=RunningGroups.STOP,
        reason="Saturs neatbilst.",
        actor=officer,
        at=AT,
    )
    assert state_of(here) == ParticipationState.RELEASED
    assert state_of(there) == ParticipationState.LEARNING
    scene.world.provider.refresh_from_db()
    assert scene.world.provider.state == ProviderState.ACTIVE
    money_is_right()


def another_school(capacity: int = 5) -> Group:
    version = f.VersionFactory(programme=f.ProgrammeFactory(), published=True)
    f.OfferFactory(version=version, price="300.00")
    return f.group(version, starts_on=riga(2026, 4, 10).date(), capacity=capacity, at=AT)


def test_people_are_offered_another_group(scene: Scene, officer: User) -> None:
    learner = scene.learning()
    stop(scene, officer, RunningGroups.MOVE)
    assert state_of(learner) == ParticipationState.LEARNING  # until another group is found
    other = another_school()
    moved = {"group_id": scene.group.pk, "actor": officer, "at": AT}
    assert suspensions.move_people(**moved, to_group_id=other.pk) == 1
    assert state_of(learner) == ParticipationState.RELEASED
    assert state_of(scene.group) == GroupState.CANCELLED
    draft = Application.objects.get(group=other)
    assert (draft.account, draft.state) == (learner.account, ApplicationState.DRAFT)
    assert free_money(learner.account, AT) == 500
    assert Message.objects.filter(user=learner.account.person.user, kind="group_suggested").exists()
    money_is_right()


def test_where_nobody_can_be_moved(scene: Scene, officer: User) -> None:
    scene.admitted()
    scene.learning()
    other = another_school(capacity=1)
    moved = {"group_id": scene.group.pk, "actor": officer, "at": AT}
    with pytest.raises(Conflict):
        suspensions.move_people(**moved, to_group_id=other.pk)  # nothing is suspended
    _offer, sibling = scene.another_offer()
    stop(scene, officer, RunningGroups.MOVE)
    for target in (other, sibling, scene.group):
        with pytest.raises(Invalid):
            suspensions.move_people(**moved, to_group_id=target.pk)
    assert Participation.objects.filter(state=ParticipationState.LEARNING).count() == 2


def test_only_the_agency(scene: Scene) -> None:
    admin = f.MembershipFactory(organisation=scene.world.provider.organisation, admin=True).user
    for actor in (scene.staff, admin, f.MembershipFactory(auditor=True).user):
        with pytest.raises(NotAllowed):
            stop(scene, actor, RunningGroups.STOP)
    assert not Suspension.objects.exists()


def test_from_the_pages_of_the_agency(scene: Scene, officer: User) -> None:
    learner = scene.learning()
    officer.is_staff = True
    officer.save(update_fields=["is_staff"])
    client = Client()
    client.cookies["django_language"] = "en"
    as_staff(client, officer)
    page = reverse("admin:catalogue_provider_suspend", args=[scene.world.provider.pk])
    assert "They learn to the end" in client.get(page).content.decode()
    assert client.post(page, {"running": "stop"}).status_code == 200  # why?
    assert client.post(page, {"running": "stop", "reason": "Sūdzības"}).status_code == 302
    assert state_of(learner) == ParticipationState.RELEASED
    row = Suspension.objects.get()
    assert (
        "Sūdzības"
        in client.get(reverse("admin:catalogue_suspension_change", args=[row.pk])).content.decode()
    )
    lift = reverse("admin:catalogue_suspension_lift", args=[row.pk])
    assert client.post(lift, {"note": "Labots"}).status_code == 302
    scene.world.provider.refresh_from_db()
    assert scene.world.provider.state == ProviderState.ACTIVE
