"""Claims for refunds in the world of permissions, and who may do what with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from funding.enums import SchemeKind
from funding.files import INVOICE, PROOF
from funding.models import Claim, Refundable, Scheme
from funding.services import bank_accounts, claim_drafts, claims
from stars.common.dates import riga_date
from stars.common.permissions import SYSTEM
from stars.files.models import StoredFile
from tests.files.conftest import PDF
from tests.funding import build


class Sheet:
    """A file that can be sent many times."""

    name = "a.csv"

    def read(self, *_size: int) -> bytes:
        return b"code;kind;name_lv;name_en;valid_from\nnew;certificate;A;A;25.09.2025\n"


ENTRY = {"name_lv": "A", "name_en": "A", "valid_from": "2025-09-25"}
MONEY = ("finance", "administrator")
OWNER = ("owner",)
COST = Decimal("90.00")


def build_claims(world: Any) -> None:
    """The owner's claims: one being written, one that waits for the agency, one rejected."""
    day = riga_date(world.at)
    scheme = Scheme.objects.create(
        source=world.rows["source-whole"], kind=SchemeKind.REIMBURSEMENT, code="refunds", order=4
    )
    build.policy(scheme, {"share": "1.00", "refund_kind": "certificate"}, build.ADULT)
    for number, stage in enumerate(("draft", "sent", "rejected")):
        what = Refundable.objects.create(
            kind="certificate",
            code=f"c-{stage}",
            name_lv=f"Sertifikāts {number}",
            name_en=f"Certificate {number}",
            valid_from=date(2024, 1, 1),
        )
        world.rows["refundable"] = what
        world.rows[f"claim-{stage}"] = _claim(world, what, number, day, stage)


def _claim(world: Any, what: Refundable, number: int, day: date, stage: str) -> Claim:
    account = world.accounts["owner"]
    who = {"actor": account.person.user, "at": world.at}
    to = bank_accounts.record(
        account_id=account.pk, iban="LV80BANK0000435195001", holder="Izdoma", **who
    )
    claim = claim_drafts.start_draft(account_id=account.pk, what_id=what.pk, **who)
    values = {
        "earned_on": day,
        "amount": COST,
        "invoice_number": f"R-{number}",
        "invoice_issuer": "ISACA",
        "invoiced_on": day - timedelta(days=3),
        "bank_account_id": to.pk,
    }
    claim_drafts.save_draft(claim_id=claim.pk, values=values, **who)
    for kind in (PROOF, INVOICE):
        claim_drafts.add_file(
            claim_id=claim.pk, kind=kind, name=f"{kind}.pdf", content=BytesIO(PDF), **who
        )
    if stage != "draft":
        claims.submit(claim_id=claim.pk, expected_amount=COST, own_money=False, **who)
    if stage == "rejected":
        claims.reject(claim_id=claim.pk, reason="Nav skaidrs.", actor=SYSTEM, at=world.at)
    return Claim.objects.get(pk=claim.pk)


def _of(stage: str, **more: Any) -> Given:
    return lambda w: {"claim_id": w.rows[f"claim-{stage}"].pk, **more}


def _paper(w: Any) -> dict[str, Any]:
    draft = w.rows["claim-draft"]
    return {"claim_id": draft.pk, "file_id": StoredFile.objects.filter(owner_id=draft.pk)[0].pk}


def shown(world: Any, name: str) -> Claim:
    """Which claim an address is about: the screens are of drafts."""
    drafts = ("claim_what", "claim_papers", "claim_check", "claim_keep")
    is_draft = name.rpartition(":")[2] in drafts
    found: Claim = world.rows["claim-draft" if is_draft else "claim-sent"]
    return found


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """What the forms are filled in with."""
    day = riga_date(world.at)
    first = {"earned_on": day, "document_number": "C-9"}
    return {
        "funding:claim_new": {"what": world.rows["refundable"].pk, **first},
        "funding:claim_what": {"what": world.rows["claim-draft"].what_id, **first},
        "funding:claim_papers": {
            "invoice_issuer": "PECB",
            "invoice_number": "R-9",
            "invoiced_on": day,
            "amount": "91,00",
            "iban": "LV80BANK0000435195001",
            "holder": "Izdoma",
        },
        "funding:claim_check": {"expected": COST, "declared": "on"},
        "funding:claim_account": {"iban": "LV47BANK4351950000000", "holder": "Izdoma"},
        "funding:claim_keep": {"invoice_number": "R-10"},
        "admin:funding_claim_approve": {"amount": "90,00"},
        "admin:funding_claim_reject": {"reason": "Nav skaidrs"},
        "admin:funding_refundable_new": {"kind": "certificate", "code": "new", **ENTRY},
        "admin:funding_refundable_edit": ENTRY,
        "admin:funding_refundable_import": {"file": Sheet()},
        "admin:funding_refundable_export": {"kind": "csv"},
    }


Given = Callable[[Any], dict[str, Any]]
SERVICES: dict[str, tuple[tuple[str, ...], Given]] = {
    "funding.services.claim_drafts.start_draft": (
        OWNER,
        lambda w: {"account_id": w.accounts["owner"].pk, "what_id": w.rows["refundable"].pk},
    ),
    "funding.services.claim_drafts.save_draft": (OWNER, _of("draft", values={"amount": "5.00"})),
    "funding.services.claim_drafts.add_file": (
        OWNER,
        lambda w: {
            **_of("draft", kind=PROOF, name="c.pdf")(w),
            "content": BytesIO(PDF),
        },
    ),
    "funding.services.claim_drafts.remove_file": (OWNER, _paper),
    "funding.services.claim_drafts.discard": (OWNER, _of("draft")),
    "funding.services.claims.submit": (
        OWNER,
        _of("draft", expected_amount=COST, own_money=False),
    ),
    "funding.services.claims.withdraw": (OWNER, _of("sent")),
    "funding.services.claims.approve": (MONEY, _of("sent")),
    "funding.services.claims.reject": (MONEY, _of("sent", reason="Nē")),
    "funding.services.claims.reopen": (MONEY, _of("rejected")),
    "funding.services.refundables.save": (
        MONEY,
        lambda w: {
            "refundable_id": None,
            "values": {"kind": "certificate", "code": "x", **ENTRY},
        },
    ),
    "funding.services.refundables.import_list": (
        MONEY,
        lambda w: {"content": Sheet().read()},
    ),
    "funding.services.refundables.export_list": (MONEY, lambda w: {}),
}
