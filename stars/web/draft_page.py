"""What stands beside each field of the editor: hints, remarks, what a colleague wrote (PRO-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from catalogue.fields import LISTS, OFFERS, VOCABULARIES
from catalogue.models import ProgrammeRemark
from catalogue.plain_language import Hint, hints
from catalogue.rules import PriceFinding
from catalogue.services.keeping import Kept
from stars.common import formats
from stars.common.formats import language
from stars.common.money import round_euro
from stars.web.programme_form import (
    BOTH,
    SECTIONS,
    SPARE,
    WORDS,
    Choices,
    DraftForm,
    is_both,
    lines,
    units_of,
)

# Read for office words and long sentences; what is for the agency alone is not.
_NOT_READ = ("city", "price_reason")
_SHORT = (
    *("city", "hours", "practice_hours", "self_study_hours", "credit_points"),
    "digcomp_level",
)


def advice(unit: str, value: Any) -> list[Hint]:
    """Plain-language hints for what stands in a unit."""
    if unit in LISTS:
        found = []
        for key in BOTH:
            text = "\n".join(line.get(key, "") for line in value)
            found += hints(text, "lv" if key == "lv" else "en")
        return found
    if unit in _NOT_READ or not isinstance(value, str):
        return []
    if unit.endswith("_lv"):
        return hints(value, "lv")
    return hints(value, "en") if unit.endswith("_en") else []


def notes(unit: str, value: Any, kept: Kept | None) -> dict[str, Any]:
    """Arguments of draft_notes.html: why it is not kept, what a colleague wrote, hints."""
    clash = kept is not None and unit in kept.clashes
    return {
        "error": kept.refused.get(unit, "") if kept else "",
        "clash": clash,
        "theirs": _in_words(unit, kept.stands[unit]) if kept and clash else "",
        "hints": advice(unit, value),
    }


def _in_words(unit: str, value: Any) -> str:
    """A unit for people to read."""
    if unit == OFFERS:
        return "\n".join(f"{row['price']} €, {row['from']} – {row['until']}" for row in value)
    if unit in LISTS:
        return "\n".join(f"{line['lv']} / {line['en']}" for line in value)
    if unit in ("type", "mode", "language", *VOCABULARIES):
        return dict(Choices().of(unit)).get(value, value)
    return str(value)


def shown_lists(
    units: Mapping[str, Any], choices: Choices, *, more: Mapping[str, int] | None = None
) -> dict[str, dict[str, Any]]:
    """Lists and prices with empty lines at the end, as draft_rows.html shows them."""
    more = more or {}
    return {
        name: {
            "name": name,
            "label": WORDS[name][0],
            "sources": choices.sources if name == OFFERS else [],
            "lines": lines(name, units[name], spare=SPARE + more.get(name, 0)),
        }
        for name in (*LISTS, OFFERS)
    }


def answers_of(remark: ProgrammeRemark) -> dict[str, Any]:
    """A remark with the box for its answer."""
    return {
        "id": remark.pk,
        "text": remark.text,
        "answer": remark.answer,
        "settled": remark.resolved_at is not None,
        "number": remark.submission.number,
    }


def sections(
    shown: Mapping[str, Any],
    choices: Choices,
    shown_lists: Mapping[str, Any],
    remarks: Sequence[ProgrammeRemark],
    kept: Kept | None,
) -> list[dict[str, Any]]:
    """The page in parts: each has a heading and rows of boxes that belong side by side."""
    form = DraftForm(shown, choices)

    def box(unit: str) -> dict[str, Any]:
        return {
            "unit": unit,
            "field": form[unit] if unit in form.fields else None,
            "list": shown_lists.get(unit),
            "hint": WORDS[unit][1] if unit in WORDS else "",
            "width": "s" if unit in _SHORT else "",
            "notes": notes(unit, shown[unit], kept),
            "remarks": [answers_of(each) for each in remarks if each.field == unit],
        }

    return [
        {"id": key, "title": heading, "rows": [*_rows(names, box)]}
        for key, heading, names in SECTIONS
    ]


def _rows(names: Iterable[str], box: Any) -> Iterable[dict[str, Any]]:
    """Both languages side by side; what is short, two by two."""
    short: list[Any] = []
    for name in names:
        if is_both(name) or name in LISTS or name in (OFFERS, "price_reason"):
            if short:
                yield {"boxes": short, "both": True}
                short = []
            yield {"boxes": [box(unit) for unit in units_of(name)], "both": is_both(name)}
        else:
            short.append(box(name))
    if short:
        yield {"boxes": short, "both": True}


def price_watch(findings: Sequence[PriceFinding]) -> list[str]:
    """What the price watch says, in sentences for the provider (CAT-16)."""
    found = []
    for finding in findings:
        words = {
            "price": formats.money(finding.price, language()),
            "each": _hour(finding.per_hour),
            "median": _hour(finding.median),
            "limit": _hour(finding.limit),
        }
        if finding.median is not None:
            found.append(
                _(
                    "%(price)s is %(each)s for an academic hour. Half of such programmes cost less"
                    " than %(median)s; above %(limit)s the agency asks why."
                )
                % words
            )
        else:
            found.append(_("%(price)s is %(each)s for an academic hour.") % words)
    return found


def _hour(value: Any) -> str:
    return "" if value is None else formats.money(round_euro(value), language(), cents=True)
