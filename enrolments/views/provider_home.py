"""The first page of the provider's workspace: what waits, and for a new provider where to begin."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.permissions import is_provider_admin_of
from catalogue.models import Provider
from enrolments import selectors_dashboard as selectors
from enrolments.views.provider_statements import state_of_payment
from enrolments.views.workspace import providers_of_visitor, work
from funding.selectors_settlement import payments_of, statements_of, waiting_for_statement
from funding.services import bank_accounts
from stars.common import formats
from stars.common.dates import now, riga_date

# Statements of the last months.
STATEMENTS = 3


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Applications, groups that begin, missing attendance, results due, programmes, money."""
    providers = providers_of_visitor(request)
    at = now()
    today = riga_date(at)
    language = formats.language()
    steps = _first_steps(providers)
    owed = waiting_for_statement([one.pk for one in providers])
    context = {
        "work": work(request, providers, "home"),
        "todo": [
            *_answers(providers, language, today),
            *_starts(providers, at),
            *_marks(providers, at),
            *_results(providers, at, language),
            *_returned(providers),
            *(_bank(request, providers) if owed.people else []),
        ],
        "steps": steps,
        "starting": selectors.starting(providers, at),
        "waiting": owed,
        "statements": _statements(providers, language),
    }
    return render(request, "enrolments/provider_home.html", context)


def _answers(providers: list[Provider], language: str, today: date) -> list[dict[str, Any]]:
    found = selectors.answers(providers)
    if not found.count or found.first_day is None:
        return []
    until = formats.until(found.first_day, language, today=today)
    return [
        {
            "url": reverse("enrolments:provider_applications"),
            "title": ngettext("Answer %(n)s application", "Answer %(n)s applications", found.count)
            % {"n": found.count},
            "text": _("The first answer is due %(until)s.") % {"until": until},
            "urgent": found.first_day <= today,
        }
    ]


def _starts(providers: list[Provider], at: Any) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("enrolments:provider_group", args=[group.pk]),
            "title": _("Start the group"),
            "text": f"{group.version.title}, {group.code}",
            "urgent": True,
        }
        for group in selectors.to_start(providers, at)
    ]


def _bank(request: HttpRequest, providers: list[Provider]) -> list[dict[str, Any]]:
    """Money waits, and there is no account to which it could go; said to those who may add it."""
    return [
        {
            "url": reverse("enrolments:provider_bank", args=[provider.pk]),
            "title": _("Add the account number"),
            "text": _("%(provider)s: nothing can be paid without it.")
            % {"provider": provider.name},
            "urgent": True,
        }
        for provider in providers
        if is_provider_admin_of(request.user, provider.organisation)
        and bank_accounts.current(organisation_id=provider.organisation_id) is None
    ]


def _marks(providers: list[Provider], at: Any) -> list[dict[str, Any]]:
    found = selectors.to_mark(providers, at)
    if not found.count:
        return []
    session = found.rows[0]
    return [
        {
            "url": reverse("enrolments:provider_attendance", args=[session.pk]),
            "title": ngettext(
                "Mark attendance in %(n)s session",
                "Mark attendance in %(n)s sessions",
                found.count,
            )
            % {"n": found.count},
            "text": f"{session.group.version.title}, {session.group.code}",
            "urgent": True,
        }
    ]


def _results(providers: list[Provider], at: Any, language: str) -> list[dict[str, Any]]:
    today = riga_date(at)
    rows = []
    for due in selectors.to_complete(providers, at):
        until = formats.until(due.due_on, language, today=today)
        text = _("The two working days are over.") if due.overdue else _("Due %(until)s.")
        rows.append(
            {
                "url": reverse("enrolments:provider_completion", args=[due.group.pk]),
                "title": ngettext(
                    "Enter the result of %(n)s person",
                    "Enter the results of %(n)s people",
                    due.people,
                )
                % {"n": due.people},
                "text": f"{due.group.version.title}, {due.group.code}. " + text % {"until": until},
                "urgent": due.overdue,
            }
        )
    return rows


def _returned(providers: list[Provider]) -> list[dict[str, Any]]:
    return [
        {
            "url": _programmes(),
            "title": _("Mend the programme that came back"),
            "text": version.title,
            "urgent": False,
        }
        for version in selectors.returned(providers)
    ]


def _programmes() -> str:
    """The list of programmes in the workspace, which stars.web has."""
    try:
        return reverse("web:work_programmes")
    except NoReverseMatch:
        return reverse("enrolments:provider_home")


def _first_steps(providers: list[Provider]) -> list[dict[str, Any]]:
    """For who has no group yet: what comes first, with ticks on what is done."""
    done = selectors.begun(providers)
    if done.group:
        return []
    key = providers[0].pk
    return [
        {
            "url": reverse("enrolments:provider_venues", args=[key]),
            "text": _("Add a place in which you teach"),
            "done": done.place,
        },
        {"url": _programmes(), "text": _("Write your first programme"), "done": done.programme},
        {
            "url": reverse("enrolments:provider_groups"),
            "text": _("Create a group when the programme is published"),
            "done": False,
        },
    ]


def _statements(providers: list[Provider], language: str) -> list[dict[str, Any]]:
    rows = list(statements_of([one.pk for one in providers])[:STATEMENTS])
    payments = payments_of(rows)
    return [
        {
            "url": reverse("enrolments:provider_statement", args=[row.pk]),
            "number": row.number,
            "month": f"{formats.month(row.month.month, language)} {row.month.year}",
            "total": row.total,
            "state": state_of_payment(payments.get(row.pk)),
        }
        for row in rows
    ]
