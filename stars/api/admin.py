"""Keys as the agency sees them: whose, what they may do, what they wrote; and how to stop one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stars.api.models import ApiKey
from stars.api.scopes import Scope
from stars.api.services import keys
from stars.common.admin import SHOWN, Action, AgencyAdmin, Section
from stars.common.dates import now, today
from stars.common.names import columns

KINDS: dict[str, Any] = {
    "programme": _("Programme"),
    "group": _("Group"),
    "timetable": _("Timetable"),
    "participation": _("Participation"),
    "attendance": _("Attendance"),
    "completion": _("Completion"),
}


def _revoke(request: HttpRequest, row: ApiKey, answers: dict[str, Any]) -> Any:
    keys.revoke_key(key_id=row.pk, actor=request.user, at=now())
    return _("The key is revoked. It opens nothing any more.")


def allowed(request: HttpRequest, row: ApiKey) -> Section:
    """What the key may do, in words."""
    words = dict(Scope.choices)
    return Section(
        _("What the key may do"),
        columns("Permission"),
        [[words.get(scope, scope)] for scope in row.scopes],
    )


def writes(request: HttpRequest, row: ApiKey) -> Section:
    """The last rows that the key wrote."""
    return Section(
        _("Rows written with the key"),
        columns("Time", "Kind"),
        [
            [write.at, KINDS.get(write.kind, write.kind)]
            for write in row.writes.order_by("-id")[:SHOWN]
        ],
    )


@admin.register(ApiKey)
class ApiKeyAdmin(AgencyAdmin):
    """Keys of providers' systems."""

    hidden = ("key_hash", "scopes")
    list_display = ("name", "organisation", "prefix", "state", "expires_on", "last_used_on")
    list_filter = ("organisation",)
    ordering = ("-made_at", "pk")
    sections = (allowed, writes)
    acts = (
        Action(
            code="revoke",
            label=_("Revoke the key"),
            explains=_(
                "A system that uses this key can send nothing from this moment on. It cannot be"
                " undone; the provider can make a new key."
            ),
            permission="api.revoke_key",
            run=_revoke,
            when=lambda row: row.revoked_at is None,
        ),
    )

    @admin.display(description=_("State"))
    def state(self, row: ApiKey) -> Any:
        if row.revoked_at is not None:
            return pgettext_lazy("key", "Revoked")
        if not keys.holds(row, today()):
            return pgettext_lazy("key", "Over")
        return pgettext_lazy("key", "In use")
