"""The provider's workspace: results of a self-paced course from its platform's report (ENR-10)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalogue.models import Group, Session
from enrolments import platform_files
from enrolments.enums import ParticipationState
from enrolments.exceptions import NotTaken
from enrolments.forms import posted, refuse
from enrolments.forms_completion import NamesForm, ReportForm
from enrolments.models import Participation
from enrolments.services import completion_import
from enrolments.services.completion_import import Line, Look, RowResult
from enrolments.services.outcomes import Completed
from enrolments.views.workspace import look, own_group, providers_of_visitor, work
from stars.common.dates import now
from stars.common.errors import DomainError
from stars.common.limits import at_most
from stars.common.permissions import require
from stars.common.tables import MAX_BYTES

# What a look found may be taken so long; it waits in the page itself, signed, and nowhere else.
SECONDS = 3600
READS_AN_HOUR = 30
_TONES = {
    RowResult.READY: "info",
    RowResult.DONE: "done",
    RowResult.ALREADY: "done",
    RowResult.NOT_ENOUGH: "wait",
    RowResult.NOT_FOUND: "wait",
    RowResult.REFUSED: "error",
}
READ, TAKE, NAMES = "read", "take", "names"


@never_cache
@require_http_methods(["GET", "POST"])
def completion_import_(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Read a report, show what each row would do, and take it once that is confirmed."""
    this = own_group(request, group_id)
    require(request.user, "enrolments.record_outcome", this)
    step = request.POST.get("step", READ) if request.method == "POST" else ""
    if step == TAKE:
        return _take(request, this)
    if step == NAMES:
        return _names(request, this)
    form = ReportForm(posted(request), request.FILES if step else None)
    if not step:
        return _page(request, this, form)
    if not form.is_valid():
        return _page(request, this, form, status=400)
    try:
        at_most(READS_AN_HOUR, seconds=3600, action="completion_import", who=request.user.pk)
        file = form.cleaned_data["file"]
        found = completion_import.look(
            group_id=this.pk,
            report=platform_files.read(file.name, file.read(MAX_BYTES + 1)),
            course=form.cleaned_data["course"],
            first_number=form.cleaned_data["first_number"],
            actor=request.user,
            at=now(),
        )
    except DomainError as error:
        return _page(request, this, form, status=refuse(form, error))
    seen = [line.participation for line in found.lines if line.participation]
    look(request, [row.account.person_id for row in seen], "results")
    return _page(request, this, form, found=found)


def _take(request: HttpRequest, this: Group) -> HttpResponse:
    """Complete the people of the look that comes back with the form."""
    try:
        plan = signing.loads(
            request.POST.get("plan", ""), salt=_salt(request, this), max_age=SECONDS
        )
    except signing.BadSignature:
        messages.error(request, _("This page is too old. Send the file again."))
        return redirect("enrolments:provider_completion_import", group_id=this.pk)
    people = [_unpacked(each) for each in plan]
    try:
        done = completion_import.take(group_id=this.pk, people=people, actor=request.user, at=now())
    except DomainError as error:
        errors = error.errors if isinstance(error, NotTaken) else {}
        lines = _outcome(people, {}, errors)
        messages.error(request, str(error.message))
        return _page(request, this, ReportForm(), lines=lines, status=error.status)
    messages.success(
        request,
        ngettext("%(n)s person is completed.", "%(n)s people are completed.", len(done))
        % {"n": len(done)},
    )
    lines = _outcome(people, {row.pk for row in done}, {})
    return _page(request, this, ReportForm(), lines=lines)


def _outcome(people: list[Completed], done: Any, errors: dict[UUID, DomainError]) -> list[Line]:
    """What became of each person of the look: one query."""
    rows = Participation.objects.select_related("account__person").in_bulk(
        [person.participation_id for person in people]
    )
    lines = []
    for person in people:
        row, error = rows[person.participation_id], errors.get(person.participation_id)
        if error is not None:
            result, text = RowResult.REFUSED, error.message
        elif row.state != ParticipationState.COMPLETED:
            result, text = RowResult.READY, person.document_number
        else:
            result = RowResult.DONE if row.pk in done else RowResult.ALREADY
            text = row.document_number
        lines.append(Line(0, row.account.person.full_name, result, text, row))
    return lines


def _names(request: HttpRequest, this: Group) -> HttpResponse:
    """Keep as whom the platform knows people."""
    names = NamesForm(_people(this), request.POST)
    if not names.is_valid():
        return _page(request, this, ReportForm(), names=names, status=400)
    try:
        completion_import.save_names(
            group_id=this.pk,
            names={UUID(key): name for key, name in names.cleaned_data.items()},
            actor=request.user,
            at=now(),
        )
    except DomainError as error:
        return _page(request, this, ReportForm(), names=names, status=refuse(names, error))
    messages.success(request, _("The names are saved. Send the file now."))
    return redirect("enrolments:provider_completion_import", group_id=this.pk)


def _people(this: Group) -> list[Participation]:
    """Who still learns, by name: one query."""
    rows = Participation.objects.filter(group=this, state=ParticipationState.LEARNING)
    return list(
        rows.select_related("account__person").order_by(
            "account__person__family_name", "account__person__given_name", "pk"
        )
    )


def _page(
    request: HttpRequest,
    this: Group,
    form: ReportForm,
    *,
    found: Look | None = None,
    lines: list[Line] | None = None,
    names: NamesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    people = _people(this)
    if not found and not lines:
        look(request, [row.account.person_id for row in people], "results")
    shown = lines if lines is not None else found.lines if found else []
    context = {
        "work": work(request, providers_of_visitor(request), "groups"),
        "back": {
            "url": reverse("enrolments:provider_completion", args=[this.pk]),
            "text": _("Results"),
        },
        "group": this,
        "self_paced": not Session.objects.filter(group=this).exists(),
        "form": form,
        "names": names or NamesForm(people),
        "found": found is not None,
        "ready": found.count(RowResult.READY) if found else 0,
        "plan": _packed(request, this, found) if found else "",
        "lines": [
            {
                "number": line.number,
                "who": line.who,
                "text": line.text,
                "state": {"text": line.result.label, "tone": _TONES[line.result]},
            }
            for line in shown
        ],
    }
    return render(request, "enrolments/provider_completion_import.html", context, status=status)


def _salt(request: HttpRequest, this: Group) -> str:
    """A look is good for this person and this group alone."""
    return f"completion-import:{request.user.pk}:{this.pk}"


def _packed(request: HttpRequest, this: Group, found: Look) -> str:
    """The people to complete, signed; keys, days and numbers, no addresses of strangers."""
    plan = [
        {
            **asdict(person),
            "participation_id": str(person.participation_id),
            "on": person.on and person.on.isoformat(),
            "progress": str(person.progress),
        }
        for person in found.people
    ]
    return signing.dumps(plan, salt=_salt(request, this), compress=True)


def _unpacked(each: dict[str, Any]) -> Completed:
    return Completed(
        **{
            **each,
            "participation_id": UUID(each["participation_id"]),
            "on": date.fromisoformat(each["on"]),
            "progress": Decimal(each["progress"]),
        }
    )
