"""The two logs, to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import pgettext, pgettext_lazy

from stars.audit import services, words
from stars.audit.models import AuditEntry, LookEntry
from stars.common.admin import AgencyAdmin, actor
from stars.common.admin_words import LINK, NOTHING, short
from stars.common.signals import looked


@receiver(looked, dispatch_uid="stars.audit.admin")
def log_look(
    *, actor: Any, person_ids: Iterable[UUID], what: str, purpose: str, at: datetime, **kwargs: Any
) -> None:
    """A page of the admin showed somebody's data."""
    services.look(actor=actor, person_ids=person_ids, what=what, purpose=purpose, at=at)


def _page_of(label: str, key: Any) -> Any:
    """A link to the row that an entry speaks of, where it has a page; no key to be read."""
    try:
        meta = apps.get_model(label)._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])
    except (LookupError, ValueError, NoReverseMatch):
        return NOTHING
    return format_html('<a class="{}" href="{}">{}</a>', LINK, address, pgettext("go to", "Open"))


def _in_words(field: str, title: Any, say: Callable[[str], Any]) -> type[admin.SimpleListFilter]:
    """A filter over the code words that stand in a column, each in words."""

    class Words(admin.SimpleListFilter):
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            codes = model_admin.model.objects.order_by().values_list(field, flat=True).distinct()
            return sorted(((code, str(say(code))) for code in codes), key=lambda pair: pair[1])

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(**{field: self.value()}) if self.value() else queryset

    Words.title = title
    return Words


class LogAdmin(AgencyAdmin):
    """A log that keeps the key of who acted; staff are shown by their work address."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        staff = get_user_model().objects.filter(pk=OuterRef("actor_id"), is_staff=True)
        return super().get_queryset(request).annotate(address=Subquery(staff.values("email")[:1]))

    @admin.display(description=pgettext_lazy("column", "Who"), ordering="actor_id")
    def who(self, entry: Any) -> str:
        """The work address; the number of everybody else, by which the log is searched."""
        if entry.actor_id is None:
            return actor(None)
        return entry.address or short(entry.actor_id)


_WHAT, _SUBJECT = pgettext_lazy("column", "What"), pgettext_lazy("column", "About")
_WHY = pgettext_lazy("column", "Why")


@admin.register(AuditEntry)
class AuditEntryAdmin(LogAdmin):
    """Who changed what."""

    view_permission = "agency.view_logs"
    list_display = ("at", "done", "subject", "row", "who")
    list_filter = (
        _in_words("action", _WHAT, words.action),
        _in_words("object_type", _SUBJECT, words.subject),
    )
    fields = ("at", "done", "subject", "row", "what_changed", "who", "recorded_at")
    ordering = ("-id",)
    search_keys = ("actor_id", "object_id")

    @admin.display(description=_WHAT, ordering="action")
    def done(self, entry: AuditEntry) -> Any:
        """What was done, in words."""
        return words.action(entry.action)

    @admin.display(description=_SUBJECT, ordering="object_type")
    def subject(self, entry: AuditEntry) -> Any:
        """What it was done to, in words."""
        return words.subject(entry.object_type)

    @admin.display(description=pgettext_lazy("column", "Page"))
    def row(self, entry: AuditEntry) -> Any:
        """Where it can be read."""
        return _page_of(entry.object_type, entry.object_id)

    @admin.display(description=pgettext_lazy("column", "Changed"))
    def what_changed(self, entry: AuditEntry) -> Any:
        """The fields by their names, with values where they are nobody's data."""
        return words.changes(entry)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields)


@admin.register(LookEntry)
class LookEntryAdmin(LogAdmin):
    """Who looked at whom."""

    view_permission = "agency.view_logs"
    list_display = ("at", "shown", "why", "person", "who")
    list_filter = (
        _in_words("what", _WHAT, words.shown),
        _in_words("purpose", _WHY, words.purpose),
    )
    fields = ("at", "shown", "why", "person", "who")
    ordering = ("-id",)
    search_keys = ("actor_id", "person_id")

    @admin.display(description=pgettext_lazy("column", "Person"))
    def person(self, entry: LookEntry) -> Any:
        """Whose data it was: a page whose opening is a look again."""
        return _page_of("accounts.person", entry.person_id)

    @admin.display(description=_WHAT, ordering="what")
    def shown(self, entry: LookEntry) -> Any:
        """What was seen, in words."""
        return words.shown(entry.what)

    @admin.display(description=_WHY, ordering="purpose")
    def why(self, entry: LookEntry) -> Any:
        """Why, in words."""
        return words.purpose(entry.purpose)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields)
