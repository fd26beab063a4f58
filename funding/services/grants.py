"""What a person may do with a lot, and what happens to it at the end of its term (rules 3–6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from funding.enums import LIVE_GRANTS, AccountKind, GrantState, PostingKind
from funding.models import Grant, LedgerAccount, PolicyVersion
from funding.rules.grants import accumulated_end, may_be_kept
from funding.rules.terms import Terms
from funding.services import periods
from funding.services.ledger import Move, pool, post
from learning_accounts.models import LearningAccount
from stars.common.errors import Conflict
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import find_rows_by_keys, polite_locks, service

EXPIRY_BATCH = 2000


def _lock(grant_id: UUID, actor: Any) -> Grant:
    account_id = Grant.objects.values_list("account_id", flat=True).get(pk=grant_id)
    account = (
        LearningAccount.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person")
        .get(pk=account_id)
    )
    require(actor, "funding.use_own_money", account)
    return (
        Grant.objects.select_for_update(no_key=True, of=("self",))
        .select_related("round", "policy__scheme__source", "ledger_account")
        .get(pk=grant_id)
    )


@service
def accumulate(*, grant_id: UUID, actor: Any, at: datetime) -> Grant:
    """Keep what is left of a lot for one more period: by choice, before its end, once (rule 5).

    Raises `Conflict` when the term is over, it was kept before, or nothing is left in it.
    """
    grant = _lock(grant_id, actor)
    terms = Terms.read(grant.policy.terms)
    if grant.ends_at <= at:
        raise Conflict(_("The time to use this money is over."), code="term_over")
    if grant.state != GrantState.ACTIVE or not terms.accumulate_times or grant.replaces_id:
        raise Conflict(_("This money cannot be kept for another period."), code="not_again")
    if grant.ledger_account.balance <= 0:
        raise Conflict(_("There is nothing left of this money to keep."), code="empty")
    if not may_be_kept(terms.accumulate_parts, grant.amount, grant.ledger_account.balance):
        raise Conflict(_("This money cannot be kept for another period."), code="not_again")
    grant.ends_at = accumulated_end(
        grant.ends_at,
        grant.round.due_on,
        (terms.term_months or 0) + terms.accumulate_months,
        grant.policy.scheme.source.ends_on,
    )
    grant.accumulated_at = at
    grant.move(
        "accumulate",
        by=actor_or_none(actor),
        at=at,
        also=("ends_at", "accumulated_at", "updated_at"),
    )
    return grant


@service
def decline(*, grant_id: UUID, actor: Any, at: datetime) -> Grant:
    """Give a lot back unused. It does not count as the first one (rule 3).

    Raises `Conflict` when the term is over or something of it is held or spent.
    """
    grant = _lock(grant_id, actor)
    if grant.state not in LIVE_GRANTS or grant.ends_at <= at:
        raise Conflict(_("The time to use this money is over."), code="term_over")
    if grant.ledger_account.balance != grant.amount:
        raise Conflict(_("A part of this money is already used for training."), code="already_used")
    grant.move("decline", by=actor_or_none(actor), at=at)
    source_pool = pool(grant.policy.scheme.source_id)
    post(
        kind=PostingKind.DECLINE,
        key=f"decline:{grant.pk}",
        reference=f"grant:{grant.pk}",
        moves=[Move(grant.ledger_account_id, source_pool.pk, grant.amount)],
        effective_at=at,
        by=actor,
    )
    return grant


def expire_due(*, at: datetime, source_id: UUID | None = None) -> int:
    """Take back the free part of every lot whose term has ended at `at`; returns how many lots.

    With `source_id` of that source only.

    Runs before allocation (rule 2), in batches that each commit; safe to repeat and to interrupt.
    """
    # Whole batches are written by SQL, whose refusal would be no sentence.
    periods.require_open(at)
    total = 0
    after: UUID | None = None
    while True:
        with polite_locks(), transaction.atomic():
            done, after = _expire_batch(at, source_id, after)
        total += done
        if after is None:
            return total


# The pool is the source's only one. The use of a lot is an aggregate on purpose: EXISTS would
# become a hash over every line there is, once for each batch.
_EXPIRE = """
WITH due AS (
    SELECT g.id, g.state, g.ledger_account_id, a.balance, p.id AS pool_id,
           gen_random_uuid() AS posting_id, coalesce(use.kept, false) AS used
    FROM funding_grant g
    JOIN funding_ledgeraccount a ON a.id = g.ledger_account_id AND a.id = ANY(%(places)s)
    JOIN funding_ledgeraccount p
    ON p.kind = 'pool' AND p.owner_key = '' AND p.source_id = a.source_id
    CROSS JOIN LATERAL (
        SELECT bool_or(c.state NOT IN ('released', 'forfeited')) AS kept
        FROM funding_commitmentline l JOIN funding_commitment c ON c.id = l.commitment_id
        WHERE l.grant_id = g.id
    ) use
    WHERE g.id = ANY(%(ids)s)
), posted AS (
    INSERT INTO funding_posting
        (id, kind, idempotency_key, fingerprint, booked_at, effective_at, reference)
    SELECT d.posting_id, 'annul', 'annul:' || d.id,
           encode(sha256(('annul|grant:' || d.id || '|' || d.ledger_account_id || '>' || d.pool_id
                          || ':' || d.balance)::bytea), 'hex'),
           now(), %(at)s, 'grant:' || d.id
    FROM due d WHERE d.balance > 0
), moved AS (
    INSERT INTO funding_transfer (posting_id, debit_id, credit_id, amount)
    SELECT d.posting_id, d.ledger_account_id, d.pool_id, d.balance
    FROM due d WHERE d.balance > 0
), logged AS (
    INSERT INTO funding_fundinglog
        (object_type, object_id, transition, from_state, to_state, at, note, recorded_at)
    SELECT 'grant', d.id, CASE WHEN d.used THEN 'use_up' ELSE 'annul' END, d.state,
           CASE WHEN d.used THEN 'used_up' ELSE 'annulled' END, %(at)s, %(note)s, now()
    FROM due d
)
UPDATE funding_grant g SET state = CASE WHEN d.used THEN 'used_up' ELSE 'annulled' END,
                           updated_at = now()
FROM due d WHERE g.id = d.id AND g.id = ANY(%(ids)s)
"""


# Where the policy says so, a lot of which nobody chose anything is kept as if its owner had asked.
_KEEP = """
WITH due AS (
    SELECT g.id, g.state, greatest(g.ends_at, least(
               r.due_on + make_interval(months => (p.terms->>'term_months')::int
                                                  + (p.terms->>'accumulate_months')::int),
               s.ends_on + interval '1 day') AT TIME ZONE 'Europe/Riga') AS ends_at
    FROM funding_grant g
    JOIN funding_ledgeraccount a ON a.id = g.ledger_account_id AND a.balance > 0
    JOIN funding_allocationround r ON r.id = g.round_id
    JOIN funding_policyversion p ON p.id = g.policy_id AND p.terms->>'at_end' = 'accumulate'
         AND (p.terms->>'accumulate_times')::int > 0
         AND p.terms->'accumulate_parts' ? CASE WHEN a.balance = g.amount THEN 'whole'
                                                ELSE 'rest' END
    JOIN funding_scheme h ON h.id = p.scheme_id
    JOIN funding_fundingsource s ON s.id = h.source_id
    WHERE g.id = ANY(%(ids)s) AND g.state = 'active' AND g.replaces_id IS NULL
), kept AS (
    UPDATE funding_grant g SET state = 'accumulated', accumulated_at = %(at)s,
                               ends_at = d.ends_at, updated_at = now()
    FROM due d WHERE g.id = d.id AND d.ends_at > %(at)s
    RETURNING g.id
), logged AS (
    INSERT INTO funding_fundinglog
        (object_type, object_id, transition, from_state, to_state, at, note, recorded_at)
    SELECT 'grant', id, 'accumulate', 'active', 'accumulated', %(at)s, 'end of term', now()
    FROM kept
)
SELECT id FROM kept
"""


def _keep(lots: list[UUID], at: datetime) -> set[UUID]:
    """Of ended lots those that are kept by themselves (`Terms.at_end`); locked by the caller."""
    if not PolicyVersion.objects.filter(terms__at_end="accumulate").exists():
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"ids": lots, "at": at})
        return {row[0] for row in cursor.fetchall()}


def _expire_batch(
    at: datetime, source_id: UUID | None, after: UUID | None
) -> tuple[int, UUID | None]:
    """The ended lots of the next accounts by key: (lots, key to go on from or None at the end)."""
    find_rows_by_keys()
    ended = Grant.objects.filter(state__in=LIVE_GRANTS, ends_at__lte=at)
    if source_id is not None:
        ended = ended.filter(policy__scheme__source_id=source_id)
    waiting = ended if after is None else ended.filter(account_id__gt=after)
    accounts = list(
        waiting.order_by("account_id").values_list("account_id", flat=True)[:EXPIRY_BATCH]
    )
    last = accounts[-1] if len(accounts) == EXPIRY_BATCH else None
    # Learning accounts first: nobody can hold a lot's money while it ends.
    locked = LearningAccount.objects.filter(pk__in=accounts).order_by("pk")
    locked_ids = list(locked.select_for_update(no_key=True).values_list("pk", flat=True))
    batch = ended.filter(account_id__in=locked_ids).order_by("pk")
    rows = list(
        batch.select_for_update(no_key=True, of=("self",)).values_list("pk", "ledger_account_id")
    )
    if not rows:
        return 0, last
    kept = _keep([lot for lot, _ in rows], at)
    rows = [(lot, place) for lot, place in rows if lot not in kept]
    if not rows:
        return 0, last
    _take_back(rows, at, "end of term")
    return len(rows), last


def _take_back(rows: list[tuple[UUID, int]], at: datetime, note: str) -> None:
    """Lots and their places in the ledger, locked by the caller: what is free goes to the pools."""
    lots, places = [lot for lot, _ in rows], [place for _, place in rows]
    # The pools as well: lots of several sources end together, in one order for every run.
    sources = LedgerAccount.objects.filter(pk__in=places).values("source_id").distinct()
    pools = Q(kind=AccountKind.POOL, owner_key="", source_id__in=sources)
    ledger = LedgerAccount.objects.filter(pools | Q(pk__in=places)).order_by("pk")
    list(ledger.select_for_update(no_key=True).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRE, {"ids": lots, "places": places, "at": at, "note": note})


def free_lots(account_id: UUID) -> QuerySet[Grant]:
    """Lots of an account that have not ended, whatever is left in them."""
    return Grant.objects.filter(account=account_id, state__in=LIVE_GRANTS)


def give_all_back(*, account_id: UUID, at: datetime) -> int:
    """End every lot of an account that is closed for good; what is free goes back to the sources.

    Part of a service's transaction, behind the account's lock. Returns how many lots; doing it
    again finds none.
    """
    locked = free_lots(account_id).order_by("pk").select_for_update(no_key=True, of=("self",))
    rows = list(locked.values_list("pk", "ledger_account_id"))
    if rows:
        _take_back(rows, at, "account closed")
    return len(rows)
