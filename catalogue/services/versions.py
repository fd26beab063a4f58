"""The life of programme versions (CAT-10): every change of their state is here.

Who writes a version works for its provider (`services.drafts`); who decides works for the agency,
and never about what they sent themselves.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue import messages
from catalogue.checks import (
    check_content,
    check_filled_in,
    check_price_reason,
    check_provider,
    check_version_call,
)
from catalogue.enums import SHOWN, ReviewOutcome
from catalogue.fields import frozen, offers_of
from catalogue.locks import lock_open_groups, lock_version
from catalogue.models import Call, Programme, ProgrammeRemark, ProgrammeVersion, Submission
from catalogue.prices import watch
from catalogue.services import search_index
from stars.common.approvals import content_hash
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service


@service
def submit(
    *,
    version_id: UUID,
    call_id: UUID | None = None,
    price_reason: str | None = None,
    actor: Any,
    at: datetime,
) -> Submission:
    """Send a version to the agency; its provider's staff (CAT-10, CAT-11, CAT-16).

    A version that wants to be paid by a source for the first time names the call; one that was
    returned keeps its call, also after the last day. `price_reason` replaces the one written
    before. Raises `Invalid` with the field where something is missing or does not fit the type
    or the call, or where the price watch asks for a reason; `Conflict` outside the call's window
    and where the provider is suspended or the version is already on its way.
    """
    version = lock_version(version_id)
    require(actor, "catalogue.edit_version", version)
    version.WORKFLOW.target("submit", version.state)
    check_provider(version)
    if price_reason is not None:
        version.price_reason = price_reason.strip()
    offers = offers_of(version)
    check_content(version)
    check_filled_in(version, offers)
    if call_id is not None:
        version.call = _call(call_id)
    check_version_call(version, offers, version.call, at)
    findings = watch(version, offers, day=riga_date(at))
    check_price_reason(version, findings)
    by = actor_or_none(actor)
    submission = Submission.objects.create(
        version=version,
        number=version.submissions.count() + 1,
        call=version.call,
        submitted_by=by,
        submitted_at=at,
        content_hash=content_hash(frozen(version, offers)),
        findings=[finding.as_json() for finding in findings],
        price_reason=version.price_reason,
    )
    version.move("submit", by=by, at=at, also=("call", "price_reason", "updated_at"))
    return submission


@service
def take_back(*, version_id: UUID, note: str = "", actor: Any, at: datetime) -> ProgrammeVersion:
    """Withdraw a version that was sent, as long as nobody has begun to review it; its provider's
    staff (CAT-10).

    It is a draft again. Nobody decides, so the submission ends without anybody. Raises `Conflict`
    once it is in review.
    """
    version = lock_version(version_id)
    require(actor, "catalogue.edit_version", version)
    version.move("withdraw", by=actor_or_none(actor), at=at, note=note.strip())
    submission = version.submissions.select_for_update(no_key=True).get(decided_at__isnull=True)
    submission.outcome, submission.decided_at = ReviewOutcome.WITHDRAWN, at
    submission.save(update_fields=["outcome", "decided_at"])
    return version


@service
def take_in_review(*, version_id: UUID, actor: Any, at: datetime) -> Submission:
    """Begin to review; agency, but not whoever sent it. Raises `NotAllowed`, `Conflict`."""
    version = lock_version(version_id)
    require(actor, "catalogue.review_version", version)
    version.move("take_in_review", by=actor_or_none(actor), at=at)
    submission = _reviewed(version, actor)
    submission.taken_by, submission.taken_at = actor_or_none(actor), at
    submission.save(update_fields=["taken_by", "taken_at"])
    return submission


@service
def return_with_remarks(
    *, version_id: UUID, note: str = "", actor: Any, at: datetime
) -> Submission:
    """Give a version back to be mended. Raises `Invalid` where nothing says what to mend."""
    version = lock_version(version_id)
    require(actor, "catalogue.review_version", version)
    version.WORKFLOW.target("return", version.state)
    submission = _reviewed(version, actor)
    if not note.strip() and not open_remarks(version).exists():
        raise Invalid(
            _("Say what has to be changed: add a remark or write a note."),
            code="no_remarks",
            field="note",
        )
    return _decide(version, submission, ReviewOutcome.RETURNED, actor, at, note)


@service
def approve(*, version_id: UUID, note: str = "", actor: Any, at: datetime) -> Submission:
    """Agree to a version as it was sent; what was remarked is settled with it.

    Raises `Conflict` where the text is no longer what was sent.
    """
    version = lock_version(version_id)
    require(actor, "catalogue.review_version", version)
    version.WORKFLOW.target("approve", version.state)
    submission = _reviewed(version, actor)
    if submission.content_hash != content_hash(frozen(version, offers_of(version))):
        raise Conflict(
            _("This has changed since it was put forward. Put it forward again."), code="changed"
        )
    open_remarks(version).update(resolved_at=at, resolved_by=actor_or_none(actor))
    return _decide(version, submission, ReviewOutcome.APPROVED, actor, at, note)


@service
def reject(*, version_id: UUID, note: str, actor: Any, at: datetime) -> Submission:
    """Refuse a version for good. Raises `Invalid` without a reason."""
    version = lock_version(version_id)
    require(actor, "catalogue.review_version", version)
    version.WORKFLOW.target("reject", version.state)
    _check_note(note)
    return _decide(
        version, _reviewed(version, actor), ReviewOutcome.REJECTED, actor, at, note.strip()
    )


@service
def publish_version(
    *, version_id: UUID, price_reason: str = "", actor: Any, at: datetime, note: str = ""
) -> ProgrammeVersion:
    """Show an approved version in the catalogue; the one shown before is archived (CAT-10).

    Groups that were announced with the earlier version keep it. Raises `Invalid` where the hours
    do not fit the type (CAT-9), nothing says what one will be able to do, or the price has become
    one that needs a reason (CAT-16) and `price_reason` is empty.
    """
    version = lock_version(version_id)
    programme = version.programme
    require(actor, "catalogue.publish_version", version)
    version.WORKFLOW.target("publish", version.state)
    check_content(version)
    if price_reason.strip():
        version.price_reason = price_reason.strip()
    check_price_reason(version, watch(version, offers_of(version), day=riga_date(at)))
    by = actor_or_none(actor)
    earlier = ProgrammeVersion.objects.select_for_update(no_key=True).filter(
        programme=programme, state__in=SHOWN
    )
    for old in earlier.order_by("pk"):
        old.move("archive", by=by, at=at)
    version.move("publish", by=by, at=at, note=note, also=("price_reason", "updated_at"))
    _show(programme, version)
    return version


@service
def suspend(*, version_id: UUID, note: str, actor: Any, at: datetime) -> ProgrammeVersion:
    """Take a version out of the catalogue for a time; its page stays, nobody can apply.

    Whoever learns goes on. Raises `Invalid` without a reason.
    """
    version = lock_version(version_id)
    require(actor, "catalogue.suspend_version", version)
    version.WORKFLOW.target("suspend", version.state)
    _check_note(note)
    lock_open_groups(version.programme)
    version.move("suspend", by=actor_or_none(actor), at=at, note=note.strip())
    messages.decided(version, at=at)
    _show(version.programme, version)
    return version


@service
def resume(*, version_id: UUID, note: str = "", actor: Any, at: datetime) -> ProgrammeVersion:
    """Show a suspended version again."""
    version = lock_version(version_id)
    require(actor, "catalogue.suspend_version", version)
    version.move("resume", by=actor_or_none(actor), at=at, note=note.strip())
    _show(version.programme, version)
    return version


@service
def archive(*, version_id: UUID, note: str = "", actor: Any, at: datetime) -> ProgrammeVersion:
    """Put a version away for good.

    Its provider does so with what was not sent, its administrators with what is shown too, the
    agency with everything that is not in review.
    What was shown keeps its page, and nobody can apply.
    """
    version = lock_version(version_id)
    require(actor, "catalogue.archive_version", version)
    was_shown = version.state in SHOWN
    if was_shown:
        lock_open_groups(version.programme)
    version.move("archive", by=actor_or_none(actor), at=at, note=note.strip())
    if was_shown:
        _show(version.programme, version)
    return version


def open_remarks(version: ProgrammeVersion) -> Any:
    """Remarks that are not settled."""
    return ProgrammeRemark.objects.filter(version=version, resolved_at__isnull=True)


def _show(programme: Programme, version: ProgrammeVersion) -> None:
    """The one place after which visitors see another version, or none; the programme is locked."""
    programme.current = version
    programme.save(update_fields=["current", "updated_at"])
    search_index.write([programme.pk])


def _reviewed(version: ProgrammeVersion, actor: Any) -> Submission:
    """The submission that is being reviewed, locked. Raises `NotAllowed` for whoever sent it."""
    submission = version.submissions.select_for_update(no_key=True).get(decided_at__isnull=True)
    by = actor_or_none(actor)
    if by is not None and submission.submitted_by_id == by.pk:
        raise NotAllowed(_("Somebody else has to decide about what you put forward."))
    return submission


def _decide(
    version: ProgrammeVersion,
    submission: Submission,
    outcome: ReviewOutcome,
    actor: Any,
    at: datetime,
    note: str,
) -> Submission:
    moves = {
        ReviewOutcome.RETURNED: "return",
        ReviewOutcome.APPROVED: "approve",
        ReviewOutcome.REJECTED: "reject",
    }
    by = actor_or_none(actor)
    version.move(moves[outcome], by=by, at=at, note=note.strip())
    submission.outcome, submission.note = outcome, note.strip()
    submission.decided_by, submission.decided_at = by, at
    submission.save(update_fields=["outcome", "note", "decided_by", "decided_at"])
    messages.decided(version, at=at)
    return submission


def _check_note(note: str) -> None:
    if not note.strip():
        raise Invalid(_("Write why."), code="note", field="note")


def _call(call_id: UUID) -> Call:
    call = Call.objects.filter(pk=call_id).first()
    if call is None:
        raise Invalid(_("There is no such call."), code="call", field="call")
    return call
