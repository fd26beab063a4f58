"""The statements of an allocation round. Who may get money is `rules.grants.may_get_second` and
the policy's criteria; tests prove that these statements and the rules agree.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, IntegerField, Sum, Value, When

from funding.criteria import CriteriaSet
from funding.enums import CommitmentState, GrantState
from funding.models import AllocationRound, CommitmentLine, Grant
from funding.rules.terms import Terms
from learning_accounts.enums import AccountState
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date, start_of_day
from stars.common.money import ZERO
from stars.common.transactions import polite_locks

Statement = tuple[str, dict[str, Any]]

# What the agency waives where an earlier grant forbids another one (services.appeals).
SECOND = "second_grant"

# Accounts that asked, fulfil the criteria, have not been served in this round, and whose earlier
# grants allow another one (rules 1 and 3). A lot that gives money back counts as a part of the one
# it replaces. The past is an aggregate for each account on purpose: EXISTS would become a hash
# over every grant there is, once for each batch.
_CANDIDATES = """
candidates AS (
    SELECT e.*, coalesce(r.asked_at, e.opened_at) AS asked_at
    FROM eligible e
    {join} funding_standingrequest r ON r.account_id = e.id AND r.ended_at IS NULL
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (
                   WHERE g.round_id = %(round)s AND g.replaces_id IS NULL
               ) AS served,
               count(*) FILTER (
                   WHERE g.replaces_id IS NULL AND of.scheme
                   AND (g.state <> 'declined' OR %(declined_counts)s)
               ) AS earlier,
               bool_or(of.before AND CASE
                   WHEN %(asks_nothing)s THEN g.state <> 'annulled' OR NOT %(never_annulled)s
                   ELSE %(after_kept)s AND g.state = 'accumulated'
                        OR g.state IN ('active', 'accumulated', 'used_up') AND (
                            %(after_completed)s AND use.captured AND NOT use.held
                            OR %(after_use)s AND (use.captured OR use.held))
                   END)
               AND NOT bool_or(of.before AND g.state = 'forfeited' AND %(never_forfeited)s)
               AS may_again
        FROM funding_grant g
        CROSS JOIN LATERAL (
            SELECT bool_or(c.captured_at IS NOT NULL) AS captured, bool_or(c.state = 'held') AS held
            FROM funding_commitmentline l JOIN funding_commitment c ON c.id = l.commitment_id
            WHERE l.grant_id = g.id
        ) use
        CROSS JOIN LATERAL (
            SELECT s.scheme, g.round_id = %(previous)s OR s.scheme AND %(any_window)s AS before
            FROM (SELECT g.policy_id = ANY(ARRAY(
                      SELECT id FROM funding_policyversion WHERE scheme_id = %(scheme)s)) AS scheme
                 ) s
        ) of
        WHERE g.account_id = e.id
    ) past
    WHERE past.served = 0
    AND (past.earlier = 0 OR past.earlier < %(max_grants)s AND (past.may_again OR EXISTS (
        SELECT 1 FROM funding_waiver w
        WHERE w.account_id = e.id AND w.scheme_id = %(scheme)s AND w.criterion = %(second)s
        AND %(day)s BETWEEN w.valid_from AND w.valid_to)))
    AND CASE WHEN %(requested)s THEN r.asked_at <= %(asked_until)s
             ELSE e.opened_at <= %(asked_until)s END
)
"""

# Rule 5: what is free and what is held counts towards the ceiling.
_AMOUNTS = """
amounts AS (
    SELECT k.*, CASE WHEN %(ceiling)s::numeric IS NULL THEN %(amount)s::numeric
                ELSE greatest(0, least(%(amount)s::numeric, %(ceiling)s::numeric
                                       - free.balance - held.amount)) END AS amount
    FROM candidates k
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(a.balance), 0) AS balance FROM funding_grant g
        JOIN funding_ledgeraccount a ON a.id = g.ledger_account_id
        WHERE g.account_id = k.id AND g.state IN ('active', 'accumulated')
    ) free
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(l.amount), 0) AS amount FROM funding_commitmentline l
        JOIN funding_commitment c ON c.id = l.commitment_id
        WHERE c.account_id = k.id AND c.state = 'held'
    ) held
)
"""


# What is read of an account with its person, and its names in the statements.
_ELIGIBLE = {
    "pk": "id",
    "opened_at": "opened_at",
    "person_id": "person_id",
    "person__user_id": "user_id",
    "person__email": "email",
}


def _eligible(
    this: AllocationRound, at: datetime, *, with_priority: bool
) -> tuple[str, tuple[Any, ...]]:
    criteria = CriteriaSet.of(this.policy)
    accounts = LearningAccount.objects.filter(
        criteria.as_q(riga_date(at)), state=AccountState.ACTIVE, person__deceased=False
    ).order_by()
    columns = list(_ELIGIBLE)
    if with_priority:
        accounts = accounts.annotate(priority=_priority(this, at))
        columns.append("priority")
    sql, params = accounts.values_list(*columns).query.sql_with_params()
    return sql, params


def priority_groups(this: AllocationRound) -> CriteriaSet:
    """Whom the round serves first, group by group; who fulfils none comes last (FUN-14)."""
    terms = Terms.read(this.policy.terms)
    return CriteriaSet.read([dict(e) for e in terms.priority] if terms.order == "priority" else [])


def _priority(this: AllocationRound, at: datetime) -> Case:
    groups = priority_groups(this).items
    day = riga_date(at)
    whens = [When(group.as_q(day), then=Value(number)) for number, group in enumerate(groups)]
    return Case(*whens, default=Value(len(groups)), output_field=IntegerField())


def asked_until(this: AllocationRound, at: datetime) -> datetime:
    """Who comes after the due date is served daily, or not before the next round."""
    daily = Terms.read(this.policy.terms).late_arrivals == "daily"
    return at if daily else start_of_day(this.due_on)


def _params(this: AllocationRound, at: datetime) -> dict[str, Any]:
    terms = Terms.read(this.policy.terms)
    return {
        "at": at,
        "round": this.pk,
        "previous": this.previous_id,
        "scheme": this.policy.scheme_id,
        "source": this.policy.scheme.source_id,
        "policy": this.policy_id,
        "max_grants": terms.max_grants,
        "declined_counts": terms.declined_counts_as_first,
        "any_window": terms.second_window == "any",
        "asks_nothing": not terms.second_after,
        "after_kept": "accumulated" in terms.second_after,
        "after_completed": "used_and_completed" in terms.second_after,
        "after_use": "used" in terms.second_after,
        "never_annulled": "annulled" in terms.second_never_after,
        "never_forfeited": "forfeited" in terms.second_never_after,
        "requested": terms.requested,
        "second": SECOND,
        "day": riga_date(at),
        "asked_until": asked_until(this, at),
        "amount": terms.amount,
        "ceiling": terms.ceiling,
        "ends_at": this.ends_at,
        "cap": this.cap,
    }


def _statement(
    this: AllocationRound,
    at: datetime,
    body: str,
    only: str = "true",
    *,
    with_priority: bool = False,
    **more: Any,
) -> Statement:
    """`body` behind the common tables; the criteria's own parameters become named ones.

    `only` narrows the accounts looked at (SQL over `e.id`), so that a batch costs a batch.
    """
    sql, values = _eligible(this, at, with_priority=with_priority)
    names = {f"criterion_{i}": value for i, value in enumerate(values)}
    eligible = sql % tuple(f"%({name})s" for name in names)
    columns = ", ".join([*_ELIGIBLE.values(), *(["priority"] if with_priority else [])])
    narrowed = f"SELECT * FROM ({eligible}) e ({columns}) WHERE {only}"
    # Where one has to ask, whoever did not is left out before their past is looked at.
    join = "JOIN" if Terms.read(this.policy.terms).requested else "LEFT JOIN"
    head = f"WITH eligible AS ({narrowed}), {_CANDIDATES.replace('{join}', join)}"
    return body.replace("{tables}", head), {**_params(this, at), **names, **more}


# The order of a capped round: first who has a rank, then who would get one.
_LINE = """
line AS (
    SELECT m.amount, sum(m.amount) OVER (
        ORDER BY q.rank NULLS LAST, m.priority, m.asked_at, m.id) AS running
    FROM amounts m LEFT JOIN funding_roundrank q
    ON q.round_id = %(round)s AND q.account_id = m.id
)
"""


def preview(this: AllocationRound, at: datetime) -> Statement:
    """(accounts, EUR, EUR cut off, accounts that wait, accounts at the ceiling) of a run now."""
    if this.cap is None:
        body = (
            "{tables}, " + _AMOUNTS + "SELECT count(*) FILTER (WHERE amount > 0),"
            " coalesce(sum(amount), 0),"
            " coalesce(sum(%(amount)s - amount) FILTER (WHERE amount > 0), 0),"
            " 0, count(*) FILTER (WHERE amount = 0) FROM amounts"
        )
        return _statement(this, at, body)
    fits = "amount > 0 AND running <= %(left)s"
    body = (
        "{tables}, " + _AMOUNTS + ", " + _LINE + f"SELECT count(*) FILTER (WHERE {fits}),"
        f" coalesce(sum(amount) FILTER (WHERE {fits}), 0),"
        f" coalesce(sum(%(amount)s - amount) FILTER (WHERE {fits}), 0),"
        " count(*) FILTER (WHERE amount > 0 AND running > %(left)s),"
        " count(*) FILTER (WHERE amount = 0) FROM line"
    )
    return _statement(this, at, body, with_priority=True, left=this.cap - promised(this))


def window(this: AllocationRound, after: Any, size: int) -> Statement:
    """The next `size` accounts to look at, as (id, key to go on from).

    By id, or by rank in a capped round. Whoever they are: so a batch looks at `size` accounts,
    however many of them get nothing.
    """
    if this.cap is None:
        return (
            """SELECT id, id FROM learning_accounts_learningaccount
               WHERE %(after)s::uuid IS NULL OR id > %(after)s ORDER BY id LIMIT %(n)s""",
            {"after": after, "n": size},
        )
    return (
        """SELECT account_id, rank FROM funding_roundrank
           WHERE round_id = %(round)s AND rank > %(after)s ORDER BY rank LIMIT %(n)s""",
        {"round": this.pk, "after": after or 0, "n": size},
    )


def candidates(this: AllocationRound, at: datetime, ids: list[Any]) -> Statement:
    """Those of `ids` who may get the round's money, as far as one can see without locks."""
    body = "{tables} SELECT k.id FROM candidates k"
    return _statement(this, at, body, "e.id = ANY(%(ids)s)", ids=ids)


def lock(ids: list[Any]) -> Statement:
    """Learning accounts by key, the first locks of the written order."""
    return (
        "SELECT id FROM learning_accounts_learningaccount WHERE id = ANY(%(ids)s)"
        " ORDER BY id FOR NO KEY UPDATE",
        {"ids": ids},
    )


def stage(this: AllocationRound, at: datetime, ids: list[Any]) -> Statement:
    """The lots of this batch in a temporary table, decided again under the locks.

    Every key is given here, so that the rows are written without looking each other up.
    """
    body = (
        "CREATE TEMPORARY TABLE lots ON COMMIT DROP AS {tables}, "
        + _AMOUNTS
        + """SELECT m.id AS account_id, m.person_id, m.asked_at, gen_random_uuid() AS grant_id,
                    gen_random_uuid() AS posting_id,
                    nextval(pg_get_serial_sequence('funding_ledgeraccount', 'id')) AS lot_id,
                    m.amount, %(amount)s::numeric - m.amount AS cut, %(ends_at)s::timestamptz
                    AS ends_at, m.user_id, u.language, m.email
             FROM amounts m LEFT JOIN accounts_user u ON u.id = m.user_id
             WHERE m.amount > 0"""
    )
    return _statement(this, at, body, "e.id = ANY(%(ids)s)", ids=ids)


def cut_to_cap(this: AllocationRound) -> Statement:
    """Of a capped round's batch, leave only what fits, in the frozen order."""
    return (
        """DELETE FROM lots WHERE account_id IN (
               SELECT account_id FROM (
                   SELECT l.account_id, sum(l.amount) OVER (ORDER BY q.rank) AS running
                   FROM lots l JOIN funding_roundrank q
                   ON q.account_id = l.account_id AND q.round_id = %(round)s) ranked
               WHERE running > %(left)s)""",
        {"round": this.pk, "left": (this.cap or ZERO) - promised(this)},
    )


_WRITE = [
    """INSERT INTO funding_ledgeraccount (id, kind, source_id, owner_key, balance, lock_column)
       SELECT lot_id, 'lot', %(source)s, grant_id::text, 0, false FROM lots""",
    """INSERT INTO funding_grant (id, account_id, round_id, policy_id, ledger_account_id, state,
           amount, cut, granted_at, ends_at, created_at, updated_at)
       SELECT grant_id, account_id, %(round)s, %(policy)s, lot_id, 'active', amount, cut,
              %(at)s, ends_at, now(), now()
       FROM lots""",
    """INSERT INTO funding_posting (id, kind, idempotency_key, fingerprint, booked_at,
                                    effective_at, reference, by_id)
       SELECT posting_id, 'grant', 'grant:' || %(round)s || ':' || account_id,
              encode(sha256(('grant|grant:' || grant_id || '|' || %(pool)s || '>' || lot_id
                             || ':' || amount)::bytea), 'hex'),
              now(), %(at)s, 'grant:' || grant_id, %(by)s
       FROM lots""",
    """INSERT INTO funding_transfer (posting_id, debit_id, credit_id, amount)
       SELECT posting_id, %(pool)s, lot_id, amount FROM lots""",
    """INSERT INTO funding_decision (account_id, policy_id, reference, outcome, lines, decided_at)
       SELECT l.account_id, %(policy)s, 'grant:' || l.grant_id, 'yes',
              coalesce((SELECT jsonb_agg(jsonb_build_object('fact', f.kind, 'id', f.id))
                        FROM (SELECT DISTINCT ON (kind) kind, id FROM accounts_personfact
                              WHERE person_id = l.person_id AND kind = ANY(%(kinds)s)
                              ORDER BY kind, observed_at DESC, id DESC) f), '[]'::jsonb),
              %(at)s
       FROM lots l""",
    """INSERT INTO funding_fundinglog (object_type, object_id, transition, from_state, to_state,
                                       by_id, at, note, recorded_at)
       SELECT 'grant', grant_id, 'create', '', 'active', %(by)s, %(at)s, '', now() FROM lots""",
]

MESSAGES = """SELECT user_id, language, email AS address,
       jsonb_build_object('grant', grant_id, 'amount', amount::text, 'last_day',
           ((ends_at AT TIME ZONE 'Europe/Riga')::date - 1)::text) AS params,
       'money_granted:' || grant_id AS dedupe_key
    FROM lots WHERE user_id IS NOT NULL"""


def write(this: AllocationRound, at: datetime, pool_id: int, by: int | None) -> list[Statement]:
    """Lots, ledger accounts, postings, transfers, decisions and log rows of the staged batch.

    `by` is the key of the user who started the round, or None for the system.
    """
    kinds = list(CriteriaSet.read(this.policy.criteria).kinds)
    params = {**_params(this, at), "pool": pool_id, "kinds": kinds, "by": by}
    return [(sql, params) for sql in _WRITE]


def promised(this: AllocationRound) -> Decimal:
    """EUR of this round's cap that are taken; what came back to the pool can be promised again.

    That is what people declined, and of what they lost whatever had not been used.
    """
    lots = Grant.objects.filter(round=this, replaces__isnull=True)
    gone = (GrantState.DECLINED, GrantState.FORFEITED)
    live = lots.exclude(state__in=gone).aggregate(sum=Sum("amount"))["sum"] or ZERO
    used = CommitmentLine.objects.filter(grant__in=lots.filter(state=GrantState.FORFEITED)).exclude(
        commitment__state__in=(CommitmentState.RELEASED, CommitmentState.FORFEITED)
    )
    return live + (used.aggregate(sum=Sum("amount"))["sum"] or ZERO)


def freeze_ranks(this: AllocationRound, at: datetime) -> None:
    """Give every candidate without a rank the next one (rule 10).

    By priority group, then by time of asking. Ranks never change: who comes later, or belongs to
    another group later, stands behind.
    """
    with polite_locks(), transaction.atomic(), connection.cursor() as cursor:
        AllocationRound.objects.select_for_update().get(pk=this.pk)
        cursor.execute(
            *_statement(
                this,
                at,
                """INSERT INTO funding_roundrank (round_id, account_id, rank, priority, asked_at)
                   {tables}, last AS (SELECT coalesce(max(rank), 0) AS rank
                                      FROM funding_roundrank WHERE round_id = %(round)s)
                   SELECT %(round)s, k.id,
                          last.rank + row_number() OVER (ORDER BY k.priority, k.asked_at, k.id),
                          k.priority, k.asked_at
                   FROM candidates k CROSS JOIN last
                   WHERE NOT EXISTS (SELECT 1 FROM funding_roundrank q
                                     WHERE q.round_id = %(round)s AND q.account_id = k.id)""",
                with_priority=True,
            )
        )


def refusals(this: AllocationRound, at: datetime) -> dict[str, int]:
    """How many active accounts each condition keeps out; one account may count several times."""
    criteria = CriteriaSet.of(this.policy)
    active = LearningAccount.objects.filter(state=AccountState.ACTIVE)
    day = riga_date(at)
    counted = active.aggregate(
        total=Count("pk"),
        **{item.name: Count("pk", filter=criteria.item_q(item, day)) for item in criteria.items},
    )
    total = counted.pop("total")
    asked = active.filter(
        standing_requests__ended_at__isnull=True, standing_requests__asked_at__lte=at
    ).count()
    if not Terms.read(this.policy.terms).requested:
        asked = total
    out = {"no_request": total - asked} | {name: total - count for name, count in counted.items()}
    return {name: count for name, count in out.items() if count}
