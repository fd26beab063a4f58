"""Keeping what somebody writes, field by field, while colleagues write too (PRO-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.boxes import UNITS, boxes, mark, tidy
from catalogue.fields import LISTS, OFFERS, offers_of
from catalogue.locks import lock_version
from catalogue.models import Offer, ProgrammeVersion
from catalogue.services.drafts import check_offer, check_unsent, items, put
from stars.common.errors import Invalid
from stars.common.permissions import require
from stars.common.transactions import service

MOST_OFFERS = 20


@dataclass
class Kept:
    """What became of each unit that was sent (catalogue.boxes)."""

    version: ProgrammeVersion
    # As the units stand now.
    stands: dict[str, Any] = field(default_factory=dict)
    saved: list[str] = field(default_factory=list)
    # Cannot be stored as it is: why.
    refused: dict[str, str] = field(default_factory=dict)
    # Changed here and, since it was seen, by somebody else: theirs stays until the writer chooses.
    clashes: list[str] = field(default_factory=list)
    # Changed by somebody else only.
    moved: list[str] = field(default_factory=list)


@service
def keep_draft(
    *,
    version_id: UUID,
    values: Mapping[str, Any],
    seen: Mapping[str, str],
    actor: Any,
    at: datetime,
) -> Kept:
    """Store the units of a draft that its provider's staff have changed; each on its own.

    `values` by unit, as in `catalogue.boxes`; `seen` the marks of what the writer saw. A unit that
    cannot be stored, or that a colleague changed meanwhile, is named in the answer and holds up no
    other. Raises `Conflict` once the version is sent and `Invalid` for a unit that does not exist.
    """
    version = lock_version(version_id)
    require(actor, "catalogue.edit_version", version)
    check_unsent(version)
    offers = offers_of(version)
    before = boxes(version, offers)
    kept = Kept(version)
    for name, sent in values.items():
        if name not in UNITS:
            raise Invalid(_("There is no such field."), code="field", field=name)
        value = tidy(name, sent)
        mine, now = mark(value), mark(before[name])
        was = seen.get(name, now)
        if mine == now:
            continue
        if mine == was:
            kept.moved.append(name)
        elif now != was:
            kept.clashes.append(name)
        else:
            _keep(kept, name, value, offers)
    _check_practice(kept, before)
    if kept.saved:
        version.save()
    kept.stands = boxes(version, offers_of(version))
    return kept


def _keep(kept: Kept, name: str, value: Any, offers: list[Offer]) -> None:
    version = kept.version
    try:
        if name == OFFERS:
            _write_offers(version, offers, value)
        elif name in LISTS:
            setattr(version, name, items(name, value, whole=False))
        else:
            put(version, name, value)
    except Invalid as error:
        kept.refused[name] = str(error.message)
    else:
        kept.saved.append(name)


def _check_practice(kept: Kept, before: Mapping[str, Any]) -> None:
    """Practice is a part of the hours: where both do not fit, both stay as they were."""
    version = kept.version
    if version.practice_hours <= version.hours:
        return
    for name in ("hours", "practice_hours"):
        setattr(version, name, int(before[name] or 0))
        if name in kept.saved:
            kept.saved.remove(name)
            kept.refused[name] = str(_("Practice is a part of the hours, so it cannot be longer."))


def _write_offers(version: ProgrammeVersion, offers: list[Offer], rows: list[Any]) -> None:
    """The version's prices as they are in `rows`; all of them or none. Raises `Invalid`."""
    if len(rows) > MOST_OFFERS:
        raise Invalid(_("These are too many prices."), code="offers", field=OFFERS)
    wanted: dict[UUID | None, dict[str, Any]] = {}
    for number, row in enumerate(rows, start=1):
        try:
            source, values = _offer(row)
        except Invalid as error:
            raise Invalid(
                format_lazy("{number}: {message}", number=number, message=error.message),
                code=error.code,
                field=OFFERS,
            ) from error
        if source in wanted:
            raise Invalid(
                _("Each source has one price. Take one of the two away."),
                code="source_twice",
                field=OFFERS,
            )
        wanted[source] = values
    version.offers.exclude(pk__in=[o.pk for o in offers if o.source_id in wanted]).delete()
    for source, values in wanted.items():
        Offer.objects.update_or_create(version=version, source_id=source, defaults=values)


def _offer(row: Mapping[str, str]) -> tuple[UUID | None, dict[str, Any]]:
    source = _source(row["source"])
    first, last = _day(row["from"]), _day(row["until"])
    amount: Decimal = check_offer(source, row["price"], first, last)
    return source, {"price": amount, "open_from": first, "open_until": last}


def _source(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(_("There is no such source of funding."), code="source") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            _("Write the first and the last day on which people can apply."), code="dates"
        ) from error
