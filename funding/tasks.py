"""Scheduled work: each task hands the present moment to a service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import OperationalError

from funding.services import (
    budgets,
    claim_drafts,
    claims,
    cover,
    grants,
    old_papers,
    papers,
    reconcile,
    reminders,
    rounds,
    statements,
)
from funding.services.quote import price_table
from learning_accounts.services import alerts
from stars.common.dates import add_months, now, riga_date
from stars.common.errors import Busy
from stars.common.permissions import SYSTEM

RETRY: Any = {"autoretry_for": (OperationalError, Busy), "retry_backoff": True, "max_retries": 8}


@shared_task(**RETRY)
def daily() -> None:
    """Expiry first, then the open rounds, claims in line with what is left, reminders (rule 2)."""
    at = now()
    grants.expire_due(at=at)
    short = rounds.run_due(at=at, actor=SYSTEM)
    claims.serve_waiting(at=at)
    claim_drafts.forget_drafts(at=at)
    claim_drafts.forget_papers(at=at)
    budgets.warn(at=at)
    cover.review(at=at)
    reminders.remind(at=at)
    if short:
        raise NoMoneyLeft(f"The source does not hold what these rounds owe: {', '.join(short)}")


@shared_task(**RETRY)
def run_round(code: str, batch: int = rounds.BATCH) -> None:
    """One round, now, in steps of `batch` accounts."""
    rounds.run(code=code, at=now(), actor=SYSTEM, batch=batch)


@shared_task(**RETRY)
def print_statement(statement_id: str) -> None:
    """The paper of a statement that was just approved."""
    papers.print_statement(statement_id=UUID(statement_id), at=now())


@shared_task(**RETRY)
def settle_month() -> None:
    """Drafts of all statements for the month before, and papers that are missing."""
    at = now()
    statements.settle_month(month=add_months(riga_date(at), -1), actor=SYSTEM, at=at)
    papers.print_missing(at=at)


@shared_task(**RETRY)
def reconcile_ledger() -> None:
    """The nightly proof; a failure is an error in the log and red on the page."""
    result = reconcile.reconcile(at=now())
    if not result.ok:
        raise ReconciliationFailed(f"{len(result.problems)} problems, run {result.pk}")


@shared_task(**RETRY)
def retention() -> None:
    """What the terms of `funding.privacy` no longer keep (NFR-5)."""
    old_papers.erase_all(at=now())


@shared_task(**RETRY)
def tell_of_new_training() -> int:
    """Tell people whose search has found something new; some search by what they pay (CAT-3)."""
    at = now()
    told = alerts.tell_all(at=at, prices=price_table)
    alerts.forget_alerts(at=at)
    return told


class NoMoneyLeft(Exception):
    """Rounds that could not serve everybody; the error stands in the log for the agency."""


class ReconciliationFailed(Exception):
    """The ledger does not prove."""
