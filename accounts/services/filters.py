"""Filters of lists that somebody keeps under a name (PRO-7). Nobody sees another's."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import SavedFilter
from stars.common.errors import Invalid
from stars.common.permissions import require
from stars.common.transactions import service

MOST = 30  # of one list
LONGEST_NAME = 60
LONGEST_QUERY = 500


@service
def keep_filter(*, page: str, name: str, query: str, actor: Any, at: datetime) -> SavedFilter:
    """Keep the filter of a list, `query` as in the address; the same name replaces the earlier one.

    The caller says which lists there are (`page` is a url name). Raises `Invalid` for a name that
    is empty or too long, and where there are too many already.
    """
    require(actor, "accounts.own_filter", SavedFilter(user_id=actor.pk, page=page))
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or "\x00" in name:
        raise Invalid(_("Give the filter a short name."), code="name", field="name")
    if len(query) > LONGEST_QUERY or "\x00" in query:
        raise Invalid(_("This filter is too long to be kept."), code="query", field="name")
    mine = SavedFilter.objects.filter(user=actor, page=page)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise Invalid(
            _("You keep many filters already. Drop one first."), code="many", field="name"
        )
    kept, _made = SavedFilter.objects.update_or_create(
        user=actor, page=page, name=name, defaults={"query": query, "saved_at": at}
    )
    return kept


@service
def drop_filter(*, filter_id: UUID, actor: Any, at: datetime) -> str:
    """Forget one's own filter; returns the page it belonged to. Raises `DoesNotExist`."""
    kept = SavedFilter.objects.get(pk=filter_id)
    require(actor, "accounts.own_filter", kept)
    kept.delete()
    return kept.page
