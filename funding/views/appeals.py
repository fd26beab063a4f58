"""Decisions about oneself: what they rest on, and putting a refusal before a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from funding import decision_words
from funding.enums import Answer, AppealState
from funding.forms_claims import posted, refuse
from funding.models import Appeal, Decision, Scheme, Waiver
from funding.services import appeals as service
from funding.services import cover
from funding.views.whose import own_account
from stars.common import formats
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError
from stars.common.limits import at_most

SHOWN = 50
# A form that is sent more often than anybody writes.
SENDS: dict[str, int] = {"times": 10, "seconds": 24 * 3600}
TONES = {
    AppealState.ASKED: "wait",
    AppealState.UPHELD: "info",
    AppealState.CHANGED: "done",
    AppealState.WITHDRAWN: "info",
}
ICONS = {"yes": "check-circle", "no": "cross", "unknown": "question", "": "info"}


class WordsForm(forms.Form):
    """Why the person does not agree."""

    text = forms.CharField(
        label=gettext_lazy("Why do you not agree?"),
        help_text=gettext_lazy(
            "Write what we may not know. A person of the agency reads it; nobody else does."
        ),
        max_length=service.LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Say why you do not agree.")},
    )


def _own(request: HttpRequest, appeal_id: UUID) -> Appeal:
    """One's own question; anybody else's does not exist."""
    own = Appeal.objects.filter(account__person__user=request.user.pk)
    return get_object_or_404(own.select_related("scheme"), pk=appeal_id)


@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest) -> HttpResponse:
    """Ask a person to look at a refusal (GET/POST /konts/iebildums/?par=<kind>:<key>)."""
    account, at = own_account(request, closed_too=True), now()
    reference = request.GET.get("par", "")[:60]
    waiting = Appeal.objects.filter(account=account, reference=reference, state=AppealState.ASKED)
    if (asked := waiting.first()) is not None:
        return redirect("funding:appeal_answer", asked.pk)
    try:
        refused = service.refusal(account, reference, at)
    except DomainError as error:
        raise Http404 from error
    form, status = WordsForm(posted(request)), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                at_most(**SENDS, action="appeal", who=request.user.pk)
                made = service.ask(
                    account_id=account.pk,
                    reference=reference,
                    text=form.cleaned_data["text"],
                    actor=request.user,
                    at=at,
                )
            except DomainError as error:
                status = refuse(form, error)
            else:
                messages.success(request, _("We have your question."))
                return redirect("funding:appeal_answer", made.pk)
    scheme = get_object_or_404(Scheme, pk=refused.scheme_id)
    context = {
        "back": {"url": reverse("web:account"), "text": _("My account")},
        "scheme": scheme.name,
        "said": refused.text,
        "lines": _lines(refused.lines),
        "form": form,
        "days": service.ANSWER_DAYS,
        "nav": "account",
    }
    return render(request, "funding/appeal.html", context, status=status)


@require_GET
def answer(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """Where a question stands, or the answer (GET /konts/iebildums/<key>/)."""
    this = _own(request, appeal_id)
    language, today = formats.language(), riga_date(now())
    state = AppealState(this.state)
    until = formats.until(this.answer_by, language, today=today)
    news = {
        AppealState.ASKED: (
            _("A person of the agency looks at it"),
            _("You get an answer %(until)s at the latest.") % {"until": until},
        ),
        AppealState.UPHELD: (_("The decision stands"), this.answer),
        AppealState.CHANGED: (_("The decision was changed"), this.answer),
        AppealState.WITHDRAWN: (_("You took the question back"), ""),
    }[state]
    context = {
        "back": {"url": reverse("funding:decisions"), "text": _("Decisions about me")},
        "scheme": this.scheme.name,
        "news": {"tone": TONES[state], "title": news[0], "text": news[1]},
        "own_words": this.text,
        "asked_on": riga_date(this.asked_at),
        "lines": _lines(this.lines),
        "excepted": [_excepted(each, this) for each in this.waivers.order_by("pk")],
        "withdraw_url": reverse("funding:appeal_withdraw", args=[this.pk])
        if state == AppealState.ASKED
        else "",
        "nav": "account",
    }
    return render(request, "funding/appeal_answer.html", context)


def _excepted(waiver: Waiver, this: Appeal) -> str:
    day = formats.day(waiver.valid_to, formats.language(), "dative", year=True)
    return _("Until %(day)s we do not ask: %(what)s") % {"day": day, "what": _named(waiver, this)}


def _named(waiver: Waiver, this: Appeal) -> str:
    for line in this.lines:
        if line["criterion"] == waiver.criterion:
            return str(line["text_en" if get_language() == "en" else "text_lv"])
    return str(waiver.criterion)


@require_POST
def withdraw(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """Take the question back (POST); 404 for another's."""
    this = _own(request, appeal_id)
    try:
        service.withdraw(appeal_id=this.pk, actor=request.user, at=now())
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("You took the question back"))
    return redirect("funding:appeal_answer", this.pk)


@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """Every decision about one's support, and one's questions (GET /konts/lemumi/)."""
    account = own_account(request, closed_too=True)
    rows = Decision.objects.filter(account=account).select_related("policy__scheme")
    asked = Appeal.objects.filter(account=account).select_related("scheme")
    context = {
        "back": {"url": reverse("web:account"), "text": _("My account")},
        "decisions": [
            {
                "url": reverse("funding:decision", args=[row.pk]),
                "title": row.policy.scheme.name,
                "tag": _tag(row),
                "on": riga_date(row.decided_at),
            }
            for row in rows.order_by("-decided_at", "pk")[:SHOWN]
        ],
        "appeals": [
            {
                "url": reverse("funding:appeal_answer", args=[row.pk]),
                "title": row.scheme.name,
                "tag": {
                    "text": row.get_state_display(),
                    "tone": TONES[AppealState(row.state)],
                },
                "on": riga_date(row.asked_at),
            }
            for row in asked.order_by("-asked_at", "pk")[:SHOWN]
        ],
        "nav": "account",
    }
    return render(request, "funding/decisions.html", context)


@require_GET
def decision(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """One decision with every fact, its source and its day (GET /konts/lemumi/<key>/)."""
    own = Decision.objects.filter(account__person__user=request.user.pk)
    this = get_object_or_404(own.select_related("policy__scheme"), pk=decision_id)
    context = {
        "back": {"url": reverse("funding:decisions"), "text": _("Decisions about me")},
        "scheme": this.policy.scheme.name,
        "tag": _tag(this),
        "decided_on": riga_date(this.decided_at),
        "lines": _rows(decision_words.of(this)),
        "appeal_url": _about_cover(this),
        "nav": "account",
    }
    return render(request, "funding/decision.html", context)


def _about_cover(row: Decision) -> str:
    """Where somebody objects to losing full cover; "" for any other decision."""
    kind, _colon, key = row.reference.partition(":")
    if kind not in (cover.TOLD, cover.LOST):
        return ""
    return f"{reverse('funding:appeal')}?par=commitment:{key}"


def _tag(row: Decision) -> dict[str, str]:
    yes = row.outcome == Answer.YES
    return {
        "text": _("You got the support") if yes else _("You did not get the support"),
        "tone": "done" if yes else "error",
    }


def _lines(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return _rows(decision_words.lines(stored, decision_words.names())) if stored else []


def _rows(lines: list[decision_words.DecisionLine]) -> list[dict[str, Any]]:
    return [
        {
            "icon": ICONS[line.answer],
            "word": line.word,
            "text": line.text,
            "known": line.value,
            "source": line.source,
            "observed_on": line.observed_on,
        }
        for line in lines
    ]
