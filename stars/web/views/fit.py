""" "Which support fits me?" (PUB-4): questions and answer by GET only; nothing is stored."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue import pages
from funding import fitting, questions
from funding.facts import gather
from stars.common.dates import riga_date
from stars.web import fit as shown
from stars.web.viewer import viewer

DONE = ("account_state", "profile_complete", "learning_path")


@login_not_required
@require_safe
def fit(request: HttpRequest) -> HttpResponse:
    """One question, or the answer when all are answered (GET /kads-atbalsts/?age=&…, public)."""
    who = viewer(request)
    today = riga_date(who.at)
    current = fitting.policies(today)
    asking = shown.Asking.read(request.GET, questions.questions(current))
    known = dict(gather(who.account, who.at).known) if who.account else {}
    question = asking.current
    context = {"asking": asking, "steps": asking.steps(), "back": asking.back()}
    if question is not None:
        offered = questions.answers_from(known, asking.questions, today)
        context |= {
            "question": question,
            "options": shown.options(
                question, offered.get(question.name, ""), questions.ticked(known)
            ),
            # The form was sent without an answer.
            "missed": request.GET.get("sent") == question.name and not question.many,
            "missed_lines": [
                {"href": "#a-1", "text": _("Choose an answer, or pass the question over.")}
            ],
            "number": list(asking.questions).index(question) + 1,
            "hidden": asking.pairs(),
            "prefilled": question.name in offered
            or (question.many and bool(questions.ticked(known))),
        }
        return render(request, "web/fit_question.html", context)
    # What the person tells here counts; of the account only which steps are done already.
    told = {key: known[key] for key in DONE if key in known}
    told |= questions.facts(asking.answers, today)
    kind = shown.kind_of(asking.answers)
    kinds = questions.codes_of(kind, asking.questions)
    found = fitting.fits(current, told, kind, asking.questions, today)
    context |= {
        "summary": asking.summary(),
        "groups": shown.result(
            found,
            kinds,
            today,
            has_account=who.account is not None,
            offered=pages.offered_now(today),
        ),
        "again": shown.Asking(asking.questions, {}).url(),
    }
    return render(request, "web/fit_result.html", context)
