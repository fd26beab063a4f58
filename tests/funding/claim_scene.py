"""A small world of claims: a source that pays refunds, the list, people with papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from accounts.models import User
from funding.enums import RefundKind, SchemeKind
from funding.files import INVOICE, PROOF
from funding.models import BankAccount, Claim, PolicyVersion, Refundable, Scheme
from funding.selectors_claims import assess
from funding.services import bank_accounts, claim_drafts, claims
from funding.services.ledger import pool
from learning_accounts.models import LearningAccount
from tests import factories as f
from tests.files.conftest import PDF
from tests.funding import build

D = Decimal
IBAN = "LV80BANK0000435195001"  # of the registry's example: no real account
NOW = build.riga(2026, 3, 10)
LATER = build.riga(2026, 3, 12)
EARNED = date(2026, 1, 15)
TERMS: dict[str, Any] = {
    "share": "1.00",
    "refund_kind": "certificate",
    "refund_earned_from": "2025-09-25",
    "refund_every_years": 3,
}


@dataclass
class Scene:
    """The source of `build.world` with a scheme of refunds."""

    world: build.World
    scheme: Scheme
    policy: PolicyVersion
    cism: Refundable
    cisa: Refundable
    officer: User

    def ready(
        self,
        account: LearningAccount,
        *,
        number: str = "INV-1",
        amount: str | None = "760.00",
        what: Refundable | None = None,
        at: datetime = NOW,
        papers: bool = True,
        **more: Any,
    ) -> Claim:
        """A draft with everything in it."""
        user = account.person.user
        who = {"actor": user, "at": at}
        draft = claim_drafts.start_draft(
            account_id=account.pk, what_id=(what or self.cism).pk, **who
        )
        values = {
            "earned_on": EARNED,
            "document_number": f"C-{number}",
            "amount": amount,
            "invoice_number": number,
            "invoice_issuer": "ISACA",
            "invoiced_on": date(2026, 1, 10),
            "bank_account_id": bank(account).pk,
            **more,
        }
        claim_drafts.save_draft(claim_id=draft.pk, values=values, **who)
        for kind in (PROOF, INVOICE) if papers else ():
            content = PDF + f"% {account.pk} {number} {kind}\n%%EOF\n".encode()
            claim_drafts.add_file(
                claim_id=draft.pk, kind=kind, name="a.pdf", content=BytesIO(content), **who
            )
        return read(draft)

    def sent(
        self,
        account: LearningAccount | None = None,
        *,
        own_money: bool = False,
        at: datetime = NOW,
        **more: Any,
    ) -> Claim:
        """A claim that was sent."""
        account = account or self.person()
        return send(self.ready(account, at=at, **more), own_money=own_money, at=at)

    def person(self) -> LearningAccount:
        """Somebody with an account, who never asked for the 500 €."""
        return build.person(self.world, asked=None)

    def approved(self, claim: Claim, *, at: datetime = LATER, **more: Any) -> Claim:
        """The officer says yes."""
        return claims.approve(claim_id=claim.pk, actor=self.officer, at=at, **more)

    @property
    def free(self) -> Decimal:
        """EUR in the pool."""
        return pool(self.world.source.pk).balance


def bank(account: LearningAccount) -> BankAccount:
    """The person's own account number."""
    return bank_accounts.record(
        account_id=account.pk,
        iban=IBAN,
        holder="Izdoma Pārbaude",
        actor=account.person.user,
        at=NOW,
    )


def send(claim: Claim, *, own_money: bool = False, at: datetime = NOW) -> Claim:
    """Send it as the page would: with the amount that the person was shown."""
    answer = assess(read(claim), at)
    amount = min(answer.amount, answer.own_money) if own_money else answer.amount
    return claims.submit(
        claim_id=claim.pk,
        expected_amount=amount,
        own_money=own_money,
        actor=claim.account.person.user,
        at=at,
    )


def read(claim: Claim) -> Claim:
    """The claim as it stands in the database."""
    return Claim.objects.select_related(
        "account__person__user", "what", "policy__scheme", "commitment__ledger_account"
    ).get(pk=claim.pk)


def refundable(code: str, **more: Any) -> Refundable:
    """An entry of the list."""
    values = {
        "kind": RefundKind.CERTIFICATE,
        "name_lv": code.upper(),
        "name_en": code.upper(),
        "ceiling": D("2500.00"),
        "valid_from": date(2025, 9, 25),
        **more,
    }
    return Refundable.objects.create(code=code, **values)


def scene(*, authorised: str = "100000.00", **terms: Any) -> Scene:
    """Build it; `terms` change the policy."""
    world = build.world(authorised=authorised)
    scheme = Scheme.objects.create(
        source=world.source,
        kind=SchemeKind.REIMBURSEMENT,
        code=f"{world.source.code}-certificates",
        order=4,
    )
    policy = build.policy(scheme, {**TERMS, **terms}, build.ADULT)
    officer = f.MembershipFactory(finance_officer=True).user
    return Scene(world, scheme, policy, refundable("cism"), refundable("cisa"), officer)
