"""Applying: drafts, sending, and everything that stands in the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from catalogue.enums import ProviderState
from catalogue.exceptions import GroupFull
from catalogue.models import Group
from catalogue.services import groups as catalogue_groups
from catalogue.services import versions
from enrolments import selectors
from enrolments.enums import ApplicationState
from enrolments.exceptions import AlreadyApplied, DraftChanged
from enrolments.models import Application, EnrolmentLog
from enrolments.services import applications, decisions
from funding import selectors as money
from funding.exceptions import QuoteChanged
from funding.models import CoPayment, Decision
from stars.common.errors import Conflict, DomainError, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.enrolments.scene import APPLIED, STARTS, Scene, riga, taken
from tests.funding import build

pytestmark = pytest.mark.django_db


def test_the_policy_says_how_long_the_provider_may_think(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setitem(build.ALLOCATION_TERMS, "decision_working_days", 2)
    scene: Scene = request.getfixturevalue("scene")
    assert scene.applied(scene.learner()).decide_by == date(2026, 2, 4)


def test_sending_takes_place_and_money_and_says_who_pays_the_rest(scene: Scene) -> None:
    account = scene.learner()
    application = scene.applied(account)

    assert application.state == ApplicationState.SUBMITTED
    assert application.decide_by == date(2026, 2, 9)  # five working days after Monday
    assert application.quote["support"] == "500.00"
    assert application.quote["own_part"] == "70.00"
    assert taken(scene.group) == 1
    view = money.money(account, APPLIED)
    assert (view.free, view.held) == (Decimal(0), Decimal(500))
    assert CoPayment.objects.get().amount == Decimal(70)
    decision = Decision.objects.get(reference=f"application:{application.pk}")
    assert decision.outcome == "yes"
    assert decision.lines
    log = EnrolmentLog.objects.filter(object_id=application.pk).order_by("pk")
    assert [row.transition for row in log] == ["create", "submit"]
    assert log[1].by == account.person.user


def test_sending_twice_returns_the_first(scene: Scene) -> None:
    draft = scene.draft(scene.learner())
    first = scene.submit(draft)
    again = scene.submit(draft)
    assert again.pk == first.pk
    assert again.submitted_at == first.submitted_at
    assert taken(scene.group) == 1
    assert Decision.objects.filter(reference=f"application:{draft.pk}").count() == 1


def test_paying_alone_leaves_the_money_on_the_account(scene: Scene) -> None:
    account = scene.learner()
    application = scene.applied(account, use_support=False, support="0")
    assert application.commitment is None
    assert application.quote["own_part"] == "570.00"
    assert money.free_money(account, APPLIED) == Decimal(500)
    assert taken(scene.group) == 1


def test_three_applications_cannot_promise_the_same_money(scene: Scene) -> None:
    account = scene.learner()
    others = [scene.another_offer("400.00") for _ in range(2)]
    drafts = [scene.draft(account)] + [scene.draft(account, offer=o, group=g) for o, g in others]

    scene.submit(drafts[0])
    for draft, (_offer, group) in zip(drafts[1:], others, strict=True):
        with pytest.raises(QuoteChanged):
            scene.submit(draft, support="400.00")
        draft.refresh_from_db()
        assert draft.state == ApplicationState.DRAFT
        assert taken(group) == 0
    assert money.money(account, APPLIED).held == Decimal(500)


def test_what_was_cheap_when_seen_is_not_charged_dearer(scene: Scene) -> None:
    draft = scene.draft(scene.learner(money=False))
    with pytest.raises(QuoteChanged):
        scene.submit(draft, support="500.00")


def test_two_windows_with_different_groups(scene: Scene) -> None:
    other = f.group(scene.offer.version, starts_on=date(2026, 3, 17))
    draft = scene.draft(scene.learner())
    seen = draft.group_id
    applications.update_draft(
        application_id=draft.pk, group_id=other.pk, actor=draft.account.person.user, at=APPLIED
    )
    with pytest.raises(DraftChanged):
        scene.submit(draft, group_id=seen)


def test_a_draft_is_taken_up_again_with_another_group(scene: Scene) -> None:
    account = scene.learner()
    first = scene.draft(account)
    other = f.group(scene.offer.version, starts_on=date(2026, 3, 17))
    again = scene.draft(account, group=other)
    assert again.pk == first.pk
    assert again.group_id == other.pk
    assert Application.objects.count() == 1


def test_a_sent_application_is_not_edited(scene: Scene) -> None:
    application = scene.applied()
    with pytest.raises(Conflict):
        applications.update_draft(
            application_id=application.pk,
            use_support=False,
            actor=application.account.person.user,
            at=APPLIED,
        )


def test_the_last_place(scene: Scene) -> None:
    Group.objects.filter(pk=scene.group.pk).update(capacity=1, minimum=1)
    late = scene.draft(scene.learner())
    scene.applied(scene.learner())
    with pytest.raises(GroupFull) as caught:
        scene.submit(late)
    assert caught.value.field == "group"
    late.refresh_from_db()
    assert late.state == ApplicationState.DRAFT


@pytest.mark.parametrize("sent", [True, False])
def test_one_group_for_each_programme(scene: Scene, sent: bool) -> None:
    account = scene.learner()
    other = f.group(scene.offer.version, starts_on=date(2026, 3, 17))
    if sent:
        first = scene.applied(account)
    else:
        first = scene.admitted(account).application
    with pytest.raises(AlreadyApplied) as caught:
        scene.draft(account, group=other)
    assert caught.value.application_id == first.pk


def test_one_may_apply_again_after_withdrawing(scene: Scene) -> None:
    account = scene.learner()
    first = scene.applied(account)
    decisions.withdraw(application_id=first.pk, actor=account.person.user, at=APPLIED)
    second = scene.applied(account)
    assert second.pk != first.pk
    assert taken(scene.group) == 1


def test_after_the_last_day(scene: Scene) -> None:
    draft = scene.draft(scene.learner())
    with pytest.raises(Conflict) as caught:
        scene.submit(draft, at=riga(2026, 3, 3))
    assert caught.value.code == "apply_until_over"


def test_on_the_last_day_until_midnight(scene: Scene) -> None:
    draft = scene.draft(scene.learner())
    assert scene.submit(draft, at=riga(2026, 3, 2, 23)).state == ApplicationState.SUBMITTED


def _closed_group(scene: Scene) -> None:
    catalogue_groups.close_group(group_id=scene.group.pk, actor=SYSTEM, at=APPLIED)


def _suspended_provider(scene: Scene) -> None:
    scene.world.provider.state = ProviderState.SUSPENDED
    scene.world.provider.save()


def _suspended_programme(scene: Scene) -> None:
    versions.suspend(version_id=scene.offer.version_id, note="Sūdzības", actor=SYSTEM, at=APPLIED)


def _archived_programme(scene: Scene) -> None:
    versions.archive(version_id=scene.offer.version_id, actor=SYSTEM, at=APPLIED)


def _offer_over(scene: Scene) -> None:
    scene.offer.open_until = date(2026, 1, 31)
    scene.offer.save()


def _account_closed(scene: Scene) -> None:
    account = scene.learners[0]
    account.move("close", by=None, at=APPLIED)


def _without_consent(scene: Scene) -> None:
    Application.objects.update(knows_consequences=False)


def _without_payer(scene: Scene) -> None:
    Application.objects.update(payer="")


def _without_contact(scene: Scene) -> None:
    person = scene.learners[0].person
    person.email = ""
    person.save()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_closed_group, "group_closed"),
        (_suspended_provider, "not_offered"),
        (_suspended_programme, "not_offered"),
        (_archived_programme, "not_offered"),
        (_offer_over, "offer_closed"),
        (_account_closed, "account_closed"),
        (_without_consent, "consequences"),
        (_without_payer, "payer"),
        (_without_contact, "contact"),
    ],
)
def test_what_stands_in_the_way(scene: Scene, spoil, code: str) -> None:
    account = scene.learner()
    draft = scene.draft(account)
    spoil(scene)
    with pytest.raises(DomainError) as caught:
        scene.submit(draft)
    assert caught.value.code == code
    draft.refresh_from_db()
    assert draft.state == ApplicationState.DRAFT
    assert taken(scene.group) == 0
    assert money.money(account, APPLIED).held == 0


def test_a_group_keeps_the_version_it_was_announced_with(scene: Scene) -> None:
    draft = scene.draft(scene.learner())
    programme = scene.offer.version.programme
    f.VersionFactory(programme=programme, number=2, published=True)
    scene.offer.version.refresh_from_db()
    assert scene.offer.version.state == "archived"
    assert scene.submit(draft).state == ApplicationState.SUBMITTED


def test_a_group_of_another_programme(scene: Scene) -> None:
    _offer, group = scene.another_offer()
    with pytest.raises(Invalid):
        scene.draft(scene.learner(), group=group)


def test_only_the_person_applies(scene: Scene) -> None:
    account, stranger = scene.learner(), scene.learner()
    draft = scene.draft(account)
    with pytest.raises(NotAllowed):
        applications.start_draft(
            account_id=account.pk,
            offer_id=scene.offer.pk,
            group_id=scene.group.pk,
            actor=stranger.person.user,
            at=APPLIED,
        )
    with pytest.raises(NotAllowed):
        applications.submit(
            application_id=draft.pk,
            expected_group_id=draft.group_id,
            expected_support=Decimal(500),
            actor=stranger.person.user,
            at=APPLIED,
        )
    with pytest.raises(NotAllowed):
        applications.update_draft(application_id=draft.pk, payer="", actor=scene.staff, at=APPLIED)


def test_full_cover_needs_a_learning_path(scene: Scene) -> None:
    kind = f.ProgrammeTypeFactory(further_education=True)
    offer, group = scene.another_offer("2127.19", type=kind, hours=960, practice_hours=240)
    without = scene.draft(scene.learner(money=False), offer=offer, group=group)
    with pytest.raises(QuoteChanged):
        scene.submit(without, support="2127.19")
    account = scene.learner(with_path=offer.version.programme)
    sent = scene.applied(account, offer=offer, group=group, payer="", support="2127.19")
    assert sent.commitment is not None
    assert sent.commitment.support == Decimal("2127.19")
    # Such applications never touch the 500 € (rule 12).
    assert money.free_money(account, APPLIED) == Decimal(500)
    # Leaving says whose money it is: none of it comes back to the account.
    said = selectors.withdrawal(sent, APPLIED)
    assert (said.comes_back, said.is_lost, said.project_keeps) == (0, 0, Decimal("2127.19"))


def test_the_start_of_the_scene_is_after_applying() -> None:
    assert APPLIED.date() < STARTS
