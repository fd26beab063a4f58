"""What editors keep for the search, and what visitors looked for in vain."""

from __future__ import annotations

from typing import Any

import rules
from django.contrib import admin
from django.http import HttpRequest

from catalogue.models import Synonyms, UnmetSearch
from stars.common.admin import AgencyAdmin


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

    list_display = ("day", "query", "filters", "times")
    search_fields = ("query",)
    date_hierarchy = "day"
    ordering = ("-day", "-times", "query")
