"""The life of programme versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.enums import VersionState
from catalogue.models import Programme, ProgrammeVersion
from catalogue.rules import HourRule, check_hours
from stars.common.errors import Invalid
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
def publish_version(
    *, version_id: UUID, actor: Any, at: datetime, note: str = ""
) -> ProgrammeVersion:
    """Show a version in the catalogue; the one shown before is archived (CAT-10).

    Groups that were announced with the earlier version keep it. Raises `Invalid` where the hours
    do not fit the type (CAT-9) or nothing says what one will be able to do.
    """
    programme_id = ProgrammeVersion.objects.values_list("programme_id", flat=True).get(
        pk=version_id
    )
    programme = Programme.objects.select_for_update(no_key=True).get(pk=programme_id)
    version = (
        ProgrammeVersion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("type", "programme")
        .get(pk=version_id)
    )
    require(actor, "catalogue.publish_version", version)
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
    earlier = (
        ProgrammeVersion.objects.select_for_update(no_key=True)
        .filter(programme=programme, state=VersionState.PUBLISHED)
        .order_by("pk")
    )
    by = actor_or_none(actor)
    for old in earlier:
        if old.pk != version.pk:
            old.move("archive", by=by, at=at)
    version.move("publish", by=by, at=at, note=note)
    programme.current = version
    programme.save(update_fields=["current", "updated_at"])
    return version
