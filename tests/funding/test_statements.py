"""What a provider is owed for a month, approved by two, never changed afterwards."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from catalogue.enums import ProviderState
from funding.enums import AccountKind, CommitmentState, ListState
from funding.models import Commitment, Payment, Posting, Statement, StatementLine
from funding.services import bank_accounts, corrections, papers, settling, statements
from stars.common.errors import Conflict, NotAllowed
from stars.common.permissions import SYSTEM
from stars.files.models import StoredFile
from stars.files.services import storage
from tests.funding import build
from tests.funding.settle import AFTER, AUGUST, JULY, JUNE, Scene, proves, refused, scene
from tests.funding.test_approvals import officer
from tests.funding.test_bank_accounts import OTHER
from tests.pdf_reader import read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def printed_bytes(file: StoredFile) -> bytes:
    """What lies on the disk."""
    return Path(storage().path(file.key)).read_bytes()


def test_a_month_is_collected_once_and_late_ones_come_later() -> None:
    s = scene()
    first, last = s.captured("300.00"), s.captured("120.50", build.riga(2025, 6, 30, 23, 59))
    after = s.captured("80.00", build.riga(2025, 7, 1, 0, 0))
    june = s.statement()
    assert june.total == D("420.50")
    assert {line.commitment_id for line in june.lines.all()} == {first.pk, last.pk}
    with refused("open"):
        s.statement(JULY)
    statements.cancel(statement_id=june.pk, note="vēlreiz", actor=s.first, at=AFTER)
    again = s.approved()
    assert (again.total, again.version) == (D("420.50"), 2)
    july = s.approved(JULY)
    assert [line.commitment_id for line in july.lines.all()] == [after.pk]
    with refused("nothing"):
        s.statement(JULY)
    assert not proves()


def test_what_it_says_is_frozen() -> None:
    s = scene()
    commitment = s.captured("300.00")
    made = s.statement()
    line = made.content["lines"][0]
    assert line["person"] == str(commitment.application_id)[:8].upper()
    assert (line["hours"], line["attendance_share"], line["amount"]) == ("30", "0.90", "300.00")
    assert (line["price"], line["support"], line["own_part"]) == ("300.00", "300.00", "0.00")
    said = made.content
    assert (said["iban"][:4], said["total"]) == ("LV80", "300.00")
    names = str(said)
    assert commitment.account.person.family_name not in names
    assert str(commitment.account_id) not in names
    version = commitment.offer.version  # type: ignore[union-attr]
    version.title_lv = "Cits"
    assert Statement.objects.get(pk=made.pk).content == said


def test_two_different_people_and_then_it_is_paid() -> None:
    s = scene()
    commitment = s.captured("300.00")
    made = s.statement()
    asked = settling.put_forward(statement_id=made.pk, actor=s.first, at=AFTER)
    with pytest.raises(NotAllowed):
        settling.decide(approval_id=asked.pk, approved=True, actor=s.first, at=AFTER)
    with pytest.raises(NotAllowed):
        settling.decide(approval_id=asked.pk, approved=True, actor=officer("auditor"), at=AFTER)
    settling.decide(approval_id=asked.pk, approved=True, actor=s.second, at=AFTER)
    commitment.refresh_from_db()
    assert commitment.state == CommitmentState.PAYABLE
    payment = s.payment(made)
    assert (payment.amount, payment.state, payment.bank_account.iban[:2]) == (300, "ready", "LV")
    assert s.balance(AccountKind.PAYABLE) == 300
    assert not proves()
    with pytest.raises(Conflict):
        settling.decide(approval_id=asked.pk, approved=True, actor=s.second, at=AFTER)
    assert Payment.objects.count() == 1


def test_sent_back_it_is_a_draft_again() -> None:
    s = scene()
    s.captured()
    made = s.statement()
    asked = settling.put_forward(statement_id=made.pk, actor=s.first, at=AFTER)
    settling.decide(approval_id=asked.pk, approved=False, actor=s.second, at=AFTER, note="nav labi")
    made.refresh_from_db()
    assert made.state == ListState.DRAFT
    assert not Payment.objects.exists()
    settling.put_forward(statement_id=made.pk, actor=s.second, at=AFTER)


def test_case_19_a_changed_account_number_needs_approval_again() -> None:
    s = scene()
    s.captured()
    made = s.statement()
    asked = settling.put_forward(statement_id=made.pk, actor=s.first, at=AFTER)
    bank_accounts.record(
        organisation_id=s.provider.organisation_id,
        iban=OTHER,
        holder="Izdomāta skola",
        actor=SYSTEM,
        at=AFTER,
    )
    with refused("changed"):
        settling.decide(approval_id=asked.pk, approved=True, actor=s.second, at=AFTER)
    settling.decide(approval_id=asked.pk, approved=False, actor=s.second, at=AFTER)
    again = settling.put_forward(statement_id=made.pk, actor=s.first, at=AFTER)
    settling.decide(approval_id=again.pk, approved=True, actor=s.second, at=AFTER)
    assert s.payment(made).bank_account.iban == OTHER


def test_case_18_hours_corrected_after_settlement() -> None:
    s = scene()
    commitment = s.captured("300.00")
    june = s.approved()
    said, paper = june.content, papers.print_statement(statement_id=june.pk, at=AFTER)
    printed = printed_bytes(paper)
    corrections.correct(
        commitment_id=commitment.pk,
        amount=D("-60.00"),
        reason="Žurnālā bija 24 stundas",
        evidence={"hours_before": "30", "hours_after": "24"},
        actor=s.first,
        at=build.riga(2025, 7, 3),
    )
    s.captured("100.00", build.riga(2025, 7, 10))
    july = s.approved(JULY)
    assert july.total == D("40.00")
    difference = next(line for line in july.content["lines"] if line["kind"] == "difference")
    assert difference["amount"] == "-60.00"
    assert difference["of"] == june.number
    assert difference["reason"] == "Žurnālā bija 24 stundas"
    assert july.lines.get(kind="difference").correction.by == s.first
    june.refresh_from_db()
    assert june.content == said
    assert papers.print_statement(statement_id=june.pk, at=AFTER + timedelta(days=90)) == paper
    assert printed_bytes(paper) == printed
    assert s.balance(AccountKind.PAYABLE) == D("340.00")
    assert not proves()


def test_what_a_statement_cannot_bear_waits() -> None:
    s = scene()
    big, small = s.captured("300.00"), s.captured("50.00")
    s.approved()
    for each, amount, day in ((big, "-200.00", 2), (small, "-20.00", 3)):
        corrections.correct(
            commitment_id=each.pk,
            amount=D(amount),
            reason="Mazāk",
            actor=s.first,
            at=build.riga(2025, 7, day),
        )
    with refused("nothing"):
        s.statement(JULY)
    s.captured("200.00", build.riga(2025, 7, 10))
    july = s.approved(JULY)
    # The older one takes everything: nothing is left to pay, and the other one waits.
    assert (july.total, july.state) == (0, ListState.PAID)
    assert july.lines.count() == 2
    assert not Payment.objects.filter(reference=f"statement:{july.pk}").exists()
    s.captured("30.00", build.riga(2025, 8, 1, 1))
    assert s.approved(AUGUST, build.riga(2025, 9, 2)).total == D("10.00")
    assert not proves()


def test_case_24_corrections_never_take_more_than_was_owed() -> None:
    s = scene()
    commitment = s.captured("100.00")

    def correct(amount: str) -> None:
        corrections.correct(
            commitment_id=commitment.pk, amount=D(amount), reason="x", actor=s.first, at=AFTER
        )

    for amount in ("-100.01", "0.01", "5"):
        with pytest.raises(Conflict):
            correct(amount)
    correct("-70")
    correct("-30")
    with pytest.raises(Conflict):
        correct("-0.01")
    correct("100.00")
    with pytest.raises(Conflict):
        correct("0.01")


def test_a_suspended_provider_gets_none() -> None:
    s = scene()
    s.captured()
    s.provider.state = ProviderState.SUSPENDED
    s.provider.save()
    with refused("suspended"):
        s.statement()


def test_the_month_has_to_be_over() -> None:
    s = scene()
    s.captured()
    with refused("month"):
        s.statement(JUNE, build.riga(2025, 6, 30, 23, 59))
    made = s.statement(JUNE, build.riga(2025, 7, 1, 0, 0))
    assert made.state == ListState.DRAFT


def test_who_told_no_account_number_cannot_be_approved() -> None:
    s = Scene(build.world())
    s.captured()
    made = s.statement()
    assert made.content["iban"] == ""
    with refused("no_account"):
        settling.put_forward(statement_id=made.pk, actor=s.first, at=AFTER)


def test_all_providers_at_once_and_again() -> None:
    a, b = scene(), scene()
    a.captured("10.00")
    a.captured("20.00")
    b.captured("40.00")
    waiting = statements.owed(month=JUNE)
    assert sorted((one.lines, one.amount) for one in waiting) == [(1, D(40)), (2, D(30))]
    done = statements.settle_month(month=JUNE, actor=SYSTEM, at=AFTER)
    assert (done.statements, done.lines, done.amount) == (2, 3, D(70))
    again = statements.settle_month(month=JUNE, actor=SYSTEM, at=AFTER)
    assert (again.statements, again.left_out) == (0, [])


def test_the_paper_says_the_numbers() -> None:
    s = scene()
    s.captured("1300.00")
    made = s.approved()
    stored = papers.print_statement(statement_id=made.pk, at=AFTER)
    paper = read(printed_bytes(stored))
    assert (paper.language, paper.title) == ("lv", f"Norēķins {made.number}")
    assert paper.is_tagged
    assert {"Table", "TH", "TD", "H1"} <= set(paper.tags)
    text = paper.text.replace("\N{NO-BREAK SPACE}", " ")
    for shown in ("1 300,00 €", "LV80 BANK 0000 4351 9500 1", made.number, "90 %", "Izdomāta"):
        assert shown in text
    assert papers.print_missing(at=AFTER) == 0


def test_only_what_is_approved_is_printed() -> None:
    s = scene()
    s.captured()
    with pytest.raises(ValueError, match="approved"):
        papers.print_statement(statement_id=s.statement().pk, at=AFTER)


def test_the_database_settles_a_training_once() -> None:
    s = scene()
    commitment = s.captured()
    made = s.approved()
    with pytest.raises(IntegrityError), transaction.atomic():
        StatementLine.objects.create(
            statement=made, kind="completed", commitment=commitment, amount=1
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.create(
            provider=s.provider,
            source=s.world.source,
            month=JUNE,
            version=1,
            number="cits",
            total=0,
            made_at=AFTER,
        )


def test_reconciliation_sees_a_statement_that_does_not_add_up() -> None:
    s = scene()
    s.captured()
    made = s.approved()
    assert not proves()
    Statement.objects.filter(pk=made.pk).update(total=D("299.99"))
    assert {problem["check"] for problem in proves()} >= {"statement_totals"}
    Statement.objects.filter(pk=made.pk).update(total=D("300.00"))
    Commitment.objects.filter(pk=made.lines.get().commitment_id).update(support=D("299"), price=299)
    assert {problem["check"] for problem in proves()} >= {"settled_within_owed", "owed"}


def test_every_posting_of_a_correction_is_written_once() -> None:
    s = scene()
    commitment = s.captured("300.00")
    s.approved()
    made = corrections.correct(
        commitment_id=commitment.pk, amount=D("-1"), reason="x", actor=s.first, at=AFTER
    )
    s.captured("100.00", build.riga(2025, 7, 10))
    s.approved(AUGUST, build.riga(2025, 9, 2))
    assert Posting.objects.filter(idempotency_key=f"adjust:{made.pk}").count() == 1
