"""The provider's workspace: results of a group."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.models import Group
from enrolments import selectors
from enrolments.enums import ParticipationState
from enrolments.forms import ResultForm
from enrolments.rules import REQUIRED_SHARE
from enrolments.services import outcomes
from enrolments.services.certificates import templates_of
from enrolments.services.outcomes import required_share
from enrolments.views.certificates import chosen_template
from enrolments.views.workspace import (
    look,
    own_group,
    providers_of_visitor,
    results_clock,
    work,
)
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError
from stars.common.permissions import require


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
                "id": this.pk,
                "title": this.version.title,
                "code": this.code,
                "start": this.starts_on,
                "end": this.ends_on,
            },
            **_about(this, people),
            "clock": results_clock(this, learning=any(not row["locked"] for row in rows)),
            "needed": _needed(people),
            "people": rows,
            "done": sum(bool(row["locked"]) for row in rows),
            "all": len(rows),
            "extra_errors": lines,
        },
        status=400 if lines else 200,
    )


def _needed(people: list[selectors.PersonInGroup]) -> int:
    """Per cent of the hours that completing takes; where sources differ, the most of them."""
    shares = [required_share(p.participation.application) for p in people]
    return int(max(shares, default=REQUIRED_SHARE) * 100)


def _about(this: Group, people: list[selectors.PersonInGroup]) -> dict[str, Any]:
    """Whether only a platform's report says who completed, and the templates of certificates."""
    return {
        "self_paced": bool(people) and not any(person.hours.hours for person in people),
        "templates": templates_of(this.version.programme.provider_id),
    }


def _ids(people: list[selectors.PersonInGroup]) -> set[UUID]:
    return {p.participation.pk for p in people}


def _result_form(participation: Any, this: Group, data: Any = None) -> ResultForm:
    today = riga_date(now())
    form = ResultForm(
        data,
        prefix=str(participation.pk),
        initial={"on": min(today, this.ends_on)},
    )
    if not this.version.type.has_grade:
        del form.fields["grade"]
    return form


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
                grade=form.cleaned_data.get("grade"),
                template_id=chosen_template(request),
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
        "enough": hours.enough(required) or not hours.hours,
        "value": form.data.get(f"outcome-{participation.pk}", "") if form.is_bound else "",
        "field": None if locked else form["detail"],
        "day_field": None if locked else form["on"],
        "grade_field": form["grade"] if not locked and "grade" in form.fields else None,
        "locked": locked,
        "completed": participation.state == ParticipationState.COMPLETED,
        "error": errors.get(participation.pk, ""),
    }
