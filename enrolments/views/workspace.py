"""What every page of the provider's workspace shares."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.enums import GroupState
from catalogue.models import Group, Provider
from enrolments import selectors
from enrolments.rules import results_due
from stars.audit import services as audit
from stars.common import formats
from stars.common.dates import now, riga_date


def providers_of_visitor(request: HttpRequest) -> list[Provider]:
    """The providers of whoever is signed in; nobody else has a workspace."""
    providers = selectors.providers_of(request.user)
    if not providers:
        raise PermissionDenied
    return providers


def work(request: HttpRequest, providers: list[Provider], current: str) -> dict[str, Any]:
    """The side menu."""
    waiting = selectors.applications_to_decide(request.user).count()
    return {
        "organisation": ", ".join(provider.name for provider in providers),
        "person": getattr(request.user, "email", "") or "",
        "links": [
            {
                "url": reverse("enrolments:provider_home"),
                "text": _("What waits"),
                "icon": "check-circle",
                "current": current == "home",
            },
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
            {
                "url": reverse("web:work_programmes"),
                "text": _("Programmes"),
                "icon": "document",
                "current": current == "programmes",
            },
            {
                "url": reverse("enrolments:provider_statements"),
                "text": _("Statements"),
                "icon": "euro",
                "current": current == "statements",
            },
            {
                "url": reverse("enrolments:provider_organisations"),
                "text": _("Organisation"),
                "icon": "home",
                "current": current == "organisation",
            },
        ],
    }


def results_clock(group: Group, *, learning: bool) -> dict[str, Any] | None:
    """Until when results are in time: {"text", "overdue"}; None where nobody's result waits."""
    if not learning or group.state != GroupState.RUNNING:
        return None
    today, due_on = riga_date(now()), results_due(group.ends_on)
    if due_on < today:
        day = formats.day_near(due_on, formats.language(), "nominative", today=today)
        text = _("The two working days for results are over. The last one was: %(day)s.")
        return {"text": text % {"day": day}, "overdue": True}
    until = formats.until(due_on, formats.language(), today=today)
    text = _("Enter results %(until)s: within two working days after the last day.")
    return {"text": text % {"until": until}, "overdue": False}


def own_group(request: HttpRequest, group_id: UUID) -> Group:
    """A group of the signed-in person's provider; anybody else's does not exist for them."""
    return get_object_or_404(
        Group.objects.select_related("version__programme__provider", "version__type"),
        pk=group_id,
        version__programme__provider__in=providers_of_visitor(request),
    )


def look(request: HttpRequest, person_ids: list[UUID], what: str) -> None:
    audit.look(actor=request.user, person_ids=person_ids, what=what, purpose="run_group", at=now())
