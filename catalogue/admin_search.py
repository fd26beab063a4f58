"""What editors keep for the search, and what visitors looked for in vain."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import rules
from django.contrib import admin
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.enums import Mode
from catalogue.models import Synonyms, UnmetSearch
from catalogue.selectors_find import Choices, choices
from stars.common import formats
from stars.common.admin import AgencyAdmin

# What the filters of an address are about (stars.web.filter_words has the visitors' words).
_ABOUT: dict[str, Any] = {
    "starts": _("When it starts"),
    "from": _("Starts from"),
    "until": _("Starts until"),
    "price": _("What you pay"),
    "days": _("Days and times"),
    "mode": _("How"),
    "city": _("Place"),
    "field": _("What it is about"),
    "hours": _("How long"),
    "entry": _("How much you know already"),
    "type": _("Kind of learning"),
    "qualification": _("What you can become"),
    "area": _("Digital skill"),
    "level": _("Level of the digital skill"),
    "language": _("Language"),
    "provider": _("Provider"),
    "support": _("Who helps to pay"),
}
_VOCABULARY = {
    "field": "field",
    "entry": "entry_level",
    "qualification": "qualification",
    "area": "digcomp_area",
    "language": "language",
    "support": "funding_source",
}


def in_words(filters: str, names: Any) -> list[str]:
    """The filters of an address in words: "How: Online"; what nobody knows stays as it is."""
    return [
        f"{_ABOUT.get(name, name)}: {_value(name, value, names)}"
        for name, value in parse_qsl(filters)
    ]


def _value(name: str, value: str, names: Choices) -> str:
    term = names.terms.get((_VOCABULARY.get(name, ""), value))
    if term is not None:
        return str(term.plain)
    if name == "type" and value in names.types:
        return str(names.types[value].plain)
    if name == "provider":
        return next((p.name for p in names.providers.values() if p.slug == value), value)
    if name == "mode" and value in Mode.values:
        return str(Mode(value).label)
    if name == "days":
        days = WEEKDAYS.get(int(value) - 1) if value.isdecimal() else None
        return str(days or _("In the evenings on workdays"))
    if name == "price" and value.isdecimal():
        return formats.money(int(value), formats.language())
    if name == "starts" and not value.isdecimal():
        return str(_("Has free places"))
    return value


@admin.register(Synonyms)
class SynonymsAdmin(AgencyAdmin):
    """Words that mean the same; a change holds from the next search on."""

    list_display = ("__str__", "updated_at")
    search_fields = ("words",)
    ordering = ("words",)

    def _may_edit(self, request: HttpRequest) -> bool:
        return bool(rules.has_perm("catalogue.edit_synonyms", request.user))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_edit(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_edit(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["words"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if self._may_edit(request) else ["words"]


@admin.register(UnmetSearch)
class UnmetSearchAdmin(AgencyAdmin):
    """What was looked for and not found, by day; a programme or a synonym may be missing."""

    search_fields = ("query",)
    date_hierarchy = "day"
    ordering = ("-day", "-times", "query")

    def get_list_display(self, request: HttpRequest) -> Any:
        names = SimpleLazyObject(choices)  # asked for once, and only where a row has filters

        @admin.display(description=pgettext_lazy("column", "Filters"))
        def chosen(search: UnmetSearch) -> str:
            return "; ".join(in_words(search.filters, names)) or "–"

        return ("day", "query", chosen, "times")
