"""One programme: its page, the way to an application, timetables and calendars of its groups."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue import pages
from catalogue import selectors as catalogue
from catalogue.enums import GroupState, Mode, ProviderState, Recommender, VersionState
from catalogue.models import Group, Programme, ProgrammeVersion, Session
from catalogue.selectors import GroupChoice, ProgrammePage
from enrolments.enums import ApplicationState
from enrolments.selectors import living_of
from funding.services.quote import Quote, quotes
from stars.common import formats
from stars.common.dates import riga_date
from stars.common.formats import language
from stars.common.visitors import same_for_visitors
from stars.content.selectors import contacts_for
from stars.web import compare, find, suggest
from stars.web.calendar_file import calendar_of
from stars.web.cards import group_cards, programme_cards, save_button, sure
from stars.web.conditions import appeal_url, checklist
from stars.web.course_data import course
from stars.web.facts import facts
from stars.web.meta import absolute, meta
from stars.web.viewer import Viewer, viewer
from stars.web.wording import how_of, place_of, price_of, promises

NEAREST = 3


@login_not_required
@require_safe
@same_for_visitors
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme (GET /macibas/<slug>/?group=&p=, public).

    An address it had before redirects for good; 404 for what was never published.
    """
    page, who = _page(slug, request), viewer(request)
    if page.programme.slug != slug:
        return redirect("web:programme", page.programme.slug, permanent=True)
    today = riga_date(who.at)
    chosen = _chosen(page, request.GET.get("group", ""))
    price = _price(page, chosen, who)
    mine = _mine(page, who)
    path = reverse("web:programme", args=[slug])
    context = {
        "back": _back(request),
        "programme": _words(page),
        "save": save_button(page.programme, page.version.title, who),
        "temporary": _tried_out(page.temporary, today),
        "gone": "" if page.is_listed else _gone(page),
        "groups": group_cards(page.groups, slug, today),
        "selected": str(chosen.group.pk) if chosen else "",
        "quote": price_of(price, today) if price else None,
        "signed_in": sure(price, who),
        "mine": mine,
        "promises": promises(price, chosen.group if chosen else None),
        "conditions": checklist(page.version, price, who, applied=mine is not None)
        if page.is_listed
        else [],
        "may_know": who.account is None,
        "appeal_url": appeal_url(price),
        "apply_url": path + "pieteikties/" if chosen else "",
        "apply_reason": "" if chosen else _why_not(page),
        "share": {"url": absolute(path), "title": page.version.title},
        "actions": [
            {
                "url": compare.with_one(compare.read(request.GET), slug),
                "text": _("Compare"),
                "icon": "compare",
                "compare": slug,
            }
        ],
        "nearest": [] if page.is_listed else _nearest(page, who),
        "similar": suggest.similar(page.programme.pk, who) if page.is_listed else [],
        "course": course(page),
        "asking": contacts_for(("karjera", "macibas")),
        "meta": meta(path, title=page.version.title, text=page.version.summary),
        "nav": "catalogue",
    }
    return render(request, "web/programme.html", context)


def preview_context(request: HttpRequest, version: ProgrammeVersion) -> dict[str, Any]:
    """What `programme` would show of a version that is not published yet, to a visitor (PRO-3).

    Nothing can be pressed: the version has no address, and nobody can apply to it.
    """
    who = viewer(request)
    page = catalogue.preview_page(version, at=who.at)
    today = riga_date(who.at)
    price = _price(page, None, who)
    return {
        "programme": {**_words(page), "rating": None, "rating_count": 0},
        "groups": group_cards(page.groups, page.programme.slug, today),
        "quote": price_of(price, today) if price else None,
        "promises": promises(price, None),
        "conditions": checklist(version, price, who, applied=False),
        "apply_url": "",
        "apply_reason": _("People apply here once it is published."),
        "asking": contacts_for(("karjera", "macibas")),
    }


@login_not_required
@require_safe
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """From the chosen group to its application (GET …/pieteikties/?group=, public).

    A group to which one cannot apply leads back to the programme, which says why.
    """
    page = _page(slug, request)
    wanted = request.GET.get("group", "")
    for choice in page.groups:
        if str(choice.group.pk) == wanted and _can_apply(choice):
            return redirect("enrolments:apply", choice.group.pk)
    return redirect("web:programme", page.programme.slug)


@login_not_required
@require_safe
@same_for_visitors
def sessions(request: HttpRequest, slug: str, group_id: UUID) -> HttpResponse:
    """The timetable of a group, one that is over too (GET …/nodarbibas/<group>/, public)."""
    page, group = _group(slug, group_id, request)
    if page.programme.slug != slug:
        return redirect("web:sessions", page.programme.slug, group_id, permanent=True)
    card = group_cards([GroupChoice(group, [])], slug, riga_date(viewer(request).at))[0]
    version = group.version
    timetable = list(catalogue.timetable(group_id))
    taught, planned = version.taught_hours, sum(each.hours for each in timetable)
    context = {
        "programme": {"title": version.title, "slug": slug},
        "group": card,
        "over": _over(group),
        "sessions": [{"session": each, "place": _place(each, group)} for each in timetable],
        "hours": {
            "taught": taught,
            "alone": version.self_study_hours,
            "so_far": planned if planned < taught else None,
        },
        "calendar_url": reverse("web:calendar", args=[slug, group_id]),
        "meta": meta(
            request.path,
            title=f"{_('List of sessions')} – {version.title}",
            text=version.summary,
        ),
        "nav": "catalogue",
    }
    return render(request, "web/sessions.html", context)


@login_not_required
@require_safe
def calendar(request: HttpRequest, slug: str, group_id: UUID) -> HttpResponse:
    """The timetable of a group for one's calendar (GET …/kalendars.ics, public)."""
    page, group = _group(slug, group_id, request)
    if page.programme.slug != slug:
        return redirect("web:calendar", page.programme.slug, group_id, permanent=True)
    url = absolute(reverse("web:programme", args=[slug]))
    body = calendar_of(group, catalogue.timetable(group_id), url=url)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug[:60]}.ics"'
    return response


def _page(slug: str, request: HttpRequest) -> ProgrammePage:
    """The programme that has this address, or had it once."""
    at = viewer(request).at
    try:
        return catalogue.programme_page(slug, at=at)
    except Programme.DoesNotExist as error:
        moved = pages.moved_programme(slug)
        if moved is None:
            raise Http404 from error
    try:
        return catalogue.programme_page(moved, at=at)
    except Programme.DoesNotExist as error:
        raise Http404 from error


def _group(slug: str, group_id: UUID, request: HttpRequest) -> tuple[ProgrammePage, Group]:
    page = _page(slug, request)
    group = pages.group_of(page.programme.pk, group_id)
    if group is None:
        raise Http404
    return page, group


def _words(page: ProgrammePage) -> dict[str, Any]:
    """What the programme says about itself."""
    version, provider = page.version, page.provider
    return {
        "title": version.title,
        "provider": provider.name,
        "provider_url": reverse("web:provider", args=[provider.slug]),
        "provider_text": provider.about,
        "hours": version.hours,
        "how": how_of(version),
        "summary": version.summary,
        "about": version.about,
        "topics": version.topic_list,
        "outcomes": version.outcome_list,
        "facts": facts(page),
        "rating": page.programme.rating_average,
        "rating_count": page.programme.rating_count,
    }


def _can_apply(choice: GroupChoice) -> bool:
    return choice.is_open and choice.group.places_left > 0 and choice.offer is not None


def _chosen(page: ProgrammePage, wanted: str) -> GroupChoice | None:
    """The group named in the address, else the first to which one can apply."""
    possible = [choice for choice in page.groups if _can_apply(choice)]
    named = [choice for choice in possible if str(choice.group.pk) == wanted]
    return next(iter(named or possible), None)


def _price(page: ProgrammePage, chosen: GroupChoice | None, who: Viewer) -> Quote | None:
    """What the person pays under the offer that costs them least, as the application takes it."""
    offers = chosen.offers if chosen else page.offers
    prices = quotes(offers, who.account, who.at).values()
    return min(prices, key=lambda price: price.own_part, default=None)


def _mine(page: ProgrammePage, who: Viewer) -> dict[str, str] | None:
    """That the person has applied here already, with the way there; nothing is bought twice."""
    if who.account is None:
        return None
    living = living_of(who.account).exclude(state=ApplicationState.DRAFT)
    mine = living.filter(offer__version__programme=page.programme.pk).first()
    if mine is None:
        return None
    return {
        "title": _("You have applied for this training"),
        "url": reverse("enrolments:application", args=[mine.pk]),
    }


def _nearest(page: ProgrammePage, who: Viewer) -> list[dict[str, Any]]:
    """What one can learn instead of a programme that is not offered."""
    return programme_cards(pages.nearest(page.programme, NEAREST, at=who.at), who)


def _tried_out(status: dict[str, str] | None, today: date) -> str:
    """Why an experimental programme is here and until when it is tried out (CAT-12)."""
    if status is None:
        return ""
    who = {
        Recommender.EMPLOYER: _("An employer recommends it."),
        Recommender.EXPERT: _("An expert of the industry recommends it."),
    }[Recommender(status["recommender"])]
    review_on = date.fromisoformat(status["review_on"])
    if review_on <= today:
        return f"{who} {_('We are looking at its ratings now and will decide whether it stays.')}"
    day = {"day": formats.until(review_on, language(), today=today)}
    words = _("It is tried out %(day)s. Then we look at its ratings and decide whether it stays.")
    return f"{who} {words % day}"


def _gone(page: ProgrammePage) -> str:
    """Whether it is over for good or only for now."""
    if page.version.state == VersionState.SUSPENDED:
        return _("This programme is suspended for now. Whoever is learning it goes on.")
    ended = page.provider.state == ProviderState.ENDED
    if ended or page.version.state == VersionState.ARCHIVED:
        return _("This programme is not offered any more.")
    return _("This programme is not offered for now.")


def _why_not(page: ProgrammePage) -> str:
    """Why nobody can apply now."""
    if not page.is_listed:
        return _gone(page)
    if any(choice.is_open for choice in page.groups):
        return _("All groups are full.")
    if page.groups:
        return _("Applications are closed.")
    return _("No group is planned yet.")


def _place(session: Session, group: Group) -> str:
    """Where a session is; in a group that is partly online, what names no place is online."""
    if session.place:
        return session.place
    return _("Online") if group.mode != Mode.ON_SITE else place_of(group)


def _over(group: Group) -> str:
    """What has become of a group that one cannot join."""
    if group.state == GroupState.CANCELLED:
        return _("This group was called off.")
    if group.state == GroupState.FINISHED:
        return _("This group is over.")
    return ""


def _back(request: HttpRequest) -> dict[str, Any]:
    """Back to what was found, where the person came from a search."""
    address = find.came_from(request)
    if address:
        return {"url": address, "text": _("Back to what was found")}
    return {"url": find.Wish().url(), "text": _("All learning")}
