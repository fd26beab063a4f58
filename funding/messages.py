"""The messages about money; the same words in the account and in the e-mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from stars.common import formats
from stars.notifications import kinds


def in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Amounts and days of the parameters written for the reader's language."""
    language = formats.language()
    return [
        {
            "amount": formats.money(Decimal(params["amount"]), language),
            "last_day": formats.day(date.fromisoformat(params["last_day"]), language),
            "left": formats.days_left(params.get("days", 0), language),
        }
        for params in batch
    ]


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    kinds.register(
        "money_granted",
        subject=_("You have money for training"),
        title=_("You received %(amount)s for training"),
        text=_("The last day to use the money or keep it for later: %(last_day)s."),
        action=_("See your learning account"),
        url_name="web:account",
        resolver=in_words,
    )
    kinds.register(
        "money_ends",
        subject=_("Your money for training ends soon"),
        title=_("%(amount)s of your money ends: %(left)s"),
        text=_(
            "Apply for training or keep the money for another period. The last day: %(last_day)s."
        ),
        action=_("See your learning account"),
        url_name="web:account",
        resolver=in_words,
    )
