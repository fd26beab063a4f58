"""The provider's workspace before people learn: new groups, copies, changes, opening (ENR-4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalogue import selectors_groups as planned
from catalogue.enums import GroupState
from catalogue.models import Group, ProgrammeVersion, Provider, Session
from catalogue.rules import Block, Plan, Weekly
from catalogue.rules.timetable import LONGEST, days_to_move, hours_that_fit, moved, weekly
from catalogue.services import group_changes
from catalogue.services import groups as catalogue_groups
from enrolments.forms import carry_out, posted
from enrolments.forms_groups import (
    COPY,
    LATER,
    WEEKLY,
    GroupFactsForm,
    NewGroupForm,
    facts_of,
    key_of,
)
from enrolments.services import groups as services
from enrolments.views.workspace import own_group, providers_of_visitor, work
from stars.common.dates import is_holiday, now, riga_date
from stars.common.errors import DomainError, Invalid

# What a provider looks for to copy: the newest come first.
MOST_TO_COPY = 200


def groups_to_copy(
    providers: list[Provider], except_group: Group | None = None
) -> list[tuple[str, str]]:
    """Groups of the providers as a list to choose from, the newest first: one query."""
    rows = (
        Group.objects.filter(version__programme__provider__in=providers)
        .select_related("version")
        .order_by("-starts_on", "code")[:MOST_TO_COPY]
    )
    return [
        (str(group.pk), f"{group.version.title}, {group.code} ({group.starts_on:%d.%m.%Y.})")
        for group in rows
        if except_group is None or group.pk != except_group.pk
    ]


def pattern_of(data: dict[str, Any], *, room: str = "", teacher: str = "") -> Weekly:
    """The weekly pattern of a form."""
    return Weekly(
        weekdays=frozenset(int(day) for day in data["weekdays"]),
        begins=data["begins"],
        ends=data["ends"],
        hours=data["hours"] or max(1, hours_that_fit(data["begins"], data["ends"])),
        room_id=key_of(room),
        teacher_id=key_of(teacher),
    )


def copied(source: Group, *, first: date) -> Plan:
    """The sessions of another group, moved so that they begin on `first` or soon after."""
    sessions = Session.objects.filter(group=source).order_by("starts_at")
    blocks = planned.blocks_of(sessions)
    return moved(blocks, days=days_to_move(blocks, first=first), is_holiday=is_holiday)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new group with its timetable; `?no=` begins with another group's facts."""
    providers = providers_of_visitor(request)
    versions = planned.versions_to_plan(providers)
    rooms, teachers = planned.rooms_of(providers), planned.teachers_of(providers)
    form = NewGroupForm(
        posted(request),
        initial=_beginning(request, versions),
        versions=versions,
        groups=groups_to_copy(providers),
        rooms=rooms,
        teachers=teachers,
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        made = _create(request, form, versions)
        messages.success(request, _("The group is saved. Nobody sees it until you open it."))
        later = data["plan"] == LATER
        page = "enrolments:provider_group" if later else "enrolments:provider_timetable"
        return redirect(page, group_id=made.pk)

    done, status = carry_out(request, form, act)
    if done:
        return done
    return render(
        request,
        "enrolments/provider_group_new.html",
        {
            "work": work(request, providers, "groups"),
            "back": {"url": reverse("enrolments:provider_groups"), "text": _("Groups")},
            "form": form,
            "options": _options(form),
            "versions": versions,
        },
        status=status,
    )


def _options(form: NewGroupForm) -> list[dict[str, Any]]:
    """The ways to make the timetable, each with the fields it needs."""
    chosen = form["plan"].value()
    fields = {
        WEEKLY: ("weekdays", "begins", "ends", "hours"),
        COPY: ("copy_from",),
        LATER: (),
    }
    return [
        {
            "value": value,
            "title": title,
            "checked": value == chosen,
            "fields": [form[name] for name in fields[value]],
        }
        for value, title in form.fields["plan"].choices  # type: ignore[attr-defined]
    ]


def _beginning(request: HttpRequest, versions: list[ProgrammeVersion]) -> dict[str, Any]:
    """What stands in the form at first: another group's facts, or the only programme's."""
    try:
        copied_id = UUID(request.GET.get("no", ""))
    except ValueError:
        return {"version": str(versions[0].pk)} if len(versions) == 1 else {}
    source = own_group(request, copied_id)
    current = source.version.programme.current_id
    facts = facts_of(source)
    length = source.ends_on - source.starts_on
    first = max(source.ends_on, riga_date(now())) + timedelta(days=7)
    first += timedelta(days=(source.starts_on - first).days % 7)
    return {
        **facts,
        "version": str(current or source.version_id),
        "code": "",
        "starts_on": first,
        "ends_on": first + length if not source.sessions.exists() else None,
        "plan": COPY if source.sessions.exists() else LATER,
        "copy_from": str(source.pk),
    }


def _create(request: HttpRequest, form: NewGroupForm, versions: list[ProgrammeVersion]) -> Group:
    data = form.cleaned_data
    version = next(version for version in versions if str(version.pk) == data["version"])
    first: date = data["starts_on"]
    blocks = _blocks(request, data, version)
    last = data["ends_on"] or first
    if blocks:
        last = max(last, riga_date(blocks[-1].ends_at))
    return catalogue_groups.create_group(
        version_id=version.pk,
        code=data["code"],
        starts_on=first,
        ends_on=last,
        apply_until=first - timedelta(days=data["closes_days"]),
        capacity=data["capacity"],
        minimum=data["minimum"],
        mode=data["mode"],
        place=data["place"],
        teacher=data["teacher"],
        room_id=key_of(data["room"]),
        lead_id=key_of(data["lead"]),
        sessions=blocks,
        actor=request.user,
        at=now(),
    )


def _blocks(request: HttpRequest, data: dict[str, Any], version: ProgrammeVersion) -> list[Block]:
    """The sessions that follow from what was chosen, in the order of time."""
    first: date = data["starts_on"]
    if data["plan"] == WEEKLY:
        plan = weekly(
            pattern_of(data),
            first=first,
            last=data["ends_on"] or first + LONGEST,
            hours=version.taught_hours,
            is_holiday=is_holiday,
        )
        if not plan.blocks:
            raise Invalid(
                _("No session falls between these days."), code="no_sessions", field="weekdays"
            )
        return plan.blocks
    if data["plan"] == COPY:
        source = own_group(request, UUID(data["copy_from"]))
        plan = copied(source, first=first)
        if not plan.blocks:
            raise Invalid(
                _("This group has no sessions to copy."), code="no_sessions", field="copy_from"
            )
        return plan.blocks
    return []


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Change a group's facts; two colleagues never overwrite each other (PRO-6)."""
    this = own_group(request, group_id)
    provider = [this.version.programme.provider]
    initial = {**facts_of(this), "seen": planned.fingerprint(this)}
    form = GroupFactsForm(
        posted(request),
        initial=initial,
        rooms=with_own(planned.rooms_of(provider), this.room),
        teachers=with_own(planned.teachers_of(provider), this.lead),
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        _save(request, this, data)
        messages.success(request, _("The group is changed."))
        return redirect("enrolments:provider_group", group_id=this.pk)

    done, status = carry_out(request, form, act)
    if done:
        return done
    return render(
        request,
        "enrolments/provider_group_edit.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": _back(this),
            "group": this,
            "form": form,
        },
        status=status,
    )


def with_own(rows: list[Any], own: Any) -> list[Any]:
    """What the group has already can be kept, even where it is no longer in use."""
    return rows if own is None or own in rows else [own, *rows]


def _save(request: HttpRequest, this: Group, data: dict[str, Any]) -> None:
    services.change(
        group_id=this.pk,
        facts=group_changes.Facts(
            code=data["code"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            apply_until=data["starts_on"] - timedelta(days=data["closes_days"]),
            capacity=data["capacity"],
            minimum=data["minimum"],
            mode=data["mode"],
            place=data["place"],
            teacher=data["teacher"],
            room_id=key_of(data["room"]),
            lead_id=key_of(data["lead"]),
        ),
        expected=data["seen"],
        actor=request.user,
        at=now(),
    )


@require_POST
def open_(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Let people apply, for the first time or again."""
    this = own_group(request, group_id)
    opening = (
        catalogue_groups.open_group
        if this.state == GroupState.DRAFT
        else group_changes.reopen_group
    )
    try:
        opening(group_id=this.pk, actor=request.user, at=now())
        messages.success(request, _("The group is open. People can apply."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("enrolments:provider_group", group_id=this.pk)


@require_POST
def close(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Take no more applications."""
    this = own_group(request, group_id)
    try:
        catalogue_groups.close_group(group_id=this.pk, actor=request.user, at=now())
        messages.success(request, _("The group takes no more applications."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("enrolments:provider_group", group_id=this.pk)


def _back(this: Group) -> dict[str, str]:
    return {
        "url": reverse("enrolments:provider_group", args=[this.pk]),
        "text": f"{this.version.title}, {this.code}",
    }


def actions(this: Group) -> list[dict[str, Any]]:
    """What may be done with the group itself now; the first is the main one."""
    rows: list[tuple[bool, str, str, str, bool]] = [
        (this.can("open"), "provider_group_open", _("Open the group for applications"), "", True),
        (this.can("reopen"), "provider_group_open", _("Take applications again"), "second", True),
        (_changes(this), "provider_timetable", _("Timetable"), "second", False),
        (_changes(this), "provider_group_edit", _("Change the group"), "second", False),
        (True, "provider_group_new", _("Copy the group"), "second", False),
        (this.can("close"), "provider_group_close", _("Close applications"), "second", True),
        (
            this.state in (GroupState.OPEN, GroupState.CLOSED),
            "provider_group_postpone",
            _("Postpone"),
            "second",
            False,
        ),
        (this.can("cancel"), "provider_group_cancel", _("Cancel the group"), "quiet", False),
    ]
    return [
        {
            "url": reverse(f"enrolments:{name}") + f"?no={this.pk}"
            if name == "provider_group_new"
            else reverse(f"enrolments:{name}", args=[this.pk]),
            "text": text,
            "kind": kind,
            "post": post,
        }
        for shown, name, text, kind, post in rows
        if shown
    ]


def _changes(this: Group) -> bool:
    return this.state in (
        GroupState.DRAFT,
        GroupState.OPEN,
        GroupState.CLOSED,
        GroupState.RUNNING,
    )
