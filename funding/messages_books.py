"""What finance officers hear about budgets; names are looked up when the message is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from funding.models import Budget
from stars.notifications import kinds


def in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Source and origin for the budgets in `batch`: one query."""
    rows = Budget.objects.filter(pk__in=[params["budget_id"] for params in batch])
    known = {str(row.pk): row for row in rows.select_related("source__term")}
    return [_words(known.get(str(params["budget_id"])), params["percent"]) for params in batch]


def _words(budget: Budget | None, percent: int) -> dict[str, Any] | None:
    if budget is None:
        return None
    return {
        "source": budget.source.term.plain,
        "origin": budget.get_origin_display(),
        "percent": percent,
    }


def register() -> None:
    """Make the kind known; called once when the app is ready."""
    kinds.register(
        "budget_warning",
        subject=_("A budget is running out"),
        title=_("%(percent)s %% of a budget is used: %(source)s"),
        text=_(
            "Of this money at least %(percent)s %% is held, owed or paid: %(origin)s. Look when it"
            " will be used up."
        ),
        action=_("See the budgets"),
        url_name="admin:funding_budget_changelist",
        resolver=in_words,
    )
