"""What people were told and what became of each letter; never their addresses."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import pgettext_lazy

from stars.common.admin import AgencyAdmin
from stars.notifications import kinds
from stars.notifications.models import Message, OutboxEmail


def said(code: str) -> str:
    """The subject of a kind's letters; the code of a kind that no longer is."""
    try:
        return str(kinds.get(code).subject)
    except LookupError:
        return code


class _Kinds(admin.SimpleListFilter):
    title = pgettext_lazy("column", "What")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(
            ((each.code, str(each.subject)) for each in kinds.all_kinds()), key=lambda one: one[1]
        )

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(AgencyAdmin):
    """A message in somebody's account."""

    view_permission = "agency.view_people"
    # Keys of what it is about: its words are made from them where it is read.
    hidden = ("params", "dedupe_key", "kind")
    list_display = ("created_at", "about", "user", "read_at")
    list_filter = (_Kinds,)
    list_select_related = ("user",)
    ordering = ("-created_at", "pk")
    search_keys = ("pk", "user_id")

    @admin.display(description=pgettext_lazy("column", "What"), ordering="kind")
    def about(self, message: Message) -> str:
        """What it says, as the subject of its letter."""
        return said(message.kind)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["about", *super().get_fields(request, obj)]


@admin.register(OutboxEmail)
class OutboxEmailAdmin(AgencyAdmin):
    """A letter on its way."""

    hidden = ("address",)
    list_display = ("message", "state", "attempts", "next_try_at", "sent_at")
    list_filter = ("state",)
    list_select_related = ("message",)
    ordering = ("-next_try_at", "pk")
