"""Messages to the person, in the account (ILA-10)."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from stars.notifications import selectors
from stars.notifications.services import mark_read
from stars.web.viewer import viewer

# Older ones stay in the database; nobody reads further back on a page.
SHOWN = 100


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The person's messages, newest first (GET /konts/zinas/)."""
    who = viewer(request)
    items = selectors.inbox(who.user.pk, limit=SHOWN)
    return render(
        request,
        "web/inbox.html",
        {"items": items, "unread": sum(item.unread for item in items), "nav": "account"},
    )


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All messages are read (POST)."""
    who = viewer(request)
    mark_read(user_id=who.user.pk, at=who.at)
    return redirect("web:inbox")


@require_POST
def read_one(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message is read, and its action is where the person goes (POST); 404 for another's."""
    who = viewer(request)
    mine = selectors.inbox(who.user.pk, limit=SHOWN)
    item = next((item for item in mine if item.id == message_id), None)
    if item is None:
        raise Http404
    mark_read(user_id=who.user.pk, at=who.at, message_id=message_id)
    return redirect(item.words.url)
