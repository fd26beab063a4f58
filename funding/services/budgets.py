"""Budgets that run out: said once for each level, to those who keep the money (FUN-13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.enums import Role
from accounts.selectors import holders
from funding.models import Budget, BudgetWarning
from funding.selectors_books import figures
from stars.common.dates import riga_date
from stars.common.transactions import service
from stars.notifications.services import notify


@service
def warn(*, at: datetime) -> list[BudgetWarning]:
    """Write down every level (80 and 95 % held, owed and paid) that a budget has newly reached.

    Finance officers are told in the account and by e-mail. A level is said once for a budget, also
    where money came back in between; returns the new warnings. Runs daily.
    """
    due = {
        (one.source.pk, origin, level)
        for one in figures(at)
        for origin, levels in one.warnings.items()
        for level in levels
    }
    if not due:
        return []
    budgets = {
        (b.source_id, b.origin): b
        for b in Budget.objects.select_for_update(no_key=True).order_by("pk")
    }
    said = set(BudgetWarning.objects.values_list("budget_id", "percent"))
    new = [
        BudgetWarning(budget=budgets[source, origin], percent=level, at=at)
        for source, origin, level in sorted(due, key=str)
        if (budgets[source, origin].pk, level) not in said
    ]
    BudgetWarning.objects.bulk_create(new)
    _tell(new, at)
    return new


def _tell(warnings: Iterable[BudgetWarning], at: datetime) -> None:
    officers = [held.user for held in holders([Role.FINANCE_OFFICER], riga_date(at))]
    for warning in warnings:
        for officer in officers:
            notify(
                kind="budget_warning",
                params={"budget_id": str(warning.budget_id), "percent": warning.percent},
                dedupe_key=f"budget_warning:{warning.budget_id}:{warning.percent}:{officer.pk}",
                at=at,
                user_id=officer.pk,
                language=officer.language,
                address=officer.email or "",
            )
