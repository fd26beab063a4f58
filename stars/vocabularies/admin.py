"""Classifications. Codes and order come with a version; the words may be mended by hand."""

from __future__ import annotations

from typing import Any

import rules
from django.contrib import admin
from django.http import HttpRequest

from stars.common.admin import AgencyAdmin
from stars.vocabularies.models import ProgrammeType, Term, Vocabulary

WORDS = ("name_lv", "name_en", "plain_lv", "plain_en")


class WordsAdmin(AgencyAdmin):
    """The administrator writes the words; everything else is read."""

    words: tuple[str, ...] = WORDS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm("agency.administer", request.user, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in self.get_fields(request, obj) if name not in self.words]


@admin.register(Vocabulary)
class VocabularyAdmin(AgencyAdmin):
    """One version of a classification."""

    list_display = ("code", "version", "current", "source")
    list_filter = ("current",)
    search_fields = ("code",)
    ordering = ("code", "-version")


@admin.register(Term)
class TermAdmin(WordsAdmin):
    """One entry."""

    list_display = ("code", "name_lv", "name_en", "vocabulary", "order")
    list_filter = ("vocabulary__code",)
    list_select_related = ("vocabulary",)
    search_fields = ("code", "name_lv", "name_en")


@admin.register(ProgrammeType)
class ProgrammeTypeAdmin(WordsAdmin):
    """One of the seven kinds of programme."""

    words = (*WORDS, "document_lv", "document_en")
    list_display = ("code", "name_lv", "hours_min", "hours_max", "practice_hours")
    search_fields = ("code", "name_lv", "name_en")
