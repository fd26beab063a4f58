"""The fields of a version that people write, remark on and compare: one table for all three."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalogue.enums import LANGUAGES
from catalogue.models import Offer, ProgrammeVersion
from stars.common import formats

# Terms come from these classifications; a type is no term.
VOCABULARIES = {
    "field": "field",
    "digcomp_area": "digcomp_area",
    "entry_level": "entry_level",
    "education": "education_level",
    "qualification": "qualification",
}
LISTS = ("topics", "outcomes")
TEXTS = (
    *("title_lv", "title_en", "summary_lv", "summary_en", "about_lv", "about_en"),
    *("audience_lv", "audience_en", "prior_knowledge_lv", "prior_knowledge_en"),
    *("equipment_lv", "equipment_en", "final_test_lv", "final_test_en", "city", "price_reason"),
)
NUMBERS = ("hours", "practice_hours", "self_study_hours", "credit_points", "digcomp_level")
CHOICES = ("mode", "language")
# As the form and the difference show them.
EDITABLE = (
    *("title_lv", "title_en", "type", "field", "summary_lv", "summary_en", "about_lv", "about_en"),
    *("topics", "outcomes", "audience_lv", "audience_en", "entry_level", "education"),
    *("prior_knowledge_lv", "prior_knowledge_en", "equipment_lv", "equipment_en"),
    *("final_test_lv", "final_test_en", "qualification", "digcomp_area", "digcomp_level"),
    *("hours", "practice_hours", "self_study_hours", "credit_points"),
    *("mode", "city", "language", "price_reason"),
)
# Copied into a new version; the reason for a price is given anew.
COPIED = tuple(name for name in EDITABLE if name != "price_reason")
OFFERS = "offers"


@dataclass(frozen=True)
class Shown:
    """A field as a reader sees it: its name in their language and what stands in it."""

    name: str
    label: str
    text: str


def label_of(name: str) -> str:
    """The field's name in the reader's language."""
    if name == OFFERS:
        return str(Offer._meta.verbose_name_plural)
    if not name:
        return str(ProgrammeVersion._meta.verbose_name)
    field: Any = ProgrammeVersion._meta.get_field(name)
    return str(field.verbose_name)


def _text(version: ProgrammeVersion, name: str) -> str:
    value: Any = getattr(version, name)
    if value in (None, ""):
        return ""
    if name in LISTS:
        return "\n".join(f"{item.get('lv', '')} / {item.get('en', '')}" for item in value)
    if name == "type" or name in VOCABULARIES:
        return str(value.name)
    if name == "mode":
        return str(version.get_mode_display())
    if name == "language":
        return str(LANGUAGES.get(value, value))
    if isinstance(value, Decimal):
        return formats.number(value, formats.language())
    return str(value)


def _offer(offer: Offer) -> str:
    language = formats.language()
    return "{source}: {price}, {first} – {last}".format(
        source=offer.source.name if offer.source else _("No source"),
        price=formats.money(offer.price, language, cents=True),
        first=formats.day(offer.open_from, language, year=True),
        last=formats.day(offer.open_until, language, year=True),
    )


def offers_of(version: ProgrammeVersion) -> list[Offer]:
    """The version's offers in a fixed order; one query."""
    return list(version.offers.select_related("source").order_by("source__code", "pk"))


def shown(version: ProgrammeVersion, offers: Iterable[Offer]) -> list[Shown]:
    """Everything of a version in words, in the order of EDITABLE, the offers last."""
    fields = [Shown(name, label_of(name), _text(version, name)) for name in EDITABLE]
    prices = "\n".join(_offer(offer) for offer in offers)
    return [*fields, Shown(OFFERS, label_of(OFFERS), prices)]


def frozen(version: ProgrammeVersion, offers: Iterable[Offer]) -> dict[str, Any]:
    """What a reviewer decides about, as plain values for the hash."""
    attributes = (
        f"{name}_id" if name == "type" or name in VOCABULARIES else name for name in EDITABLE
    )
    # A field that came later: where it says nothing, what was sent before it keeps its hash.
    later = () if version.self_study_hours else ("self_study_hours",)
    return {
        **{name: getattr(version, name) for name in attributes if name not in later},
        "offers": [[o.source_id, o.price, o.open_from, o.open_until] for o in offers],
    }
