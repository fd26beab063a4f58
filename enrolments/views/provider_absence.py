"""The provider's workspace: a group's attendance as a whole, its months, codes and reasons."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogue.models import Group
from enrolments import selectors, selectors_attendance
from enrolments.enums import AbsenceReason, ExcuseState, Presence
from enrolments.files import EXCUSE
from enrolments.forms import posted, refuse
from enrolments.forms_attendance import ExcuseDecisionForm
from enrolments.models import Excuse, Participation
from enrolments.services import excuses, months, own_marks
from enrolments.views.provider_attendance import own_session
from enrolments.views.workspace import look, own_group, providers_of_visitor, work
from stars.common import export, formats
from stars.common.dates import RIGA, now, riga_date
from stars.common.errors import DomainError
from stars.files import services as files
from stars.files.selectors import files_of

EXCUSE_TONES = {ExcuseState.SUBMITTED: "wait", ExcuseState.ACCEPTED: "done"}


def _people(this: Group) -> list[selectors_attendance.Absence]:
    """Everybody in the group with what they may still miss, by name."""
    rows = list(
        Participation.objects.filter(group=this)
        .select_related("account__person", "application__commitment__policy")
        .order_by("account__person__family_name", "account__person__given_name", "pk")
    )
    found = selectors_attendance.absences(rows)
    return [found[row.pk] for row in rows]


@require_GET
def group(request: HttpRequest, group_id: UUID) -> HttpResponseBase:
    """Who missed how much and may miss how much more; `?export=csv|xlsx` as a file."""
    this = own_group(request, group_id)
    people = _people(this)
    look(request, [p.participation.account.person_id for p in people], "attendance")
    kind = request.GET.get("export", "")
    if kind in (export.CSV, export.XLSX):
        return _file(this, people, kind)
    at, language = now(), formats.language()
    sessions = list(this.sessions.order_by("number"))
    unmarked = selectors.sessions_to_mark([this.pk], at=at).get(this.pk, [])
    return render(
        request,
        "enrolments/provider_group_attendance.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": {
                "url": reverse("enrolments:provider_group", args=[this.pk]),
                "text": this.version.title,
            },
            "group": this,
            "people": [_row(p) for p in people],
            "months": [
                {
                    "name": f"{formats.month(month.first_day.month, language)}"
                    f" {month.first_day.year}",
                    "first_day": month.first_day,
                    "sessions": month.sessions,
                    "unmarked": month.unmarked,
                    "can_close": month.can_close,
                    "closed_at": month.closed_at,
                }
                for month in selectors_attendance.months_of(sessions, unmarked, this, at=at)
            ],
            "unmarked": unmarked,
            "differences": [
                _difference(one, language, riga_date(at))
                for one in selectors_attendance.differences_in(this)
            ],
            "excuses": [_excuse(one) for one in selectors_attendance.excuses_in(this)],
        },
    )


def _row(absence: selectors_attendance.Absence) -> dict[str, Any]:
    limit = absence.allowance
    return {
        "name": absence.participation.account.person.full_name,
        "state": absence.participation.get_state_display(),
        "missed": limit.missed,
        "excused": limit.excused,
        "allowed": limit.allowed,
        "left": max(0, limit.left),
        "broken": limit.broken,
        "near": absence.near and bool(limit.missed),
    }


def _difference(one: selectors_attendance.Difference, language: str, today: date) -> dict[str, Any]:
    here = one.presence == Presence.PRESENT
    return {
        "name": one.participation.account.person.full_name,
        "url": reverse("enrolments:provider_attendance", args=[one.session.pk]),
        "day": formats.weekday_and_day(riga_date(one.session.starts_at), language, today=today),
        "text": _("You marked them as here; they did not write in the code.")
        if here
        else _("You marked them as away; they wrote in the code."),
    }


def _excuse(excuse: Excuse) -> dict[str, Any]:
    state = ExcuseState(excuse.state)
    return {
        "url": reverse("enrolments:provider_excuse", args=[excuse.pk]),
        "name": excuse.participation.account.person.full_name,
        "first": excuse.first_day,
        "last": excuse.last_day,
        "state": {"text": state.label, "tone": EXCUSE_TONES.get(state, "")},
    }


def _file(this: Group, people: list[selectors_attendance.Absence], kind: str) -> HttpResponseBase:
    heads = [
        _("Name"),
        _("State"),
        _("Hours of the programme"),
        _("Hours missed"),
        _("of them with an accepted reason"),
        _("Hours that may still be missed"),
    ]
    # At once: a file that is streamed is written when the language of the page is gone.
    rows = [
        (
            p.participation.account.person.full_name,
            p.participation.get_state_display(),
            p.allowance.hours,
            p.allowance.missed,
            p.allowance.excused,
            p.allowance.left,
        )
        for p in people
    ]
    return export.response(kind, heads, rows, name=f"apmeklejums-{this.pk}")


@require_POST
def close_month(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Close a month of a group; what is in it changes with a reason from now on."""
    this = own_group(request, group_id)
    try:
        month = date.fromisoformat(request.POST.get("month", ""))
        months.close_month(group_id=this.pk, month=month, actor=request.user, at=now())
        messages.success(request, _("The month is closed."))
    except ValueError:
        messages.error(request, _("Choose a month of the group."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("enrolments:provider_group_attendance", group_id=this.pk)


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The code of a session, large enough for the last row; a press makes the next one."""
    this, session = own_session(request, session_id)
    at = now()
    shown = own_marks.code_on(session, at)
    if request.method == "POST":
        try:
            shown = own_marks.show_code(session_id=session.pk, actor=request.user, at=at)
            return redirect("enrolments:provider_code", session_id=session.pk)
        except DomainError as error:
            messages.error(request, str(error.message))
    had, own = selectors_attendance.confirmed_in(session)
    language = formats.language()
    return render(
        request,
        "enrolments/provider_code.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": {
                "url": reverse("enrolments:provider_attendance", args=[session.pk]),
                "text": _("Attendance"),
            },
            "title": this.version.title,
            "session": session,
            "digits": own_marks.digits_of(shown) if shown else "",
            "until": formats.clock(shown.closes_at.astimezone(RIGA), language) if shown else "",
            "had": had,
            "confirmed": len(own),
        },
    )


@require_http_methods(["GET", "POST"])
def excuse(request: HttpRequest, excuse_id: UUID) -> HttpResponse:
    """One reason for being away and the answer to it; papers only for who may decide."""
    row = get_object_or_404(
        Excuse.objects.select_related(
            "participation__account__person", "participation__group__version__programme__provider"
        ),
        pk=excuse_id,
        participation__group__version__programme__provider__in=providers_of_visitor(request),
    )
    person = row.participation.account.person
    waits = row.state == ExcuseState.SUBMITTED
    form = ExcuseDecisionForm(posted(request)) if waits or request.method == "POST" else None
    status = 200
    if request.method == "POST" and form is not None:
        status = 400
        if form.is_valid():
            try:
                excuses.decide_excuse(
                    excuse_id=row.pk,
                    accept=form.cleaned_data["decision"] == "accept",
                    note=form.cleaned_data["note"],
                    actor=request.user,
                    at=now(),
                )
                messages.success(request, _("Your answer is saved. We have told the person."))
                return redirect(
                    "enrolments:provider_group_attendance", group_id=row.participation.group_id
                )
            except DomainError as error:
                status = refuse(form, error)
    else:
        look(request, [person.pk], "excuse")
    may_read = waits or row.decided_by_id == request.user.pk
    absence = selectors_attendance.absence_of(row.participation)
    return render(
        request,
        "enrolments/provider_excuse.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": {
                "url": reverse(
                    "enrolments:provider_group_attendance", args=[row.participation.group_id]
                ),
                "text": _("Attendance of the group"),
            },
            "name": person.full_name,
            "excuse": row,
            "state": _excuse(row)["state"],
            "reason": AbsenceReason(row.reason).label if may_read else "",
            "note": row.note if may_read else "",
            "papers": [
                {"name": paper.name, "url": files.link(file=paper, actor=request.user)}
                for paper in (files_of(EXCUSE, row.pk) if may_read else [])
            ],
            "limit": absence.allowance,
            "form": form,
        },
        status=status,
    )
