"""Claims, statements and payments as further steps of the state machine (FUN-10, FUN-12)."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from funding.enums import SchemeKind
from funding.exceptions import InsufficientFunds
from funding.models import Claim as ClaimRow
from funding.models import Commitment, Scheme
from funding.models import Payment as PaymentRow
from funding.services import (
    bank_accounts,
    bank_answers,
    claim_drafts,
    claims,
    corrections,
    holds,
    payment_files,
    settling,
    statements,
)
from stars.common.dates import add_months, add_working_days, riga_date
from stars.common.errors import Conflict, DomainError
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.funding import build
from tests.funding.books_model import Bill, Claim, Difference, Payment
from tests.funding.claim_scene import IBAN, TERMS, refundable
from tests.funding.money_machine import WHICH, WHO, People
from tests.funding.money_model import SOURCE_ENDS, Hold
from tests.funding.test_bank_accounts import LATVIAN

OF_BANK = ("sent", "paid", "rejected")
INVOICES = st.sampled_from(["0.29", "380.00", "760.00", "2100.00"])


class Money(People):
    """Everything that comes after "owed": two officers, one provider, one list of refunds."""

    @initialize()
    def open_the_books(self) -> None:
        self.begin()
        world = self.world
        scheme = Scheme.objects.create(
            source=world.source, kind=SchemeKind.REIMBURSEMENT, code=world.source.code, order=4
        )
        terms = {
            **TERMS,
            "refund_earned_from": "2024-01-01",
            "refund_every_years": None,
            "refund_needs": [],
            "uses_allocation": True,
        }
        build.policy(scheme, terms, build.ADULT)
        self.what = refundable(world.source.code, valid_from=date(2024, 1, 1), ceiling=None)
        agency = f.OrganisationFactory(agency=True)
        self.first, self.second = (
            f.MembershipFactory(finance_officer=True, organisation=agency).user for _ in range(2)
        )
        self.invoices = itertools.count(1)
        told: dict[str, Any] = {"holder": "Izdoma", "actor": SYSTEM, "at": build.riga(2024, 1, 2)}
        bank_accounts.record(organisation_id=world.provider.organisation_id, iban=LATVIAN, **told)
        for purse in self.model.purses:
            bank_accounts.record(account_id=purse.account.pk, iban=IBAN, **told)
        # Everybody has money from the beginning: most of what follows needs some.
        self.time_passes(days=2)
        self.run_round(number=0)

    def officer(self) -> dict[str, Any]:
        """Who does it and when."""
        return {"actor": self.first, "at": self.now}

    def refuses(self, call: Any, *errors: type[Exception], **what: Any) -> None:
        """The service says no, and nothing of it stays."""
        with pytest.raises(errors or (DomainError,)), transaction.atomic():
            call(**what)

    # --- Claims ---

    def _draft(self, purse: Any, amount: str) -> ClaimRow:
        who = {"actor": purse.account.person.user, "at": self.now}
        draft = claim_drafts.start_draft(account_id=purse.account.pk, what_id=self.what.pk, **who)
        number = next(self.invoices)
        bank = bank_accounts.current(account_id=purse.account.pk)
        assert bank is not None
        values = {
            "earned_on": date(2024, 6, 1),
            "document_number": f"C-{number}",
            "amount": amount,
            "invoice_number": f"INV-{number}",
            "invoice_issuer": "ISACA",
            "invoiced_on": date(2024, 6, 2),
            "bank_account_id": bank.pk,
        }
        return claim_drafts.save_draft(claim_id=draft.pk, values=values, **who)

    @precondition(lambda self: self.now < SOURCE_ENDS)
    @rule(who=WHO, amount=INVOICES, own_money=st.booleans())
    def claim(self, who: int, amount: str, own_money: bool) -> None:
        purse, promised = self.model.purses[who], Decimal(amount)
        own = sum((lot.free for lot in purse.usable(self.now)), Decimal(0))
        own_money = own_money and bool(own)
        if own_money:
            promised = min(promised, own)
        row = self._draft(purse, amount)
        sent = claims.submit(
            claim_id=row.pk,
            expected_amount=promised,
            own_money=own_money,
            actor=purse.account.person.user,
            at=self.now,
        )
        made = Claim(row.pk, purse, promised, own_money, self.now, "draft")
        self.model.send(made, self.now)
        self._name(made, sent)

    def _name(self, claim: Claim, row: ClaimRow) -> None:
        """The hold that the model made gets the key that the database gave it."""
        assert row.state == claim.state
        if claim.hold is not None and claim.state == "submitted":
            claim.hold.key = row.commitment_id

    def _claim(self, which: int) -> Claim | None:
        """One that is not paid yet, or one that is."""
        found = self.model.claims
        return found[which % len(found)] if found else None

    @precondition(lambda self: self.model.line() and self.now < SOURCE_ENDS)
    @rule()
    def serve_the_line(self) -> None:
        served = self.model.serve(self.now)
        assert claims.serve_waiting(at=self.now) == len(served)
        for claim in served:
            self._name(claim, ClaimRow.objects.get(pk=claim.key))

    @precondition(lambda self: self.model.claims)
    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        claim = self._claim(which)
        assert claim is not None
        who = claim.purse.account.person.user
        call = {"claim_id": claim.key, "actor": who, "at": self.now}
        if claim.state not in ("waiting", "submitted", "withdrawn"):
            self.refuses(claims.withdraw, Conflict, **call)
            return
        claims.withdraw(**call)
        if claim.state == "submitted" and claim.hold:
            self.gave_back(claim.purse, claim.hold, own_will=True)
        claim.state = "withdrawn"

    @precondition(lambda self: self.model.claims)
    @rule(which=WHICH)
    def reject(self, which: int) -> None:
        claim = self._claim(which)
        assert claim is not None
        call = {"claim_id": claim.key, "reason": "Nav derīga.", **self.officer()}
        if claim.state not in ("waiting", "submitted"):
            self.refuses(claims.reject, Conflict, **call)
            return
        claims.reject(**call)
        if claim.state == "submitted" and claim.hold:
            self.gave_back(claim.purse, claim.hold, own_will=False)
        claim.state = "rejected"

    @precondition(lambda self: any(c.state == "rejected" for c in self.model.claims))
    @rule(which=WHICH)
    def reopen(self, which: int) -> None:
        rejected = [claim for claim in self.model.claims if claim.state == "rejected"]
        claim = rejected[which % len(rejected)]
        call = {"claim_id": claim.key, **self.officer()}
        if not self.model.can_reopen(claim, self.now):
            self.refuses(claims.reopen, InsufficientFunds, **call)
            return
        row = claims.reopen(**call)
        claim.state = "submitted"
        self.model.set_aside(claim, claim.promised, self.now)
        self._name(claim, row)

    @precondition(lambda self: any(c.state == "submitted" for c in self.model.claims))
    @rule(which=WHICH, less=st.booleans())
    def approve_claim(self, which: int, less: bool) -> None:
        sent = [claim for claim in self.model.claims if claim.state == "submitted"]
        claim = sent[which % len(sent)]
        assert claim.hold is not None
        amount = Decimal("0.20") if less and not claim.own_money else claim.hold.support
        claims.approve(claim_id=claim.key, amount=amount, reason="Mazāk.", **self.officer())
        if amount < claim.hold.support:
            self.gave_back(claim.purse, claim.hold, own_will=False)
            self.model.set_aside(claim, amount, self.now)
            claim.hold.key = Commitment.objects.get(claim=claim.key).pk
        self.model.capture(claim.purse, claim.hold, self.now)
        claim.hold.state, claim.state = "payable", "approved"
        self._expect(claim, f"claim:{claim.key}", claim.hold.support)

    # --- Statements and differences ---

    @rule()
    def settle(self) -> None:
        call = {
            "provider_id": self.world.provider.pk,
            "source_id": self.world.source.pk,
            "month": add_months(riga_date(self.now).replace(day=1), -1),
            **self.officer(),
        }
        bill = self.model.collect(None, self.now)
        if bill is None or self.model.open_bill():
            self.refuses(statements.make, Conflict, **call)
            return
        made = statements.make(**call)
        bill.key = made.pk
        self.model.bills.append(bill)
        assert made.total == bill.total
        lines = set(made.lines.filter(correction=None).values_list("commitment", flat=True))
        assert lines == {hold.key for hold in bill.holds}
        borne = set(made.lines.exclude(correction=None).values_list("correction", flat=True))
        assert borne == {one.key for one in bill.differences}

    @precondition(lambda self: self.model.open_bill())
    @rule(keep=st.sampled_from([True, True, False]))
    def decide_statement(self, keep: bool) -> None:
        bill = self.model.open_bill()
        assert bill is not None
        if not keep:
            statements.cancel(statement_id=bill.key, note="Vēlreiz.", **self.officer())
            bill.state = "cancelled"
            return
        asked = settling.put_forward(statement_id=bill.key, **self.officer())
        settling.decide(approval_id=asked.pk, approved=True, actor=self.second, at=self.now)
        self.model.approve(bill)
        if bill.total:
            self._expect(bill, f"statement:{bill.key}", bill.total)

    @precondition(lambda self: self.model.delivered())
    @rule(which=WHICH, amount=st.sampled_from(["0.01", "60.00", "333.33"]))
    def correct(self, which: int, amount: str) -> None:
        owed = [hold for hold in self.model.delivered() if not hold.of_claim]
        if not owed:
            return
        hold, less = owed[which % len(owed)], Decimal(amount)
        call = {"commitment_id": hold.key, "amount": -less, "reason": "Mazāk.", **self.officer()}
        if hold.support + self.model.corrected(hold) < less:
            self.refuses(corrections.correct, Conflict, **call)
            return
        made = corrections.correct(**call)
        self.model.differences.append(Difference(made.pk, hold, -less, self.now))

    # --- On hold ---

    def _owed(self, which: int, state: str) -> Hold | None:
        found = [h for h in self.model.delivered() if h.state == state and not h.of_claim]
        return found[which % len(found)] if found else None

    @precondition(lambda self: any(h.state == "captured" for h in self.model.delivered()))
    @rule(which=WHICH)
    def stop_training(self, which: int) -> None:
        hold = self._owed(which, "captured")
        if hold is None:
            return
        call = {"commitment_id": hold.key, "note": "Sūdzība.", **self.officer()}
        if self.model.settled(hold):
            self.refuses(holds.hold_payment, Conflict, **call)
            return
        holds.hold_payment(**call)
        hold.state = "payable_held"
        self.model.stop(hold.support)

    @precondition(lambda self: any(h.state == "payable_held" for h in self.model.delivered()))
    @rule(which=WHICH)
    def free_training(self, which: int) -> None:
        hold = self._owed(which, "payable_held")
        assert hold is not None
        holds.release_payment(commitment_id=hold.key, note="Labi.", **self.officer())
        hold.state = "captured"
        self.model.stop(-hold.support)

    @precondition(lambda self: any(p.state in ("ready", "held") for p in self.model.payments))
    @rule(which=WHICH)
    def stop_or_free_payment(self, which: int) -> None:
        waiting = [one for one in self.model.payments if one.state in ("ready", "held")]
        payment = waiting[which % len(waiting)]
        call = {"payment_id": payment.key, "note": "Pārbaude.", **self.officer()}
        if payment.state == "ready":
            holds.hold_one_payment(**call)
            payment.state = "held"
            self.model.stop(payment.amount)
        else:
            holds.free_one_payment(**call)
            payment.state = "ready"
            self.model.stop(-payment.amount)

    # --- Through the bank ---

    def _expect(self, pays: Bill | Claim, reference: str, amount: Decimal) -> None:
        """A payment of that sum waits for a file."""
        row = PaymentRow.objects.get(reference=reference, state="ready")
        assert row.amount == amount
        self.model.payments.append(Payment(row.pk, pays, amount))

    @precondition(lambda self: any(p.state == "ready" for p in self.model.payments))
    @rule()
    def send_payments(self) -> None:
        ready = [one for one in self.model.payments if one.state == "ready"]
        file = payment_files.make_file(
            payment_ids=[one.key for one in ready],
            execute_on=add_working_days(riga_date(self.now), 1),
            **self.officer(),
        )
        key = file.approvals.get().pk
        payment_files.decide_file(approval_id=key, approved=True, actor=self.second, at=self.now)
        payment_files.send_file(file_id=file.pk, **self.officer())
        for one in ready:
            one.state = "sent"

    @precondition(lambda self: any(p.state in OF_BANK for p in self.model.payments))
    @rule(which=WHICH, says=st.sampled_from(["paid", "paid", "rejected"]))
    def bank_says(self, which: int, says: str) -> None:
        known = [one for one in self.model.payments if one.state in OF_BANK]
        payment = known[which % len(known)]
        before = payment.state
        done = self._read(payment.key, says)
        if says == "paid":
            assert done.paid == (before == "sent")
            if before == "sent":
                self.model.bank_paid(payment)
        else:
            assert done.rejected == (before != "rejected")
            if before != "rejected":
                self.model.bank_sent_back(payment)
                new = PaymentRow.objects.get(replaces=payment.key)
                self.model.payments.append(Payment(new.pk, payment.pays, payment.amount))

    def _read(self, key: UUID, says: str) -> bank_answers.Answered:
        row = PaymentRow.objects.get(pk=key)
        day = riga_date(self.now - timedelta(minutes=1))
        content = f"end_to_end_id;status;date;reason\n{row.end_to_end_id};{says};{day};AC04\n"
        return bank_answers.read_answer(content=content.encode(), **self.officer())
