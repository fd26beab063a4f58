"""What else there is besides the grants: monthly aid, objections, what an employer has promised."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from funding.enums import AidState, AppealState
from funding.models import AidRequest, Appeal
from funding.selectors_aid import unasked
from funding.selectors_pledges import promises
from learning_accounts.models import LearningAccount
from stars.common import formats
from stars.common.dates import riga_date
from stars.common.formats import language

# Of each kind; the rest is on the pages behind.
SHOWN = 5
_AID = {AidState.ASKED: "wait", AidState.APPROVED: "done", AidState.REFUSED: "error"}
_APPEALS = {AppealState.ASKED: "wait", AppealState.CHANGED: "done"}


def rows(account: LearningAccount, at: datetime) -> list[dict[str, Any]]:
    """As a list (templates/web/account.html): four queries where nobody has promised anything and
    nothing is learned."""
    today = riga_date(at)
    return [
        *_promised(account, today),
        *_unasked(account, at),
        *_aid(account, today),
        *_appeals(account, today),
    ]


def _unasked(account: LearningAccount, at: datetime) -> list[dict[str, Any]]:
    """Monthly support that can be asked for, one line for each training."""
    return [
        {
            "title": _("You can ask for monthly support"),
            "text": "{}: {}".format(
                commitment.title, ", ".join(formats.lower_first(str(k.label)) for k in kinds)
            ),
            "tag": {"text": _("Not asked for yet"), "tone": "info"},
            "url": reverse("funding:aid", args=[commitment.pk]),
            "link": _("Ask for it"),
        }
        for commitment, kinds in unasked(account, at)[:SHOWN]
    ]


def _promised(account: LearningAccount, today: date) -> list[dict[str, Any]]:
    found = {one.key: one for each in promises(account, today).values() for one in each}
    return [
        {
            "title": one.employer,
            "text": _("Pays %(share)s of your part of the price, within its limits.")
            % {"share": formats.percent((one.share * 100).normalize(), language())},
            "tag": {"text": _("Employer"), "tone": "done"},
            "url": reverse("web:catalogue"),
            "link": _("Find learning"),
        }
        for one in found.values()
    ]


def _aid(account: LearningAccount, today: date) -> list[dict[str, Any]]:
    asked = AidRequest.objects.filter(commitment__account=account).select_related(
        "commitment__offer__version", "commitment__claim__what"
    )
    return [
        {
            "title": row.get_kind_display(),
            "text": f"{row.commitment.title}, {_on(riga_date(row.asked_at), today)}",
            "tag": {"text": row.get_state_display(), "tone": _AID.get(AidState(row.state), "")},
            "url": reverse("funding:aid", args=[row.commitment_id]),
            "link": _("See"),
        }
        for row in asked.order_by("-asked_at", "pk")[:SHOWN]
    ]


def _appeals(account: LearningAccount, today: date) -> list[dict[str, Any]]:
    asked = Appeal.objects.filter(account=account).order_by("-asked_at", "pk")
    return [
        {
            "title": _("You asked a person to look at a decision"),
            "text": capfirst(_on(riga_date(row.asked_at), today)),
            "tag": {
                "text": row.get_state_display(),
                "tone": _APPEALS.get(AppealState(row.state), ""),
            },
            "url": reverse("funding:appeal_answer", args=[row.pk]),
            "link": _("See"),
        }
        for row in asked[:SHOWN]
    ]


def _on(day: date, today: date) -> str:
    return formats.day_near(day, language(), today=today)
