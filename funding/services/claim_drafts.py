"""A claim before it is sent: begun, kept piece by piece, with its papers (FUN-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from funding.enums import ClaimState
from funding.files import INVOICE, PROOF
from funding.models import BankAccount, Claim, Refundable
from funding.privacy import CLAIM_DRAFTS, CLAIM_PAPERS
from funding.selectors_claims import policies
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.money import euro
from stars.common.permissions import SYSTEM, actor_or_none, require
from stars.common.transactions import service
from stars.files import services as files
from stars.files.models import StoredFile
from stars.files.selectors import files_of

# What a person writes; everything else of a claim is the services' to write.
WORDS = ("document_number", "invoice_number", "invoice_issuer")
DAYS = ("earned_on", "invoiced_on")
MOST_DRAFTS = 5
MOST_FILES = 5


@service
def start_draft(*, account_id: UUID, what_id: UUID, actor: Any, at: datetime) -> Claim:
    """Begin, or take up again, a claim for one thing of the list.

    Raises `Invalid` (field "what") for something not on the list or that nobody pays back now,
    `Conflict` for a sixth draft.
    """
    account = LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    require(actor, "funding.use_own_money", account)
    what, scheme_id = _payable(what_id, at)
    drafts = Claim.objects.filter(account=account, state=ClaimState.DRAFT)
    if same := drafts.filter(what=what).first():
        return same
    if drafts.count() >= MOST_DRAFTS:
        raise Conflict(
            _("You have begun several of these. Send or delete one of them first."),
            code="drafts",
        )
    claim = Claim.objects.create(account=account, scheme_id=scheme_id, what=what)
    claim.log_birth(by=actor_or_none(actor), at=at)
    return claim


def _payable(what_id: UUID, at: datetime) -> tuple[Refundable, UUID]:
    """The list's entry and the scheme that pays for its kind now."""
    what = Refundable.objects.filter(pk=what_id).first()
    if what is None:
        raise Invalid(_("Choose something from the list."), code="not_listed", field="what")
    policy = policies(riga_date(at)).get(what.kind)
    if policy is None:
        raise Invalid(_("No project pays this back now."), code="no_policy", field="what")
    return what, policy.scheme_id


def lock_claim(claim_id: UUID) -> Claim:
    """The claim of somebody whose learning account is locked with it."""
    account_id = Claim.objects.values_list("account_id", flat=True).get(pk=claim_id)
    LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    return (
        Claim.objects.select_for_update(no_key=True, of=("self",))
        .select_related("account__person__user", "what", "policy__scheme", "commitment")
        .get(pk=claim_id)
    )


def _own_draft(claim_id: UUID, actor: Any) -> Claim:
    claim = lock_claim(claim_id)
    require(actor, "funding.use_own_money", claim.account)
    if claim.state != ClaimState.DRAFT:
        raise Conflict(_("This was sent already. It can no longer be changed."), code="sent")
    return claim


@service
def save_draft(*, claim_id: UUID, values: Mapping[str, Any], actor: Any, at: datetime) -> Claim:
    """Keep what was told so far; what is not in `values` stays as it is.

    Names: what_id, earned_on, document_number, amount (EUR, or None), invoice_number,
    invoice_issuer, invoiced_on, bank_account_id. Only what can be no claim at all is refused here
    (`Invalid`: an amount below zero or with three decimals, somebody else's bank account); whether
    it may be paid is asked when it is sent.
    """
    claim = _own_draft(claim_id, actor)
    for name in WORDS:
        if name in values:
            setattr(claim, name, _one_line(name, values[name]))
    for name in DAYS:
        if name in values:
            setattr(claim, name, values[name])
    if "amount" in values:
        claim.amount = _amount(values["amount"])
    if "what_id" in values:
        claim.what, claim.scheme_id = _payable(values["what_id"], at)
    if "bank_account_id" in values:
        own = BankAccount.objects.filter(account=claim.account_id, pk=values["bank_account_id"])
        if not own.exists():
            raise Invalid(_("Write the number of your own account."), code="iban", field="iban")
        claim.bank_account_id = values["bank_account_id"]
    claim.save()
    return claim


def _one_line(name: str, text: str) -> str:
    longest: int = getattr(Claim._meta.get_field(name), "max_length", 0)
    return " ".join(str(text).replace("\x00", "").split())[:longest]


def _amount(value: Decimal | str | None) -> Decimal | None:
    if value is None:
        return None
    try:
        amount = euro(value)
    except Invalid as error:
        raise Invalid(error.message, code=error.code, field="amount") from error
    if amount <= 0:
        raise Invalid(_("Write how much you paid: more than zero."), code="amount", field="amount")
    return amount


@service
def add_file(
    *, claim_id: UUID, kind: str, name: str, content: IO[bytes], actor: Any, at: datetime
) -> StoredFile:
    """Keep a paper with a draft: `kind` is `PROOF` or `INVOICE` (PDF, PNG, JPEG, 10 MB).

    Raises `Invalid` for other files (stars.files), `Conflict` for a sixth of a kind.
    """
    if kind not in (PROOF, INVOICE):
        raise LookupError(f"No such paper: {kind}")
    claim = _own_draft(claim_id, actor)
    if files_of(kind, claim.pk).count() >= MOST_FILES:
        raise Conflict(_("Five files are enough. Remove one of them first."), code="files")
    kept = files.store(
        actor=actor, owner_kind=kind, owner_id=claim.pk, name=name, content=content, at=at
    )
    claim.save(update_fields=["updated_at"])
    return kept


@service
def remove_file(*, claim_id: UUID, file_id: UUID, actor: Any, at: datetime) -> None:
    """Take a paper of a draft away; somebody else's and one that is gone do nothing."""
    claim = _own_draft(claim_id, actor)
    for file in _papers(claim).filter(pk=file_id):
        files.remove(file_id=file.pk, actor=actor, at=at)


def _papers(claim: Claim) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(owner_id=claim.pk, owner_kind__in=(PROOF, INVOICE))


@service
def discard(*, claim_id: UUID, actor: Any, at: datetime) -> None:
    """Delete a draft with its papers; one that is gone does nothing."""
    if not Claim.objects.filter(pk=claim_id).exists():
        return
    claim = _own_draft(claim_id, actor)
    for file in _papers(claim):
        files.remove(file_id=file.pk, actor=actor, at=at)
    claim.delete()


def forget_drafts(*, at: datetime) -> int:
    """Delete drafts that nobody touched for 90 days, each by itself; returns how many."""
    before = CLAIM_DRAFTS.ago(at)
    old = Claim.objects.filter(state=ClaimState.DRAFT, updated_at__lt=before)
    keys = list(old.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        discard(claim_id=key, actor=SYSTEM, at=at)
    return len(keys)


def forget_papers(*, at: datetime) -> int:
    """Remove the papers of claims that were rejected or withdrawn a year ago; returns how many.

    The claim itself, its decision and its money stay; what was paid keeps its papers.
    """
    # They outlive the claim for as long as somebody may ask about it.
    before = CLAIM_PAPERS.ago(at)
    over = Claim.objects.filter(
        state__in=(ClaimState.REJECTED, ClaimState.WITHDRAWN), updated_at__lt=before
    )
    papers = StoredFile.objects.filter(
        owner_kind__in=(PROOF, INVOICE), owner_id__in=over.values("pk")
    )
    keys = list(papers.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        files.remove(file_id=key, actor=SYSTEM, at=at)
    return len(keys)
