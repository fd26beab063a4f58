"""One's own applications: what happened, what comes next, withdrawing, confirming."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogue.enums import Mode
from enrolments import selectors
from enrolments.enums import ApplicationState, ParticipationState
from enrolments.forms import posted, refuse
from enrolments.models import Application, Participation
from enrolments.selectors_attendance import absence_of, required_of
from enrolments.selectors_disputes import is_frozen, may_dispute
from enrolments.services import decisions, outcomes
from enrolments.views.draft import support_words
from enrolments.views.learner_absence import words_of
from enrolments.views.place_news import place_actions, place_news
from enrolments.views.provider_own_parts import papers, recorded
from enrolments.views.timeline import ahead, happened
from funding.enums import CommitmentState, PayerKind
from funding.models import CoPayment
from funding.selectors_aid import has_aid
from funding.selectors_co_payments import co_payments_of, missing
from stars.common import formats
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError

TONES = {
    ApplicationState.SUBMITTED: "wait",
    ApplicationState.APPROVED: "done",
    ApplicationState.REJECTED: "error",
    ApplicationState.CANCELLED: "error",
    ApplicationState.WAITLISTED: "wait",
    ApplicationState.OFFERED: "info",
    ParticipationState.ADMITTED: "done",
    ParticipationState.LEARNING: "info",
    ParticipationState.COMPLETED: "done",
    ParticipationState.INTERRUPTED: "error",
    ParticipationState.EXPELLED: "error",
}
PAYS = {
    PayerKind.PERSON: gettext_lazy("You pay"),
    PayerKind.FAMILY: gettext_lazy("Your family or somebody else pays"),
    PayerKind.EMPLOYER: gettext_lazy("Your employer pays"),
}


def _own(request: HttpRequest, application_id: UUID) -> Application:
    """One's own application; anybody else's does not exist."""
    return get_object_or_404(
        Application.objects.visible_to(request.user)
        .filter(account__person__user=request.user.pk)
        .select_related(*selectors.WITH_PROGRAMME, "participation", "commitment__policy")
        .select_related("account__person"),
        pk=application_id,
    )


def _participation(application: Application) -> Participation | None:
    return getattr(application, "participation", None)


@require_GET
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Where an application stands and what comes next (ENR-2)."""
    row = _own(request, application_id)
    if row.state == ApplicationState.DRAFT:
        step = "check" if row.knows_consequences else "data" if row.payer else "support"
        return redirect(f"enrolments:apply_{step}", application_id=row.pk)
    participation = _participation(row)
    at = now()
    waits = bool(
        participation
        and participation.state == ParticipationState.COMPLETED
        and participation.confirmed_at is None
    )
    parts = co_payments_of([row.commitment_id]).get(row.commitment_id, []) if row.commitment else []
    unproved = waits and bool(missing(parts))
    steps = selectors.history(row)
    main = None
    if waits and not unproved:
        main = {
            "url": reverse("enrolments:confirm", args=[row.pk]),
            "text": _("I confirm that I completed it"),
        }
    return render(
        request,
        "enrolments/application_detail.html",
        {
            "back": {"url": reverse("web:account"), "text": _("Your learning account")},
            "application": _summary(row, participation),
            "news": _unproved() if unproved else _news(row, participation),
            "attendance": _attendance(participation),
            "main_action": main,
            "actions": [*place_actions(row, participation), *_actions(row, at)],
            "facts": [*_facts(row, participation), *_own_parts(parts)],
            "certificate": _certificate(participation),
            "papers": papers([part for part in parts if part.paid_on], request.user),
            "ahead": ahead(row, participation, steps, at),
            "history": happened(steps),
        },
    )


def _certificate(participation: Participation | None) -> str:
    """Where the certificate is; empty where there is none."""
    if participation is None:
        return ""
    valid = selectors.certificates_of([participation.pk]).get(participation.pk)
    return reverse("enrolments:certificate_paper", args=[valid.pk]) if valid else ""


def _actions(row: Application, at: datetime) -> list[dict[str, str]]:
    """What else the person may do: ask for monthly support, withdraw."""
    actions = []
    if row.commitment is not None and has_aid(row.commitment, at):
        actions.append(
            {
                "url": reverse("funding:aid", args=[row.commitment_id]),
                "text": _("Monthly support"),
                "kind": "second",
                "why": _("A stipend, and help with travel or housing where the project has it."),
            }
        )
    if selectors.withdrawal(row, at).possible:
        actions.append(
            {
                "url": reverse("enrolments:withdraw", args=[row.pk]),
                "text": _("Withdraw the application"),
                "kind": "second",
                "why": _("We will first show what happens with the money."),
            }
        )
    if may_dispute(row):
        actions.append(
            {
                "url": reverse("enrolments:not_me", args=[row.pk]),
                "text": _("This was not me"),
                "kind": "quiet",
                "why": _("If somebody else applied in your name, we freeze the money."),
            }
        )
    return actions


def _summary(row: Application, participation: Participation | None) -> dict[str, Any]:
    state: Any = ApplicationState(row.state)
    if participation and state not in (ApplicationState.CANCELLED, ApplicationState.MOVED):
        state = ParticipationState(participation.state)
    group = row.group
    support = Decimal(row.quote.get("support", "0.00"))
    price = Decimal(row.quote.get("price", str(row.offer.price)))
    by_employer = Decimal(row.quote.get("employer_part", "0.00"))
    return {
        "title": row.offer.version.title,
        "provider": row.offer.version.programme.provider.name,
        "how": formats.lower_first(str(Mode(group.mode).label)),
        "state": {
            "text": _("You are admitted") if state == ParticipationState.ADMITTED else state.label,
            "tone": TONES.get(state, ""),
        },
        "start": group.starts_on,
        "end": group.ends_on,
        "when": group.times_en if get_language() == "en" else group.times_lv,
        "place": group.place,
        "price": price,
        "support": support,
        "own_part": price - support - by_employer,
        "employer_part": by_employer,
        "employer": row.quote.get("employer") or _("Your employer"),
        "why": "",
        "support_text": support_words(row.quote.get("scheme_kind")),
        "counts": row.state in (ApplicationState.SUBMITTED, ApplicationState.APPROVED)
        and not (participation and participation.state == ParticipationState.RELEASED),
    }


def _news(row: Application, participation: Participation | None) -> dict[str, Any] | None:
    """What to do or to wait for now, in one notice."""
    language = formats.language()
    today = riga_date(now())
    if is_frozen(row):
        return {
            "tone": "wait",
            "title": _("The agency looks into this application"),
            "text": _(
                "You said that it was not you. Until the agency has decided, nothing of its money"
                " is paid or given back. We will write to you."
            ),
        }
    if (news := place_news(row, language, today)) is not None:
        return news
    if participation is not None:
        return _news_of_participation(participation, row, language)
    if row.state == ApplicationState.SUBMITTED and row.decide_by:
        return {
            "tone": "wait",
            "title": _("The provider answers %(until)s")
            % {"until": formats.until(row.decide_by, language, today=today)},
            "text": _(
                "Your place and money are kept until then. If there is no answer, both become free."
            ),
        }
    if row.state == ApplicationState.REJECTED:
        return {
            "tone": "error",
            "title": _("The provider could not admit you"),
            "text": row.decision_note,
        }
    if row.state == ApplicationState.LAPSED:
        return {
            "tone": "wait",
            "title": _("The provider did not answer in time"),
            "text": _(
                "Your place and any money held for it are free again. "
                "You can apply to another group."
            ),
        }
    return None


def _unproved() -> dict[str, Any]:
    """Completed, and the project waits for the own part (rule 9)."""
    return {
        "tone": "wait",
        "title": _("Your part is not recorded as paid yet"),
        "text": _(
            "The provider recorded that you completed the training. Ask the provider to record"
            " your part too; then you can confirm it."
        ),
    }


def _news_of_participation(
    participation: Participation, row: Application, language: str
) -> dict[str, Any] | None:
    match participation.state:
        case ParticipationState.ADMITTED:
            day = formats.day(row.group.starts_on, language, "locative")
            return {"tone": "done", "title": _("You begin on %(day)s") % {"day": day}}
        case ParticipationState.COMPLETED if participation.confirmed_at is None:
            return {
                "tone": "wait",
                "title": _("Confirm that you completed the training"),
                "text": _(
                    "The provider recorded it. Your yes lets us pay the provider. If it is not"
                    " true, do not confirm: after five days the agency looks into it."
                ),
            }
        case ParticipationState.COMPLETED:
            return {"tone": "done", "title": _("You completed this training")}
        case ParticipationState.INTERRUPTED | ParticipationState.EXPELLED:
            commitment = row.commitment
            lost = commitment is not None and commitment.state == CommitmentState.FORFEITED
            return {
                "tone": "error",
                "title": _("Your training has ended"),
                "text": " ".join(
                    x
                    for x in (
                        participation.outcome_note,
                        _("The money held for it can no longer be used.") if lost else "",
                    )
                    if x
                ),
            }
    return None


def _attendance(participation: Participation | None) -> dict[str, Any] | None:
    """Hours attended, what may still be missed, and the way to more (ENR-6)."""
    if participation is None or participation.state == ParticipationState.RELEASED:
        return None
    hours = selectors.attendance_of(participation)
    limit = words_of(absence_of(participation))
    if not hours.marked and limit is None:
        return None
    note = _("%(done)s of %(all)s hours. At least %(share)s are needed.") % {
        "done": hours.present,
        "all": hours.hours,
        "share": formats.percent(int(required_of(participation) * 100), formats.language()),
    }
    return {
        "done": hours.present,
        "all": hours.hours,
        "note": note,
        "limit": limit,
        "url": reverse("enrolments:absence", args=[participation.application_id]),
    }


def _facts(row: Application, participation: Participation | None) -> list[dict[str, Any]]:
    facts = []
    if row.decision_note and row.state == ApplicationState.APPROVED:
        facts.append({"term": _("Note from the provider"), "text": row.decision_note})
    if participation and participation.document_number:
        facts.append({"term": _("Document number"), "text": participation.document_number})
    return facts


def _own_parts(parts: list[CoPayment]) -> list[dict[str, Any]]:
    """Each share of the own part and whether the provider has recorded it."""
    language = formats.language()
    return [
        {
            "term": str(PAYS[PayerKind(part.payer)])
            if part.pledge is None
            else _("%(employer)s pays") % {"employer": part.pledge.employer.name},
            "text": f"{formats.money(part.amount, language, cents=True)}, {recorded(part)}",
        }
        for part in parts
    ]


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Withdraw, after it was said what happens with the money (ENR-3)."""
    row = _own(request, application_id)
    at = now()
    form = forms.Form(posted(request))
    status = 200
    if request.method == "POST":
        try:
            decisions.withdraw(application_id=row.pk, actor=request.user, at=at)
            messages.success(request, _("You have withdrawn."))
            return redirect("enrolments:application", application_id=row.pk)
        except DomainError as error:
            status = refuse(form, error)
    elif not selectors.withdrawal(row, at).possible:
        return redirect("enrolments:application", application_id=row.pk)
    return render(
        request,
        "enrolments/confirm.html",
        {
            "back": {
                "url": reverse("enrolments:application", args=[row.pk]),
                "text": row.offer.version.title,
            },
            "heading": _("Withdraw the application?"),
            "consequences": _what_withdrawing_means(selectors.withdrawal(row, at)),
            "form": form,
            "action_text": _("Withdraw"),
            "danger": True,
        },
        status=status,
    )


def _what_withdrawing_means(what: selectors.Withdrawal) -> list[dict[str, str]]:
    language = formats.language()
    rows = [
        {"icon": "people", "title": _("Your place goes to somebody else"), "text": ""},
    ]
    if what.comes_back:
        rows.append(
            {
                "icon": "card",
                "title": _("%(sum)s comes back to your account")
                % {"sum": formats.money(what.comes_back, language)},
                "text": _("You can use it for other training until the end of its term."),
            }
        )
    if what.is_lost:
        rows.append(
            {
                "icon": "warning",
                "title": _("You can no longer use %(sum)s")
                % {"sum": formats.money(what.is_lost, language)},
                "text": _("The term of this money has already ended."),
            }
        )
    if what.project_keeps:
        rows.append(
            {
                "icon": "card",
                "title": _("The project takes back %(sum)s")
                % {"sum": formats.money(what.project_keeps, language)},
                "text": _("The money in your account does not change."),
            }
        )
    return rows


@require_POST
def confirm(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """The learner's side of a completion (money-rules.md 18)."""
    row = _own(request, application_id)
    participation = _participation(row)
    if participation is not None:
        try:
            outcomes.confirm_completion(
                participation_id=participation.pk, actor=request.user, at=now()
            )
            messages.success(request, _("Thank you. The completion is confirmed."))
        except DomainError as error:
            messages.error(request, str(error.message))
    return redirect("enrolments:application", application_id=row.pk)
