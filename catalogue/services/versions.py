"""The life of programme versions (CAT-10): every change of their state is here.

Who writes a version works for its provider (`services.drafts`); who decides works for the agency,
and never about what they sent themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalogue import messages
from catalogue.calls import terms_of
from catalogue.enums import SHOWN, ProviderState, ReviewOutcome, TemporaryState
from catalogue.fields import frozen, label_of, offers_of
from catalogue.locks import lock_open_groups, lock_version
from catalogue.models import Call, Offer, Programme, ProgrammeRemark, ProgrammeVersion, Submission
from catalogue.prices import watch
from catalogue.rules import (
    REQUIRED,
    HourRule,
    PriceFinding,
    check_call,
    check_hours,
    missing,
    sources_to_admit,
)
from catalogue.services import search_index
from stars.common.approvals import content_hash
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service
from stars.vocabularies.models import ProgrammeType


def hour_rule(programme_type: ProgrammeType) -> HourRule:
    """The hour rules of a type as the pure rules read them."""
    return HourRule(
        hours_min=programme_type.hours_min,
        hours_max=programme_type.hours_max,
        practice_hours=programme_type.practice_hours,
        has_credit_points=programme_type.has_credit_points,
    )


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
    if version.programme.provider.state != ProviderState.ACTIVE:
        raise Conflict(_("The provider is suspended."), code="provider_suspended")
    if price_reason is not None:
        version.price_reason = price_reason.strip()
    offers = offers_of(version)
    check_content(version)
    _check_filled_in(version, offers)
    if call_id is not None:
        version.call = _call(call_id)
    _check_call(version, offers, at)
    findings = watch(version, offers, day=riga_date(at))
    _check_reason(version, findings)
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
    _check_reason(version, watch(version, offers_of(version), day=riga_date(at)))
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

    Its provider does so with what was not sent, the agency with everything that is not in review.
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


def check_content(version: ProgrammeVersion) -> None:
    """Whether hours fit the type (CAT-9) and outcomes are named. Raises `Invalid`."""
    check_hours(
        hour_rule(version.type),
        hours=version.hours,
        practice_hours=version.practice_hours,
        credit_points=version.credit_points,
    )
    if not version.outcomes:
        raise Invalid(
            _("Write what people will be able to do afterwards."),
            code="outcomes",
            field="outcomes",
        )


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


def _labels(names: Sequence[str]) -> str:
    return ", ".join(label_of(name) for name in names)


def _check_filled_in(version: ProgrammeVersion, offers: Sequence[Offer]) -> None:
    values = {
        name: getattr(version, f"{name}_id" if name == "entry_level" else name)
        for name in (*REQUIRED, "mode", "city")
    }
    if empty := missing(values):
        raise Invalid(
            format_lazy(_("Fill in: {fields}."), fields=lazy(_labels, str)(tuple(empty))),
            code="missing",
            field=empty[0],
        )
    if not offers:
        raise Invalid(_("Write what the training costs."), code="offers", field="offers")


def _call(call_id: UUID) -> Call:
    call = Call.objects.filter(pk=call_id).first()
    if call is None:
        raise Invalid(_("There is no such call."), code="call", field="call")
    return call


def _check_call(version: ProgrammeVersion, offers: Sequence[Offer], at: datetime) -> None:
    current = version.programme.current_id
    shown = Offer.objects.filter(version=current, source__isnull=False) if current else ()
    programme = version.programme
    new = sources_to_admit(
        {str(offer.source_id) for offer in offers if offer.source_id},
        {str(offer.source_id) for offer in shown},
        temporary=programme.temporary_statuses.filter(state=TemporaryState.ACTIVE).exists(),
    )
    if version.call is None:
        if new:
            raise Invalid(
                _("Choose the call to which you send this programme."),
                code="call_missing",
                field="call",
            )
        return
    met_before = version.submissions.filter(call=version.call).exists()
    check_call(
        terms_of(version.call),
        day=None if met_before or not new else riga_date(at),
        programme_type=version.type.code,
        qualification=version.qualification.code if version.qualification else None,
        mode=version.mode,
        new_sources=new,
    )


def _check_reason(version: ProgrammeVersion, findings: Sequence[PriceFinding]) -> None:
    if any(finding.flags for finding in findings) and not version.price_reason:
        raise Invalid(
            _(
                "The price differs from what such training usually costs, or follows the grant."
                " Write why."
            ),
            code="price_reason",
            field="price_reason",
        )
