"""Claims for refunds of the demo's residents, each as far as refundables.yaml says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from stdnum import iban

from accounts.models import User
from funding.files import INVOICE, PROOF
from funding.models import Claim, Refundable
from funding.selectors_claims import assess
from funding.services import bank_accounts, claim_drafts, claims
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.demo.offer.data import load
from stars.demo.story.world import World

OFFICER = "finance"


def ask_for_refunds(world: World, users: Mapping[str, User], *, at: datetime) -> int:
    """Play every claim by the services, for one adult each; returns how many."""
    people = _adults(world, at)
    entries = sorted(load("refundables")["claims"], key=lambda entry: -entry["days"])
    for number, entry in enumerate(entries):
        _claim(entry, next(people), number, users[OFFICER], at - timedelta(days=entry["days"]))
    return len(entries)


def _adults(world: World, at: datetime) -> Iterator[LearningAccount]:
    """Who had an account before any of the claims, those that the sandbox offers last."""
    first = at - timedelta(days=max(entry["days"] for entry in load("refundables")["claims"]) + 1)
    for key in sorted(world.accounts, reverse=True):
        account = world.accounts[key]
        grown = riga_date(at).year - account.person.birth_date.year > 18
        if grown and account.opened_at < first and account.profile_completed_at:
            yield account


def _claim(
    entry: dict[str, Any], account: LearningAccount, number: int, officer: User, at: datetime
) -> Claim:
    person = account.person
    who: dict[str, Any] = {"actor": person.user, "at": at}
    day = riga_date(at)
    to = bank_accounts.record(
        account_id=account.pk, iban=_iban(number), holder=person.full_name, **who
    )
    what = Refundable.objects.get(code=entry["what"])
    draft = claim_drafts.start_draft(account_id=account.pk, what_id=what.pk, **who)
    values = {
        "earned_on": day - timedelta(days=entry["earned"] - entry["days"]),
        "document_number": f"{entry['what'].upper()}-{1000 + number}"[:60],
        "amount": entry["amount"],
        "invoice_number": entry["number"],
        "invoice_issuer": entry["issuer"],
        "invoiced_on": day - timedelta(days=entry["earned"] - entry["days"] + 5),
        "bank_account_id": to.pk,
    }
    claim_drafts.save_draft(claim_id=draft.pk, values=values, **who)
    for kind, name in ((PROOF, "sertifikats.pdf"), (INVOICE, "rekins.pdf")):
        paper = BytesIO(sample_pdf(name, entry["number"], entry["amount"]))
        claim_drafts.add_file(claim_id=draft.pk, kind=kind, name=name, content=paper, **who)
    return _decided(entry, draft, officer, who)


def _decided(entry: dict[str, Any], draft: Claim, officer: User, who: dict[str, Any]) -> Claim:
    if entry["upto"] == "draft":
        return draft
    ready = Claim.objects.select_related("account__person", "what").get(pk=draft.pk)
    answer = assess(ready, who["at"])
    if not answer.ready:
        raise AssertionError(f"this claim of the demo cannot be sent: {answer.problems}")
    key: dict[str, Any] = {"claim_id": draft.pk}
    claim = claims.submit(**key, expected_amount=answer.amount, own_money=False, **who)
    decided: dict[str, Any] = {**key, "actor": officer, "at": who["at"] + timedelta(days=2)}
    match entry["upto"]:
        case "withdrawn":
            claim = claims.withdraw(**key, **who)
        case "rejected":
            claim = claims.reject(reason=entry["reason"], **decided)
        case "approved":
            pays = Decimal(entry["pays"]) if "pays" in entry else None
            claim = claims.approve(amount=pays, reason=entry.get("reason", ""), **decided)
    return claim


def _iban(number: int) -> str:
    """An account of a bank that does not exist, with right check digits."""
    rest = f"BANK{4351950000000 + number}"
    return f"LV{iban.calc_check_digits(f'LV00{rest}')}{rest}"


def sample_pdf(*lines: str) -> bytes:
    """A page that says it is a sample, with these lines (ASCII)."""
    shown = "".join(f"({line}) Tj 0 -24 Td " for line in ("STARS: paraugs", *lines))
    text = f"BT /F1 16 Tf 60 760 Td {shown}ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )
