"""The boxes in which a provider writes a programme: labels, hints, and what was sent (PRO-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.enums import LANGUAGES, Mode
from catalogue.fields import EDITABLE, LISTS, OFFERS, VOCABULARIES
from catalogue.models import ProgrammeVersion
from catalogue.services.drafts import SOURCES
from stars.vocabularies.models import ProgrammeType, Term

BOTH = ("lv", "en")
OFFER_PARTS = ("source", "price", "from", "until")
SPARE = 2  # empty lines at the end of a list, for those who work without scripts

# Name → (label, hint). Texts in two languages have one entry for both.
WORDS: dict[str, tuple[Any, Any]] = {
    "title": (
        _("Name of the programme"),
        _("What people look for, in everyday words: “Excel for the office”, not “ICT module 2”."),
    ),
    "type": (_("Kind of programme"), _("The hours that are allowed depend on it.")),
    "field": (_("Field"), _("Under which people find it in the catalogue.")),
    "summary": (
        _("In short"),
        _("One or two sentences that stand in the list: what one can do afterwards."),
    ),
    "about": (
        _("What the training is like"),
        _("How a day looks, what one makes, who helps. Leave an empty line between paragraphs."),
    ),
    "topics": (
        _("What it is about"),
        _("One topic on each line, in both languages. Five to eight are enough."),
    ),
    "outcomes": (
        _("What one will be able to do"),
        _("Begin with a verb: “make a budget”, “find a fault”. One thing on each line."),
    ),
    "audience": (_("Whom it suits"), _("Say to whom you would recommend it, and to whom not.")),
    "entry_level": (_("How much one has to know already"), ""),
    "education": (_("Education one needs"), _("Leave it open if everybody may come.")),
    "prior_knowledge": (
        _("What one needs to know"),
        _("Name what one must be able to do before the first day. “Nothing” is an answer, too."),
    ),
    "equipment": (
        _("What one needs to have"),
        _("A computer, a program, a licence, working clothes. Empty: you give everything."),
    ),
    "final_test": (_("At the end"), _("How you find out what people have learned.")),
    "qualification": (_("Profession"), _("Only for programmes that lead to one.")),
    "digcomp_area": (_("Digital skills: area"), _("Only for programmes about digital skills.")),
    "digcomp_level": (
        _("Digital skills: level"),
        _("From 1 (first steps) to 8 (creates something new), on the European scale."),
    ),
    "hours": (_("Academic hours"), _("All of them: with practice and with what one learns alone.")),
    "practice_hours": (_("Of them practice at work"), _("0 if there is none.")),
    "self_study_hours": (
        _("Of them learned alone"),
        _("At home, outside the sessions; 0 if there is none."),
    ),
    "credit_points": (_("Credit points"), _("Only for courses and modules of studies.")),
    "mode": (_("How one learns"), ""),
    "city": (_("Town"), _("Where people come to; not needed if everything is online.")),
    "language": (_("Language of the training"), ""),
    "price_reason": (
        _("Reason for the price"),
        _("Only the agency reads it. It asks where the price is higher than usual."),
    ),
    OFFERS: (
        _("Prices"),
        _(
            "What one person costs under each support, in EUR, and the days on which people can"
            " apply. Without a support they pay everything themselves. Empty a price to drop it."
        ),
    ),
}
# Heading, and what stands under it; a text in two languages is one name.
SECTIONS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("what", _("What it is"), ("title", "type", "field", "summary", "about")),
    ("learned", _("What one learns"), ("outcomes", "topics", "final_test")),
    (
        "whom",
        _("For whom"),
        ("audience", "entry_level", "education", "prior_knowledge", "equipment"),
    ),
    (
        "how",
        _("How and how long"),
        (
            *("hours", "practice_hours", "self_study_hours", "credit_points"),
            *("mode", "city", "language"),
            *("qualification", "digcomp_area", "digcomp_level"),
        ),
    ),
    ("price", _("What it costs"), (OFFERS, "price_reason")),
)
_IN = {
    "lv": pgettext_lazy("list", "{field}, in Latvian"),
    "en": pgettext_lazy("list", "{field}, in English"),
}
# What is shown side by side although each stands alone.
FIRST = ("title_lv", "type", "field", "hours", "mode")


def is_both(name: str) -> bool:
    """The field is written in two languages."""
    return f"{name}_lv" in EDITABLE


def units_of(name: str) -> tuple[str, ...]:
    """The units (catalogue.boxes) behind a name of SECTIONS."""
    return tuple(f"{name}_{language}" for language in BOTH) if is_both(name) else (name,)


def label(unit: str) -> Any:
    """What a unit is called on the page: "In short, in Latvian"."""
    for language in BOTH:
        name = unit.removesuffix(f"_{language}")
        if name != unit and is_both(name):
            return format_lazy(_IN[language], field=WORDS[name][0])
    return WORDS[unit][0]


class Choices:
    """Words of all classifications that a programme uses: two queries."""

    def __init__(self) -> None:
        wanted = {*VOCABULARIES.values(), SOURCES}
        terms = Term.objects.filter(vocabulary__code__in=wanted, vocabulary__current=True)
        self._terms: dict[str, list[tuple[str, str]]] = defaultdict(list)
        rows = terms.select_related("vocabulary").order_by("order", "code")
        for term in rows:
            self._terms[term.vocabulary.code].append((str(term.pk), term.plain))
        self.types = [
            (str(each.pk), each.plain) for each in ProgrammeType.objects.order_by("order")
        ]

    def of(self, name: str) -> list[tuple[str, str]]:
        """Choices of a field, the empty one first."""
        match name:
            case "type":
                return [("", "–"), *self.types]
            case "mode":
                return [(value, str(text)) for value, text in Mode.choices]
            case "language":
                return [(code, str(text)) for code, text in LANGUAGES.items()]
        return [("", "–"), *self._terms[VOCABULARIES[name]]]

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Whose money pays; without one people pay alone."""
        return [("", str(_("Without support"))), *self._terms[SOURCES]]


class _Box(forms.CharField):
    """Anything may be typed; whether it can be kept is said by the service."""

    def __init__(self, unit: str, **more: Any) -> None:
        name = next((n for n in WORDS if unit in units_of(n)), unit)
        hint = WORDS[name][1] if not unit.endswith("_en") else ""
        super().__init__(label=label(unit), help_text=hint, required=False, **more)


def _widget(unit: str, choices: Choices, value: str) -> forms.Widget:
    column: Any = ProgrammeVersion._meta.get_field(unit)
    if unit in (*VOCABULARIES, "type", "mode", "language"):
        return forms.Select(choices=[*choices.of(unit), *_former(unit, choices, value)])
    if isinstance(column, models.TextField):
        return forms.Textarea()
    if isinstance(column, models.IntegerField | models.DecimalField):
        return forms.TextInput(attrs={"inputmode": "decimal", "size": 6})
    return forms.TextInput(attrs={"maxlength": column.max_length})


def _former(unit: str, choices: Choices, value: str) -> list[tuple[str, str]]:
    """What was chosen from an earlier edition of a classification is not lost by looking at it."""
    if unit not in VOCABULARIES or not value or value in dict(choices.of(unit)):
        return []
    try:
        key = UUID(value)
    except ValueError:
        return []
    return [(value, term.plain) for term in Term.objects.filter(pk=key)]


class DraftForm(forms.Form):
    """One box for each field that is no list; bound to nothing, since a draft may be unfinished."""

    def __init__(self, values: Mapping[str, Any], choices: Choices, *, only: Any = None) -> None:
        super().__init__(initial={name: values.get(name, "") for name in EDITABLE})
        for unit in only or EDITABLE:
            if unit not in LISTS:
                self.fields[unit] = _Box(
                    unit, widget=_widget(unit, choices, str(values.get(unit, "")))
                )


def sent(data: QueryDict) -> dict[str, Any]:
    """Units as they were sent (catalogue.boxes); what is not on the page is left out."""
    found: dict[str, Any] = {}
    for name in EDITABLE:
        if name in LISTS:
            if f"{name}_lv" in data:
                lines = zip_longest(*(data.getlist(f"{name}_{x}") for x in BOTH), fillvalue="")
                found[name] = [dict(zip(BOTH, line, strict=True)) for line in lines]
        elif name in data:
            found[name] = data[name]
    if "offer_price" in data:
        parts = (data.getlist(f"offer_{part}") for part in OFFER_PARTS)
        rows = zip_longest(*parts, fillvalue="")
        found[OFFERS] = [dict(zip(OFFER_PARTS, row, strict=True)) for row in rows]
    return found


def lines(name: str, value: list[dict[str, str]], *, spare: int = SPARE) -> list[dict[str, str]]:
    """Lines of a list with empty ones at the end."""
    keys = OFFER_PARTS if name == OFFERS else BOTH
    return [*value, *(dict.fromkeys(keys, "") for _each in range(spare))]
