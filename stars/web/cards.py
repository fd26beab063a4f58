"""Programmes and groups as the components show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.enums import Mode
from catalogue.models import Group, Programme
from catalogue.selectors import Card, GroupChoice
from enrolments.selectors_queue import waiting_for
from funding.services.quote import Quote
from stars.common import formats
from stars.common.formats import language
from stars.web import compare
from stars.web.viewer import Viewer
from stars.web.wording import how_of, place_of


def programme_cards(
    cards: Sequence[Card], who: Viewer, comparing: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Cards of the catalogue with what each costs this person (components/programme_card.html).

    `comparing` are the slugs that stand in the address of the page, to which a card adds its own.
    """
    return [
        {
            "url": reverse("web:programme", args=[card.programme.slug]),
            "title": card.version.title,
            "provider": card.programme.provider.name,
            "start": card.starts_on,
            "free": card.places_left,
            "hours": card.version.hours,
            "how": how_of(card.version),
            "own_part": price.own_part if price else None,
            "signed_in": sure(price, who),
            "rating": card.programme.rating_average,
            "rating_count": card.programme.rating_count,
            "temporary": card.is_temporary,
            "save": save_button(card.programme, card.version.title, who),
            "slug": card.programme.slug,
            "compare_url": compare.with_one(comparing, card.programme.slug),
        }
        for card, price in ((card, cheapest(card, who)) for card in cards)
    ]


def cheapest(card: Card, who: Viewer) -> Quote | None:
    """The price under the offer that costs this person least, as the filter by price counts it."""
    prices = (who.quoter.quote(offer) for offer in card.offers)
    return min(prices, key=lambda price: price.own_part, default=None)


def sure(price: Quote | None, who: Viewer) -> bool:
    """Whether the sum is what one pays, and not what one could pay with support.

    It is for whoever is signed in, and for everybody where no source pays (CAT-13).
    """
    return who.account is not None or (price is not None and not price.support)


def save_button(programme: Programme, title: str, who: Viewer) -> dict[str, Any] | None:
    """Saving a programme (components/save_button.html); None for staff, who have no list.

    Visitors are led to sign in, and then asked whether to save it (stars.web.views.asked).
    """
    if who.account is None and who.roles:
        return None
    return {
        "slug": programme.slug,
        "title": title,
        "on": programme.pk in who.saved,
        "signin_url": ""
        if who.account
        else f"{reverse('web:asked')}?{urlencode({'save': programme.slug})}",
    }


def group_cards(choices: Sequence[GroupChoice], slug: str, today: date) -> list[dict[str, Any]]:
    """Groups of a programme (components/group_card.html): one query where some are full."""
    full = [choice.group.pk for choice in choices if choice.group.places_left <= 0]
    waiting = waiting_for(full) if full else {}
    return [
        {
            "id": str(choice.group.pk),
            "start": choice.group.starts_on,
            "end": choice.group.ends_on,
            "when": when(choice.group),
            "online": choice.group.mode == "remote",
            "place": place_of(choice.group),
            "teacher": choice.group.teacher,
            "apply_until": choice.group.apply_until,
            "free": choice.group.places_left,
            "capacity": choice.group.capacity,
            "waiting": waiting.get(choice.group.pk, 0),
            "queue_url": reverse("enrolments:apply_queue", args=[choice.group.pk])
            if choice.group.pk in full and not closed(choice, today)
            else "",
            "closed": closed(choice, today),
            "map_url": map_of(choice.group),
            "hours": _split_hours(choice),
            "sessions_url": reverse("web:sessions", args=[slug, choice.group.pk])
            if choice.session_count
            else "",
            "calendar_url": reverse("web:calendar", args=[slug, choice.group.pk]),
        }
        for choice in choices
    ]


def _split_hours(choice: GroupChoice) -> str:
    """How much is learned with the teacher and how much alone; empty where all is in sessions.

    A timetable that is not written to its end yet says so.
    """
    version = choice.group.version
    taught, alone = version.taught_hours, version.self_study_hours
    parts = []
    if alone:
        parts.append(
            _("%(taught)s h in sessions, %(alone)s h on your own")
            % {"taught": taught, "alone": alone}
        )
    if 0 < choice.session_hours < taught:
        parts.append(_("the timetable has %(hours)s h so far") % {"hours": choice.session_hours})
    return ", ".join(parts)


def map_of(group: Group) -> str:
    """Where the place is on OpenStreetMap: a link, nothing of it is loaded here."""
    if group.mode == Mode.REMOTE:
        return ""
    return map_of_place(group.place, group.version.city)


def map_of_place(place: str, town: str) -> str:
    """The same for a place in a town; empty where neither is known."""
    place = place or town
    if not place:
        return ""
    if town and town not in place:
        place = f"{place}, {town}"
    return f"https://www.openstreetmap.org/search?{urlencode({'query': place})}"


def when(group: Group) -> str:
    """The days and times in words, as the provider wrote them."""
    words = group.times_en if language() == "en" else group.times_lv
    return words or _("The times are in the list of sessions")


def closed(choice: GroupChoice, today: date) -> str:
    """Why one cannot apply to a group; empty where one can, or where it is only full."""
    if not choice.is_open:
        if choice.group.apply_until < today:
            day = formats.day_near(choice.group.apply_until, language(), "locative", today=today)
            return _("Applications closed on %(day)s") % {"day": day}
        return _("Applications are closed")
    if choice.offer is None:
        return _("One cannot apply to this group now")
    return ""
