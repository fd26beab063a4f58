"""Claims after they were sent: line, quota, the 500 €, decisions, who may, the proof (FUN-10)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from funding.enums import CommitmentState
from funding.exceptions import InsufficientFunds, QuoteChanged
from funding.files import INVOICE
from funding.models import (
    Claim,
    Commitment,
    LedgerAccount,
    Payment,
    Posting,
    Refundable,
)
from funding.selectors_claims import assess, hints, in_line, invoices
from funding.services import claim_drafts, claim_money, claims, ledger, payment_files
from funding.services.bank_answers import read_answer
from funding.services.quote import price_table
from funding.services.reconcile import reconcile
from funding.support import FEWEST, paid
from learning_accounts.models import LearningAccount
from stars.audit.models import LookEntry
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.files import services as files
from stars.notifications.models import Message
from tests import factories as f
from tests.files.conftest import PDF
from tests.funding import build
from tests.funding import claim_scene as scenes
from tests.funding.claim_scene import LATER, NOW, Scene
from tests.signin import as_resident

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scene() -> Scene:
    return scenes.scene()


def told(claim: Claim) -> list[str]:
    """Kinds of the messages the person got, in order."""
    user = claim.account.person.user
    return list(
        Message.objects.filter(user=user).order_by("created_at").values_list("kind", flat=True)
    )


def proves() -> bool:
    run = reconcile(at=LATER)
    assert run.ok, run.problems
    return True


# --- Line and quota -------------------------------------------------------------------------------


def test_the_quota_is_served_in_order_of_receipt() -> None:
    scene = scenes.scene(refund_quota=1)
    first = scene.sent(number="1")
    second = scene.sent(number="2", at=NOW + timedelta(minutes=1))
    third = scene.sent(number="3", at=NOW + timedelta(minutes=2))
    assert [first.state, second.state, third.state] == ["submitted", "waiting", "waiting"]
    assert (in_line(second), in_line(third)) == (1, 2)
    assert told(second) == ["claim_waits"]
    assert claims.serve_waiting(at=LATER) == 0
    claims.reject(claim_id=first.pk, reason="Nav apliecības.", actor=scene.officer, at=LATER)
    assert claims.serve_waiting(at=LATER) == 1
    second, third = scenes.read(second), scenes.read(third)
    assert (second.state, third.state) == ("submitted", "waiting")
    assert told(second) == ["claim_waits", "claim_served"]
    assert second.submitted_at == NOW + timedelta(minutes=1)
    assert claims.serve_waiting(at=LATER) == 0
    assert proves()


def test_nobody_overtakes_who_waits_for_money() -> None:
    scene = scenes.scene(authorised="1000.00")
    scene.sent(number="1", amount="600.00")
    big = scene.sent(number="2", amount="500.00", at=NOW + timedelta(minutes=1))
    small = scene.sent(number="3", amount="100.00", at=NOW + timedelta(minutes=2))
    assert (big.state, small.state) == ("waiting", "waiting")
    assert scene.free == D("400.00")
    assert claims.serve_waiting(at=LATER) == 0
    claims.withdraw(claim_id=big.pk, actor=big.account.person.user, at=LATER)
    assert claims.serve_waiting(at=LATER) == 1
    assert scenes.read(small).state == "submitted"
    assert scene.free == D("300.00")
    assert proves()


def test_what_was_promised_holds_when_the_list_changes() -> None:
    scene = scenes.scene(refund_quota=0)
    claim = scene.sent(amount="760.00")
    Refundable.objects.filter(pk=scene.cism.pk).update(ceiling=D("100.00"))
    assert claim_money.promised(scenes.read(claim)) == D("760.00")


def test_somebody_who_waits_can_be_rejected_without_money() -> None:
    scene = scenes.scene(refund_quota=0)
    claim = scene.sent()
    claims.reject(claim_id=claim.pk, reason="Nav derīga.", actor=scene.officer, at=LATER)
    assert scenes.read(claim).state == "rejected"
    assert not Commitment.objects.exists()


# --- Money of the learning account ----------------------------------------------------------------


def with_lot(scene: Scene) -> LearningAccount:
    """Somebody who has 500 € of the third round."""
    account = build.person(scene.world)
    build.run(scene.world, 2)
    return account


def test_where_the_policy_says_so_the_500_may_be_used() -> None:
    scene = scenes.scene(uses_allocation=True, refund_quota=0)
    account = with_lot(scene)
    before = scene.free
    claim = scenes.read(scene.sent(account, amount="380.00", own_money=True))
    assert claim.state == "submitted"
    assert claim.commitment is not None
    line = claim.commitment.lines.get()
    assert (line.grant, line.amount) == (build.lot(account), D("380.00"))
    assert (scene.free, build.lot(account).ledger_account.balance) == (before, D("120.00"))
    scene.approved(claim)
    assert proves()


def test_the_account_pays_as_much_as_it_has() -> None:
    scene = scenes.scene(uses_allocation=True)
    claim = scenes.read(scene.sent(with_lot(scene), amount="760.00", own_money=True))
    assert claim.commitment is not None
    assert claim.commitment.support == D("500.00")
    assert proves()


def test_without_the_policys_word_the_500_stay_where_they_are(scene: Scene) -> None:
    account = with_lot(scene)
    draft = scene.ready(account)
    assert assess(draft, NOW).own_money == 0
    with pytest.raises(QuoteChanged):
        claims.submit(
            claim_id=draft.pk,
            expected_amount=D("500.00"),
            own_money=True,
            actor=account.person.user,
            at=NOW,
        )
    assert build.lot(account).ledger_account.balance == D("500.00")


def test_withdrawing_gives_the_lot_back_what_was_taken() -> None:
    scene = scenes.scene(uses_allocation=True)
    account = with_lot(scene)
    claim = scene.sent(account, amount="380.00", own_money=True)
    claims.withdraw(claim_id=claim.pk, actor=account.person.user, at=NOW)
    assert build.lot(account).ledger_account.balance == D("500.00")
    assert proves()


# --- Decisions ------------------------------------------------------------------------------------


def test_approving_makes_it_owed_and_a_payment_waits(scene: Scene) -> None:
    claim = scenes.read(scene.approved(scene.sent(amount="760.00")))
    assert (claim.state, claim.decided_by) == ("approved", scene.officer)
    assert claim.commitment is not None
    assert claim.commitment.state == CommitmentState.PAYABLE
    owed = LedgerAccount.objects.get(kind="payable", owner_key=f"claim:{claim.pk}")
    payment = Payment.objects.get(reference=f"claim:{claim.pk}")
    assert owed.balance == payment.amount == D("760.00")
    assert (payment.payable, payment.bank_account) == (owed, claim.bank_account)
    assert told(claim) == ["claim_received", "claim_approved"]
    assert proves()


def test_a_lower_amount_gives_the_difference_back(scene: Scene) -> None:
    before = scene.free
    claim = scene.sent(amount="760.00")
    claim = scenes.read(scene.approved(claim, amount=D("700.10"), reason="Ceļš nav maksājams."))
    assert claim.commitment is not None
    assert claim.commitment.support == D("700.10")
    assert scene.free == before - D("700.10")
    assert Payment.objects.get().amount == D("700.10")
    assert claim.reason == "Ceļš nav maksājams."
    assert told(claim)[-1] == "claim_less"
    first = Commitment.objects.get(state="released")
    assert first.title == "CISM"
    assert proves()


def test_a_lower_amount_of_ones_own_money_goes_back_to_the_lot() -> None:
    scene = scenes.scene(uses_allocation=True)
    account = with_lot(scene)
    claim = scene.sent(account, amount="380.00", own_money=True)
    scene.approved(claim, amount=D("300.00"), reason="Ceļš nav maksājams.")
    assert build.lot(account).ledger_account.balance == D("200.00")
    assert proves()


@pytest.mark.parametrize("amount", ["760.01", "0.00", "-1.00", "10.005"])
def test_edge_case_24_nothing_above_what_was_asked_and_nothing_below_a_cent(
    scene: Scene, amount: str
) -> None:
    claim = scene.sent(amount="760.00")
    with pytest.raises(Invalid) as refused:
        scene.approved(claim, amount=D(amount), reason="Kļūda.")
    assert refused.value.field == "amount"
    assert scenes.read(claim).state == "submitted"
    assert not Payment.objects.exists()


def test_edge_case_24_two_refunds_never_add_up_to_more_than_was_paid(scene: Scene) -> None:
    claim = scene.approved(scene.sent(amount="760.00"), amount=D("400.00"), reason="Daļa.")
    for again in (
        lambda: scene.approved(claim, amount=D("360.00"), reason="Otra daļa."),
        lambda: scene.approved(claim),
        lambda: claims.reject(claim_id=claim.pk, reason="Nē.", actor=scene.officer, at=LATER),
        lambda: claims.reopen(claim_id=claim.pk, actor=scene.officer, at=LATER),
        lambda: claims.withdraw(claim_id=claim.pk, actor=claim.account.person.user, at=LATER),
    ):
        with pytest.raises(Conflict):
            again()
    # The same invoice by another person, while it is paid.
    other = scene.ready(scene.person(), number="INV-1", amount="360.00")
    with pytest.raises(Conflict):
        scenes.send(other)
    assert sum(payment.amount for payment in Payment.objects.all()) == D("400.00")


def test_edge_case_24_a_reversal_of_a_claims_reversal_is_refused(scene: Scene) -> None:
    claim = scenes.read(scene.sent())
    hold = Posting.objects.get(idempotency_key=f"hold:{claim.commitment_id}")
    back = ledger.reverse(posting=hold, effective_at=LATER, by=SYSTEM)
    with pytest.raises(Conflict):
        ledger.reverse(posting=back, effective_at=LATER, by=SYSTEM)
    assert not reconcile(at=LATER).ok  # a claim whose money was taken away is found


def test_edge_case_13_the_freed_money_is_used_once_and_the_old_claim_stays_dead(
    scene: Scene,
) -> None:
    before = scene.free
    person = scene.person()
    first = scene.sent(person, number="A-1", amount="760.00")
    claims.withdraw(claim_id=first.pk, actor=person.person.user, at=NOW)
    claims.withdraw(claim_id=first.pk, actor=person.person.user, at=NOW)
    assert scene.free == before
    second = scene.sent(person, number="A-1", amount="760.00")
    with pytest.raises(Conflict):  # a decision that comes late
        scene.approved(first)
    with pytest.raises(Conflict):
        claims.reopen(claim_id=first.pk, actor=scene.officer, at=LATER)
    scene.approved(second)
    assert scene.free == before - D("760.00")
    assert Payment.objects.count() == 1
    assert proves()


def test_rejecting_needs_a_reason_and_gives_the_money_back(scene: Scene) -> None:
    before = scene.free
    claim = scene.sent()
    with pytest.raises(Invalid) as refused:
        claims.reject(claim_id=claim.pk, reason="  ", actor=scene.officer, at=LATER)
    assert refused.value.field == "reason"
    claims.reject(
        claim_id=claim.pk, reason="Rēķins ir cita cilvēka.", actor=scene.officer, at=LATER
    )
    claim = scenes.read(claim)
    assert (claim.state, claim.reason) == ("rejected", "Rēķins ir cita cilvēka.")
    assert scene.free == before
    assert told(claim) == ["claim_received", "claim_rejected"]
    assert proves()


def test_an_appeal_opens_it_again(scene: Scene) -> None:
    before = scene.free
    claim = scene.sent()
    claims.reject(claim_id=claim.pk, reason="Kļūda.", actor=scene.officer, at=LATER)
    claims.reopen(claim_id=claim.pk, actor=scene.officer, at=LATER, note="Apelācija.")
    claim = scenes.read(claim)
    assert (claim.state, claim.reason, claim.decided_at) == ("submitted", "", None)
    scene.approved(claim, at=LATER + timedelta(days=1))
    assert scene.free == before - D("760.00")
    assert Commitment.objects.filter(account=claim.account).count() == 2
    assert proves()


def test_reopening_without_money_says_so() -> None:
    scene = scenes.scene(authorised="800.00")
    claim = scene.sent(number="1")
    claims.reject(claim_id=claim.pk, reason="Kļūda.", actor=scene.officer, at=LATER)
    scene.sent(number="2")
    with pytest.raises(InsufficientFunds):
        claims.reopen(claim_id=claim.pk, actor=scene.officer, at=LATER)
    assert scenes.read(claim).state == "rejected"


def test_reopening_an_invoice_that_another_claim_has_is_refused(scene: Scene) -> None:
    claim = scene.sent(number="1")
    claims.reject(claim_id=claim.pk, reason="Kļūda.", actor=scene.officer, at=LATER)
    scene.sent(number="1")
    before = scene.free
    with pytest.raises(Conflict) as refused:
        claims.reopen(claim_id=claim.pk, actor=scene.officer, at=LATER)
    assert refused.value.code == "duplicate_invoice"
    assert scene.free == before


def test_paid_is_said_once(scene: Scene) -> None:
    claim = scene.approved(scene.sent())
    for _twice in range(2):
        claims.hear_paid(claim.pk, Payment.objects.get(), SYSTEM, LATER + timedelta(days=1))
    claim = scenes.read(claim)
    assert claim.commitment is not None
    assert (claim.state, claim.commitment.state) == ("paid", "paid")
    assert told(claim) == ["claim_received", "claim_approved", "claim_paid"]


def test_the_bank_pays_it_and_sends_it_back() -> None:
    """The whole way: two people let the file go, the bank pays, then returns the money."""
    scene = scenes.scene()
    claim = scene.approved(scene.sent(amount="760.00"))
    other = f.MembershipFactory(finance_officer=True).user
    made = payment_files.make_file(
        payment_ids=[Payment.objects.get().pk], execute_on=date(2026, 3, 13), actor=other, at=LATER
    )
    payment_files.decide_file(
        approval_id=made.approvals.get().pk, approved=True, actor=scene.officer, at=LATER
    )
    payment_files.send_file(file_id=made.pk, actor=other, at=LATER)
    payment = Payment.objects.get()
    day = date(2026, 3, 13)

    def answers(status: str) -> None:
        rows = f"end_to_end_id;status;date;reason\n{payment.end_to_end_id};{status};{day};AC04\n"
        read_answer(content=rows.encode(), actor=other, at=LATER + timedelta(days=2))

    answers("ACSC")
    paid = scenes.read(claim)
    assert paid.commitment is not None
    assert (paid.state, paid.commitment.state) == ("paid", "paid")
    assert told(paid)[-1] == "claim_paid"
    assert proves()
    answers("RJCT")
    again = Payment.objects.get(replaces=payment)
    assert (again.amount, again.reference) == (payment.amount, payment.reference)
    back = scenes.read(claim)
    assert back.commitment is not None
    assert (back.state, back.commitment.state) == ("approved", "payable")
    assert "claim_came_back" in told(back)
    assert proves()
    for _twice in range(2):
        claims.hear_paid(claim.pk, again, SYSTEM, LATER + timedelta(days=5))
    assert scenes.read(claim).state == "paid"
    assert told(paid).count("claim_paid") == 2  # once for each time the money left


# --- Who may --------------------------------------------------------------------------------------


def people(scene: Scene, claim: Claim) -> dict[str, User]:
    return {
        "own": claim.account.person.user,
        "other": scene.person().person.user,
        "auditor": f.MembershipFactory(auditor=True).user,
        "provider": f.MembershipFactory().user,
        "administrator": f.MembershipFactory(administrator=True).user,
        "officer": scene.officer,
    }


def test_only_the_agency_decides_and_nobody_about_their_own(scene: Scene) -> None:
    claim = scene.sent()
    who = people(scene, claim)
    for name in ("own", "other", "auditor", "provider"):
        for decide in (
            lambda actor: claims.approve(claim_id=claim.pk, actor=actor, at=LATER),
            lambda actor: claims.reject(claim_id=claim.pk, reason="x", actor=actor, at=LATER),
            lambda actor: claims.reopen(claim_id=claim.pk, actor=actor, at=LATER),
        ):
            with pytest.raises(NotAllowed):
                decide(who[name])
    # An officer who claims something like anybody else.
    mine = build.person(scene.world, asked=None)
    mine.person.user = scene.officer
    mine.person.save()
    own = scene.sent(mine, number="OWN")
    with pytest.raises(NotAllowed):
        claims.approve(claim_id=own.pk, actor=scene.officer, at=LATER)
    claims.approve(claim_id=own.pk, actor=who["administrator"], at=LATER)


def test_somebody_elses_claim_and_papers_are_closed(scene: Scene) -> None:
    draft = scene.ready(scene.person())
    who = people(scene, draft)
    paper = invoices(draft.pk).get()
    assert files.link(file=paper, actor=who["own"])
    for name in ("other", "provider", "auditor", "officer"):  # a draft is nobody's business
        with pytest.raises(NotAllowed):
            files.link(file=paper, actor=who[name])
    for change in (
        lambda actor: claims.submit(
            claim_id=draft.pk, expected_amount=D("760.00"), own_money=False, actor=actor, at=NOW
        ),
        lambda actor: claim_drafts.save_draft(claim_id=draft.pk, values={}, actor=actor, at=NOW),
        lambda actor: claim_drafts.discard(claim_id=draft.pk, actor=actor, at=NOW),
        lambda actor: claim_drafts.add_file(
            claim_id=draft.pk,
            kind=INVOICE,
            name="a.pdf",
            content=BytesIO(PDF),
            actor=actor,
            at=NOW,
        ),
    ):
        for name in ("other", "officer", "administrator"):
            with pytest.raises(NotAllowed):
                change(who[name])
    scenes.send(draft)
    for name in ("other", "provider"):
        with pytest.raises(NotAllowed):
            files.link(file=paper, actor=who[name])
    token = files.link(file=paper, actor=who["officer"]).split("/")[-2]
    files.open_link(token=token, actor=who["officer"], at=LATER)
    look = LookEntry.objects.get(actor_id=who["officer"].pk)
    assert (look.person_id, look.purpose) == (draft.account.person_id, "decide_claim")


def test_hints_of_double_funding(scene: Scene) -> None:
    person = scene.person()
    first = scene.sent(person, number="A-1")
    Claim.objects.filter(pk=first.pk).update(submitted_at=NOW - timedelta(days=4 * 366))
    again = scene.sent(person, number="A-2")
    assert [hint.code for hint in hints(scenes.read(again))] == ["same_person"]
    copied = scene.sent(number="B-1", document_number="c-a-1")
    assert [hint.code for hint in hints(scenes.read(copied))] == ["same_document"]
    other = scene.ready(
        scene.person(), number="A-1", invoice_issuer="ISACA Riga", document_number=""
    )
    assert "same_number" in [hint.code for hint in hints(scenes.read(scenes.send(other)))]


# --- Beside trainings --------------------------------------------------------------------------


def test_a_claim_is_no_training_in_prices_and_figures(scene: Scene) -> None:
    account = with_lot(scene)
    what = build.offer(scene.world, "300.00")
    scene.approved(scene.sent(account))
    build.hold(account, what, NOW, support="300.00")
    table = price_table(account, NOW)
    assert table.alone == (what.version.programme_id,)
    for n in range(FEWEST):
        scene.approved(scene.sent(number=f"P-{n}"))
    assert paid(scene.world.source) is None


def test_the_account_page_shows_claims(scene: Scene, client: Any) -> None:
    account = scene.person()
    approved = scene.approved(scene.sent(account, number="A-1"))
    claims.hear_paid(approved.pk, Payment.objects.get(), SYSTEM, LATER)
    lowered = scene.sent(account, number="A-2", what=scene.cisa)
    claims.reject(claim_id=lowered.pk, reason="Kļūda.", actor=scene.officer, at=LATER)
    claims.reopen(claim_id=lowered.pk, actor=scene.officer, at=LATER)
    scene.approved(lowered, amount=D("5.00"), reason="Daļa.")
    scene.ready(account, number="A-3", what=scenes.refundable("third"))
    as_resident(client, account.person)
    page = client.get("/konts/")
    assert page.status_code == 200
    for name in ("CISM", "CISA", "THIRD"):
        assert name in page.content.decode()
    assert client.get("/konts/nauda/").status_code == 200
    assert client.get("/macibas/?own=0").status_code == 200


# --- The proof of the ledger ----------------------------------------------------------------------


def broken(check: str) -> list[str]:
    return [p["what"] for p in reconcile(at=LATER).problems if p["check"] == check]


def test_the_proof_finds_a_claim_that_does_not_fit_its_money(scene: Scene) -> None:
    claim = scenes.read(scene.sent())
    assert broken("claims") == []
    Claim.objects.filter(pk=claim.pk).update(state="rejected", decided_at=LATER)
    assert broken("claims") == ["rejected with held"]


def test_the_proof_finds_money_of_claims_without_a_claim(scene: Scene) -> None:
    draft = scenes.read(scene.ready(scene.person()))
    draft.policy = scene.policy
    claim_money.hold(draft, D("10.00"), own_money=False, actor=SYSTEM, at=NOW)
    assert broken("claims") == ["no claim with held"]
    assert broken("owed") == []
