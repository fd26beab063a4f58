"""Calls are the agency's (CAT-11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from catalogue.enums import Mode
from catalogue.models import Call, Seminar
from stars.common.errors import Invalid
from stars.common.permissions import require
from stars.common.transactions import service
from stars.vocabularies.models import ProgrammeType, Term


@service
def save_call(
    *,
    call_id: UUID | None = None,
    code: str,
    title_lv: str,
    title_en: str,
    about_lv: str = "",
    about_en: str = "",
    source_id: UUID | None = None,
    opens_on: date,
    closes_on: date,
    types: Sequence[str] = (),
    qualifications: Sequence[str] = (),
    modes: Sequence[str] = (),
    actor: Any,
    at: datetime,
) -> Call:
    """Write a call, or one that exists anew. Days in Riga, `closes_on` inclusive.

    Types and qualifications by code; an empty list allows everything. What was sent already is
    not looked at again. Raises `Invalid` naming the field.
    """
    call = Call.objects.select_for_update().get(pk=call_id) if call_id else Call()
    require(actor, "catalogue.manage_calls", call)
    if closes_on < opens_on:
        raise Invalid(
            _("The last day cannot be before the first."), code="dates", field="closes_on"
        )
    known_types = set(ProgrammeType.objects.values_list("code", flat=True))
    known_qualifications = set(
        Term.objects.filter(vocabulary__code="qualification").values_list("code", flat=True)
    )
    for field, chosen, known in (
        ("types", types, known_types),
        ("qualifications", qualifications, known_qualifications),
        ("modes", modes, set(Mode.values)),
    ):
        if set(chosen) - known:
            raise Invalid(_("Choose one of these."), code=field, field=field)
    call.code, call.title_lv, call.title_en = code, title_lv.strip(), title_en.strip()
    call.about_lv, call.about_en = about_lv.strip(), about_en.strip()
    call.source_id, call.opens_on, call.closes_on = source_id, opens_on, closes_on
    call.types, call.qualifications, call.modes = list(types), list(qualifications), list(modes)
    try:
        call.clean_fields(exclude=["source"])
    except ValidationError as error:
        field = next(iter(error.message_dict))
        raise Invalid("; ".join(error.message_dict[field]), code=field, field=field) from error
    try:
        with transaction.atomic():
            call.save()
    except IntegrityError as error:
        raise Invalid(_("Another call has the same code."), code="code", field="code") from error
    return call


@service
def add_seminar(
    *, call_id: UUID, starts_at: datetime, place: str = "", link: str = "", actor: Any, at: datetime
) -> Seminar:
    """A meeting at which the call is explained. Raises `Invalid` for a second one at that time."""
    call = Call.objects.select_for_update().get(pk=call_id)
    require(actor, "catalogue.manage_calls", call)
    if call.seminars.filter(starts_at=starts_at).exists():
        raise Invalid(
            _("There is a seminar at this time already."), code="starts_at", field="starts_at"
        )
    return Seminar.objects.create(call=call, starts_at=starts_at, place=place, link=link)


@service
def drop_seminar(*, seminar_id: UUID, actor: Any, at: datetime) -> None:
    """Take a seminar off the list."""
    seminar = Seminar.objects.select_related("call").get(pk=seminar_id)
    require(actor, "catalogue.manage_calls", seminar.call)
    seminar.delete()
