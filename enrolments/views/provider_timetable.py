"""The timetable builder: a weekly pattern, holidays left out, another group's days (PRO-4)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from catalogue import selectors_groups as planned
from catalogue.enums import GroupState
from catalogue.models import Group, Session
from catalogue.rules import Block, Plan
from catalogue.rules.timetable import LONGEST, weekly
from enrolments.forms import carry_out, refuse
from enrolments.forms_groups import CopyForm, SessionForm, WeeklyForm, key_of, session_of
from enrolments.services import groups as services
from enrolments.views.provider_planning import copied, groups_to_copy, pattern_of, with_own
from enrolments.views.workspace import own_group, providers_of_visitor, work
from stars.common import formats
from stars.common.dates import RIGA, holiday_name, is_holiday, now, riga_date
from stars.common.errors import DomainError

ADD, LOOK, TAKE, REMOVE = "add", "look", "copy", "remove"


@require_http_methods(["GET", "POST"])
def timetable(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """All sessions of a group, and the ways to make them."""
    this = own_group(request, group_id)
    stored = list(this.sessions.select_related("room__venue", "teacher").order_by("starts_at"))
    what = request.POST.get("do", "") if request.method == "POST" else ""
    pattern, copy = _forms(request, this, stored, what)
    status, proposal = 200, None
    extra: list[dict[str, str]] = []
    if what:
        form = copy if what == TAKE else pattern
        try:
            proposal = _planned(request, this, stored, form, what)
            if proposal is not None and what != LOOK:
                _save(request, this, stored, proposal, what, form)
                return redirect("enrolments:provider_timetable", group_id=this.pk)
        except DomainError as error:
            proposal = None
            if what == REMOVE:
                status = error.status
                extra = [{"href": "#sessions", "text": str(error.message)}]
            else:
                status = refuse(form, error)
        else:
            status = 200 if proposal is not None else 400
    return render(
        request,
        "enrolments/provider_timetable.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": {
                "url": reverse("enrolments:provider_group", args=[this.pk]),
                "text": f"{this.version.title}, {this.code}",
            },
            "group": this,
            "seen": planned.fingerprint_of_timetable(stored),
            **_listed(this, stored),
            "proposal": _proposed(this, proposal, stored) if proposal and what == LOOK else None,
            "pattern": pattern,
            "copy": copy,
            "extra_errors": extra,
        },
        status=status,
    )


def _forms(
    request: HttpRequest, this: Group, stored: list[Session], what: str
) -> tuple[WeeklyForm, CopyForm]:
    provider = [this.version.programme.provider]
    groups = groups_to_copy(provider, except_group=this)
    times = session_of(stored[-1]) if stored else {}
    pattern = WeeklyForm(
        request.POST if what in (ADD, LOOK) else None,
        initial={
            "first": max(this.starts_on, riga_date(now())),
            "last": None if this.state == GroupState.DRAFT else this.ends_on,
            "begins": times.get("begins"),
            "ends": times.get("ends"),
        },
        rooms=planned.rooms_of(provider),
        teachers=planned.teachers_of(provider),
    )
    return pattern, CopyForm(request.POST if what == TAKE else None, groups=groups)


def _planned(
    request: HttpRequest, this: Group, stored: list[Session], form: forms.Form, what: str
) -> Plan | None:
    """All sessions as they would be; None where the form is not filled in rightly."""
    if what == REMOVE:
        chosen = set(request.POST.getlist("session"))
        return Plan(planned.blocks_of(s for s in stored if str(s.pk) not in chosen))
    if what not in (ADD, LOOK, TAKE) or not form.is_valid():
        return None
    data = form.cleaned_data
    if what == TAKE:
        source = own_group(request, UUID(data["copy_from"]))
        plan = copied(source, first=max(this.starts_on, riga_date(now())))
        return Plan([*planned.blocks_of(_begun(this, stored)), *plan.blocks], plan.skipped)
    kept = _begun(this, stored) if data["instead"] else stored
    left = this.version.taught_hours - sum(session.hours for session in kept)
    draft = this.state == GroupState.DRAFT
    plan = weekly(
        pattern_of(data, room=data["room"], teacher=data["teacher"]),
        first=data["first"],
        last=data["last"] or (data["first"] + LONGEST if draft else this.ends_on),
        hours=left,
        is_holiday=is_holiday,
    )
    return Plan([*planned.blocks_of(kept), *plan.blocks], plan.skipped)


def _begun(this: Group, stored: list[Session]) -> list[Session]:
    """Sessions that stay whatever comes: those that have begun; in a draft none."""
    return [] if this.state == GroupState.DRAFT else [s for s in stored if s.starts_at <= now()]


def _save(
    request: HttpRequest,
    this: Group,
    stored: list[Session],
    plan: Plan,
    what: str,
    form: forms.Form,
) -> None:
    services.change_timetable(
        group_id=this.pk,
        blocks=plan.blocks,
        expected=request.POST.get("seen", "")[:16],
        actor=request.user,
        at=now(),
    )
    messages.success(request, _("The timetable is saved."))
    if plan.skipped:
        messages.info(request, _left_out(plan.skipped))


def _left_out(days: list[date]) -> str:
    """ "Public holidays are left out: 18 November (Proclamation Day)." """
    language = formats.language()
    named = [
        f"{formats.day_near(day, language, 'nominative', today=riga_date(now()))}"
        f" ({holiday_name(day, language)})"
        for day in days
    ]
    return _("Public holidays are left out: %(days)s.") % {"days": ", ".join(named)}


def _meets(this: Group, blocks: list[Block]) -> dict[datetime, list[str]]:
    """What stands in the way of each session, by its beginning (PRO-4)."""
    language = formats.language()
    found: dict[datetime, list[str]] = defaultdict(list)
    for clash in planned.clashes(
        blocks,
        provider_id=this.version.programme.provider_id,
        room_id=this.room_id,
        lead_id=this.lead_id,
        except_group=this.pk,
    ):
        words = _("The room is taken: %(group)s, %(time)s")
        if clash.same_teacher:
            words = _("The teacher teaches another group: %(group)s, %(time)s")
        if clash.same_teacher and clash.same_room:
            words = _("The room and the teacher are taken: %(group)s, %(time)s")
        other = clash.with_group
        found[clash.starts_at].append(
            words
            % {
                "group": f"{other.version.title}, {other.code}",
                "time": formats.time_range(
                    clash.with_starts_at.astimezone(RIGA),
                    clash.with_ends_at.astimezone(RIGA),
                    language,
                ),
            }
        )
    return found


def clash_count(this: Group, sessions: list[Session]) -> int:
    """How many sessions of the group meet others in a room or with a teacher."""
    return len(_meets(this, planned.blocks_of(sessions)))


def _listed(this: Group, stored: list[Session]) -> dict[str, Any]:
    language = formats.language()
    meets = _meets(this, planned.blocks_of(stored))
    at = now()
    hours = sum(session.hours for session in stored)
    return {
        "sessions": [
            {
                "id": session.pk,
                "start": session.starts_at,
                "end": session.ends_at,
                "hours": session.hours,
                "where": ", ".join(
                    text
                    for text in (
                        f"{session.room.venue.name}, {session.room.name}" if session.room else "",
                        session.teacher.name if session.teacher else "",
                    )
                    if text
                ),
                "warnings": [*meets.get(session.starts_at, []), *_holiday(session, language)],
                "fixed": this.state != GroupState.DRAFT and session.starts_at <= at,
                "url": reverse("enrolments:provider_session_edit", args=[session.pk]),
            }
            for session in stored
        ],
        "clashes": len(meets),
        "planned_hours": hours,
        "all_hours": this.version.taught_hours,
        "left_hours": this.version.taught_hours - hours,
    }


def _holiday(session: Session, language: str) -> list[str]:
    name = holiday_name(riga_date(session.starts_at), language)
    return [_("Public holiday: %(name)s") % {"name": name}] if name else []


def _proposed(this: Group, plan: Plan, stored: list[Session]) -> dict[str, Any]:
    """What the timetable would be like, before anything is saved."""
    known = {session.starts_at for session in stored}
    meets = _meets(this, plan.blocks)
    new = [block for block in plan.blocks if block.starts_at not in known]
    return {
        "rows": [
            {
                "start": block.starts_at,
                "end": block.ends_at,
                "hours": block.hours,
                "warnings": meets.get(block.starts_at, []),
            }
            for block in new
        ],
        "left_out": _left_out(plan.skipped) if plan.skipped else "",
        "text": ngettext(
            "%(n)s new session, %(hours)s academic hours in all.",
            "%(n)s new sessions, %(hours)s academic hours in all.",
            len(new),
        )
        % {"n": len(new), "hours": plan.hours},
    }


@require_http_methods(["GET", "POST"])
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Another day, time, room or teacher for one session."""
    mine = Session.objects.filter(
        group__version__programme__provider__in=providers_of_visitor(request)
    )
    row = get_object_or_404(mine.select_related("room__venue", "teacher"), pk=session_id)
    this = own_group(request, row.group_id)
    provider = [this.version.programme.provider]
    stored = list(this.sessions.order_by("starts_at"))
    form = SessionForm(
        request.POST if request.method == "POST" else None,
        initial={**session_of(row), "seen": planned.fingerprint_of_timetable(stored)},
        rooms=with_own(planned.rooms_of(provider), row.room),
        teachers=with_own(planned.teachers_of(provider), row.teacher),
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        _save_session(request, this, stored, row, data)
        messages.success(request, _("The timetable is saved."))
        return redirect("enrolments:provider_timetable", group_id=this.pk)

    done, status = carry_out(request, form, act)
    if done:
        return done
    return render(
        request,
        "enrolments/provider_session.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": {
                "url": reverse("enrolments:provider_timetable", args=[this.pk]),
                "text": _("Timetable"),
            },
            "session": row,
            "form": form,
        },
        status=status,
    )


def _save_session(
    request: HttpRequest, this: Group, stored: list[Session], row: Session, data: dict[str, Any]
) -> None:
    changed = Block(
        datetime.combine(data["day"], data["begins"], tzinfo=RIGA),
        datetime.combine(data["day"], data["ends"], tzinfo=RIGA),
        data["hours"],
        room_id=key_of(data["room"]),
        teacher_id=key_of(data["teacher"]),
    )
    others = planned.blocks_of(s for s in stored if s.pk != row.pk)
    services.change_timetable(
        group_id=this.pk,
        blocks=[*others, changed],
        expected=data["seen"],
        actor=request.user,
        at=now(),
    )
