"""The provider's workspace while people learn: attendance and results."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.models import Group, Session
from enrolments import selectors
from enrolments.enums import ParticipationState, Presence
from enrolments.exceptions import MarkedMeanwhile
from enrolments.forms import ResultForm
from enrolments.rules import REQUIRED_SHARE
from enrolments.services import learning, outcomes
from enrolments.services.outcomes import required_share
from enrolments.views.workspace import look, own_group, providers_of_visitor, work
from stars.common import formats
from stars.common.dates import RIGA, now, riga_date
from stars.common.errors import DomainError
from stars.common.permissions import require


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Who is here: one session of a group on one screen."""
    mine = Session.objects.filter(
        group__version__programme__provider__in=providers_of_visitor(request)
    )
    session = get_object_or_404(mine, pk=session_id)
    this = own_group(request, session.group_id)
    require(request.user, "enrolments.mark_attendance", this)
    at = now()
    saved = ""
    if request.method == "POST":
        problems = _save_marks(request, this, session)
        for problem in problems:
            messages.error(request, problem)
        if problems and getattr(request, "htmx", False):
            # What somebody else marked must be seen at once, with the reason above it.
            return HttpResponse(headers={"HX-Refresh": "true"})
        if not getattr(request, "htmx", False):
            if request.POST.get("finish") and not problems:
                return redirect("enrolments:provider_group", group_id=this.pk)
            return HttpResponseRedirect(request.path)
        clock = formats.clock(at.astimezone(RIGA), get_language() or "lv")
        saved = _("Saved %(time)s") % {"time": clock}
    else:
        look(request, _person_ids(this), "attendance")
    sheet = selectors.session_sheet(this, session)
    return render(
        request, "enrolments/provider_attendance.html", _sheet(request, this, sheet, saved)
    )


def _person_ids(this: Group) -> list[UUID]:
    return list(this.participations.values_list("account__person_id", flat=True))


def _save_marks(request: HttpRequest, this: Group, session: Session) -> list[str]:
    """Save every mark that differs from what the page showed; returns sentences of what failed."""
    at = now()
    problems: list[str] = []
    try:
        if request.POST.get("rest") == Presence.PRESENT:
            learning.mark_rest(
                session_id=session.pk, presence=Presence.PRESENT, actor=request.user, at=at
            )
            return problems
        for row in selectors.session_sheet(this, session).rows:
            wanted = request.POST.get(f"mark-{row.participation.pk}", "")
            shown = _whole(request.POST.get(f"version-{row.participation.pk}"))
            was = request.POST.get(f"was-{row.participation.pk}", "")
            if not wanted or wanted == was:
                continue
            try:
                learning.mark_attendance(
                    participation_id=row.participation.pk,
                    session_id=session.pk,
                    presence=wanted,
                    expected_version=shown,
                    actor=request.user,
                    at=at,
                )
            except MarkedMeanwhile as error:
                name = row.participation.account.person.full_name
                problems.append(f"{name}: {error.message}")
    except DomainError as error:
        problems.append(str(error.message))
    return problems


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _sheet(
    request: HttpRequest, this: Group, sheet: selectors.SessionSheet, saved: str
) -> dict[str, Any]:
    present = sum(row.presence == Presence.PRESENT for row in sheet.rows)
    sessions_of = this.sessions.count()
    start = sheet.session.starts_at
    at = now()
    language = get_language() or "lv"
    opens = ""
    heading = _("Who was there?")
    if start > at:
        heading = _("Attendance")
        opens = _("You can mark who is there when the session begins: %(day)s at %(time)s.") % {
            "day": formats.weekday_and_day(riga_date(start), language, today=riga_date(at)),
            "time": formats.clock(start.astimezone(RIGA), language),
        }
    elif riga_date(start) == riga_date(at):
        heading = _("Who is here today?")

    def address(session: Session | None) -> str:
        return reverse("enrolments:provider_attendance", args=[session.pk]) if session else ""

    return {
        "work": work(request, providers_of_visitor(request), "groups"),
        "heading": heading,
        "opens": opens,
        "group": {
            "title": this.version.title,
            "provider": this.version.programme.provider.name,
            "url": reverse("enrolments:provider_group", args=[this.pk]),
            "code": this.code,
        },
        "session": {
            "start": sheet.session.starts_at,
            "end": sheet.session.ends_at,
            "number": sheet.session.number,
            "all": sessions_of,
            "previous_url": address(sheet.previous),
            "next_url": address(sheet.following),
        },
        "people": [
            {
                "id": str(row.participation.pk),
                "name": row.participation.account.person.full_name,
                "value": row.presence,
                "version": row.version,
                "was": row.so_far.present,
                "of": row.so_far.marked,
                "below": row.so_far.share_so_far < REQUIRED_SHARE,
            }
            for row in sheet.rows
        ],
        "marked": sheet.marked,
        "all": len(sheet.rows),
        "present": present,
        "absent": sheet.marked - present,
        "rest": len(sheet.rows) - sheet.marked,
        "saved": saved,
        "finish": not opens,
    }


@require_http_methods(["GET", "POST"])
def completion(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Results of a group: one person or all at once."""
    this = own_group(request, group_id)
    require(request.user, "enrolments.run_group", this)
    people = [
        p
        for p in selectors.people_in(this)
        if p.participation.state
        in (
            ParticipationState.LEARNING,
            ParticipationState.COMPLETED,
            ParticipationState.INTERRUPTED,
        )
    ]
    errors: dict[UUID, str] = {}
    forms: dict[UUID, ResultForm] = {}
    lines: list[dict[str, str]] = []
    if request.method == "POST":
        entered = 0
        for person in people:
            if person.participation.state == ParticipationState.LEARNING:
                entered += _save_result(request, person.participation, this, forms, errors)
        lines = [{"href": f"#person-{pk}", "text": text} for pk, text in errors.items()]
        if not entered and not errors:
            nothing = _("Nothing was entered. Choose a result for at least one person.")
            lines = [{"href": "#completion", "text": nothing}]
        if not lines:
            messages.success(request, _("The results are saved."))
            return redirect("enrolments:provider_completion", group_id=this.pk)
        people = [p for p in selectors.people_in(this) if p.participation.pk in _ids(people)]
    else:
        look(request, [p.participation.account.person_id for p in people], "results")
    goes_on = this.sessions.filter(ends_at__gt=now()).exists()
    rows = [_result_row(p, this, forms, errors, goes_on) for p in people]
    return render(
        request,
        "enrolments/provider_completion.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": {
                "url": reverse("enrolments:provider_group", args=[this.pk]),
                "text": this.version.title,
            },
            "group": {
                "title": this.version.title,
                "code": this.code,
                "start": this.starts_on,
                "end": this.ends_on,
            },
            "needed": 80,
            "people": rows,
            "done": sum(bool(row["locked"]) for row in rows),
            "all": len(rows),
            "extra_errors": lines,
        },
        status=400 if lines else 200,
    )


def _ids(people: list[selectors.PersonInGroup]) -> set[UUID]:
    return {p.participation.pk for p in people}


def _result_form(participation: Any, this: Group, data: Any = None) -> ResultForm:
    today = riga_date(now())
    return ResultForm(
        data,
        prefix=str(participation.pk),
        initial={"on": min(today, this.ends_on)},
    )


def _save_result(
    request: HttpRequest,
    participation: Any,
    this: Group,
    forms: dict[UUID, ResultForm],
    errors: dict[UUID, str],
) -> bool:
    """Save one person's result; what is wrong is said beside the name. False: nothing chosen."""
    outcome = request.POST.get(f"outcome-{participation.pk}", "")
    form = _result_form(participation, this, request.POST)
    forms[participation.pk] = form
    name = participation.account.person.full_name
    if outcome not in ("completed", "interrupted"):
        if form.is_valid() and not form.cleaned_data["detail"]:
            return False
        errors[participation.pk] = _("%(name)s: choose whether the person completed it.") % {
            "name": name
        }
        return True
    if not form.is_valid():
        errors[participation.pk] = f"{name}: " + " ".join(
            str(text) for found in form.errors.values() for text in found
        )
        return True
    detail = form.cleaned_data["detail"]
    day = form.cleaned_data["on"] or min(riga_date(now()), this.ends_on)
    try:
        if outcome == "completed":
            outcomes.complete(
                participation_id=participation.pk,
                document_number=detail,
                on=day,
                actor=request.user,
                at=now(),
            )
        else:
            outcomes.interrupt(
                participation_id=participation.pk, on=day, note=detail, actor=request.user, at=now()
            )
    except DomainError as error:
        errors[participation.pk] = f"{name}: {error.message}"
    return True


def _result_row(
    person: selectors.PersonInGroup,
    this: Group,
    forms: dict[UUID, ResultForm],
    errors: dict[UUID, str],
    goes_on: bool,
) -> dict[str, Any]:
    participation = person.participation
    locked = ""
    if participation.state == ParticipationState.COMPLETED:
        locked = _("Completed, document %(number)s") % {"number": participation.document_number}
    elif participation.state == ParticipationState.INTERRUPTED:
        locked = _("Not completed")
    form = forms.get(participation.pk) or _result_form(participation, this)
    required = required_share(participation.application)
    # While sessions lie ahead, what has not been held yet is nobody's absence.
    hours = person.hours.so_far if goes_on else person.hours
    return {
        "id": str(participation.pk),
        "name": participation.account.person.full_name,
        "was": hours.present,
        "of": hours.hours,
        "percent": int(hours.share * 100),
        "enough": hours.enough(required) or (goes_on and not hours.hours),
        "value": form.data.get(f"outcome-{participation.pk}", "") if form.is_bound else "",
        "field": None if locked else form["detail"],
        "day_field": None if locked else form["on"],
        "locked": locked,
        "completed": participation.state == ParticipationState.COMPLETED,
        "error": errors.get(participation.pk, ""),
    }
