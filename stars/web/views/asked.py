"""What a visitor asked for before signing in: shown again, to be done with one press."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.models import Programme
from catalogue.selectors_find import choices
from stars.common.formats import language
from stars.web import find
from stars.web.viewer import viewer


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Asks whether to save a programme or to wait for a search (GET /konts/velos/?save= or ?q=…).

    The wish stands in the address, which sign-in hands on; nothing is written before the press.
    Whoever has no account yet is led to open one and comes back.
    """
    who = viewer(request)
    if who.account is None:
        if who.roles:
            raise Http404
        here = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('web:opening')}?{here}")
    wish = read(request.GET)
    if wish is None:
        return redirect("web:saved")
    return render(request, "web/asked.html", {**wish, "nav": "account"})


def read(data: QueryDict) -> dict[str, Any] | None:
    """What the address asks for, in words and as the form that does it; None for nothing."""
    slug = find.read_slug(data, "save")
    if slug:
        programmes = Programme.objects.filter(slug=slug, current__isnull=False)
        programme = programmes.select_related("current").first()
        if programme is None or programme.current is None:
            return None
        return {
            "title": _("Save this training?"),
            "text": programme.current.title,
            "action": _("Save"),
            "url": reverse("web:save"),
            "fields": [("save", slug)],
            "back": _list(data) or reverse("web:programme", args=[slug]),
        }
    names = choices()
    wish = find.Wish.read(data, names)
    if not wish.q and not wish.chosen:
        return None
    texts = [wish.q, *(chip["text"] for chip in find.chips(wish, names, language()))]
    return {
        "title": _("Tell you when something new appears?"),
        "text": ", ".join(text for text in texts if text),
        "action": _("Tell me"),
        "url": reverse("web:alert"),
        "fields": [("q", wish.q), *wish.pairs()],
        "back": wish.url(),
    }


def _list(data: QueryDict) -> str:
    """The list on which the button stood."""
    rest = QueryDict(data.get("list", "")[: find.LONGEST_LIST])
    wish = find.Wish.read(rest, choices()) if rest else None
    return wish.url() if wish else ""


def why(request: HttpRequest) -> str:
    """Why somebody is asked to sign in; empty where it needs no saying."""
    address = request.GET.get("next", "") or request.POST.get("next", "")
    path, _sign, query = address.partition("?")
    if path != reverse("web:asked"):
        return ""
    if "save" in QueryDict(query[: find.LONGEST_LIST]):
        return _("Sign in, and we will save the training for you.")
    return _("Sign in, and we will write to you when something new appears.")
