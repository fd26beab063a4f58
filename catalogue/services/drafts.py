"""Writing a version before it is sent: the provider's own work (CAT-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalogue.enums import IN_WORK, LANGUAGES, UNSENT, Mode
from catalogue.fields import COPIED, EDITABLE, LISTS, VOCABULARIES, offers_of
from catalogue.locks import lock_programme, lock_version
from catalogue.models import FormerSlug, Offer, Programme, ProgrammeVersion, Provider
from catalogue.services.addresses import RESERVED
from stars.common.errors import Conflict, Invalid
from stars.common.money import euro
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service
from stars.vocabularies.models import Term

LONGEST = 20_000  # characters of one text
MOST_ITEMS = 60
SOURCES = "funding_source"


@service
def new_programme(
    *, provider_id: UUID, values: Mapping[str, Any], actor: Any, at: datetime
) -> ProgrammeVersion:
    """A programme that was not there before, with its first draft.

    `values` are the fields of `edit_draft`; title_lv, type, field, hours and mode have to be among
    them. Raises `Invalid` naming the field.
    """
    provider = Provider.objects.get(pk=provider_id)
    require(actor, "catalogue.edit_version", provider)
    for name in ("title_lv", "type", "field", "hours", "mode"):
        if not values.get(name):
            raise Invalid(_("Fill this in."), code="missing", field=name)
    version = ProgrammeVersion(number=1)
    _write(version, values)
    slug = _free_slug(version.title_lv)
    programme = Programme.objects.create(provider=provider, code=slug, slug=slug)
    version.programme = programme
    version.save(force_insert=True)
    version.log_birth(by=actor_or_none(actor), at=at)
    return version


@service
def new_version(*, programme_id: UUID, actor: Any, at: datetime) -> ProgrammeVersion:
    """A draft with the words and prices of the latest version; its provider's staff.

    Raises `Conflict` where a version is on its way already.
    """
    programme = lock_programme(programme_id)
    require(actor, "catalogue.edit_version", programme)
    versions = programme.versions.order_by("-number")
    if versions.filter(state__in=IN_WORK).exists():
        raise Conflict(
            _("A new version of this programme is being prepared already."), code="in_work"
        )
    latest = versions[0]
    source = programme.current or latest
    attributes = [f"{name}_id" if _is_key(name) else name for name in COPIED]
    version = ProgrammeVersion(
        programme=programme,
        number=latest.number + 1,
        **{name: getattr(source, name) for name in attributes},
    )
    version.save(force_insert=True)
    Offer.objects.bulk_create(
        Offer(
            version=version,
            source=offer.source,
            price=offer.price,
            open_from=offer.open_from,
            open_until=offer.open_until,
        )
        for offer in offers_of(source)
    )
    version.log_birth(by=actor_or_none(actor), at=at)
    return version


@service
def edit_draft(
    *,
    version_id: UUID,
    values: Mapping[str, Any],
    expected: datetime | None = None,
    actor: Any,
    at: datetime,
) -> ProgrammeVersion:
    """Change fields of a draft or of what was returned; its provider's staff, or the agency's
    administrators, whose words the provider still sends.

    `values` by the names of `fields.EDITABLE`: texts; `topics` and `outcomes` as lists of
    {"lv", "en"}; type and terms by key; numbers. What is not named stays. `expected` is the
    `updated_at` that the person saw: raises `Conflict` where somebody saved meanwhile, or where the
    version is sent already, and `Invalid` naming the field.
    """
    version = lock_version(version_id)
    require(actor, "catalogue.mend_version", version)
    check_unsent(version)
    if expected is not None and version.updated_at != expected:
        raise Conflict(
            _("Somebody else has saved changes meanwhile. Look at them first."), code="changed"
        )
    _write(version, values)
    version.save()
    return version


@service
def set_offer(
    *,
    version_id: UUID,
    source_id: UUID | None,
    price: Decimal,
    open_from: date,
    open_until: date,
    actor: Any,
    at: datetime,
) -> Offer:
    """What the version costs (EUR) under a source; without one the person pays alone (CAT-13).

    Days in Riga, `open_until` is the last day on which one may apply. Raises `Invalid`, and
    `Conflict` once the version is sent.
    """
    version = lock_version(version_id)
    require(actor, "catalogue.edit_version", version)
    check_unsent(version)
    amount = check_offer(source_id, price, open_from, open_until)
    offer, _created = Offer.objects.update_or_create(
        version=version,
        source_id=source_id,
        defaults={"price": amount, "open_from": open_from, "open_until": open_until},
    )
    return offer


@service
def drop_offer(*, version_id: UUID, source_id: UUID | None, actor: Any, at: datetime) -> None:
    """Offer the version no longer under a source. Raises `Conflict` once the version is sent."""
    version = lock_version(version_id)
    require(actor, "catalogue.edit_version", version)
    check_unsent(version)
    version.offers.filter(source_id=source_id).delete()


def check_offer(
    source_id: UUID | None, price: Decimal | str, open_from: date, open_until: date
) -> Decimal:
    """The price in EUR, where it, its days and its source are possible. Raises `Invalid`."""
    amount = euro(price)
    if amount < 0:
        raise Invalid(_("A price is not below zero."), code="price", field="price")
    if open_until < open_from:
        raise Invalid(
            _("The last day cannot be before the first."), code="dates", field="open_until"
        )
    sources = Term.objects.filter(vocabulary__code=SOURCES)
    if source_id is not None and not sources.filter(pk=source_id).exists():
        raise Invalid(_("There is no such source of funding."), code="source", field="source")
    return amount


def check_unsent(version: ProgrammeVersion) -> None:
    """The version is still its provider's. Raises `Conflict`."""
    if version.state not in UNSENT:
        raise Conflict(
            _("This version was sent to the agency and cannot be changed now."), code="sent"
        )


def _is_key(name: str) -> bool:
    return name == "type" or name in VOCABULARIES


def _free_slug(title: str) -> str:
    """An address made of the title that no programme has or had."""
    stem = slugify(title)[:50].strip("-") or "programma"
    slug, number = stem, 1
    while (
        slug in RESERVED
        or Programme.objects.filter(models.Q(slug=slug) | models.Q(code=slug)).exists()
        or FormerSlug.objects.filter(slug=slug, programme__isnull=False).exists()
    ):
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _write(version: ProgrammeVersion, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in EDITABLE:
            raise Invalid(_("There is no such field."), code="field", field=name)
        if name in LISTS:
            setattr(version, name, items(name, value))
            continue
        put(version, name, value)
    if version.practice_hours > version.hours:
        raise Invalid(
            _("Practice is a part of the hours, so it cannot be longer."),
            code="practice_hours",
            field="practice_hours",
        )
    if version.practice_hours + version.self_study_hours > version.hours:
        raise Invalid(
            _("What is learned alone is a part of the hours, so it cannot be longer."),
            code="self_study_hours",
            field="self_study_hours",
        )


def put(version: ProgrammeVersion, name: str, value: Any) -> None:
    """Set one field that is no list, on the object only. Raises `Invalid` naming it."""
    field = version._meta.get_field(name)
    attribute = f"{name}_id" if _is_key(name) else name
    setattr(version, attribute, _cleaned(version, field, value))


def _cleaned(version: ProgrammeVersion, field: Any, value: Any) -> Any:
    """`value` as the column takes it. Raises `Invalid` naming the field."""
    name: str = field.name
    if isinstance(value, str):
        value = value.strip()
        if "\x00" in value:
            raise Invalid(_("This text has signs that cannot be stored."), code=name, field=name)
        if len(value) > LONGEST:
            raise Invalid(_("This text is too long."), code=name, field=name)
    if value in ("", None):
        if field.null:
            return None
        if isinstance(field, models.CharField | models.TextField) and name not in (
            *("mode", "language", "title_lv"),
        ):
            return ""
        raise Invalid(_("Fill this in."), code="missing", field=name)
    if (name == "language" and value not in tuple(LANGUAGES)) or (
        name == "mode" and value not in Mode.values
    ):
        raise Invalid(_("Choose one of these."), code=name, field=name)
    try:
        value = field.clean(value, version)
    except ValidationError as error:
        if isinstance(field, models.IntegerField | models.DecimalField):
            raise Invalid(_("Write a number."), code=name, field=name) from error
        raise Invalid("; ".join(error.messages), code=name, field=name) from error
    if name in VOCABULARIES:
        terms = Term.objects.filter(pk=value, vocabulary__code=VOCABULARIES[name])
        if not terms.exists():
            raise Invalid(_("Choose one of these."), code=name, field=name)
    if (name == "digcomp_level" and not 1 <= value <= 8) or (name == "hours" and value < 1):
        raise Invalid(_("This number cannot be right."), code=name, field=name)
    return value


def items(name: str, value: Any, *, whole: bool = True) -> list[dict[str, str]]:
    """A list of sentences; empty ones are left out. Raises `Invalid`.

    `whole`: each has both languages, as whoever sends all at once writes them; what is kept while
    somebody is writing may miss one.
    """
    problem = Invalid(_("Write each line in both languages."), code=name, field=name)
    if not isinstance(value, list | tuple) or len(value) > MOST_ITEMS:
        raise problem
    found = []
    for item in value:
        if not isinstance(item, Mapping) or not {"lv", "en"} >= set(item):
            raise problem
        both = {key: str(item.get(key, "")).strip() for key in ("lv", "en")}
        if any("\x00" in text or len(text) > LONGEST for text in both.values()):
            raise problem
        if whole and bool(both["lv"]) != bool(both["en"]):
            raise problem
        if both["lv"] or both["en"]:
            found.append(both)
    return found
