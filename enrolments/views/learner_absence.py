"""The learner's own attendance: what may still be missed, the code, reasons (ENR-6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from enrolments import selectors
from enrolments.enums import UNDER_WAY, AbsenceReason, ExcuseState, ParticipationState
from enrolments.forms import refuse
from enrolments.forms_attendance import CodeForm, ExcuseForm
from enrolments.models import Application, Excuse, Participation
from enrolments.selectors_attendance import Absence, absence_of, papers_of
from enrolments.services import excuses, own_marks
from stars.common import formats
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError
from stars.files import services as files
from stars.files.models import StoredFile

TONES = {
    ExcuseState.SUBMITTED: "wait",
    ExcuseState.ACCEPTED: "done",
    ExcuseState.REFUSED: "error",
}


def _own(request: HttpRequest, application_id: UUID) -> tuple[Application, Participation]:
    """One's own application that has a place; anybody else's does not exist."""
    row = get_object_or_404(
        Application.objects.visible_to(request.user)
        .filter(account__person__user=request.user.pk)
        .select_related(*selectors.WITH_PROGRAMME, "participation", "commitment__policy"),
        pk=application_id,
    )
    participation = getattr(row, "participation", None)
    if participation is None:
        raise Http404
    return row, participation


def words_of(absence: Absence) -> dict[str, Any] | None:
    """What may still be missed, as a notice: tone, title, text; None where nothing can be said."""
    limit, language = absence.allowance, formats.language()
    if not limit.hours or absence.participation.state not in UNDER_WAY:
        return None
    all_hours = formats.hours(limit.hours, language)
    share = formats.percent(int(limit.required * 100), language)
    text = _("At least %(share)s of the hours are needed to complete the training.") % {
        "share": share
    }
    if limit.excused:
        text += " " + _("Hours with an accepted reason count as missed, too: %(n)s.") % {
            "n": limit.excused
        }
    if limit.broken:
        return {
            "tone": "error",
            "title": _("You missed more than is allowed: %(missed)s of %(all)s")
            % {"missed": limit.missed, "all": all_hours},
            "text": text + " " + _("Talk to the provider."),
        }
    return {
        "tone": "wait" if absence.near else "info",
        "title": _("You may still miss %(left)s of %(all)s")
        % {"left": limit.left, "all": all_hours},
        "text": text,
    }


@require_http_methods(["GET", "POST"])
def absence(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """What was missed and may be missed, the code of a session, and why one was away."""
    row, participation = _own(request, application_id)
    excuse_form, code_form = ExcuseForm(), CodeForm()
    status = 200
    if request.method == "POST" and request.POST.get("what") == "code":
        code_form = CodeForm(request.POST)
        status = _write_code(request, participation, code_form)
    elif request.method == "POST":
        excuse_form = ExcuseForm(request.POST, request.FILES)
        status = _tell(request, participation, excuse_form)
    if request.method == "POST" and status == 200:
        return redirect("enrolments:absence", application_id=row.pk)
    found = absence_of(participation)
    told = list(participation.excuses.order_by("-submitted_at", "pk"))
    papers = papers_of([one.pk for one in told])
    language, today = formats.language(), riga_date(now())
    return render(
        request,
        "enrolments/absence.html",
        {
            "back": {
                "url": reverse("enrolments:application", args=[row.pk]),
                "text": row.offer.version.title,
            },
            "limit": words_of(found),
            "missed": [
                {
                    "day": formats.weekday_and_day(
                        riga_date(session.starts_at), language, today=today
                    ),
                    "hours": formats.hours(session.hours, language),
                }
                for session in found.missed
            ],
            "code_form": code_form if participation.state == ParticipationState.LEARNING else None,
            "form": excuse_form if participation.state in UNDER_WAY else None,
            "excuses": [_excuse(one, papers.get(one.pk, []), request.user) for one in told],
        },
        status=status,
    )


def _write_code(request: HttpRequest, participation: Participation, form: CodeForm) -> int:
    if not form.is_valid():
        return 400
    try:
        own_marks.confirm_presence(
            participation_id=participation.pk,
            digits=form.cleaned_data["code"],
            actor=request.user,
            at=now(),
        )
    except DomainError as error:
        return refuse(form, error)
    messages.success(request, _("Thank you. You confirmed that you are here."))
    return 200


def _tell(request: HttpRequest, participation: Participation, form: ExcuseForm) -> int:
    if not form.is_valid():
        return 400
    data = form.cleaned_data
    papers = [excuses.Paper(each.name, each) for each in data["file"]]
    try:
        excuses.submit_excuse(
            participation_id=participation.pk,
            reason=data["reason"],
            first_day=data["first_day"],
            last_day=data["last_day"],
            note=data["note"],
            papers=tuple(papers),
            actor=request.user,
            at=now(),
        )
    except DomainError as error:
        return refuse(form, error)
    messages.success(request, _("Sent. The provider answers whether it accepts the reason."))
    return 200


def _excuse(excuse: Excuse, papers: list[StoredFile], user: Any) -> dict[str, Any]:
    state = ExcuseState(excuse.state)
    waits = state == ExcuseState.SUBMITTED
    return {
        "first": excuse.first_day,
        "last": excuse.last_day,
        "reason": AbsenceReason(excuse.reason).label,
        "state": {"text": state.label, "tone": TONES.get(state, "")},
        "note": excuse.decision_note,
        "papers": [
            {"name": paper.name, "url": files.link(file=paper, actor=user)} for paper in papers
        ],
        "withdraw_url": reverse("enrolments:excuse_withdraw", args=[excuse.pk]) if waits else "",
    }


@require_POST
def withdraw(request: HttpRequest, excuse_id: UUID) -> HttpResponse:
    """Take a reason back before the answer; its papers are erased."""
    excuse = get_object_or_404(
        Excuse.objects.select_related("participation"),
        pk=excuse_id,
        participation__account__person__user=request.user.pk,
    )
    try:
        excuses.withdraw_excuse(excuse_id=excuse.pk, actor=request.user, at=now())
        messages.success(request, _("Taken back. What you had added is erased."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("enrolments:absence", application_id=excuse.participation.application_id)
