"""The lists of the workspace as files: XLSX and CSV, filtered as the page is (PRO-7).

Whoever may open the page may take it along, so the views ask and log the look; here only rows are
written. Names of files and heads are in the language of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Membership
from catalogue.enums import GroupState, Mode
from catalogue.models import Group
from enrolments.enums import ApplicationState, ParticipationState, Presence
from enrolments.models import Application, Attendance, Certificate
from enrolments.selectors import GroupRow, PersonInGroup
from enrolments.services.certificate_papers import address_of
from funding.models import Payment, Statement
from stars.common import export


def groups(kind: str, rows: Iterable[GroupRow]) -> HttpResponseBase:
    """Groups with places and attendance."""
    heads = [
        *(_("Group"), _("Programme"), _("State"), _("First day"), _("Last day")),
        *(_("Apply until"), _("How one learns"), _("Place"), _("Teacher"), _("Places")),
        *(_("Taken"), _("To answer"), _("Learning"), _("Completed"), _("Attending, %")),
    ]
    lines = (
        [
            row.group.code,
            row.group.version.title,
            str(GroupState(row.group.state).label),
            row.group.starts_on,
            row.group.ends_on,
            row.group.apply_until,
            str(Mode(row.group.mode).label),
            row.group.place,
            row.group.teacher,
            row.group.capacity,
            row.group.taken,
            row.to_decide,
            row.learning,
            row.completed,
            None if row.attendance is None else int(row.attendance * 100),
        ]
        for row in rows
    )
    return export.response(kind, heads, lines, name="grupas")


def applications(kind: str, rows: Iterable[Application]) -> HttpResponseBase:
    """Applications with contacts and what each person pays."""
    heads = [
        *(_("Name"), _("E-mail"), _("Telephone"), _("Programme"), _("Group"), _("First day")),
        *(_("State"), _("Sent"), _("Answer by"), _("Own part, EUR")),
    ]
    lines = (
        [
            row.account.person.full_name,
            row.account.person.email,
            row.account.person.phone,
            row.group.version.title,
            row.group.code,
            row.group.starts_on,
            str(ApplicationState(row.state).label),
            row.submitted_at,
            row.decide_by,
            Decimal(row.quote.get("own_part", "0.00")),
        ]
        for row in rows
    )
    return export.response(kind, heads, lines, name="pieteikumi")


def people(kind: str, group: Group, rows: Sequence[PersonInGroup]) -> HttpResponseBase:
    """Everybody of a group with hours and result."""
    heads = [
        *(_("Name"), _("E-mail"), _("Telephone"), _("State"), _("Hours marked")),
        *(_("Hours present"), _("Attended, %"), _("Own part, EUR"), _("Document"), _("Day")),
    ]
    lines = (
        [
            row.participation.account.person.full_name,
            row.participation.account.person.email,
            row.participation.account.person.phone,
            str(ParticipationState(row.participation.state).label),
            row.hours.marked,
            row.hours.present,
            int(row.hours.share_so_far * 100) if row.hours.marked else None,
            Decimal(row.participation.application.quote.get("own_part", "0.00")),
            row.participation.document_number,
            row.participation.outcome_on,
        ]
        for row in rows
    )
    return export.response(kind, heads, lines, name=f"dalibnieki-{group.pk}")


def attendance(kind: str, group: Group, rows: Sequence[PersonInGroup]) -> HttpResponseBase:
    """Everybody of a group, a column for each session: two queries."""
    sessions = list(group.sessions.order_by("number"))
    marks = {
        (mark.participation_id, mark.session_id): str(Presence(mark.presence).label)
        for mark in Attendance.objects.filter(session__group=group)
    }
    times = [f"{each.starts_at.astimezone(export.RIGA):%d.%m.%Y %H:%M}" for each in sessions]
    lines = (
        [
            row.participation.account.person.full_name,
            *(marks.get((row.participation.pk, each.pk), "") for each in sessions),
            row.hours.present,
            int(row.hours.share_so_far * 100) if row.hours.marked else None,
        ]
        for row in rows
    )
    heads = [_("Name"), *times, _("Hours present"), _("Attended, %")]
    return export.response(kind, heads, lines, name=f"apmeklejums-{group.pk}")


def statements(
    kind: str, rows: Iterable[Statement], payments: dict[Any, Payment], english: bool
) -> HttpResponseBase:
    """Statements with what became of the money."""
    heads = [_("Statement"), _("Month"), _("Source of funding"), _("Sum, EUR"), _("Payment")]
    lines = (
        [
            row.number,
            row.month,
            row.source.full_name_en if english else row.source.full_name_lv,
            row.total,
            str(payments[row.pk].get_state_display()) if row.pk in payments else "",
        ]
        for row in rows
    )
    return export.response(kind, heads, lines, name="norekini")


def staff(kind: str, rows: Iterable[Membership]) -> HttpResponseBase:
    """Who works for a provider."""
    heads = [_("E-mail"), _("Role"), _("From"), _("Until")]
    lines = (
        [row.user.email, str(row.get_role_display()), row.valid_from, row.valid_to] for row in rows
    )
    return export.response(kind, heads, lines, name="darbinieki")


def certificates(kind: str, rows: Iterable[Certificate]) -> HttpResponseBase:
    """Certificates that were issued, with the addresses that prove them."""
    heads = [
        *(_("Name"), _("Programme"), _("Group"), _("Document"), _("Completed on"), _("Issued")),
        *(_("State"), _("Withdrawn"), _("Reason"), _("Address")),
    ]
    lines = (
        [
            row.participation.account.person.full_name,
            row.participation.group.version.title,
            row.participation.group.code,
            row.participation.document_number,
            row.participation.outcome_on,
            row.issued_at,
            pgettext("certificate", "Withdrawn")
            if row.withdrawn_at
            else pgettext("certificate", "Valid"),
            row.withdrawn_at,
            row.withdraw_reason,
            address_of(row.code),
        ]
        for row in rows
    )
    return export.response(kind, heads, lines, name="apliecinajumi")
