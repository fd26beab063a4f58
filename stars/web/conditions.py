"""The check list of a programme: each condition with an answer, a sentence and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models import ProgrammeVersion
from enrolments.conditions import education
from funding.enums import Answer
from funding.services.quote import Quote
from funding.support import Condition, conditions
from stars.web.viewer import Viewer

ANSWERS: Mapping[str, str | Promise] = {
    Answer.YES: gettext_lazy("Yes"),
    Answer.NO: gettext_lazy("No"),
    Answer.UNKNOWN: gettext_lazy("Not known"),
}
ICONS = {Answer.YES: "check-circle", Answer.NO: "cross", Answer.UNKNOWN: "question"}
# What to do where the answer is not yes; the address is a name, or "" where words are enough.
TODO: Mapping[str, tuple[str | Promise, str]] = {
    "account_open": (gettext_lazy("Open a learning account"), "web:opening"),
    "profile_complete": (gettext_lazy("Fill in your profile"), "web:profile"),
    "learning_path": (gettext_lazy("You make it in the application, in one step."), ""),
    "first_time": (gettext_lazy("Support is given once for each training."), ""),
    "money": (gettext_lazy("See when there is money again"), "web:account"),
    "minimum_age": (gettext_lazy("You can still take part and pay yourself."), ""),
    "applied": (gettext_lazy("See your application in your account"), "web:account"),
    "entry_education": (gettext_lazy("Ask the provider whether you can come anyway."), ""),
}
KNOWN = (gettext_lazy("See what is known about you"), "web:data")
PAY = (gettext_lazy("You can still take part and pay yourself."), "")


def checklist(
    version: ProgrammeVersion, quote: Quote | None, who: Viewer, *, applied: bool
) -> list[dict[str, Any]]:
    """The conditions for taking part, and for the support behind `quote`, as the page shows them.

    For visitors the list is the same for all of them: nothing is known yet.
    """
    lines = conditions(quote) if quote else []
    if not any(line.criterion == "account_open" for line in lines):
        lines.insert(0, _account(who))
    needed = education(version, who.account)
    if needed:
        lines.append(needed)
    if who.account is not None:
        lines.append(_applied(applied))
    return [_shown(line, who) for line in lines]


def appeal_url(quote: Quote | None) -> str:
    """Where a refusal is put before a person of the agency; empty where nothing was refused."""
    if quote is None or not quote.refused:
        return ""
    return f"{reverse('funding:appeal')}?par={quote.refused}"


def _account(who: Viewer) -> Condition:
    """To apply one has an account, whoever pays."""
    answer = Answer.YES if who.account else Answer.UNKNOWN
    return Condition("account_open", str(answer.value), _("You have a learning account"))


def _applied(applied: bool) -> Condition:
    if applied:
        return Condition("applied", Answer.NO.value, _("You have applied for this training"))
    text = _("You have not applied for this training yet")
    return Condition("applied", Answer.YES.value, text)


def _no_account(line: Condition, who: Viewer) -> bool:
    """Somebody who signed in and has no account: that is known, and what to do about it too."""
    return line.criterion == "account_open" and who.person is not None and who.account is None


def _shown(line: Condition, who: Viewer) -> dict[str, Any]:
    if _no_account(line, who):
        line = replace(line, answer=str(Answer.NO.value))
    return {
        "answer": line.answer,
        "word": ANSWERS[line.answer],
        "icon": ICONS[Answer(line.answer)],
        "text": line.text,
        **_todo(line, who),
    }


def _todo(line: Condition, who: Viewer) -> dict[str, Any]:
    """What to do about a condition; visitors are led to sign in once, below the list."""
    if line.answer == Answer.YES or (who.account is None and not _no_account(line, who)):
        return {"todo": "", "url": ""}
    if line.criterion in TODO:
        text, name = TODO[line.criterion]
        if line.criterion == "entry_education" and line.answer == Answer.UNKNOWN:
            text, name = KNOWN
    else:
        text, name = KNOWN if line.answer == Answer.UNKNOWN else PAY
    return {"todo": text, "url": reverse(name) if name else ""}
