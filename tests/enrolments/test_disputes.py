""" "This was not me": frozen money, the letter's link, the agency's decision."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal as D
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core import mail, signing
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from enrolments import dispute_links, selectors
from enrolments.enums import ApplicationState, DisputeState, ParticipationState
from enrolments.models import Application, Dispute, EnrolmentLog
from enrolments.services import decisions, disputes, groups, outcomes, stages
from enrolments.tasks import daily
from funding import selectors as money
from funding.enums import CommitmentState, ReleaseCause
from funding.exceptions import Frozen
from funding.models import Commitment, FundingLog
from funding.services import commitments, corrections, freezing
from funding.services.reconcile import reconcile
from funding.services.stages import capture_stages
from stars.audit.models import AuditEntry
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.notifications.models import Message
from stars.notifications.services import send_outbox
from tests import factories as f
from tests.enrolments.scene import APPLIED, CONFIRMED, DECIDED, ENDED, Scene, riga, taken
from tests.enrolments.test_stages import COUNTED, training
from tests.signin import as_resident, as_staff

pytestmark = pytest.mark.django_db
LATER = riga(2026, 2, 5)


@pytest.fixture(autouse=True)
def no_counts() -> None:
    cache.clear()


def working(role: str) -> User:
    """Somebody of the agency who may enter its workplace."""
    user: User = f.MembershipFactory(**{role: True}).user
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    return user


@pytest.fixture
def agent() -> User:
    return working("administrator")


def proves(at: Any = LATER) -> None:
    assert selectors.places_that_differ() == []
    run = reconcile(at=at)
    assert run.ok, run.problems


def commitment_of(application: Application) -> Commitment:
    return Commitment.objects.get(application_id=application.pk)


def opened(application: Application, at: Any = LATER) -> Dispute:
    user = application.account.person.user
    return disputes.open_case(application_id=application.pk, actor=user, at=at)


def letters(at: Any = APPLIED) -> list[Any]:
    before = len(mail.outbox)
    send_outbox(at=at)
    return mail.outbox[before:]


def path_in(letter: Any) -> str:
    found = re.search(r"https?://\S+/nebiju-es/\S+", str(letter.body))
    assert found
    return urlsplit(found[0]).path


def test_a_letter_and_its_button_freeze_the_money_without_signing_in(scene: Scene) -> None:
    application = scene.applied()
    address = application.account.person.email
    [letter] = [one for one in letters() if "/nebiju-es/" in one.body]
    assert letter.to == [address]
    path, visitor = path_in(letter), Client()
    page = visitor.get(path)
    assert page.status_code == 200
    shown = page.content.decode()
    person = application.account.person
    for secret in (person.family_name, address, application.offer.version.title, "500"):
        assert secret not in shown
    assert not Dispute.objects.exists(), "opening the link is nothing"
    assert commitment_of(application).frozen_at is None

    for _ in range(2):  # twice is once
        assert visitor.post(path).status_code == 200
    case = Dispute.objects.get()
    assert (case.state, case.application_id) == (DisputeState.OPEN, application.pk)
    assert commitment_of(application).frozen_at is not None
    assert FundingLog.objects.filter(transition="freeze").count() == 1
    assert AuditEntry.objects.filter(action="dispute_opened").count() == 1
    assert EnrolmentLog.objects.get(object_id=case.pk).by is None


def test_who_uses_no_money_gets_no_letter(scene: Scene) -> None:
    scene.applied(scene.learner(money=False), use_support=False, support="0")
    assert not [one for one in letters() if "/nebiju-es/" in one.body]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_bad_or_old_link_is_a_plain_page(scene: Scene, method: str) -> None:
    application = scene.applied()
    key = commitment_of(application).pk
    good = dispute_links.token_of(key)
    old = signing.TimestampSigner(salt="enrolments.not_me")
    with pytest.MonkeyPatch.context() as clock:
        past = 60 * 60 * 24 * (dispute_links.LINK_DAYS + 1)
        real = signing.time.time()
        clock.setattr("django.core.signing.time.time", lambda: real - past)
        expired = dispute_links.token_of(key)
    bad = [
        "x",
        "a:b:c",
        good[:-1],
        expired,
        old.sign("1"),
        signing.dumps(7, salt="enrolments.not_me"),
    ]
    bad += [signing.dumps(str(key), salt="stars.content.subscribe"), "%00", "ā" * 300]
    for token in bad:
        answer = getattr(Client(), method)(f"/nebiju-es/{token}/")
        assert answer.status_code in (404, 410), (token, answer.status_code)
    nobody = dispute_links.token_of(application.pk)  # no commitment has this key
    assert Client().post(f"/nebiju-es/{nobody}/").status_code == 410
    assert not Dispute.objects.exists()


def test_the_button_is_not_pressed_endlessly(scene: Scene) -> None:
    path = f"/nebiju-es/{dispute_links.token_of(commitment_of(scene.applied()).pk)}/"
    visitor = Client()
    statuses = [visitor.post(path).status_code for _ in range(dispute_links.MOST_PER_HOUR + 1)]
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {200}
    assert visitor.get(path).status_code == 200


def test_the_link_needs_the_token_of_the_form() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/nebiju-es/{dispute_links.token_of(uuid4())}/").status_code == 403


def test_from_ones_own_page(scene: Scene) -> None:
    application = scene.applied()
    client, other = Client(), Client()
    as_resident(client, application.account.person)
    as_resident(other, scene.learner(money=False).person)
    page, where = (
        reverse(f"enrolments:{name}", args=[application.pk]) for name in ("application", "not_me")
    )
    assert where in client.get(page).content.decode()
    assert client.get(where).status_code == 200
    assert other.get(where).status_code == 404
    assert other.post(where).status_code == 404
    assert not Dispute.objects.exists()
    assert client.post(where, {"note": "x" * 501}).status_code == 400
    assert client.post(where, {"note": "Es biju slimnīcā."}).status_code == 302
    assert Dispute.objects.get().note == "Es biju slimnīcā."
    shown = client.get(page).content.decode()
    assert where not in shown
    assert reverse("enrolments:withdraw", args=[application.pk]) not in shown


def test_nothing_of_frozen_money_moves(scene: Scene, agent: User) -> None:
    participation = scene.completed()
    application = participation.application
    person = application.account.person.user
    opened(application, ENDED)
    key = commitment_of(application).pk
    refused = [
        lambda: outcomes.confirm_completion(
            participation_id=participation.pk, actor=person, at=CONFIRMED
        ),
        lambda: commitments.capture(commitment_id=key, evidence={}, actor=SYSTEM, at=CONFIRMED),
        lambda: commitments.release(
            commitment_id=key, cause=ReleaseCause.AGENCY, actor=SYSTEM, at=CONFIRMED
        ),
        lambda: commitments.forfeit(commitment_id=key, actor=SYSTEM, at=CONFIRMED),
        lambda: corrections.lower_price(
            commitment_id=key, price=D(100), reason="Lētāk", actor=SYSTEM, at=CONFIRMED
        ),
        lambda: capture_stages(
            commitment_id=key,
            hours_held=D(16),
            hours=D(16),
            attendance_share=D(1),
            evidence={},
            actor=SYSTEM,
            at=CONFIRMED,
        ),
    ]
    for act in refused:
        with pytest.raises(Frozen):
            act()
    assert commitment_of(application).state == CommitmentState.HELD
    proves(CONFIRMED)
    dispute = Dispute.objects.get()
    disputes.dismiss(dispute_id=dispute.pk, note="Zvanīju.", actor=agent, at=CONFIRMED)
    outcomes.confirm_completion(participation_id=participation.pk, actor=person, at=CONFIRMED)
    assert commitment_of(application).state == CommitmentState.CAPTURED
    proves(CONFIRMED)


def test_the_database_keeps_frozen_money_held(scene: Scene) -> None:
    application = scene.applied()
    opened(application)
    rows = Commitment.objects.filter(application_id=application.pk)
    with pytest.raises(IntegrityError, match="commitment_frozen_is_held"), transaction.atomic():
        rows.update(state="released", ended_at=LATER)


def test_withdrawing_and_rejecting_wait_for_the_agency(scene: Scene) -> None:
    application = scene.applied()
    opened(application)
    user = application.account.person.user
    with pytest.raises(Frozen):
        decisions.withdraw(application_id=application.pk, actor=user, at=LATER)
    with pytest.raises(Frozen):
        decisions.reject(application_id=application.pk, actor=scene.staff, at=LATER, note="Nē.")
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert taken(scene.group) == 1


@pytest.mark.parametrize("stage", ["applied", "admitted", "learning", "completed"])
def test_upheld_everything_ends_at_once(scene: Scene, agent: User, stage: str) -> None:
    account = scene.learner()
    row = getattr(scene, stage)(account)
    application = row if isinstance(row, Application) else row.application
    dispute = opened(application)
    with pytest.raises(NotAllowed):
        disputes.uphold(dispute_id=dispute.pk, note="Nē.", actor=scene.staff, at=LATER)
    with pytest.raises(Invalid):
        disputes.uphold(dispute_id=dispute.pk, note="  ", actor=agent, at=LATER)
    done = disputes.uphold(dispute_id=dispute.pk, note="Cita ierīce.", actor=agent, at=LATER)
    assert (done.state, done.decided_by, done.decided_at) == (DisputeState.UPHELD, agent, LATER)
    application.refresh_from_db()
    assert application.state == ApplicationState.WITHDRAWN
    assert taken(scene.group) == 0
    held = commitment_of(application)
    assert (held.state, held.frozen_at) == (CommitmentState.RELEASED, None)
    assert held.release_cause == ReleaseCause.AGENCY
    assert money.free_money(account, LATER) == D(500)
    if stage in ("admitted", "learning"):
        assert application.participation.state == ParticipationState.RELEASED
    if stage == "completed":  # what the provider said stays, and is never paid
        with pytest.raises(Conflict):
            outcomes.confirm_completion(
                participation_id=row.pk, actor=account.person.user, at=CONFIRMED
            )
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert {"dispute_opened", "dispute_waits", "dispute_decided"} <= kinds
    assert AuditEntry.objects.get(action="dispute_upheld").actor_id == agent.pk
    with pytest.raises(Conflict):
        disputes.dismiss(dispute_id=dispute.pk, note="Tomēr.", actor=agent, at=LATER)
    proves()


def test_dismissed_everything_goes_on_and_is_not_asked_again(scene: Scene, agent: User) -> None:
    application = scene.applied()
    dispute = opened(application)
    disputes.dismiss(dispute_id=dispute.pk, note="Tā pati ierīce.", actor=agent, at=LATER)
    assert commitment_of(application).frozen_at is None
    assert commitment_of(application).state == CommitmentState.HELD
    with pytest.raises(Conflict) as refusal:
        opened(application)
    assert refusal.value.code == "decided"
    decisions.approve(application_id=application.pk, actor=scene.staff, at=LATER)
    proves()


def test_money_that_is_no_longer_held_is_not_frozen(scene: Scene) -> None:
    application = scene.applied()
    decisions.withdraw(
        application_id=application.pk, actor=application.account.person.user, at=DECIDED
    )
    with pytest.raises(Conflict) as refusal:
        opened(application)
    assert refusal.value.code == "not_held"
    path = f"/nebiju-es/{dispute_links.token_of(commitment_of(application).pk)}/"
    assert Client().post(path).status_code == 409
    assert not Dispute.objects.exists()


def test_a_frozen_application_does_not_run_out(scene: Scene, agent: User) -> None:
    application, other = scene.applied(), scene.applied()
    dispute = opened(application)
    late = riga(2026, 2, 20)
    assert decisions.lapse_overdue(at=late) == 1
    application.refresh_from_db()
    other.refresh_from_db()
    assert (application.state, other.state) == ("submitted", "lapsed")
    assert not decisions.lapse(application_id=application.pk, at=late)
    disputes.dismiss(dispute_id=dispute.pk, note="Bija.", actor=agent, at=late)
    assert decisions.lapse_overdue(at=late) == 1
    proves(late)


@pytest.mark.parametrize("upheld", [True, False])
def test_a_group_can_be_cancelled_and_frozen_money_follows(
    scene: Scene, agent: User, upheld: bool
) -> None:
    account = scene.learner()
    application, other = scene.applied(account), scene.applied()
    dispute = opened(application)
    assert groups.cancel(group_id=scene.group.pk, reason="Maz.", actor=scene.staff, at=LATER) == 2
    application.refresh_from_db()
    assert application.state == ApplicationState.CANCELLED
    assert commitment_of(application).state == CommitmentState.HELD
    assert commitment_of(other).state == CommitmentState.RELEASED
    proves()
    decide = disputes.uphold if upheld else disputes.dismiss
    decide(dispute_id=dispute.pk, note="Skatīts.", actor=agent, at=LATER)
    assert commitment_of(application).state == CommitmentState.RELEASED
    assert money.free_money(account, LATER) == D(500)
    assert taken(scene.group) == 0
    proves()


def test_nightly_work_passes_a_frozen_training_by(agent: User) -> None:
    s, participation = training()
    s.attend(participation, True, True, True, True)
    dispute = opened(participation.application, ENDED)
    assert stages.owe(at=COUNTED) == []
    daily()
    proves(COUNTED)
    disputes.dismiss(dispute_id=dispute.pk, note="Bija.", actor=agent, at=COUNTED)
    assert [part.amount for part in stages.owe(at=COUNTED)] == [D("90.00")]
    proves(COUNTED)


def test_the_agency_decides_on_its_page(scene: Scene, agent: User) -> None:
    application = scene.learning().application
    dispute = opened(application)
    client, auditor = Client(), Client()
    as_staff(client, agent)
    as_staff(auditor, working("auditor"))
    assert client.get(reverse("admin:enrolments_dispute_changelist")).status_code == 200
    page = reverse("admin:enrolments_dispute_change", args=[dispute.pk])
    shown = client.get(page).content.decode()
    assert application.offer.version.title in shown
    act = reverse("admin:enrolments_dispute_uphold", args=[dispute.pk])
    assert act in shown
    assert auditor.get(page).status_code == 200
    assert auditor.post(act, {"note": "Nē."}).status_code == 403
    assert client.post(act, {"note": "Svešs e-pasts."}).status_code == 302
    application.refresh_from_db()
    assert application.state == ApplicationState.WITHDRAWN
    account = reverse(
        "admin:learning_accounts_learningaccount_change", args=[application.account_id]
    )
    client.cookies["django_language"] = "en"
    assert "Somebody else has applied in this account" in client.get(account).content.decode()


def test_freezing_twice_is_once(scene: Scene) -> None:
    key = commitment_of(scene.applied()).pk
    for hours in (0, 1):
        freezing.freeze(commitment_id=key, actor=SYSTEM, at=LATER + timedelta(hours=hours))
    assert Commitment.objects.get(pk=key).frozen_at == LATER
    for _ in range(2):
        freezing.thaw(commitment_id=key, actor=SYSTEM, at=LATER)
    assert FundingLog.objects.filter(object_id=key, transition__in=["freeze", "thaw"]).count() == 2
