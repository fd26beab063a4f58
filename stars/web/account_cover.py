"""Full cover that is about to be lost, or what is owed since it was, above the money."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from funding.enums import CommitmentState
from funding.selectors_cover import Cover, covers
from learning_accounts.models import LearningAccount
from stars.common import formats
from stars.common.formats import language


def notices(account: LearningAccount, today: date) -> list[dict[str, Any]]:
    """One for each training (components/notice.html); one query where there is nothing to say."""
    return [_notice(each, today) for each in covers(account) if _is_news(each, today)]


def _is_news(each: Cover, today: date) -> bool:
    """What was put right in time, or belongs to a training that is over, is none."""
    if each.owed or each.asked:
        return True
    return each.commitment.state == CommitmentState.HELD and today <= each.last_day


def _notice(each: Cover, today: date) -> dict[str, Any]:
    words = {
        "title": each.commitment.title,
        "amount": formats.money(each.commitment.support, language(), cents=True),
        "until": formats.until(each.last_day, language(), today=today),
    }
    if each.owed:
        title = _("You owe the project %(amount)s for “%(title)s”") % words
        text = _("Since you no longer meet a condition, its support is lost.")
    else:
        title = _("Support for “%(title)s” may end") % words
        text = _("Put the condition right, or object, %(until)s. Your place stays.") % words
    if each.asked:
        text += " " + _("A person of the agency looks at it.")
    return {
        "tone": "error" if each.owed else "wait",
        "title": title,
        "text": text,
        "link_url": reverse("funding:decision", args=[each.decision.pk]),
        "link_text": _("See why, and what you can do"),
    }
