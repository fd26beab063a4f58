"""Calls for providers, and the feed of new programmes: what is published about the offer."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalogue.calls import coming_calls, open_calls, past_calls
from catalogue.models import Programme, ProgrammeVersion
from catalogue.models.log import CatalogueLog
from catalogue.selectors import listed
from stars.common.visitors import same_for_visitors
from stars.web.meta import meta
from stars.web.viewer import viewer

FEED_SIZE = 30
LOOK_BACK = 5  # times as many moves are read as programmes are shown
PAST = 10


@login_not_required
@require_safe
@same_for_visitors
def calls(request: HttpRequest) -> HttpResponse:
    """Calls to which providers may send programmes (GET /atlases/, public; CAT-11)."""
    at = viewer(request).at
    context = {
        "open": open_calls(at),
        "coming": coming_calls(at),
        "past": past_calls(at)[:PAST],
        "meta": meta(
            reverse("web:calls"),
            title=str(_("Calls for providers")),
            text=str(_("When and for what schools and training centres can send programmes.")),
        ),
        "nav": "calls",
    }
    return render(request, "web/calls.html", context)


def newest_programmes(n: int) -> list[Programme]:
    """The `n` programmes that came into the catalogue last, each with `appeared_at`.

    Four queries that read the end of the log only; later versions of a programme are no news.
    """
    moves = CatalogueLog.objects.filter(object_type="programmeversion", transition="publish")
    published = dict(moves.order_by("-pk").values_list("object_id", "at")[: LOOK_BACK * n])
    versions = ProgrammeVersion.objects.filter(pk__in=published)
    numbers = dict(versions.values_list("programme_id", "number").order_by("-number"))
    shown = ProgrammeVersion.objects.ever_shown().filter(programme__in=numbers)
    first = dict(shown.values_list("programme_id", "pk").order_by("-number"))
    found = list(
        listed()
        .filter(pk__in=[key for key, version in first.items() if version in published])
        .select_related("current", "provider")
    )
    for programme in found:
        programme.appeared_at = published[first[programme.pk]]  # type: ignore[attr-defined]
    found.sort(key=lambda each: (-each.appeared_at.timestamp(), each.code))  # type: ignore[attr-defined]
    return found[:n]


class ProgrammeFeed(Feed):
    """Programmes that have come into the catalogue lately, as Atom."""

    feed_type = Atom1Feed
    title = _("New learning in STARS")
    subtitle = _("Programmes that have come into the catalogue lately")
    link = reverse_lazy("web:catalogue")

    def items(self) -> list[Programme]:
        return newest_programmes(FEED_SIZE)

    def item_title(self, item: Programme) -> str:
        assert item.current is not None  # listed
        return item.current.title

    def item_description(self, item: Programme) -> str:
        assert item.current is not None
        return item.current.summary

    def item_author_name(self, item: Programme) -> str:
        return item.provider.name

    def item_link(self, item: Programme) -> str:
        return reverse("web:programme", args=[item.slug])

    def item_pubdate(self, item: Programme) -> datetime:
        appeared: datetime = item.appeared_at  # type: ignore[attr-defined]
        return appeared

    def item_updateddate(self, item: Programme) -> datetime:
        assert item.current is not None
        return item.current.updated_at

    def item_guid(self, item: Programme) -> str:
        return f"urn:uuid:{item.pk}"


# GET /macibas/jaunas.xml, public
programme_feed = login_not_required(require_safe(ProgrammeFeed()))
