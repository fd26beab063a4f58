"""Claims until they are sent: drafts, papers, what is checked, and what is refused (FUN-10)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from funding.enums import ClaimState, PostingKind
from funding.exceptions import QuoteChanged
from funding.files import PROOF
from funding.models import (
    Claim,
    Commitment,
    Decision,
    Posting,
)
from funding.selectors_claims import assess, invoices
from funding.services import claim_drafts, claims
from funding.services.reconcile import reconcile
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.files import services as files
from stars.files.models import StoredFile
from stars.notifications.models import Message
from tests.files.conftest import PDF, PNG
from tests.funding import build
from tests.funding import claim_scene as scenes
from tests.funding.claim_scene import EARNED, LATER, NOW, Scene

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


# --- Sending --------------------------------------------------------------------------------------


def test_sending_holds_the_money_and_keeps_the_decision(scene: Scene) -> None:
    before = scene.free
    claim = scenes.read(scene.sent(amount="760.00"))
    assert claim.state == ClaimState.SUBMITTED
    assert claim.commitment is not None
    assert (claim.commitment.support, claim.commitment.own_part) == (D("760.00"), D("0.00"))
    assert (claim.commitment.offer_id, claim.commitment.application_id) == (None, None)
    assert claim.commitment.ledger_account.balance == D("760.00")
    assert scene.free == before - D("760.00")
    decision = Decision.objects.get(reference=f"claim:{claim.pk}")
    assert decision.outcome == "yes"
    names = [line["criterion"] for line in decision.lines]
    assert names == ["minimum_age", "account_open", "profile_complete", "refund"]
    assert told(claim) == ["claim_received"]
    assert proves()


def test_it_pays_up_to_the_ceiling_of_the_list(scene: Scene) -> None:
    claim = scenes.read(scene.sent(amount="3100.50"))
    assert claim.commitment is not None
    assert claim.commitment.support == D("2500.00")
    assert claim.amount == D("3100.50")


def test_sending_twice_is_one_claim(scene: Scene) -> None:
    claim = scene.sent()
    again = claims.submit(
        claim_id=claim.pk,
        expected_amount=D("760.00"),
        own_money=False,
        actor=claim.account.person.user,
        at=LATER,
    )
    assert again.pk == claim.pk
    assert Posting.objects.filter(kind=PostingKind.HOLD).count() == 1
    assert told(claim) == ["claim_received"]


def test_edge_case_3_the_same_claim_with_another_amount_moves_nothing(scene: Scene) -> None:
    draft = scene.ready(scene.person(), amount="400.00")
    with pytest.raises(QuoteChanged):
        claims.submit(
            claim_id=draft.pk,
            expected_amount=D("300.00"),
            own_money=False,
            actor=draft.account.person.user,
            at=NOW,
        )
    assert not Commitment.objects.exists()
    sent = scenes.send(draft)
    assert (
        claims.submit(
            claim_id=sent.pk,
            expected_amount=D("300.00"),
            own_money=False,
            actor=sent.account.person.user,
            at=LATER,
        ).pk
        == sent.pk
    )
    held = Commitment.objects.get()
    assert held.support == D("400.00")


def test_edge_case_3_somebody_elses_invoice_tells_nothing_of_them(scene: Scene) -> None:
    first = scene.sent(number="INV-7", amount="760.00")
    draft = scene.ready(scene.person(), number="inv 7", amount="300.00")
    draft.invoice_issuer = "„ISACA”, Inc."
    draft.save()
    before = scene.free
    with pytest.raises(Conflict) as refused:
        scenes.send(draft)
    assert (refused.value.code, refused.value.field) == ("duplicate_invoice", "invoice_number")
    assert str(first.pk) not in str(refused.value)
    assert "760" not in str(refused.value)
    assert (scene.free, scenes.read(draft).state) == (before, ClaimState.DRAFT)
    assert not Decision.objects.filter(account=draft.account).exists()


def test_the_database_refuses_the_same_invoice_whatever_the_service_does(scene: Scene) -> None:
    one = scene.sent(number="A-1")
    two = scene.sent(number="A-2")
    with pytest.raises(IntegrityError, match="claim_invoice_once"), transaction.atomic():
        Claim.objects.filter(pk=two.pk).update(invoice_number=scenes.read(one).invoice_number)


def test_an_invoice_is_free_again_after_a_withdrawal(scene: Scene) -> None:
    first = scene.sent(number="A-1")
    claims.withdraw(claim_id=first.pk, actor=first.account.person.user, at=NOW)
    assert scene.sent(number="A-1").state == ClaimState.SUBMITTED


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"earned_on": date(2025, 9, 24)}, "earned_early", "earned_on"),
    ({"earned_on": date(2026, 3, 11)}, "earned_ahead", "earned_on"),
    ({"invoiced_on": date(2026, 3, 11)}, "invoice_ahead", "invoiced_on"),
    ({"earned_on": None}, "missing", "earned_on"),
    ({"amount": None}, "missing", "amount"),
    ({"invoice_number": ""}, "missing", "invoice_number"),
    ({"invoice_issuer": ""}, "missing", "invoice_issuer"),
    ({"invoiced_on": None}, "missing", "invoiced_on"),
]


@pytest.mark.parametrize(("values", "code", "field"), REFUSED)
def test_what_cannot_be_sent(scene: Scene, values: dict[str, Any], code: str, field: str) -> None:
    draft = scene.ready(scene.person(), **values)
    with pytest.raises(Invalid) as refused:
        scenes.send(draft)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert scenes.read(draft).state == ClaimState.DRAFT
    assert not Commitment.objects.exists()


def test_it_cannot_be_sent_without_papers_or_account_number(scene: Scene) -> None:
    draft = scene.ready(scene.person(), papers=False)
    assert [p.field for p in assess(draft, NOW).problems] == ["proof_file", "invoice_file"]
    Claim.objects.filter(pk=draft.pk).update(bank_account=None)
    assert [p.field for p in assess(scenes.read(draft), NOW).problems][-1] == "iban"


def test_who_is_not_eligible_reads_why_and_sends_nothing(scene: Scene) -> None:
    child = build.person(scene.world, born=date(2010, 1, 1), asked=None)
    draft = scene.ready(child)
    answer = assess(draft, NOW)
    assert (answer.answer, answer.ready) == ("no", False)
    with pytest.raises(Conflict, match="18") as refused:
        scenes.send(draft)
    assert refused.value.code == "not_eligible"
    assert not Commitment.objects.exists()


@pytest.mark.parametrize(
    ("after", "code"), [(timedelta(days=3 * 365), "too_soon"), (timedelta(days=3 * 366), None)]
)
def test_once_in_three_years_for_one_person_and_thing(
    scene: Scene, after: timedelta, code: str | None
) -> None:
    person = scene.person()
    scene.sent(person, number="A-1")
    scene.world.source.ends_on = date(2030, 1, 1)
    scene.world.source.save()
    draft = scene.ready(person, number="A-2", at=NOW + after)
    found = [problem.code for problem in assess(draft, NOW + after).problems]
    assert found == ([code] if code else [])
    other = scene.ready(person, number="A-3", what=scene.cisa)
    assert assess(other, NOW).ready


def test_nobody_pays_after_the_source_has_ended(scene: Scene) -> None:
    draft = scene.ready(scene.person())
    late = build.riga(2026, 7, 1)
    assert [p.code for p in assess(draft, late).problems] == ["no_policy"]
    with translation.override("en"), pytest.raises(Invalid, match=r"No project"):
        claim_drafts.start_draft(
            account_id=draft.account_id,
            what_id=scene.cisa.pk,
            actor=draft.account.person.user,
            at=late,
        )


def test_a_certificate_that_is_not_on_the_list_is_refused(scene: Scene) -> None:
    person = scene.person()
    assessment = scenes.refundable("systems", kind="assessment")
    for what_id in (scene.scheme.pk, assessment.pk):  # no such row; a kind that nobody pays for
        with pytest.raises(Invalid) as refused:
            claim_drafts.start_draft(
                account_id=person.pk, what_id=what_id, actor=person.person.user, at=NOW
            )
        assert refused.value.field == "what"


# --- Drafts ---------------------------------------------------------------------------------------


def test_a_draft_loses_nothing(scene: Scene) -> None:
    person = scene.person()
    user = person.person.user
    who = {"actor": user, "at": NOW}
    draft = claim_drafts.start_draft(account_id=person.pk, what_id=scene.cism.pk, **who)
    for values in (
        {"earned_on": EARNED},
        {"amount": "92.50", "invoice_issuer": "  SIA  „Ābele” "},
        {"invoice_number": "a/1"},
    ):
        claim_drafts.save_draft(claim_id=draft.pk, values=values, **who)
    again = claim_drafts.start_draft(account_id=person.pk, what_id=scene.cism.pk, **who)
    assert again.pk == draft.pk
    kept = scenes.read(again)
    assert (kept.earned_on, kept.amount, kept.invoice_issuer, kept.invoice_number) == (
        EARNED,
        D("92.50"),
        "SIA „Ābele”",
        "a/1",
    )


@pytest.mark.parametrize("amount", ["-5.00", "0", "0.001", "92.505", "abc", "NaN", "1e99", ""])
def test_amounts_that_are_none_are_refused_at_once(scene: Scene, amount: str) -> None:
    draft = scene.ready(scene.person())
    with pytest.raises(Invalid) as refused:
        claim_drafts.save_draft(
            claim_id=draft.pk,
            values={"amount": amount},
            actor=draft.account.person.user,
            at=NOW,
        )
    assert refused.value.field == "amount"
    assert scenes.read(draft).amount == D("760.00")


def test_the_money_goes_to_ones_own_account_number_only(scene: Scene) -> None:
    draft = scene.ready(scene.person())
    other = scenes.bank(scene.person())
    with translation.override("en"), pytest.raises(Invalid, match="own account"):
        claim_drafts.save_draft(
            claim_id=draft.pk,
            values={"bank_account_id": other.pk},
            actor=draft.account.person.user,
            at=NOW,
        )


def test_there_are_at_most_five_drafts(scene: Scene) -> None:
    person = scene.person()
    who = {"account_id": person.pk, "actor": person.person.user, "at": NOW}
    for n in range(claim_drafts.MOST_DRAFTS):
        claim_drafts.start_draft(what_id=scenes.refundable(f"c{n}").pk, **who)
    with translation.override("en"), pytest.raises(Conflict, match="Send or delete"):
        claim_drafts.start_draft(what_id=scene.cism.pk, **who)


def test_what_was_sent_is_changed_by_nobody(scene: Scene) -> None:
    claim = scene.sent()
    who = {"claim_id": claim.pk, "actor": claim.account.person.user, "at": NOW}
    paper = invoices(claim.pk).get()
    for change in (
        lambda: claim_drafts.save_draft(values={"amount": "5.00"}, **who),
        lambda: claim_drafts.add_file(kind=PROOF, name="b.pdf", content=BytesIO(PDF), **who),
        lambda: claim_drafts.remove_file(file_id=paper.pk, **who),
        lambda: claim_drafts.discard(**who),
    ):
        with pytest.raises(Conflict):
            change()
    with pytest.raises(NotAllowed):
        files.remove(file_id=paper.pk, actor=claim.account.person.user, at=NOW)


def test_a_deleted_draft_takes_its_papers_along(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    draft = scene.ready(scene.person())
    keys = list(StoredFile.objects.values_list("key", flat=True))
    assert len(keys) == 2
    who = {"claim_id": draft.pk, "actor": draft.account.person.user, "at": NOW}
    with django_capture_on_commit_callbacks(execute=True):
        claim_drafts.discard(**who)
    claim_drafts.discard(**who)
    assert not StoredFile.objects.exists()
    assert not any(files.storage().exists(key) for key in keys)


def test_drafts_are_forgotten_after_ninety_days(scene: Scene) -> None:
    old, new, sent = (
        scene.ready(scene.person()),
        scene.ready(scene.person()),
        scene.sent(number="S"),
    )
    Claim.objects.filter(pk__in=[old.pk, sent.pk]).update(updated_at=NOW - timedelta(days=91))
    Claim.objects.filter(pk=new.pk).update(updated_at=NOW - timedelta(days=89))
    assert claim_drafts.forget_drafts(at=NOW) == 1
    assert set(Claim.objects.values_list("pk", flat=True)) == {new.pk, sent.pk}


def test_papers_of_what_came_to_nothing_are_removed_after_a_year(scene: Scene) -> None:
    paid_back = scene.approved(scene.sent(number="A-1"))
    rejected, withdrawn = scene.sent(number="A-2"), scene.sent(number="A-3")
    claims.reject(claim_id=rejected.pk, reason="Nē.", actor=scene.officer, at=LATER)
    user = withdrawn.account.person.user
    claims.withdraw(claim_id=withdrawn.pk, actor=user, at=LATER)
    old = {"updated_at": LATER - timedelta(days=366)}
    Claim.objects.filter(pk__in=[paid_back.pk, rejected.pk]).update(**old)
    assert claim_drafts.forget_papers(at=LATER) == 2
    assert claim_drafts.forget_papers(at=LATER) == 0
    kept = {*StoredFile.objects.values_list("owner_id", flat=True)}
    assert kept == {paid_back.pk, withdrawn.pk}
    assert scenes.read(rejected).reason == "Nē."


def test_papers_of_other_kinds_are_refused(scene: Scene) -> None:
    draft = scene.ready(scene.person(), papers=False)
    who = {"claim_id": draft.pk, "kind": PROOF, "actor": draft.account.person.user, "at": NOW}
    for name, content, code in (
        ("a.exe", PDF, "file_type"),
        ("a.pdf", PNG, "file_content"),
        ("a.pdf", b"", "file_empty"),
        ("a.pdf", PDF + b"0" * (10 * 1024 * 1024), "file_size"),
        ("a.png", b"<svg/>", "file_content"),
    ):
        with pytest.raises(Invalid) as refused:
            claim_drafts.add_file(name=name, content=BytesIO(content), **who)
        assert refused.value.code == code
    for n in range(claim_drafts.MOST_FILES):
        claim_drafts.add_file(name=f"{n}.png", content=BytesIO(PNG), **who)
    with pytest.raises(Conflict):
        claim_drafts.add_file(name="six.png", content=BytesIO(PNG), **who)
