"""What people were told and what became of each letter; never their addresses."""

from __future__ import annotations

from django.contrib import admin

from stars.common.admin import AgencyAdmin
from stars.notifications.models import Message, OutboxEmail


@admin.register(Message)
class MessageAdmin(AgencyAdmin):
    """A message in somebody's account."""

    view_permission = "agency.view_people"
    list_display = ("created_at", "kind", "user", "read_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    ordering = ("-created_at", "pk")
    search_keys = ("pk", "user_id")


@admin.register(OutboxEmail)
class OutboxEmailAdmin(AgencyAdmin):
    """A letter on its way."""

    hidden = ("address",)
    list_display = ("message", "state", "attempts", "next_try_at", "sent_at")
    list_filter = ("state",)
    list_select_related = ("message",)
    ordering = ("-next_try_at", "pk")
