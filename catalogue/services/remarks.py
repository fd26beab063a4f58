"""What the reviewer asks to be changed, field by field (CAT-10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.enums import VersionState
from catalogue.fields import EDITABLE, OFFERS
from catalogue.locks import lock_version
from catalogue.models import ProgrammeRemark
from catalogue.services.drafts import check_unsent
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

LONGEST = 4_000  # characters


@service
def add_remark(
    *, version_id: UUID, field: str, text: str, actor: Any, at: datetime
) -> ProgrammeRemark:
    """Remark on a field of a version in review; on the whole where `field` is "".

    The provider reads it when the version is returned. Raises `Invalid` and `Conflict`.
    """
    version = lock_version(version_id)
    require(actor, "catalogue.review_version", version)
    if version.state != VersionState.IN_REVIEW:
        raise Conflict(_("Remarks are made while a version is in review."), code="not_in_review")
    if field not in ("", OFFERS, *EDITABLE):
        raise Invalid(_("There is no such field."), code="field", field="field")
    text = text.strip()
    if not text or "\x00" in text or len(text) > LONGEST:
        raise Invalid(_("Write what has to be changed."), code="text", field="text")
    return ProgrammeRemark.objects.create(
        version=version,
        submission=version.submissions.get(decided_at__isnull=True),
        field=field,
        text=text,
        author=actor_or_none(actor),
        at=at,
    )


@service
def answer_remark(*, remark_id: UUID, text: str, actor: Any, at: datetime) -> ProgrammeRemark:
    """What the provider says to a remark while mending; nothing takes the answer away.

    Raises `Invalid`, and `Conflict` where the version is with the agency, whose reviewer reads it
    with what was sent.
    """
    version_id = ProgrammeRemark.objects.values_list("version_id", flat=True).get(pk=remark_id)
    version = lock_version(version_id)
    require(actor, "catalogue.edit_version", version)
    check_unsent(version)
    remark = ProgrammeRemark.objects.get(pk=remark_id, submission__decided_at__isnull=False)
    text = text.replace("\r\n", "\n").strip()
    if "\x00" in text or len(text) > LONGEST:
        raise Invalid(_("This text is too long."), code="answer", field="answer")
    if text == remark.answer:
        return remark
    remark.answer = text
    remark.answered_at, remark.answered_by = (at, actor_or_none(actor)) if text else (None, None)
    remark.save(update_fields=["answer", "answered_at", "answered_by"])
    return remark


@service
def resolve_remark(*, remark_id: UUID, actor: Any, at: datetime) -> ProgrammeRemark:
    """The reviewer finds that a remark was met. Doing so twice changes nothing."""
    version_id = ProgrammeRemark.objects.values_list("version_id", flat=True).get(pk=remark_id)
    lock_version(version_id)
    remark = ProgrammeRemark.objects.select_related("version__programme__provider").get(
        pk=remark_id
    )
    require(actor, "catalogue.settle_remark", remark)
    if remark.resolved_at is None:
        remark.resolved_at, remark.resolved_by = at, actor_or_none(actor)
        remark.save(update_fields=["resolved_at", "resolved_by"])
    return remark
