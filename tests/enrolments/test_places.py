"""Places in groups: waiting list, moving with consent, cancelling and postponing (ENR-4, ENR-9)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from catalogue.enums import GroupState
from catalogue.exceptions import GroupFull
from catalogue.models import Group, SearchGroup
from catalogue.selectors_groups import blocks_of
from catalogue.services import group_changes
from enrolments import selectors
from enrolments.enums import ApplicationState, MoveState, ParticipationState
from enrolments.exceptions import AlreadyApplied
from enrolments.messages_groups import warn_of_small_groups
from enrolments.models import Application, GroupMove, Participation
from enrolments.selectors_queue import ahead_of, own_clashes, waiting_for
from enrolments.services import applications, decisions, groups, moves, queue
from funding.enums import CommitmentState
from funding.models import Commitment, LedgerAccount
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date, start_of_day
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.notifications.models import Message
from tests import factories as f
from tests.enrolments.scene import APPLIED, DECIDED, STARTS, Scene, riga, scene, taken
from tests.enrolments.test_views_provider import browser
from tests.funding.build import lot

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(db: None) -> Scene:
    """A group of two places, both taken."""
    made = scene(capacity=2)
    made.applied()
    made.admitted()
    assert taken(made.group) == 2
    return made


def join(full: Scene, account: LearningAccount, at: object = APPLIED) -> Application:
    return queue.join(
        account_id=account.pk,
        offer_id=full.offer.pk,
        group_id=full.group.pk,
        actor=account.person.user,
        at=at,  # type: ignore[arg-type]
    )


def state(row: Application | Participation | Group) -> str:
    row.refresh_from_db()
    return str(row.state)


def told(account: LearningAccount) -> list[str]:
    rows = Message.objects.filter(user_id=account.person.user_id)
    return list(rows.values_list("kind", flat=True))


def balance_of_lots(account: LearningAccount) -> Decimal:
    return LedgerAccount.objects.get(pk=lot(account).ledger_account_id).balance


def nothing_differs() -> None:
    assert selectors.places_that_differ() == []


# --- the waiting list ------------------------------------------------------------------------


def test_whoever_waits_holds_neither_place_nor_money(full: Scene) -> None:
    account = full.learner()
    first = join(full, account)
    assert first.state == ApplicationState.WAITLISTED
    assert join(full, account).pk == first.pk
    assert taken(full.group) == 2
    assert not Commitment.objects.filter(account=account).exists()
    second = join(full, full.learner(), riga(2026, 2, 3))
    assert (ahead_of(first), ahead_of(second)) == (0, 1)
    assert waiting_for([full.group.pk]) == {full.group.pk: 2}
    nothing_differs()


def test_nobody_waits_for_a_place_that_is_free_or_has_a_place_already(full: Scene) -> None:
    with pytest.raises(AlreadyApplied):
        join(full, full.learners[0])
    stranger = full.learner()
    with pytest.raises(NotAllowed):
        queue.join(
            account_id=stranger.pk,
            offer_id=full.offer.pk,
            group_id=full.group.pk,
            actor=full.staff,
            at=APPLIED,
        )
    Group.objects.filter(pk=full.group.pk).update(capacity=3)
    with pytest.raises(Conflict) as refused:
        join(full, stranger)
    assert refused.value.code == "place_free"


def test_a_freed_place_goes_to_the_first_in_line_and_nobody_overtakes(full: Scene) -> None:
    first, second = full.learner(), full.learner()
    one, two = join(full, first), join(full, second, riga(2026, 2, 3))
    left = Application.objects.get(account=full.learners[0])
    at = riga(2026, 2, 5)
    decisions.withdraw(application_id=left.pk, actor=full.learners[0].person.user, at=at)
    assert (state(one), state(two)) == ("offered", "waitlisted")
    assert one.offered_until == at + timedelta(hours=48)
    assert taken(full.group) == 2
    assert not SearchGroup.objects.get(group=full.group).free
    assert "place_offered" in told(first)
    # Somebody from outside finds the group full.
    with pytest.raises(GroupFull):
        full.draft(full.learner(), at=at)
    nothing_differs()


def offered(full: Scene) -> tuple[LearningAccount, Application]:
    account = full.learner()
    application = join(full, account)
    left = Application.objects.get(account=full.learners[0])
    decisions.reject(application_id=left.pk, actor=full.staff, at=DECIDED, note="Nē.")
    assert state(application) == "offered"
    return account, application


def test_taking_the_place_is_an_ordinary_application(full: Scene) -> None:
    account, application = offered(full)
    user = account.person.user
    applications.update_draft(
        application_id=application.pk,
        payer="person",
        knows_consequences=True,
        actor=user,
        at=DECIDED,
    )
    with pytest.raises(Conflict):
        other = f.group(full.offer.version, starts_on=STARTS, code="other")
        applications.update_draft(
            application_id=application.pk, group_id=other.pk, actor=user, at=DECIDED
        )
    sent = full.submit(application, at=DECIDED)
    assert sent.state == ApplicationState.SUBMITTED
    assert sent.commitment is not None and sent.commitment.support == Decimal("500.00")
    assert taken(full.group) == 2
    nothing_differs()
    decisions.approve(application_id=sent.pk, actor=full.staff, at=DECIDED)


def test_an_offer_ends_and_passes_on(full: Scene) -> None:
    account, application = offered(full)
    next_one = full.learner()
    waiting = join(full, next_one, DECIDED)
    too_late = DECIDED + timedelta(hours=48)
    with pytest.raises(Conflict) as refused:
        full.submit(application, at=too_late)
    assert refused.value.code == "offer_over"
    assert queue.pass_places_on(at=too_late - timedelta(seconds=1)) == 0
    assert queue.pass_places_on(at=too_late) == 1
    assert (state(application), state(waiting)) == ("lapsed", "offered")
    assert "queue_ended" in told(account)
    assert queue.pass_places_on(at=too_late) == 0
    nothing_differs()
    # Nobody else waits: the place is free for everybody.
    assert queue.pass_places_on(at=too_late + timedelta(hours=49)) == 1
    assert taken(full.group) == 1
    nothing_differs()


def test_an_offer_does_not_outlive_the_last_day_for_applying(full: Scene) -> None:
    account = full.learner()
    application = join(full, account)
    left = Application.objects.get(account=full.learners[1])
    last = full.group.apply_until
    decisions.withdraw(
        application_id=left.pk,
        actor=full.learners[1].person.user,
        at=start_of_day(last) + timedelta(hours=10),
    )
    application.refresh_from_db()
    assert application.offered_until == start_of_day(last + timedelta(days=1))


def test_waiting_ends_with_the_last_day_for_applying(full: Scene) -> None:
    account = full.learner()
    application = join(full, account)
    over = start_of_day(full.group.apply_until + timedelta(days=1))
    assert queue.pass_places_on(at=over - timedelta(minutes=1)) == 0
    assert queue.pass_places_on(at=over) == 1
    assert state(application) == "lapsed"
    nothing_differs()


def test_places_that_are_added_go_to_the_line(full: Scene) -> None:
    application = join(full, full.learner())
    group = full.group
    facts = group_changes.Facts(
        code=group.code,
        starts_on=group.starts_on,
        ends_on=group.ends_on,
        apply_until=group.apply_until,
        capacity=4,
        minimum=group.minimum,
        mode=group.mode,
    )
    groups.change(group_id=group.pk, facts=facts, expected=None, actor=full.staff, at=DECIDED)
    assert state(application) == "offered"
    assert taken(group) == 3
    nothing_differs()


def test_whoever_is_offered_a_place_may_give_it_on(full: Scene) -> None:
    account, application = offered(full)
    waiting = join(full, full.learner(), DECIDED)
    decisions.withdraw(application_id=application.pk, actor=account.person.user, at=DECIDED)
    assert (state(application), state(waiting)) == ("withdrawn", "offered")
    nothing_differs()


def test_the_queue_on_the_page(full: Scene) -> None:
    account = full.learner()
    client = browser(account.person.user)
    Group.objects.filter(pk=full.group.pk).update(
        apply_until=riga_date(riga(2030, 1, 1)),
        starts_on=riga_date(riga(2030, 1, 2)),
        ends_on=riga_date(riga(2030, 3, 2)),
    )
    address = reverse("enrolments:apply_queue", args=[full.group.pk])
    shown = client.get(reverse("web:programme", args=[full.offer.version.programme.slug]))
    assert address in shown.content.decode()
    assert "first in line" in client.get(address).content.decode()
    answer = client.post(address)
    application = Application.objects.get(account=account)
    mine = reverse("enrolments:application", args=[application.pk])
    assert answer.url == mine  # type: ignore[attr-defined]
    assert "first in line" in client.get(mine).content.decode()
    left = Application.objects.get(account=full.learners[0])
    decisions.reject(application_id=left.pk, actor=full.staff, at=riga(2029, 12, 1), note="Nē.")
    page = client.get(mine).content.decode()
    assert "Take the place" in page
    steps = reverse("enrolments:apply_support", args=[application.pk])
    assert client.get(steps).status_code == 200
    assert client.get(reverse("web:account")).status_code == 200


# --- moving ----------------------------------------------------------------------------------


@pytest.fixture
def other(scene: Scene) -> Group:
    """Another group of the same programme."""
    return f.group(scene.offer.version, starts_on=STARTS + timedelta(days=7), code="other")


def ask(scene: Scene, place: Participation, other: Group) -> GroupMove:
    return moves.propose(
        participation_id=place.pk,
        to_group_id=other.pk,
        reason="Par maz cilvēku",
        actor=scene.staff,
        at=DECIDED,
    )


def test_a_move_takes_and_frees_a_place_and_the_money_goes_along(
    scene: Scene, other: Group
) -> None:
    place = scene.admitted()
    application = place.application
    commitment = application.commitment
    user = place.account.person.user
    move = ask(scene, place, other)
    assert "move_proposed" in told(place.account)
    assert (taken(scene.group), taken(other)) == (1, 0)
    new = moves.accept(move_id=move.pk, actor=user, at=DECIDED)
    assert (taken(scene.group), taken(other)) == (0, 1)
    application.refresh_from_db()
    assert (application.group, application.state) == (other, "approved")
    assert application.commitment == commitment
    assert commitment is not None
    commitment.refresh_from_db()
    assert commitment.state == CommitmentState.HELD
    assert (new.group, new.application, new.state) == (other, application, "admitted")
    assert state(place) == "moved"
    assert place.application.state == ApplicationState.MOVED
    assert place.application.group == scene.group
    assert moves.accept(move_id=move.pk, actor=user, at=DECIDED).pk == new.pk
    nothing_differs()
    # It can be withdrawn from there as from anywhere.
    decisions.withdraw(application_id=application.pk, actor=user, at=DECIDED)
    assert taken(other) == 0
    commitment.refresh_from_db()
    assert commitment.state == CommitmentState.RELEASED
    nothing_differs()


def test_nobody_is_moved_without_consent(scene: Scene, other: Group) -> None:
    place = scene.admitted()
    move = ask(scene, place, other)
    for stranger in (scene.staff, scene.learner().person.user):
        with pytest.raises(NotAllowed):
            moves.accept(move_id=move.pk, actor=stranger, at=DECIDED)
    with pytest.raises(Conflict) as refused:
        ask(scene, place, other)
    assert refused.value.code == "asked"
    moves.decline(
        move_id=move.pk,
        actor=place.account.person.user,
        at=DECIDED,
    )
    assert state(place) == "admitted"
    with pytest.raises(Conflict):
        moves.accept(
            move_id=move.pk,
            actor=place.account.person.user,
            at=DECIDED,
        )
    assert (taken(scene.group), taken(other)) == (1, 0)


def test_a_proposal_ends_after_three_days(scene: Scene, other: Group) -> None:
    place = scene.admitted()
    move = ask(scene, place, other)
    late = DECIDED + timedelta(days=4)
    with pytest.raises(Conflict) as refused:
        moves.accept(move_id=move.pk, actor=place.account.person.user, at=late)
    assert refused.value.code == "too_late"
    assert moves.lapse_unanswered(at=DECIDED + timedelta(days=3)) == 0
    assert moves.lapse_unanswered(at=late) == 1
    assert moves.lapse_unanswered(at=late) == 0
    move.refresh_from_db()
    assert move.state == MoveState.LAPSED


def test_groups_that_do_not_fit(scene: Scene, other: Group) -> None:
    place = scene.admitted()
    _offer, foreign = scene.another_offer()
    with pytest.raises(Invalid):
        ask(scene, place, foreign)
    with pytest.raises(Invalid):
        ask(scene, place, scene.group)
    Group.objects.filter(pk=other.pk).update(capacity=1, taken=1)
    with pytest.raises(GroupFull):
        ask(scene, place, other)
    Group.objects.filter(pk=other.pk).update(taken=0, state=GroupState.CANCELLED)
    with pytest.raises(Conflict):
        ask(scene, place, other)


def test_the_place_may_be_gone_when_the_person_agrees(scene: Scene, other: Group) -> None:
    place = scene.admitted()
    move = ask(scene, place, other)
    Group.objects.filter(pk=other.pk).update(capacity=1)
    scene.applied(group=other)
    with pytest.raises(GroupFull):
        moves.accept(move_id=move.pk, actor=place.account.person.user, at=DECIDED)
    assert state(place) == "admitted"
    nothing_differs()


def test_moving_on_the_pages(scene: Scene, other: Group) -> None:
    place = scene.admitted()
    staff = browser(scene.staff)
    address = reverse("enrolments:provider_move", args=[place.pk])
    group_page = reverse("enrolments:provider_group", args=[scene.group.pk])
    assert address in staff.get(group_page).content.decode()
    assert staff.get(address).status_code == 200
    assert staff.post(address, {"group": "x", "reason": ""}).status_code == 400
    assert staff.post(address, {"group": str(other.pk), "reason": "Slēdzam"}).status_code == 302
    assert "Asked to move" in staff.get(group_page).content.decode()
    person = browser(place.account.person.user)
    mine = reverse("enrolments:application", args=[place.application_id])
    move = place.moves.get()
    answer = reverse("enrolments:move", args=[move.pk])
    assert answer in person.get(mine).content.decode()
    assert "Slēdzam" in person.get(answer).content.decode()
    assert person.post(answer, {}).status_code == 400
    assert browser(scene.learner().person.user).get(answer).status_code == 404
    assert staff.get(answer).status_code == 404
    assert person.post(answer, {"answer": "yes"}).status_code == 302
    assert state(place) == "moved"
    assert person.get(mine).status_code == 200
    left = reverse("enrolments:application", args=[place.application_id])
    assert person.get(left).status_code == 200


# --- cancelling and postponing -----------------------------------------------------------------


def test_cancelling_frees_everything_and_tells_everybody(full: Scene) -> None:
    waiting = full.learner()
    in_line = join(full, waiting)
    at = DECIDED
    page = reverse("enrolments:provider_group_cancel", args=[full.group.pk])
    staff = browser(full.staff)
    assert "3 people" in staff.get(page).content.decode()
    assert staff.post(page, {"reason": ""}).status_code == 400
    assert groups.cancel(group_id=full.group.pk, reason="Par maz", actor=full.staff, at=at) == 3
    assert state(full.group) == GroupState.CANCELLED
    assert taken(full.group) == 0
    rows = Application.objects.filter(group=full.group)
    assert set(rows.values_list("state", flat=True)) == {"cancelled", "lapsed"}
    assert state(in_line) == "lapsed"
    assert not Participation.objects.exclude(state=ParticipationState.RELEASED).exists()
    assert not Commitment.objects.exclude(state=CommitmentState.RELEASED).exists()
    for account in full.learners[:2]:
        assert balance_of_lots(account) == Decimal("500.00")
        assert "group_cancelled" in told(account)
    assert "group_cancelled" in told(waiting)
    assert not SearchGroup.objects.filter(group=full.group).exists()
    nothing_differs()
    with pytest.raises(Conflict):
        groups.cancel(group_id=full.group.pk, reason="Par maz", actor=full.staff, at=at)
    mine = Application.objects.get(account=full.learners[0])
    person = browser(full.learners[0].person.user)
    shown = person.get(reverse("enrolments:application", args=[mine.pk])).content.decode()
    assert "does not take place" in shown
    assert "Par maz" in shown
    assert person.get(reverse("web:account")).status_code == 200


def test_a_group_under_way_is_not_cancelled(scene: Scene) -> None:
    scene.learning()
    with pytest.raises(Conflict):
        groups.cancel(group_id=scene.group.pk, reason="Nē", actor=scene.staff, at=DECIDED)
    assert taken(scene.group) == 1


def test_stopping_releases_those_who_learn(scene: Scene) -> None:
    place = scene.learning()
    done = groups.release_everybody(
        group_id=scene.group.pk,
        cause="provider",
        reason="Apturēta",
        actor=SYSTEM,
        at=riga(2026, 3, 10),
    )
    assert done == 1
    assert state(place) == "released"
    assert balance_of_lots(place.account) == Decimal("500.00")
    nothing_differs()


def test_postponing_moves_everything_and_lets_people_leave_without_loss(scene: Scene) -> None:
    place = scene.admitted()
    before = blocks_of(scene.group.sessions.all())
    new_day = STARTS + timedelta(weeks=40)
    group = groups.postpone(
        group_id=scene.group.pk,
        starts_on=new_day,
        reason="Nav telpu",
        actor=scene.staff,
        at=DECIDED,
    )
    assert group.starts_on == new_day
    after = blocks_of(group.sessions.order_by("starts_at"))
    assert len(after) == len(before)
    assert {b.starts_at.astimezone().weekday() for b in after} == {
        b.starts_at.astimezone().weekday() for b in before
    }
    assert SearchGroup.objects.get(group=group).starts_on == new_day
    assert "group_postponed" in told(place.account)
    # Long after the money's term, which ended while they waited for the new day.
    late = riga(2026, 9, 1)
    application = place.application
    application.refresh_from_db()
    what = selectors.withdrawal(application, late)
    assert (what.comes_back, what.is_lost) == (Decimal("500.00"), Decimal("0.00"))
    decisions.withdraw(application_id=application.pk, actor=place.account.person.user, at=late)
    commitment = Commitment.objects.get(account=place.account)
    assert commitment.release_cause == "provider"


@pytest.mark.parametrize("day", [-400, 0])
def test_days_that_cannot_be(scene: Scene, day: int) -> None:
    with pytest.raises(Invalid):
        groups.postpone(
            group_id=scene.group.pk,
            starts_on=STARTS + timedelta(days=day),
            reason="Nav telpu",
            actor=scene.staff,
            at=DECIDED,
        )


def test_postponing_on_the_page(scene: Scene) -> None:
    staff = browser(scene.staff)
    page = reverse("enrolments:provider_group_postpone", args=[scene.group.pk])
    assert staff.get(page).status_code == 200
    assert staff.post(page, {"starts_on": "x", "reason": ""}).status_code == 400
    answer = staff.post(page, {"starts_on": "2031-01-07", "reason": "Nav telpu"})
    assert answer.status_code == 302
    scene.group.refresh_from_db()
    assert scene.group.starts_on.year == 2031


# --- admitting many, and what waits ------------------------------------------------------------


def test_many_are_admitted_at_once(scene: Scene) -> None:
    waiting = [scene.applied() for _n in range(3)]
    decisions.reject(application_id=waiting[2].pk, actor=scene.staff, at=DECIDED, note="Nē.")
    done = decisions.approve_many(
        application_ids=[row.pk for row in waiting], actor=scene.staff, at=DECIDED
    )
    assert len(done.places) == 2
    assert set(done.refused) == {waiting[2].pk}
    with pytest.raises(NotAllowed):
        decisions.approve_many(
            application_ids=[scene.applied().pk], actor=scene.learners[0].person.user, at=DECIDED
        )


def test_many_are_admitted_on_the_page(scene: Scene) -> None:
    one, two = scene.applied(), scene.applied()
    foreign = f.group(f.VersionFactory(published=True), starts_on=STARTS)
    staff = browser(scene.staff)
    page = reverse("enrolments:provider_admit", args=[scene.group.pk])
    staff.post(page, {"application": ["x", str(one.pk)]})
    assert (state(one), state(two)) == ("approved", "submitted")
    assert staff.post(page, {}).status_code == 302
    elsewhere = reverse("enrolments:provider_admit", args=[foreign.pk])
    assert staff.post(elsewhere, {"application": [str(two.pk)]}).status_code == 404
    assert state(two) == "submitted"


def test_a_group_below_its_minimum_is_said_once(scene: Scene) -> None:
    Group.objects.filter(pk=scene.group.pk).update(minimum=5)
    after = start_of_day(scene.group.apply_until + timedelta(days=1))
    assert warn_of_small_groups(at=start_of_day(STARTS - timedelta(days=20))) == 0
    assert warn_of_small_groups(at=after) == 1
    assert warn_of_small_groups(at=after) == 0
    message = Message.objects.get(kind="group_small")
    assert message.user_id == scene.staff.pk
    client = browser(scene.staff)
    assert client.get(reverse("web:inbox")).status_code == 200


def test_a_person_is_warned_of_their_own_other_training(scene: Scene) -> None:
    place = scene.admitted()
    _offer, meets = scene.another_offer()
    _offer, free = scene.another_offer()
    for session in free.sessions.all():
        session.starts_at += timedelta(days=1)
        session.ends_at += timedelta(days=1)
        session.save()
    found = own_clashes(place.account, [meets, free])
    assert set(found) == {meets.pk}
    assert found[meets.pk][0].other == scene.group
    assert own_clashes(scene.learner(), [meets]) == {}
