"""Programmes with one published version each, and their offers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from catalogue.enums import VersionState
from catalogue.models import CatalogueLog, Offer, Programme, ProgrammeVersion, Provider
from catalogue.services import search_index
from stars.common.dates import start_of_day
from stars.demo.offer.data import Tally, invented_providers, programmes, texts, vocabulary
from stars.demo.offer.plan import contact_hours
from stars.demo.offer.sources import LoadedSource
from stars.vocabularies.models import ProgrammeType, Term


def _joined(*parts: dict[str, str] | None) -> dict[str, str]:
    """Sentences one after another, in both languages."""
    there = [part for part in parts if part]
    return {language: " ".join(part[language] for part in there) for language in ("lv", "en")}


def _slug(entry: dict[str, Any]) -> str:
    """The address: the title without diacritics, cut at a word; titles are distinct."""
    slug = slugify(entry["title"]["lv"])
    return slug if len(slug) <= 100 else slug[:100].rsplit("-", 1)[0]


def _outcomes(entry: dict[str, Any]) -> list[dict[str, str]]:
    if entry["type"] == "further_education":
        outcomes: list[dict[str, str]] = vocabulary("qualification")[entry["qualification"]][
            "outcomes"
        ]
        return outcomes
    own: list[dict[str, str]] = entry.get("outcomes") or texts().get(entry["code"], {}).get(
        "outcomes", []
    )
    return own


def _version(
    entry: dict[str, Any],
    programme: Programme,
    types: dict[str, ProgrammeType],
    terms: dict[tuple[str, str], Term],
) -> ProgrammeVersion:
    kind = types[entry["type"]]
    kind_words, text = vocabulary("programme_type")[entry["type"]], texts().get(entry["code"], {})
    final_test = text.get("final_test") or kind_words.get("final_test") or {}
    knowledge = (
        text.get("prior_knowledge")
        or vocabulary("entry_level")[entry["entry_level"]]["prior_knowledge"]
    )
    equipment = _joined(
        vocabulary("delivery_mode")[entry["mode"]].get("equipment"), text.get("equipment")
    )
    return ProgrammeVersion(
        programme=programme,
        number=1,
        state=VersionState.PUBLISHED,
        type=kind,
        field=terms["field", entry["field"]],
        digcomp_area=terms["digcomp_area", entry["digcomp"]["area"]],
        digcomp_level=entry["digcomp"]["level"],
        title_lv=entry["title"]["lv"],
        title_en=entry["title"]["en"],
        summary_lv=entry["summary"]["lv"],
        summary_en=entry["summary"]["en"],
        about_lv=text.get("about", {}).get("lv", ""),
        about_en=text.get("about", {}).get("en", ""),
        topics=text.get("topics", []),
        final_test_lv=final_test.get("lv", ""),
        final_test_en=final_test.get("en", ""),
        audience_lv=text.get("audience", {}).get("lv", ""),
        audience_en=text.get("audience", {}).get("en", ""),
        entry_level=terms["entry_level", entry["entry_level"]],
        education=terms.get(("education_level", kind_words.get("requires_education", ""))),
        qualification=terms.get(("qualification", entry.get("qualification", ""))),
        outcomes=_outcomes(entry),
        prior_knowledge_lv=knowledge["lv"],
        prior_knowledge_en=knowledge["en"],
        equipment_lv=equipment["lv"],
        equipment_en=equipment["en"],
        hours=entry["hours"],
        practice_hours=kind.practice_hours,
        self_study_hours=entry["hours"] - contact_hours(entry),
        credit_points=entry.get("credit_points"),
        mode=entry["mode"],
        city=entry["city"] or "",
        language=entry["language"],
    )


def _log(version: ProgrammeVersion, first: date) -> list[CatalogueLog]:
    """Drafted, agreed to and published on the day the source began to offer it."""
    at = start_of_day(first)
    moves = (
        ("create", "", "draft"),
        ("submit", "draft", "submitted"),
        ("take_in_review", "submitted", "in_review"),
        ("approve", "in_review", "approved"),
        ("publish", "approved", "published"),
    )
    return [
        CatalogueLog(
            object_type="programmeversion",
            object_id=version.pk,
            transition=transition,
            from_state=before,
            to_state=after,
            at=at,
        )
        for transition, before, after in moves
    ]


def offered_under(entry: dict[str, Any], sources: list[LoadedSource]) -> list[LoadedSource]:
    """The sources that pay for a programme, earliest first.

    The pilot's programmes stand under the pilot and its invented continuation, those of
    invented providers under the continuation, and what else the entry names in `also`; what no
    source supports has its days.
    """
    invented = entry["provider"] in invented_providers()
    wanted = ("imk-next", *entry.get("also", ())) if invented else ("imk", "imk-next")
    return [source for source in sources if source.code in wanted]


def load_programmes(
    providers: dict[str, Provider],
    types: dict[str, ProgrammeType],
    terms: dict[tuple[str, str], Term],
    sources: list[LoadedSource],
    tally: Tally,
) -> dict[str, ProgrammeVersion]:
    """All programmes, each with a published version and its offers; versions by programme code.

    A programme that exists is left as it is: it may have been edited in the portal.
    """
    entries = programmes()
    known = set(Programme.objects.values_list("code", flat=True))
    fresh = [entry for entry in entries if entry["code"] not in known]
    created = [
        Programme(provider=providers[e["provider"]], code=e["code"], slug=_slug(e)) for e in fresh
    ]
    versions = [_version(e, p, types, terms) for e, p in zip(fresh, created, strict=True)]
    logs: list[CatalogueLog] = []
    offers: list[Offer] = []
    for entry, version in zip(fresh, versions, strict=True):
        under = offered_under(entry, sources)
        logs += _log(version, under[0].first_day(entry["type"]))
        offers += [
            Offer(
                version=version,
                source=source.term if entry.get("supported", True) else None,
                price=Decimal(entry["price"]),
                open_from=source.first_day(entry["type"]),
                open_until=source.source.ends_on,
            )
            for source in under
        ]
    Programme.objects.bulk_create(created)
    ProgrammeVersion.objects.bulk_create(versions)
    for programme, version in zip(created, versions, strict=True):
        programme.current = version
    Programme.objects.bulk_update(created, ["current"])
    CatalogueLog.objects.bulk_create(logs)
    Offer.objects.bulk_create(offers)
    search_index.write(programme.pk for programme in created)
    tally.add("programmes", created=len(fresh), kept=len(entries) - len(fresh))
    tally.add("offers", created=len(offers), kept=Offer.objects.count() - len(offers))
    codes = [entry["code"] for entry in entries]
    return {
        programme.code: programme.current
        for programme in Programme.objects.filter(code__in=codes).select_related("current")
        if programme.current is not None
    }
