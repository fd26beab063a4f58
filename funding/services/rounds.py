"""Allocation rounds: every eligible account that asked, exactly once (FUN-4, rules 1–5, 10, 11).

Set-based and in batches that each commit. A unique constraint on (round, account) and the
idempotency key of each posting make late, repeated, parallel and interrupted runs harmless.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from funding.enums import AccountKind, RoundState
from funding.exceptions import InsufficientFunds, OutsideWindow, UnknownRound
from funding.models import AllocationRound, LedgerAccount, RoundRun
from funding.services import grants, round_sql
from funding.services.ledger import open_account, pool
from stars.common import formats
from stars.common.approvals import content_hash
from stars.common.dates import now, riga_date, start_of_day
from stars.common.money import ZERO
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import find_rows_by_keys, polite_locks, service
from stars.notifications.services import notify_from_select

BATCH = 5000


@dataclass
class Result:
    """What a run did, or would do. Amounts in EUR."""

    code: str
    applied: bool
    expired: int = 0
    granted: int = 0
    amount: Decimal = ZERO
    cut: Decimal = ZERO
    refusals: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    # What the source's pool lacks to serve them all.
    missing: Decimal = ZERO


def get_round(code: str) -> AllocationRound:
    """The round with this code; `UnknownRound` names those there are."""
    rounds = AllocationRound.objects.select_related("policy__scheme__source", "previous")
    found = rounds.filter(code__iexact=code).first()
    if found is None:
        known = ", ".join(AllocationRound.objects.values_list("code", flat=True))
        raise UnknownRound(
            _("There is no round %(code)s. Rounds: %(known)s.") % {"code": code, "known": known}
        )
    return found


def _check_window(this: AllocationRound, at: datetime) -> None:
    if not start_of_day(this.due_on) <= at < this.ends_at:
        raise OutsideWindow(
            _("Round %(code)s runs from %(start)s to %(end)s, both days included.")
            % {
                "code": this.code,
                "start": this.due_on,
                "end": riga_date(this.ends_at) - timedelta(days=1),
            }
        )


def preview(*, code: str, at: datetime) -> Result:
    """Counts and money of a run at `at`, without writing anything (FUN-4)."""
    this = get_round(code)
    _check_window(this, at)
    result = _plan(this, at)
    result.refusals |= round_sql.refusals(this, at)
    return result


def _plan(this: AllocationRound, at: datetime) -> Result:
    """What a run at `at` would grant; of the refusals only those at the ceiling."""
    result = Result(this.code, applied=False)
    with connection.cursor() as cursor:
        cursor.execute(*round_sql.preview(this, at))
        result.granted, result.amount, result.cut, result.waiting, full = cursor.fetchone()
    if full:
        result.refusals["ceiling"] = full
    place = LedgerAccount.objects.filter(
        kind=AccountKind.POOL, owner_key="", source_id=this.policy.scheme.source_id
    )
    there = place.values_list("balance", flat=True).first() or ZERO
    result.missing = max(ZERO, result.amount - there)
    return result


def content(this: AllocationRound) -> str:
    """A hash of what a run by hand rests on; any change of it asks for a new dry run (STA-5)."""
    return content_hash(
        {
            "round": this.code,
            "policy": this.policy_id,
            "due_on": this.due_on,
            "ends_at": this.ends_at.timestamp(),
            "cap": this.cap,
        }
    )


@service
def dry_run(*, code: str, at: datetime, actor: Any) -> Result:
    """`preview` whose counts are kept, so that a run by hand can be put forward today."""
    require(actor, "funding.run_round", None)
    begun = now()
    result = preview(code=code, at=at)
    this = get_round(code)
    RoundRun.objects.create(
        round=this,
        dry=True,
        content=content(this),
        started_by=actor_or_none(actor),
        at=at,
        started_at=begun,
        finished_at=now(),
        expected=result.granted,
        waiting=result.waiting,
        amount=result.amount,
        cut=result.cut,
        refusals=result.refusals,
    )
    return result


def last_dry_run(this: AllocationRound, at: datetime) -> RoundRun | None:
    """The newest dry run of the same content on the day of `at` (Riga), if there is one."""
    today = start_of_day(riga_date(at))
    runs = this.runs.filter(dry=True, content=content(this), at__gte=today, at__lte=at)
    return runs.order_by("-at").first()


def run(*, code: str, at: datetime, actor: Any, batch: int = BATCH) -> Result:
    """Grant what the round owes at the moment `at`; may be run any number of times.

    Lots of the same source whose term has ended go first (rule 2).

    Raises `UnknownRound`, `OutsideWindow`, or `InsufficientFunds` when the source's pool does not
    hold enough for everybody: a round without a cap has no order in which to serve some. Batches
    already committed stay.
    """
    require(actor, "funding.run_round", None)
    this = get_round(code)
    _check_window(this, at)
    expired = grants.expire_due(at=at, source_id=this.policy.scheme.source_id)
    _open(this, actor, at)
    # Made before the loop, so that no batch waits for another one's new pool.
    open_account(kind=AccountKind.POOL, source_id=this.policy.scheme.source_id)
    begun = now()
    if this.cap is not None:
        round_sql.freeze_ranks(this, at)
    plan = _plan(this, at)
    record = RoundRun.objects.create(
        round=this,
        started_by=actor_or_none(actor),
        at=at,
        started_at=begun,
        expected=plan.granted,
        waiting=plan.waiting,
    )
    if plan.missing:
        _stop_without_money(this, record, plan)
    result = Result(this.code, applied=True, expired=expired)
    after: Any = None
    while True:
        try:
            with polite_locks(), transaction.atomic():
                count, amount, cut, after = _grant_batch(
                    this, at, after, batch, record.started_by_id
                )
        except IntegrityError as error:
            if "ledger_never_negative" in str(error):
                raise InsufficientFunds() from error
            raise
        result.granted += count
        result.amount += amount
        result.cut += cut
        RoundRun.objects.filter(pk=record.pk).update(
            granted=result.granted, amount=result.amount, cut=result.cut
        )
        if after is None:
            break
    result.refusals = plan.refusals | round_sql.refusals(this, at)
    result.waiting = plan.waiting
    RoundRun.objects.filter(pk=record.pk).update(finished_at=now(), refusals=result.refusals)
    return result


def _stop_without_money(this: AllocationRound, record: RoundRun, plan: Result) -> None:
    """Say what is missing, in the run's record and to the caller; nobody is served."""
    refusals = plan.refusals | {"no_money": plan.granted}
    RoundRun.objects.filter(pk=record.pk).update(finished_at=now(), refusals=refusals)
    language = formats.language()
    raise InsufficientFunds(
        _(
            "There is not enough money for the round %(code)s: it needs %(needs)s, of which"
            " %(missing)s is missing. Make money available, or give the round a cap."
        )
        % {
            "code": this.code,
            "needs": formats.money(plan.amount, language),
            "missing": formats.money(plan.missing, language),
        }
    )


def run_due(*, at: datetime, actor: Any) -> list[str]:
    """Run every round whose window is open at `at` (the daily task, rule 2).

    A source without money stops its own round only; returns the codes of such rounds. A round that
    is late by months keeps its own due date and end, so each of several gives its own lot; one
    whose whole window was missed gives nothing, since its money would have ended.
    """
    close_ended(at=at)
    rounds = AllocationRound.objects.exclude(state=RoundState.CLOSED).filter(ends_at__gt=at)
    short = []
    for each in rounds.order_by("due_on"):
        if start_of_day(each.due_on) <= at:
            try:
                run(code=each.code, at=at, actor=actor)
            except InsufficientFunds:
                short.append(each.code)
    return short


@service
def close_ended(*, at: datetime) -> int:
    """Close the rounds that were run and whose window is over at `at`; returns how many."""
    over = AllocationRound.objects.filter(state=RoundState.OPEN, ends_at__lte=at)
    closed = 0
    for each in over.order_by("pk").select_for_update():
        each.move("close", by=None, at=at)
        closed += 1
    return closed


def _open(this: AllocationRound, actor: Any, at: datetime) -> None:
    if this.state != RoundState.PLANNED:
        return
    with polite_locks(), transaction.atomic():
        locked = AllocationRound.objects.select_for_update().get(pk=this.pk)
        if locked.state == RoundState.PLANNED:
            locked.move("open", by=actor_or_none(actor), at=at)


def _grant_batch(
    this: AllocationRound, at: datetime, after: Any, size: int, by: Any
) -> tuple[int, Decimal, Decimal, Any]:
    """One committed step: (grants, EUR granted, EUR cut off, where to go on or None at the end)."""
    if this.cap is not None:
        # Two runs of a capped round must not both see the same money left.
        AllocationRound.objects.select_for_update().get(pk=this.pk)
    find_rows_by_keys()
    with connection.cursor() as cursor:
        cursor.execute(*round_sql.window(this, after, size))
        looked_at = cursor.fetchall()
        last = looked_at[-1][1] if len(looked_at) == size else None
        cursor.execute(*round_sql.candidates(this, at, [row[0] for row in looked_at]))
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0, ZERO, ZERO, last
        cursor.execute(*round_sql.lock(ids))
        # Looked at again under the locks: what changed meanwhile counts.
        cursor.execute(*round_sql.stage(this, at, ids))
        if this.cap is not None:
            cursor.execute(*round_sql.cut_to_cap(this))
            if cursor.rowcount:
                last = None  # the money ends here, for everybody behind as well
        cursor.execute("SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(cut), 0) FROM lots")
        count, amount, cut = cursor.fetchone()
        if count:
            source_pool = pool(this.policy.scheme.source_id)
            for statement in round_sql.write(this, at, source_pool.pk, by):
                cursor.execute(*statement)
            notify_from_select(
                kind="money_granted", select_sql=round_sql.MESSAGES, params={}, at=at
            )
        cursor.execute("DROP TABLE lots")
    return count, amount, cut, last
