"""A provider's organisation: what everybody reads, agreements, places, teachers (PRO-1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import is_provider_admin_of
from catalogue.models import Agreement, Provider, Room, Teacher, Venue
from catalogue.services import providers, venues
from enrolments import forms_organisation as f
from enrolments import selectors_organisation as selectors
from enrolments.forms import posted, refuse
from enrolments.views.lists import words_asked
from enrolments.views.workspace import providers_of_visitor, work
from stars.common import export
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError

MENU = "organisation"


def own_provider(request: HttpRequest, provider_id: UUID, *, admin: bool = False) -> Provider:
    """One's own provider; with `admin` one that the visitor administers. Others do not exist."""
    mine = [one.pk for one in providers_of_visitor(request)]
    provider = get_object_or_404(
        Provider.objects.select_related("organisation").filter(pk__in=mine), pk=provider_id
    )
    if admin and not administers(request, provider):
        return get_object_or_404(Provider.objects.none(), pk=provider_id)
    return provider


def administers(request: HttpRequest, provider: Provider) -> bool:
    """Whether the visitor administers the provider."""
    return bool(is_provider_admin_of(request.user, provider.organisation))


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the workspace in this part of the menu."""
    menu = work(request, providers_of_visitor(request), MENU)
    return render(request, template, {"work": menu, **context}, status=status)


def back_to(provider: Provider, name: str = "enrolments:provider_organisation") -> dict[str, str]:
    """The link back to the organisation, or to one of its lists."""
    texts = {
        "enrolments:provider_organisation": _("Organisation"),
        "enrolments:provider_venues": _("Places"),
        "enrolments:provider_teachers": _("Teachers"),
        "enrolments:provider_staff": _("Staff"),
    }
    return {"url": reverse(name, args=[provider.pk]), "text": texts[name]}


@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """One's organisation; whoever works for several chooses."""
    mine = providers_of_visitor(request)
    if len(mine) == 1:
        return redirect("enrolments:provider_organisation", provider_id=mine[0].pk)
    return page(request, "enrolments/organisations.html", {"providers": mine})


@require_GET
def organisation(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """Everything about the organisation at a glance, with the agreements and their terms."""
    provider = own_provider(request, provider_id)
    today = riga_date(now())
    context = {
        "provider": provider,
        "admin": administers(request, provider),
        "counts": {
            "venues": provider.venues.filter(active=True).count(),
            "teachers": provider.teachers.filter(active=True).count(),
            "staff": selectors.staff_of(provider, today).count(),
        },
        "agreements": [_agreement(row, today) for row in selectors.agreements_of(provider)],
        "suspension": provider.suspensions.filter(lifted_at__isnull=True).first(),
    }
    return page(request, "enrolments/organisation.html", context)


def _agreement(row: Agreement, today: Any) -> dict[str, Any]:
    if selectors.holds(row, today):
        state = {"text": pgettext("agreement", "Holds"), "tone": "done"}
    elif row.valid_from > today:
        state = {"text": pgettext("agreement", "Begins later"), "tone": "info"}
    else:
        state = {"text": pgettext("agreement", "Over"), "tone": ""}
    return {"row": row, "state": state}


@require_http_methods(["GET", "POST"])
def about(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """What everybody reads; its administrators write it."""
    provider = own_provider(request, provider_id, admin=True)
    form = f.AboutForm(posted(request), initial=f.initial(provider, f.AboutForm.base_fields))

    def save() -> None:
        providers.describe_own(
            provider_id=provider.pk, actor=request.user, at=now(), **form.cleaned_data
        )

    return edit(
        request,
        form,
        save,
        heading=_("What everybody reads about you"),
        back=back_to(provider),
        said=_("The page is changed."),
    )


def edit(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[[], None],
    *,
    heading: str,
    back: dict[str, str],
    said: str,
    **more: Any,
) -> HttpResponse:
    """A form on a page of its own: saved, it leads back to where `back` says."""
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                save()
            except DomainError as error:
                status = refuse(form, error)
            else:
                messages.success(request, said)
                return redirect(back["url"])
    context = {"form": form, "heading": heading, "back": back, **more}
    return page(request, "enrolments/organisation_form.html", context, status=status)


def listing(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[[], None],
    *,
    provider: Provider,
    rows: Sequence[dict[str, Any]],
    heads: Sequence[str],
    name: str,
    **words: Any,
) -> HttpResponseBase:
    """A list with a form that adds to it, a search and the list as a file (`?format=csv|xlsx`)."""
    kind = request.GET.get("format", "")
    if request.method == "GET" and kind in (export.CSV, export.XLSX):
        return export.response(kind, heads, (row["cells"] for row in rows), name=name)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                save()
            except DomainError as error:
                status = refuse(form, error)
            else:
                messages.success(request, words["said"])
                return redirect(request.path)
    context = {
        "provider": provider,
        "form": form,
        "rows": rows,
        "q": searched(request),
        "back": back_to(provider),
        **words,
    }
    return page(request, "enrolments/organisation_list.html", context, status=status)


def searched(request: HttpRequest) -> str:
    """The words in the search box."""
    return words_asked(request)


def _use(active: bool) -> dict[str, str]:
    if active:
        return {"text": pgettext("place", "In use"), "tone": "done"}
    return {"text": pgettext("place", "Put away"), "tone": ""}


def _steps(step_free: bool | None) -> str:
    if step_free is None:
        return ""
    return _("without steps") if step_free else _("with steps")


@require_http_methods(["GET", "POST"])
def venue_list(request: HttpRequest, provider_id: UUID) -> HttpResponseBase:
    """Places in which the provider teaches."""
    provider = own_provider(request, provider_id)
    form = f.VenueForm(posted(request))

    def save() -> None:
        venues.save_venue(
            provider_id=provider.pk, actor=request.user, at=now(), **form.cleaned_data
        )

    rows = [
        {
            "url": reverse("enrolments:provider_venue", args=[row.pk]),
            "title": row.name,
            "text": ", ".join(
                part for part in (row.street, row.city, _steps(row.step_free)) if part
            ),
            "more": ", ".join(room.name for room in row.rooms.all() if room.active),
            "state": _use(row.active),
            "cells": [
                *(row.name, row.street, row.city, _steps(row.step_free)),
                ", ".join(room.name for room in row.rooms.all()),
                _use(row.active)["text"],
            ],
        }
        for row in selectors.venues_of(provider, searched(request))
    ]
    return listing(
        request,
        form,
        save,
        provider=provider,
        rows=rows,
        heads=[_("Place"), _("Street"), _("Town"), _("Steps"), _("Rooms"), _("State")],
        name="vietas",
        heading=_("Places"),
        add=_("Add a place"),
        empty=_("No places yet"),
        empty_text=_("Add the first one: groups choose their rooms from here."),
        said=_("The place is added."),
    )


def _own_venue(request: HttpRequest, venue_id: UUID) -> Venue:
    return get_object_or_404(
        Venue.objects.select_related("provider").filter(provider__in=providers_of_visitor(request)),
        pk=venue_id,
    )


@require_http_methods(["GET", "POST"])
def venue(request: HttpRequest, venue_id: UUID) -> HttpResponse:
    """One place, with its rooms."""
    row = _own_venue(request, venue_id)
    names = f.VenueEdit.base_fields
    form = f.VenueEdit(
        posted(request),
        initial={**f.initial(row, names), "step_free": f.step_free_initial(row.step_free)},
    )

    def save() -> None:
        venues.save_venue(
            provider_id=row.provider_id,
            venue_id=row.pk,
            actor=request.user,
            at=now(),
            **form.cleaned_data,
        )

    return edit(
        request,
        form,
        save,
        heading=row.name,
        back=back_to(row.provider, "enrolments:provider_venues"),
        said=_("The place is changed."),
        rooms=[
            {
                "url": reverse("enrolments:provider_room", args=[room.pk]),
                "title": room.name,
                "seats": room.seats,
                "state": _use(room.active),
            }
            for room in row.rooms.order_by("name", "pk")
        ],
        room_form=f.RoomForm(prefix="room"),
        room_url=reverse("enrolments:provider_rooms", args=[row.pk]),
    )


@require_http_methods(["GET", "POST"])
def room_add(request: HttpRequest, venue_id: UUID) -> HttpResponse:
    """A new room of a place."""
    row = _own_venue(request, venue_id)
    prefix = "room" if "room-name" in request.POST else None
    form = f.RoomForm(posted(request), prefix=prefix)

    def save() -> None:
        venues.save_room(venue_id=row.pk, actor=request.user, at=now(), **form.cleaned_data)

    return edit(
        request,
        form,
        save,
        heading=_("A new room"),
        back={"url": reverse("enrolments:provider_venue", args=[row.pk]), "text": row.name},
        said=_("The room is added."),
    )


@require_http_methods(["GET", "POST"])
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """One room."""
    row = get_object_or_404(
        Room.objects.select_related("venue").filter(
            venue__provider__in=providers_of_visitor(request)
        ),
        pk=room_id,
    )
    form = f.RoomEdit(posted(request), initial=f.initial(row, f.RoomEdit.base_fields))

    def save() -> None:
        venues.save_room(
            venue_id=row.venue_id,
            room_id=row.pk,
            actor=request.user,
            at=now(),
            **form.cleaned_data,
        )

    return edit(
        request,
        form,
        save,
        heading=row.name,
        back={
            "url": reverse("enrolments:provider_venue", args=[row.venue_id]),
            "text": row.venue.name,
        },
        said=_("The room is changed."),
    )


@require_http_methods(["GET", "POST"])
def teacher_list(request: HttpRequest, provider_id: UUID) -> HttpResponseBase:
    """Who teaches for the provider."""
    provider = own_provider(request, provider_id)
    form = f.TeacherForm(posted(request))

    def save() -> None:
        venues.save_teacher(
            provider_id=provider.pk, actor=request.user, at=now(), **form.cleaned_data
        )

    rows = [
        {
            "url": reverse("enrolments:provider_teacher", args=[row.pk]),
            "title": row.name,
            "text": row.about,
            "more": "",
            "state": _use(row.active),
            "cells": [row.name, row.about_lv, row.about_en, _use(row.active)["text"]],
        }
        for row in selectors.teachers_of(provider, searched(request))
    ]
    return listing(
        request,
        form,
        save,
        provider=provider,
        rows=rows,
        heads=[_("Teacher"), _("In Latvian"), _("In English"), _("State")],
        name="pasniedzeji",
        heading=_("Teachers"),
        add=_("Add a teacher"),
        empty=_("No teachers yet"),
        empty_text=_("Add the first one: groups choose their teachers from here."),
        said=_("The teacher is added."),
    )


@require_http_methods(["GET", "POST"])
def teacher(request: HttpRequest, teacher_id: UUID) -> HttpResponse:
    """One teacher."""
    row = get_object_or_404(
        Teacher.objects.select_related("provider").filter(
            provider__in=providers_of_visitor(request)
        ),
        pk=teacher_id,
    )
    form = f.TeacherEdit(posted(request), initial=f.initial(row, f.TeacherEdit.base_fields))

    def save() -> None:
        venues.save_teacher(
            provider_id=row.provider_id,
            teacher_id=row.pk,
            user_id=row.user_id,
            actor=request.user,
            at=now(),
            **form.cleaned_data,
        )

    return edit(
        request,
        form,
        save,
        heading=row.name,
        back=back_to(row.provider, "enrolments:provider_teachers"),
        said=_("The teacher is changed."),
    )
