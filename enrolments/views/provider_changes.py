"""A group that does not take place as it was planned: cancelled or on other days (ENR-4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from catalogue.models import Group
from enrolments.forms import carry_out, posted
from enrolments.forms_groups import CancelForm, PostponeForm
from enrolments.services import groups as services
from enrolments.views.workspace import own_group, providers_of_visitor, work
from stars.common.dates import now


def _page(
    request: HttpRequest, this: Group, form: Any, *, status: int, **more: Any
) -> HttpResponse:
    return render(
        request,
        "enrolments/provider_ask.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": {
                "url": reverse("enrolments:provider_group", args=[this.pk]),
                "text": f"{this.version.title}, {this.code}",
            },
            "form": form,
            **more,
        },
        status=status,
    )


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """The group does not take place; what follows is said before."""
    this = own_group(request, group_id)
    form = CancelForm(posted(request))
    if request.method != "POST" and not this.can("cancel"):
        return redirect("enrolments:provider_group", group_id=this.pk)

    def act(data: dict[str, Any]) -> HttpResponse:
        told = services.cancel(
            group_id=this.pk, reason=data["reason"], actor=request.user, at=now()
        )
        messages.success(request, _cancelled(told))
        return redirect("enrolments:provider_group", group_id=this.pk)

    done, status = carry_out(request, form, act)
    if done:
        return done
    return _page(
        request,
        this,
        form,
        status=status,
        heading=_("Cancel the group?"),
        consequences=_what_cancelling_means(this),
        action_text=_("Cancel the group"),
        danger=True,
    )


def _cancelled(told: int) -> str:
    if not told:
        return _("The group is cancelled.")
    return ngettext(
        "The group is cancelled. We have told %(n)s person.",
        "The group is cancelled. We have told %(n)s people.",
        told,
    ) % {"n": told}


def _what_cancelling_means(this: Group) -> list[dict[str, str]]:
    people = len(services.living_in(this.pk))
    rows = [
        {"icon": "warning", "title": _("This cannot be taken back"), "text": ""},
    ]
    if people:
        told = ngettext("We tell %(n)s person at once", "We tell %(n)s people at once", people)
        rows += [
            {"icon": "people", "title": told % {"n": people}, "text": ""},
            {
                "icon": "card",
                "title": _("Their money comes back to them"),
                "text": _("You are paid nothing for this group."),
            },
        ]
    return rows


@require_http_methods(["GET", "POST"])
def postpone(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Another first day for the whole group and its timetable."""
    this = own_group(request, group_id)
    form = PostponeForm(posted(request))

    def act(data: dict[str, Any]) -> HttpResponse:
        services.postpone(
            group_id=this.pk,
            starts_on=data["starts_on"],
            reason=data["reason"],
            actor=request.user,
            at=now(),
        )
        messages.success(request, _("The group begins on another day. People are told."))
        return redirect("enrolments:provider_timetable", group_id=this.pk)

    done, status = carry_out(request, form, act)
    if done:
        return done
    return _page(
        request,
        this,
        form,
        status=status,
        heading=_("Postpone the group"),
        consequences=[
            {
                "icon": "calendar",
                "title": _("All sessions move with the first day"),
                "text": _(
                    "They keep their days of the week; a session on a public holiday comes at the"
                    " end."
                ),
            },
            {
                "icon": "people",
                "title": _("We tell everybody in the group at once"),
                "text": _("Whoever cannot come may withdraw; their money comes back to them."),
            },
        ],
        action_text=_("Postpone and tell people"),
    )
