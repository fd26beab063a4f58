"""Classifications. Codes and order come with a version; the words may be mended by hand, and the
hour rules of programme types are the agency's."""

from __future__ import annotations

from typing import Any

import rules
from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from stars.common.admin import AgencyAdmin
from stars.vocabularies.models import ProgrammeType, Term, Vocabulary

WORDS = ("name_lv", "name_en", "plain_lv", "plain_en")


HOURS = ("hours_min", "hours_max", "practice_hours", "has_credit_points", "has_grade")


class TypeForm(forms.ModelForm):
    """Hours that fit together."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        least, most = cleaned.get("hours_min"), cleaned.get("hours_max")
        practice = cleaned.get("practice_hours")
        if least is not None and least < 1:
            self.add_error("hours_min", _("A programme has at least one hour."))
        if least is not None and most is not None and least > most:
            self.add_error("hours_max", _("The most hours cannot be fewer than the least."))
        if practice is not None and most is not None and practice > most:
            self.add_error(
                "practice_hours", _("Practice is a part of the hours, so it cannot be longer.")
            )
        return cleaned


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
    """One of the seven kinds of programme and its hour rules (CAT-9).

    What is published stays as it is; the new rules are asked of what is sent from now on.
    """

    form = TypeForm
    words = (*WORDS, "document_lv", "document_en", *HOURS)
    list_display = ("code", "name_lv", "hours_min", "hours_max", "practice_hours")
    search_fields = ("code", "name_lv", "name_en")
