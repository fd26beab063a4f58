"""The provider's workspace: groups, applications to answer, attendance, results."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Person
from catalogue.enums import GroupState, Mode
from catalogue.models import Group
from enrolments import selectors
from enrolments.enums import UNDER_WAY, ApplicationState, MoveState, ParticipationState
from enrolments.forms import APPROVE, DayForm, DecisionForm, posted, refuse
from enrolments.models import Application
from enrolments.selectors_queue import waiting_for
from enrolments.services import decisions, learning
from enrolments.views import list_files
from enrolments.views.lists import file_asked, tools, words_asked
from enrolments.views.provider_own_parts import payer_words, recorded
from enrolments.views.provider_people import groups_to_move_to, move_words, proposals
from enrolments.views.provider_planning import actions
from enrolments.views.workspace import (
    look,
    own_group,
    providers_of_visitor,
    results_clock,
    work,
)
from funding.enums import PayerKind
from funding.models import CoPayment
from funding.selectors_co_payments import co_payments_of, missing
from stars.common import formats
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError

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


@require_GET
def groups(request: HttpRequest) -> HttpResponseBase:
    """All groups, with what has to be done today above them (?q=&view=&file=)."""
    providers = providers_of_visitor(request)
    at = now()
    rows = selectors.groups_of(providers, at=at)
    words = words_asked(request)
    view = request.GET.get("view", "")
    views = [
        ("", _("All"), rows),
        ("open", _("Applying"), [r for r in rows if r.group.state == GroupState.OPEN]),
        ("running", _("Under way"), [r for r in rows if r.group.state == GroupState.RUNNING]),
        ("over", _("Finished"), [r for r in rows if r.group.state == GroupState.FINISHED]),
    ]
    chosen = next((found for key, _text, found in views if key == view), rows)
    shown = [r for r in chosen if not words or words.lower() in _searched(r.group)]
    if kind := file_asked(request):
        return list_files.groups(kind, shown)
    return render(
        request,
        "enrolments/provider_groups.html",
        {
            "work": work(request, providers, "groups"),
            "todo": _todo(rows),
            "views": [
                {
                    "url": "?" + urlencode({"view": key, "q": words} if words else {"view": key}),
                    "text": text,
                    "count": len(found),
                    "current": key == view,
                }
                for key, text, found in views
            ],
            "q": words,
            "new_url": reverse("enrolments:provider_group_new"),
            "begun": bool(rows),
            "view": view,
            "tools": tools(request, "enrolments:provider_groups"),
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


def _state(group: Group) -> dict[str, Any]:
    """A group as a tag: nobody can apply to an open group without places."""
    if group.state == GroupState.OPEN and group.places_left <= 0:
        return {"text": pgettext("group", "Full"), "tone": ""}
    state = GroupState(group.state)
    return {"text": state.label, "tone": TONES.get(state, "")}


def _row(row: selectors.GroupRow, at: Any) -> dict[str, Any]:
    group = row.group
    language = formats.language()
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
        "text": ", ".join(
            text
            for text in (
                formats.lower_first(str(Mode(group.mode).label)),
                group.place,
                group.teacher,
            )
            if text
        ),
        "start": group.starts_on,
        "end": group.ends_on,
        "note": note,
        "taken": group.taken,
        "capacity": group.capacity,
        "attendance": None if row.attendance is None else int(row.attendance * 100),
        "below": row.below,
        "state": _state(group),
        "url": reverse("enrolments:provider_group", args=[group.pk]),
        "action_url": action_url,
        "action": action,
    }


@require_GET
def group(request: HttpRequest, group_id: UUID) -> HttpResponseBase:
    """One group: who applied, who learns, when it meets; `?day=` leads to that day's session."""
    this = own_group(request, group_id)
    at = now()
    form = DayForm(request.GET if "day" in request.GET else None)
    status = 200
    if form.is_bound:
        try:
            if form.is_valid():
                session = learning.session_on(this, form.cleaned_data["day"])
                return redirect("enrolments:provider_attendance", session_id=session.pk)
        except DomainError as error:
            refuse(form, error)
        status = 400
    people = selectors.people_in(this)
    waiting = list(selectors.waiting_in(this))
    look(
        request,
        [p.participation.account.person_id for p in people]
        + [a.account.person_id for a in waiting],
        "group_people",
    )
    if kind := file_asked(request):
        attended = request.GET.get("list") == "attendance"
        return (list_files.attendance if attended else list_files.people)(kind, this, people)
    today = riga_date(at)
    parts = co_payments_of(
        [p.participation.application.commitment_id for p in people]
        + [a.commitment_id for a in waiting]
    )
    goes_on = this.sessions.filter(ends_at__gt=at).exists()
    learns = any(p.participation.state == ParticipationState.LEARNING for p in people)
    return render(
        request,
        "enrolments/provider_group.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": {"url": reverse("enrolments:provider_groups"), "text": _("Groups")},
            "group": this,
            "state": _state(this),
            "mode": formats.lower_first(str(Mode(this.mode).label)),
            "actions": actions(this),
            "waiting": waiting,
            **_people(people, parts, goes_on, _moves(this, people)),
            "in_line": waiting_for([this.pk]).get(this.pk, 0),
            "sessions": list(this.sessions.order_by("number")),
            "form": form,
            "at": at,
            "can_start": this.can("start") and this.starts_on <= today,
            "can_complete": learns,
            "clock": results_clock(this, learning=learns),
        },
        status=status,
    )


def _people(
    people: list[selectors.PersonInGroup],
    parts: dict[UUID | None, list[CoPayment]],
    goes_on: bool,
    moves: dict[UUID, dict[str, str]],
) -> dict[str, Any]:
    """Everybody in the group with what was paid, and whose own part the project waits for."""
    language = formats.language()
    rows = [(p, parts.get(p.participation.application.commitment_id, [])) for p in people]
    return {
        "people": [
            {
                "row": p,
                "move": moves[p.participation.pk],
                "contacts": _contacts(p.participation.account.person),
                "of": p.hours.marked if goes_on else p.hours.hours,
                "own_part": _own_part(p.participation.application),
                "parts": [
                    f"{formats.money(part.amount, language, cents=True)},"
                    f" {payer_words(part)}: {recorded(part)}"
                    for part in own
                ],
            }
            for p, own in rows
        ],
        "has_own_parts": bool(parts),
        "unpaid": [p.participation.account.person.full_name for p, own in rows if missing(own)],
    }


def _moves(this: Group, people: list[selectors.PersonInGroup]) -> dict[UUID, dict[str, str]]:
    """Who was asked about another group, and who can be: two queries."""
    asked = proposals(this) if people else {}
    can_move = bool(people) and bool(groups_to_move_to(this))
    moves: dict[UUID, dict[str, str]] = {}
    for person in people:
        row = person.participation
        move = asked.get(row.pk)
        is_open = move is not None and move.state == MoveState.PROPOSED
        under_way = row.state in UNDER_WAY
        moves[row.pk] = {
            "text": move_words(move) if move else "",
            "url": reverse("enrolments:provider_move", args=[row.pk])
            if under_way and can_move and not is_open
            else "",
            "back_url": reverse("enrolments:provider_move_back", args=[row.pk]) if is_open else "",
        }
    return moves


@require_POST
def start(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Begin a group on its first day."""
    this = own_group(request, group_id)
    try:
        learning.start_group(group_id=this.pk, actor=request.user, at=now())
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("enrolments:provider_group", group_id=this.pk)


@require_GET
def applications(request: HttpRequest) -> HttpResponseBase:
    """What waits for an answer, the earliest due first (?q=&file=)."""
    providers = providers_of_visitor(request)
    rows = list(selectors.applications_to_decide(request.user)[:200])
    words = words_asked(request)
    rows = [row for row in rows if words.lower() in _found_by(row)]
    look(request, [row.account.person_id for row in rows], "application_list")
    if kind := file_asked(request):
        return list_files.applications(kind, rows)
    today = riga_date(now())
    return render(
        request,
        "enrolments/provider_applications.html",
        {
            "work": work(request, providers, "applications"),
            "q": words,
            "tools": tools(request, "enrolments:provider_applications"),
            "rows": [
                {
                    "name": row.account.person.full_name,
                    "contact": row.account.person.email or row.account.person.phone,
                    "group": row.group.code,
                    "start": row.group.starts_on,
                    "title": row.group.version.title,
                    "waits": _waits(row, today),
                    "state": {"text": _("Answer needed"), "tone": "wait"},
                    "own_part": row.quote.get("own_part"),
                    "url": reverse("enrolments:provider_application", args=[row.pk]),
                    "action": _("Answer"),
                }
                for row in rows
            ],
        },
    )


def _found_by(row: Application) -> str:
    """By whom and what an application is found: person, group, programme."""
    version = row.group.version
    titles = f"{version.title_lv} {version.title_en}"
    return f"{row.account.person.full_name} {row.group.code} {titles}".lower()


def _waits(row: Application, today: date) -> str:
    """For how many days somebody waits: "2 days"; "today" on the first."""
    waited = (today - riga_date(row.submitted_at)).days if row.submitted_at else 0
    return formats.days(waited, formats.language()) if waited > 0 else _("today")


def _contacts(person: Person) -> str:
    return ", ".join(text for text in (person.email, person.phone) if text)


def _own_part(row: Application) -> str:
    """What the provider invoices, and to whom: "92.50 €, the employer pays"; "" where nothing."""
    amount = Decimal(row.quote.get("own_part", "0.00"))
    if not amount:
        return ""
    payers = {
        PayerKind.PERSON: _("the person pays"),
        PayerKind.FAMILY: _("the family or somebody else pays"),
        PayerKind.EMPLOYER: _("the employer pays"),
    }
    money = formats.money(amount, formats.language(), cents=True)
    return f"{money}, {payers[PayerKind(row.payer)]}" if row.payer else money


@require_http_methods(["GET", "POST"])
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """One application and the answer to it."""
    providers = providers_of_visitor(request)
    row = get_object_or_404(
        Application.objects.visible_to(request.user)
        .filter(group__version__programme__provider__in=providers)
        .select_related("account__person", "group__version__programme__provider", "offer"),
        pk=application_id,
    )
    waits = row.state == ApplicationState.SUBMITTED
    form = DecisionForm(posted(request)) if waits or request.method == "POST" else None
    status = 200
    if request.method == "POST" and form is not None:
        if form.is_valid():
            try:
                _decide(request, row, form)
                return redirect("enrolments:provider_applications")
            except DomainError as error:
                status = refuse(form, error)
        else:
            status = 400
    else:
        look(request, [row.account.person_id], "application")
    person = row.account.person
    return render(
        request,
        "enrolments/provider_application.html",
        {
            "work": work(request, providers, "applications"),
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
                    (_("Own part"), _own_part(row)),
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
