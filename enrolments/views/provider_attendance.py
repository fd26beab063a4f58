"""The provider's workspace: who is here, one session on one screen of a phone (PRO-5, PRO-6)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.models import Group, Session
from enrolments import selectors
from enrolments.enums import ParticipationState, Presence
from enrolments.exceptions import MarkedMeanwhile
from enrolments.models import Attendance
from enrolments.selectors_attendance import confirmed_in, required_of
from enrolments.services import learning, months
from enrolments.services.learning import with_closing
from enrolments.views.workspace import look, own_group, providers_of_visitor, work
from stars.common import formats
from stars.common.dates import RIGA, now, riga_date
from stars.common.errors import DomainError
from stars.common.permissions import require

# A phone sends no more at once; a group is smaller.
MOST_MARKS = 300


@dataclass(frozen=True)
class Clash:
    """Two people marked one person differently: what was meant here, and what stands there."""

    participation_id: UUID
    name: str
    mine: str
    mark: Attendance


def own_session(request: HttpRequest, session_id: UUID) -> tuple[Group, Any]:
    """A session of the visitor's provider, with `closed`, and its group; else 404."""
    mine = Session.objects.filter(
        group__version__programme__provider__in=providers_of_visitor(request)
    )
    session = get_object_or_404(with_closing(mine), pk=session_id)
    this = own_group(request, session.group_id)
    require(request.user, "enrolments.mark_attendance", this)
    return this, session


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Who is here: one session of a group on one screen; works as one form without JavaScript."""
    this, session = own_session(request, session_id)
    clashes: list[Clash] = []
    if request.method == "POST":
        problems, clashes = _save_form(request, this, session)
        for problem in problems:
            messages.error(request, problem)
        if not clashes:
            if request.POST.get("finish") and not problems:
                return redirect("enrolments:provider_group", group_id=this.pk)
            return redirect("enrolments:provider_attendance", session_id=session.pk)
    else:
        look(request, _person_ids(this), "attendance")
    sheet = selectors.session_sheet(this, session)
    context = _sheet(request, this, session, sheet)
    context["clashes"] = [_clash(clash, request.user) for clash in clashes]
    return render(
        request, "enrolments/provider_attendance.html", context, status=409 if clashes else 200
    )


def _person_ids(this: Group) -> list[UUID]:
    return list(this.participations.values_list("account__person_id", flat=True))


def _save_form(request: HttpRequest, this: Group, session: Any) -> tuple[list[str], list[Clash]]:
    """Save every mark that differs from what the page showed; what failed, and where two differ."""
    problems: list[str] = []
    clashes: list[Clash] = []
    at = now()
    try:
        if request.POST.get("rest") == Presence.PRESENT:
            learning.mark_rest(
                session_id=session.pk, presence=Presence.PRESENT, actor=request.user, at=at
            )
            return problems, clashes
        for row in selectors.session_sheet(this, session).rows:
            key = row.participation.pk
            wanted = request.POST.get(f"mark-{key}", "")
            if not wanted or wanted == request.POST.get(f"was-{key}", ""):
                continue
            changes: dict[str, Any] = {
                "participation_id": key,
                "session_id": session.pk,
                "presence": wanted,
                "expected_version": _whole(request.POST.get(f"version-{key}")),
                "actor": request.user,
                "at": at,
            }
            try:
                if _needs_reason(row, session):
                    months.change_mark(**changes, reason=request.POST.get("reason", ""))
                else:
                    learning.mark_attendance(**changes)
            except MarkedMeanwhile as error:
                name = row.participation.account.person.full_name
                if error.current is None:
                    problems.append(f"{name}: {error.message}")
                else:
                    clashes.append(Clash(key, name, wanted, error.current))
    except DomainError as error:
        problems.append(str(error.message))
    return problems, clashes


def _needs_reason(row: selectors.MarkRow, session: Any) -> bool:
    return bool(session.closed) or row.participation.state == ParticipationState.COMPLETED


def _whole(text: Any) -> int:
    """A version as it was sent; nonsense is no version that anybody has seen."""
    text = str(text) if text is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _clash(clash: Clash, user: Any) -> dict[str, Any]:
    """Both sides in words."""
    return {
        "id": str(clash.participation_id),
        "name": clash.name,
        "mine": clash.mine,
        "mine_text": Presence(clash.mine).label if clash.mine in Presence.values else clash.mine,
        "theirs": clash.mark.presence,
        "theirs_text": Presence(clash.mark.presence).label,
        "who": _who(clash.mark, user),
        "version": clash.mark.version,
    }


def _who(mark: Attendance, user: Any) -> str:
    """Who wrote the other mark, and when: "anete@vidzeme.example, 18.42"."""
    clock = formats.clock(mark.marked_at.astimezone(RIGA), formats.language())
    if mark.marked_by_id == user.pk:
        who = _("you, on another device")
    else:
        who = (mark.marked_by.email if mark.marked_by else "") or _("somebody else")
    return f"{who}, {clock}"


@require_POST
def marks(request: HttpRequest, session_id: UUID) -> JsonResponse:
    """Marks as a phone collected them, in order: `marks` is a JSON list.

    Each has "participation", "presence" and "version", the one that was on the screen. Each is
    saved by itself; the answer says for each "saved", "clash" (with what stands there), or
    "refused" and why. What the phone sends twice is saved once.
    """
    this, session = own_session(request, session_id)
    rows = _read(request.POST.get("marks", ""))
    if rows is None:
        return JsonResponse({"error": _("These marks cannot be read.")}, status=400)
    at = now()
    known = set(this.participations.values_list("pk", flat=True))
    return JsonResponse(
        {
            "rows": [_save(request, session, row, known, at) for row in rows],
            "saved": _("Saved %(time)s")
            % {"time": formats.clock(at.astimezone(RIGA), formats.language())},
        }
    )


def _read(text: str) -> list[dict[str, Any]] | None:
    """The list that was sent; None for anything else."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(rows, list) or len(rows) > MOST_MARKS:
        return None
    found = []
    for row in rows:
        if not isinstance(row, dict):
            return None
        try:
            key = UUID(str(row.get("participation")))
        except ValueError:
            return None
        presence = row.get("presence")
        if presence not in Presence.values:
            return None
        found.append({"key": key, "presence": presence, "version": _whole(row.get("version"))})
    return found


def _save(
    request: HttpRequest, session: Any, row: dict[str, Any], known: set[UUID], at: Any
) -> dict[str, Any]:
    """One mark of a phone and what became of it; `known` are the people of the group."""
    answer: dict[str, Any] = {"participation": str(row["key"])}
    if row["key"] not in known:
        return {**answer, "status": "refused", "text": _("This person is not in the group.")}
    try:
        mark = learning.mark_attendance(
            participation_id=row["key"],
            session_id=session.pk,
            presence=row["presence"],
            expected_version=row["version"],
            actor=request.user,
            at=at,
        )
    except MarkedMeanwhile as error:
        if error.current is None:
            return {**answer, "status": "refused", "text": str(error.message)}
        mark = error.current
        return {
            **answer,
            "status": "clash",
            "presence": mark.presence,
            "version": mark.version,
            "who": _who(mark, request.user),
        }
    except DomainError as error:
        return {**answer, "status": "refused", "text": str(error.message)}
    return {**answer, "status": "saved", "presence": mark.presence, "version": mark.version}


def _sheet(
    request: HttpRequest, this: Group, session: Any, sheet: selectors.SessionSheet
) -> dict[str, Any]:
    at = now()
    language = formats.language()
    start = session.starts_at
    present = sum(row.presence == Presence.PRESENT for row in sheet.rows)
    opens, heading = "", _("Who was there?")
    if start > at:
        heading = _("Attendance")
        opens = _("You can mark who is there when the session begins: %(day)s at %(time)s.") % {
            "day": formats.weekday_and_day(riga_date(start), language, today=riga_date(at)),
            "time": formats.clock(start.astimezone(RIGA), language),
        }
    elif riga_date(start) == riga_date(at):
        heading = _("Who is here today?")

    def address(other: Session | None) -> str:
        return reverse("enrolments:provider_attendance", args=[other.pk]) if other else ""

    with_code, own = confirmed_in(session)
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
            "id": session.pk,
            "start": start,
            "end": session.ends_at,
            "number": session.number,
            "all": sheet.sessions,
            "previous_url": address(sheet.previous),
            "next_url": address(sheet.following),
        },
        "people": [_person(row, session, with_code, own) for row in sheet.rows],
        "marked": sheet.marked,
        "all": len(sheet.rows),
        "present": present,
        "absent": sheet.marked - present,
        "rest": len(sheet.rows) - sheet.marked,
        "closed": session.closed,
        "needs_reason": any(_needs_reason(row, session) for row in sheet.rows),
        "finish": not opens,
    }


def _person(
    row: selectors.MarkRow, session: Any, with_code: bool, own: set[UUID]
) -> dict[str, Any]:
    said = row.participation.pk in own
    required = required_of(row.participation)
    differs = ""
    if with_code and row.presence == Presence.PRESENT and not said:
        differs = _("did not write in the code")
    elif said and row.presence == Presence.ABSENT:
        differs = _("wrote in the code")
    return {
        "id": str(row.participation.pk),
        "name": row.participation.account.person.full_name,
        "value": row.presence,
        "version": row.version,
        "was": row.so_far.present,
        "of": row.so_far.marked,
        "below": row.so_far.share_so_far < required,
        "needed": int(required * 100),
        "locked": _needs_reason(row, session),
        "differs": differs,
    }
