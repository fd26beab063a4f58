"""What anybody may look at: home page, catalogue, programme, list of sessions."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue import selectors as catalogue
from catalogue.enums import Mode
from stars.common.visitors import same_for_visitors
from stars.content.selectors import latest_news
from stars.web import find, suggest
from stars.web.cards import programme_cards
from stars.web.meta import meta
from stars.web.selectors import figures, grant_amount, towns
from stars.web.viewer import viewer
from stars.web.views.listing import popular
from stars.web.wording import in_town

SOON = 3
NEWS = 3
TOWNS = 3


@login_not_required
@require_safe
@same_for_visitors
def home(request: HttpRequest) -> HttpResponse:
    """The home page (GET /, public)."""
    who = viewer(request)
    context = {
        "grant": grant_amount(at=who.at),
        "words": popular(),
        "quick": _quick(),
        "figures": figures(),
        "cards": programme_cards(catalogue.soonest(SOON, at=who.at), who),
        "for_you": suggest.for_you(who, SOON),
        "news": latest_news(who.at)[:NEWS],
        "helpers": _helpers(),
        "meta": meta(
            "/",
            title="STARS",
            text=_("Learning for adults, and support that pays for it: choose, apply, learn."),
        ),
    }
    return render(request, "web/home.html", context)


def _quick() -> list[dict[str, str]]:
    """What is asked for most, one press away: the list with its filters on (CAT-2)."""
    evening, free, remote = ("days", find.EVENING), ("price", "0"), ("mode", Mode.REMOTE.value)
    asked = [
        (_("Free for you"), (free,)),
        (_("In the evenings on workdays"), (evening,)),
        (_("Online"), (remote,)),
        (_("Free and in the evenings"), (free, evening)),
        *((capfirst(in_town(town)), (("city", town),)) for town in towns(TOWNS)),
    ]
    return [
        {
            "text": text,
            "url": find.Wish(chosen={name: (value,) for name, value in filters}).url(),
        }
        for text, filters in asked
    ]


def _helpers() -> list[dict[str, str]]:
    """Ways to go on for those who do not know what to search for (PUB-1, PUB-4)."""
    return [
        {
            "title": _("Which support fits me?"),
            "text": _(
                "Answer a few questions, without signing in, and see who would pay how much."
            ),
            "url": reverse("web:fit"),
            "link": _("Answer the questions"),
        },
        {
            "title": _("How do I do that?"),
            "text": _("Finding, opening an account, applying – step by step, with pictures."),
            "url": reverse("content:help"),
            "link": _("See the steps"),
        },
        {
            "title": _("I want to ask a person"),
            "text": _("Write or call. You can also get career advice, free of charge."),
            "url": reverse("content:contacts"),
            "link": _("See the contacts"),
        },
    ]
