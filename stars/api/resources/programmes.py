"""Programmes: the draft that the provider's staff then read and send to the agency (PRO-3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from catalogue.enums import IN_WORK, LANGUAGES, SHOWN, Mode
from catalogue.fields import LISTS, NUMBERS, OFFERS, TEXTS, VOCABULARIES, frozen, offers_of
from catalogue.models import Programme, ProgrammeVersion
from catalogue.services import drafts
from catalogue.services.drafts import LONGEST, SOURCES
from stars.api import fields as f
from stars.api import references as refs
from stars.api.authentication import Caller
from stars.api.models import ExternalId
from stars.api.push import ChangedSince, Resource, Written, digest, was_changed
from stars.common.errors import Invalid
from stars.vocabularies.models import ProgrammeType, Term

MOST_LINES = 60
MOST_OFFERS = 20


class Line(f.Part):
    """One sentence of a list in both languages."""

    lv = f.Text(max_length=LONGEST)
    en = f.Text(max_length=LONGEST)


class OfferPart(f.Part):
    """A price under one source of funding; without a source the person pays alone."""

    source = f.Text(  # type: ignore[assignment]
        required=False, allow_null=True, max_length=60, help_text="Code; empty: none."
    )
    price = f.Number(max_digits=12, decimal_places=2, min_value=0, help_text="EUR")
    open_from = f.Day()
    open_until = f.Day()


def _text(name: str) -> f.Text:
    field: Any = ProgrammeVersion._meta.get_field(name)
    longest = field.max_length or LONGEST
    return f.Text(required=False, max_length=longest)


class ProgrammeRow(f.Row):
    """A programme. What is not named stays as it is."""

    stars_id = serializers.UUIDField(
        required=False, help_text="Our key of a programme that exists already."
    )
    type = f.Text(required=False, allow_blank=False, max_length=60, help_text="Code.")
    mode = f.Code(choices=Mode.choices, required=False)
    language = f.Code(choices=list(LANGUAGES), required=False)
    offers = f.Many(child=OfferPart(), required=False, most=MOST_OFFERS)

    def get_fields(self) -> dict[str, Any]:
        """With everything that the editor has, by its names there."""
        found: dict[str, Any] = super().get_fields()
        found |= {name: _text(name) for name in TEXTS}
        found |= {
            name: f.Text(required=False, allow_null=True, max_length=60, help_text="Code.")
            for name in VOCABULARIES
        }
        found |= {name: f.Many(child=Line(), required=False, most=MOST_LINES) for name in LISTS}
        found |= {name: f.Whole(required=False) for name in NUMBERS}
        found["credit_points"] = f.Number(
            max_digits=4, decimal_places=1, min_value=0, required=False, allow_null=True
        )
        found["digcomp_level"] = f.Whole(least=1, most=8, required=False, allow_null=True)
        return found


class Programmes(Resource):
    """Written as drafts; nothing is sent to the agency or published from here."""

    kind = refs.PROGRAMME
    area = "programmes"
    row = ProgrammeRow

    def write(self, caller: Caller, values: dict[str, Any], known: ExternalId | None) -> Written:
        """A new programme, or its draft, or a draft of a new version."""
        who = {"actor": caller.actor, "at": caller.at}
        programme = refs.adopt(caller, refs.programmes(caller), self.kind, known, values)
        content = _content(values)
        if programme is None:
            version = drafts.new_programme(provider_id=caller.provider.pk, values=content, **who)
        else:
            version = _draft_of(programme, known, values, who)
            version = drafts.edit_draft(version_id=version.pk, values=content, **who)
        if OFFERS in values:
            _write_offers(version, values[OFFERS], who)
        # As the columns hold it: "6" points are "6.0" there.
        version.refresh_from_db()
        return Written(version.programme_id, _mark(version))


def _draft_of(
    programme: Programme,
    known: ExternalId | None,
    values: Mapping[str, Any],
    who: Mapping[str, Any],
) -> ProgrammeVersion:
    """The version in work, or a new one. Raises `Conflict` once it was sent."""
    latest = programme.versions.order_by("-number").first()
    assert latest is not None  # a programme comes with its first version
    if was_changed(known, values, _mark(latest)):
        raise ChangedSince()
    if latest.state in IN_WORK:
        return latest
    return drafts.new_version(programme_id=programme.pk, **who)


def _mark(version: ProgrammeVersion) -> str:
    """The words and prices of a version; its state may change without anybody writing in it."""
    plain = frozen(version, offers_of(version))
    plain[OFFERS] = [[str(part) for part in offer] for offer in plain[OFFERS]]
    lists = (*LISTS, OFFERS)
    return digest({name: row if name in lists else str(row) for name, row in plain.items()})


def _content(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as `drafts` takes them: classifications by key."""
    content = {
        name: value
        for name, value in values.items()
        if name not in ("id", "overwrite", "stars_id", OFFERS)
    }
    if "type" in content:
        content["type"] = _type(content["type"])
    codes = {name: content[name] for name in VOCABULARIES if content.get(name)}
    if codes:
        found = {
            (vocabulary, code): key
            for vocabulary, code, key in Term.objects.filter(
                vocabulary__current=True,
                vocabulary__code__in=[VOCABULARIES[name] for name in codes],
                code__in=codes.values(),
            ).values_list("vocabulary__code", "code", "pk")
        }
        for name, code in codes.items():
            if (VOCABULARIES[name], code) not in found:
                raise Invalid(_("There is no such code."), code="code", field=name)
            content[name] = found[VOCABULARIES[name], code]
    return content


def _type(code: str) -> UUID:
    key = ProgrammeType.objects.filter(code=code).values_list("pk", flat=True).first()
    if key is None:
        raise Invalid(_("There is no such code."), code="code", field="type")
    return key


def _write_offers(
    version: ProgrammeVersion, rows: list[dict[str, Any]], who: Mapping[str, Any]
) -> None:
    """All prices of the version: those that are not named are gone."""
    codes = [row.get("source") or "" for row in rows]
    if len(set(codes)) != len(codes):
        raise Invalid(
            _("Each source has one price. Take one of the two away."),
            code="source_twice",
            field=OFFERS,
        )
    terms = Term.objects.filter(vocabulary__code=SOURCES, vocabulary__current=True, code__in=codes)
    sources: dict[str, UUID | None] = {"": None, **dict(terms.values_list("code", "pk"))}
    for number, code in enumerate(codes):
        if code not in sources:
            raise Invalid(
                _("There is no such source of funding."),
                code="source",
                field=f"{OFFERS}.{number}.source",
            )
    wanted = {sources[code] for code in codes}
    for source in set(version.offers.values_list("source_id", flat=True)) - wanted:
        drafts.drop_offer(version_id=version.pk, source_id=source, **who)
    for code, row in zip(codes, rows, strict=True):
        drafts.set_offer(
            version_id=version.pk,
            source_id=sources[code],
            price=row["price"],
            open_from=row["open_from"],
            open_until=row["open_until"],
            **who,
        )


def shown(caller: Caller, programmes: list[Programme]) -> list[dict[str, Any]]:
    """Programmes as the answer tells of them: three queries for any number."""
    keys = [programme.pk for programme in programmes]
    own = {
        known.object_id: known
        for known in ExternalId.objects.filter(
            organisation=caller.key.organisation_id, kind=refs.PROGRAMME, object_id__in=keys
        )
    }
    latest = {
        version.programme_id: version
        for version in ProgrammeVersion.objects.filter(programme__in=keys)
        .order_by("programme", "-number")
        .distinct("programme")
        .only("programme_id", "state", "number", "title_lv", "title_en", "hours")
    }
    return [_shown(row, latest[row.pk], own.get(row.pk)) for row in programmes if row.pk in latest]


def _shown(
    programme: Programme, version: ProgrammeVersion, known: ExternalId | None
) -> dict[str, Any]:
    sent: datetime | None = known.sent_at if known else None
    return {
        "id": known.external_id if known else None,
        "stars_id": str(programme.pk),
        "title_lv": version.title_lv,
        "title_en": version.title_en,
        "hours": version.hours,
        "version": version.number,
        "state": version.state,
        "state_text": str(version.get_state_display()),
        "published": programme.current is not None and programme.current.state in SHOWN,
        "sent_at": sent.isoformat() if sent else None,
    }
