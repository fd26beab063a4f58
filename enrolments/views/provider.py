"""The provider's workspace: groups, applications to answer, attendance, results."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogue.enums import GroupState, Mode
from catalogue.models import Group, Provider, Session
from enrolments import selectors
from enrolments.enums import ApplicationState, ParticipationState, Presence
from enrolments.exceptions import MarkedMeanwhile
from enrolments.forms import APPROVE, DecisionForm, ResultForm
from enrolments.models import Application
from enrolments.services import decisions, learning, outcomes
from enrolments.services.outcomes import required_share
from stars.audit import services as audit
from stars.common import formats
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError
from stars.common.permissions import require

TONES = {
    GroupState.OPEN: "info",
    GroupState.RUNNING: "info",
    GroupState.FINISHED: "done",
    GroupState.CANCELLED: "error",
    GroupState.SUSPENDED: "error",
}
APPLICATION_TONES = {
    ApplicationState.SUBMITTED: "wait",
    ApplicationState.APPROVED: "done",
    ApplicationState.REJECTED: "error",
}


def _providers(request: HttpRequest) -> list[Provider]:
    """The providers of whoever is signed in; nobody else has a workspace."""
    providers = selectors.providers_of(request.user)
    if not providers:
        raise PermissionDenied
    return providers


def _work(request: HttpRequest, providers: list[Provider], current: str) -> dict[str, Any]:
    """The side menu."""
    waiting = selectors.applications_to_decide(request.user).count()
    return {
        "organisation": ", ".join(provider.name for provider in providers),
        "person": getattr(request.user, "email", "") or "",
        "links": [
            {
                "url": reverse("enrolments:provider_groups"),
                "text": _("Groups"),
                "icon": "people",
                "current": current == "groups",
            },
            {
                "url": reverse("enrolments:provider_applications"),
                "text": _("Applications"),
                "icon": "bell",
                "current": current == "applications",
                "count": waiting,
            },
        ],
    }


def _group(request: HttpRequest, group_id: UUID) -> Group:
    """A group of the signed-in person's provider; anybody else's does not exist for them."""
    return get_object_or_404(
        Group.objects.select_related("version__programme__provider"),
        pk=group_id,
        version__programme__provider__in=_providers(request),
    )


def _look(request: HttpRequest, person_ids: list[UUID], what: str) -> None:
    audit.look(actor=request.user, person_ids=person_ids, what=what, purpose="run_group", at=now())


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The workspace begins with the groups."""
    _providers(request)
    return redirect("enrolments:provider_groups")


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """All groups, with what has to be done today above them."""
    providers = _providers(request)
    at = now()
    rows = selectors.groups_of(providers, at=at)
    words = request.GET.get("q", "").strip()[:100]
    view = request.GET.get("view", "")
    views = [
        ("", _("All"), rows),
        ("open", _("Applying"), [r for r in rows if r.group.state == GroupState.OPEN]),
        ("running", _("Under way"), [r for r in rows if r.group.state == GroupState.RUNNING]),
        ("over", _("Finished"), [r for r in rows if r.group.state == GroupState.FINISHED]),
    ]
    chosen = next((found for key, _text, found in views if key == view), rows)
    shown = [r for r in chosen if not words or words.lower() in _searched(r.group)]
    return render(
        request,
        "enrolments/provider_groups.html",
        {
            "work": _work(request, providers, "groups"),
            "todo": _todo(rows),
            "views": [
                {
                    "url": f"?view={key}" if key else "?",
                    "text": text,
                    "count": len(found),
                    "current": key == view,
                }
                for key, text, found in views
            ],
            "q": words,
            "rows": [_row(r, at) for r in shown],
        },
    )


def _searched(group: Group) -> str:
    return f"{group.code} {group.version.title_lv} {group.version.title_en}".lower()


def _todo(rows: list[selectors.GroupRow]) -> list[dict[str, Any]]:
    """At most three things, the most urgent first."""
    todo: list[dict[str, Any]] = []
    for row in rows:
        if row.unmarked:
            session = row.unmarked[0]
            todo.append(
                {
                    "url": reverse("enrolments:provider_attendance", args=[session.pk]),
                    "title": _("Mark who was there"),
                    "text": f"{row.group.version.title}, {row.group.code}",
                    "urgent": True,
                }
            )
    waiting = sum(row.to_decide for row in rows)
    if waiting:
        todo.append(
            {
                "url": reverse("enrolments:provider_applications"),
                "title": ngettext("Answer %(n)s application", "Answer %(n)s applications", waiting)
                % {"n": waiting},
                "text": _("People wait for your answer."),
                "urgent": False,
            }
        )
    return todo[:3]


def _row(row: selectors.GroupRow, at: Any) -> dict[str, Any]:
    group = row.group
    language = get_language() or "lv"
    today = riga_date(at)
    action_url, action = "", ""
    if row.to_decide:
        action_url = reverse("enrolments:provider_group", args=[group.pk])
        action = _("Answer %(n)s") % {"n": row.to_decide}
    elif row.unmarked:
        action_url = reverse("enrolments:provider_attendance", args=[row.unmarked[0].pk])
        action = _("Mark attendance")
    elif row.learning and group.ends_on <= today:
        action_url = reverse("enrolments:provider_completion", args=[group.pk])
        action = _("Enter results")
    note = ""
    if group.state == GroupState.OPEN:
        until = formats.until(group.apply_until, language, today=today)
        note = _("applications %(until)s") % {"until": until}
    return {
        "id": group.pk,
        "title": group.version.title,
        "code": group.code,
        "text": ", ".join(x for x in (Mode(group.mode).label, group.place, group.teacher) if x),
        "start": group.starts_on,
        "end": group.ends_on,
        "note": note,
        "taken": group.taken,
        "capacity": group.capacity,
        "attendance": None,
        "below": 0,
        "state": {
            "text": GroupState(group.state).label,
            "tone": TONES.get(GroupState(group.state), ""),
        },
        "url": reverse("enrolments:provider_group", args=[group.pk]),
        "action_url": action_url,
        "action": action,
    }


@require_GET
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """One group: who applied, who learns, when it meets."""
    this = _group(request, group_id)
    at = now()
    people = selectors.people_in(this)
    waiting = list(selectors.waiting_in(this))
    _look(
        request,
        [p.participation.account.person_id for p in people]
        + [a.account.person_id for a in waiting],
        "group_people",
    )
    today = riga_date(at)
    return render(
        request,
        "enrolments/provider_group.html",
        {
            "work": _work(request, _providers(request), "groups"),
            "back": {"url": reverse("enrolments:provider_groups"), "text": _("Groups")},
            "group": this,
            "state": {
                "text": GroupState(this.state).label,
                "tone": TONES.get(GroupState(this.state), ""),
            },
            "mode": Mode(this.mode).label,
            "waiting": waiting,
            "people": people,
            "sessions": list(this.sessions.order_by("number")),
            "at": at,
            "can_start": this.can("start") and this.starts_on <= today,
            "can_complete": any(
                p.participation.state == ParticipationState.LEARNING for p in people
            ),
        },
    )


@require_POST
def start(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Begin a group on its first day."""
    this = _group(request, group_id)
    try:
        learning.start_group(group_id=this.pk, actor=request.user, at=now())
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("enrolments:provider_group", group_id=this.pk)


@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, the earliest due first."""
    providers = _providers(request)
    rows = list(selectors.applications_to_decide(request.user)[:200])
    _look(request, [row.account.person_id for row in rows], "application_list")
    today = riga_date(now())
    language = get_language() or "lv"
    return render(
        request,
        "enrolments/provider_applications.html",
        {
            "work": _work(request, providers, "applications"),
            "rows": [
                {
                    "name": row.account.person.full_name,
                    "email": row.account.person.email,
                    "group": row.group.code,
                    "start": row.group.starts_on,
                    "title": row.group.version.title,
                    "waits": formats.days(
                        (today - riga_date(row.submitted_at)).days if row.submitted_at else 0,
                        language,
                    ),
                    "state": {"text": _("Answer needed"), "tone": "wait"},
                    "own_part": row.quote.get("own_part"),
                    "url": reverse("enrolments:provider_application", args=[row.pk]),
                    "action": _("Answer"),
                }
                for row in rows
            ],
        },
    )


@require_http_methods(["GET", "POST"])
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """One application and the answer to it."""
    providers = _providers(request)
    row = get_object_or_404(
        Application.objects.visible_to(request.user)
        .filter(group__version__programme__provider__in=providers)
        .select_related("account__person", "group__version__programme__provider", "offer"),
        pk=application_id,
    )
    waits = row.state == ApplicationState.SUBMITTED
    form = DecisionForm(request.POST or None) if waits or request.method == "POST" else None
    status = 200
    if request.method == "POST" and form is not None:
        if form.is_valid():
            try:
                _decide(request, row, form)
                return redirect("enrolments:provider_applications")
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
                status = error.status
        else:
            status = 400
    else:
        _look(request, [row.account.person_id], "application")
    person = row.account.person
    return render(
        request,
        "enrolments/provider_application.html",
        {
            "work": _work(request, providers, "applications"),
            "back": {"url": reverse("enrolments:provider_applications"), "text": _("Applications")},
            "application": {
                "name": person.full_name,
                "state": {
                    "text": ApplicationState(row.state).label,
                    "tone": APPLICATION_TONES.get(ApplicationState(row.state), ""),
                },
                "title": row.group.version.title,
                "group": row.group.code,
                "start": row.group.starts_on,
                "end": row.group.ends_on,
                "decide_until": row.decide_by if waits else None,
            },
            "facts": [
                {"term": term, "text": text}
                for term, text in (
                    (_("E-mail"), person.email),
                    (_("Telephone"), person.phone),
                    (_("What the programme asks for"), row.group.version.prior_knowledge),
                    (_("Your answer"), row.decision_note),
                )
                if text
            ],
            "form": form,
        },
        status=status,
    )


def _decide(request: HttpRequest, row: Application, form: DecisionForm) -> None:
    note = form.cleaned_data["note"]
    if form.cleaned_data["decision"] == APPROVE:
        decisions.approve(application_id=row.pk, actor=request.user, at=now(), note=note)
        messages.success(request, _("The person is admitted. We have told them."))
    else:
        decisions.reject(application_id=row.pk, actor=request.user, at=now(), note=note)
        messages.success(request, _("The application is rejected. We have told the person why."))


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Who is here: one session of a group on one screen."""
    session = get_object_or_404(Session, pk=session_id)
    this = _group(request, session.group_id)
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
        clock = formats.clock(at.astimezone(), get_language() or "lv")
        saved = _("Saved %(time)s") % {"time": clock}
    else:
        _look(request, _person_ids(this), "attendance")
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

    def address(session: Session | None) -> str:
        return reverse("enrolments:provider_attendance", args=[session.pk]) if session else ""

    return {
        "work": _work(request, _providers(request), "groups"),
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
                "below": row.so_far.marked > 0 and row.so_far.share_so_far * 100 < 80,
            }
            for row in sheet.rows
        ],
        "marked": sheet.marked,
        "all": len(sheet.rows),
        "present": present,
        "absent": sheet.marked - present,
        "rest": len(sheet.rows) - sheet.marked,
        "saved": saved,
        "finish": True,
    }


@require_http_methods(["GET", "POST"])
def completion(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Results of a group: one person or all at once."""
    this = _group(request, group_id)
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
    if request.method == "POST":
        for person in people:
            if person.participation.state == ParticipationState.LEARNING:
                _save_result(request, person.participation, this, forms, errors)
        if not errors:
            messages.success(request, _("The results are saved."))
            return redirect("enrolments:provider_completion", group_id=this.pk)
        people = [p for p in selectors.people_in(this) if p.participation.pk in _ids(people)]
    else:
        _look(request, [p.participation.account.person_id for p in people], "results")
    rows = [_result_row(p, this, forms, errors) for p in people]
    return render(
        request,
        "enrolments/provider_completion.html",
        {
            "work": _work(request, _providers(request), "groups"),
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
            "extra_errors": [
                {"href": f"#person-{pk}", "text": text} for pk, text in errors.items()
            ],
        },
        status=400 if errors else 200,
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
) -> None:
    """Save one person's result where one was chosen; what is wrong is said beside the name."""
    outcome = request.POST.get(f"outcome-{participation.pk}", "")
    form = _result_form(participation, this, request.POST)
    forms[participation.pk] = form
    if outcome not in ("completed", "interrupted"):
        return
    if not form.is_valid():
        errors[participation.pk] = " ".join(e for found in form.errors.values() for e in found)
        return
    detail = form.cleaned_data["detail"]
    day = form.cleaned_data["on"] or min(riga_date(now()), this.ends_on)
    name = participation.account.person.full_name
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


def _result_row(
    person: selectors.PersonInGroup,
    this: Group,
    forms: dict[UUID, ResultForm],
    errors: dict[UUID, str],
) -> dict[str, Any]:
    participation = person.participation
    locked = ""
    if participation.state == ParticipationState.COMPLETED:
        locked = _("Completed, document %(number)s") % {"number": participation.document_number}
    elif participation.state == ParticipationState.INTERRUPTED:
        locked = _("Not completed")
    form = forms.get(participation.pk) or _result_form(participation, this)
    required = required_share(participation.application)
    return {
        "id": str(participation.pk),
        "name": participation.account.person.full_name,
        "was": person.hours.present,
        "of": person.hours.hours,
        "percent": int(person.hours.share * 100),
        "enough": person.hours.enough(required),
        "value": form.data.get(f"outcome-{participation.pk}", "") if form.is_bound else "",
        "field": None if locked else form["detail"],
        "day_field": None if locked else form["on"],
        "locked": locked,
        "error": errors.get(participation.pk, ""),
    }
