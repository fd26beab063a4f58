"""The statements of an allocation round. Who may get money is `rules.grants.may_get_second` and
the policy's criteria; tests prove that these statements and the rules agree.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Sum

from funding.criteria import CriteriaSet
from funding.enums import GrantState
from funding.models import AllocationRound, Grant
from funding.rules.terms import Terms
from learning_accounts.enums import AccountState
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.common.money import ZERO

Statement = tuple[str, dict[str, Any]]

# Accounts that asked, fulfil the criteria, have not been served in this round, and whose earlier
# grants allow another one (rules 1 and 3).
_CANDIDATES = """
candidates AS (
    SELECT e.id, e.person_id, r.asked_at
    FROM eligible e
    JOIN funding_standingrequest r ON r.account_id = e.id AND r.ended_at IS NULL
         AND r.asked_at <= %(at)s
    JOIN accounts_person p ON p.id = e.person_id AND NOT p.deceased
    WHERE NOT EXISTS (SELECT 1 FROM funding_grant g
                      WHERE g.account_id = e.id AND g.round_id = %(round)s
                      AND g.replaces_id IS NULL)
    AND (
        NOT EXISTS (SELECT 1 FROM funding_grant g
                    WHERE g.account_id = e.id AND g.replaces_id IS NULL AND g.state <> 'declined'
                    AND g.policy_id IN (SELECT id FROM funding_policyversion
                                        WHERE scheme_id = %(scheme)s))
        OR (
            (SELECT count(*) FROM funding_grant g
             WHERE g.account_id = e.id AND g.replaces_id IS NULL AND g.state <> 'declined'
             AND g.policy_id IN (SELECT id FROM funding_policyversion
                                 WHERE scheme_id = %(scheme)s)) < %(max_grants)s
            AND EXISTS (
                SELECT 1 FROM funding_grant g
                WHERE g.account_id = e.id AND g.round_id = %(previous)s AND g.replaces_id IS NULL
                AND (g.state = 'accumulated' OR (
                    g.state IN ('active', 'used_up')
                    AND EXISTS (SELECT 1 FROM funding_commitmentline l
                                JOIN funding_commitment c ON c.id = l.commitment_id
                                WHERE l.grant_id = g.id AND c.captured_at IS NOT NULL)
                    AND NOT EXISTS (SELECT 1 FROM funding_commitmentline l
                                    JOIN funding_commitment c ON c.id = l.commitment_id
                                    WHERE l.grant_id = g.id AND c.state = 'held')))
            )
        )
    )
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


def _eligible(this: AllocationRound, at: datetime) -> tuple[str, tuple[Any, ...]]:
    criteria = CriteriaSet.read(this.policy.criteria)
    accounts = LearningAccount.objects.filter(
        criteria.as_q(riga_date(at)), state=AccountState.ACTIVE
    )
    sql, params = accounts.order_by().values("pk", "person_id").query.sql_with_params()
    return sql, params


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
        "amount": terms.amount,
        "ceiling": terms.ceiling,
        "ends_at": this.ends_at,
        "cap": this.cap,
    }


def _statement(
    this: AllocationRound, at: datetime, body: str, only: str = "true", **more: Any
) -> Statement:
    """`body` behind the common tables; the criteria's own parameters become named ones.

    `only` narrows the accounts looked at (SQL over `e.id`), so that a batch costs a batch.
    """
    sql, values = _eligible(this, at)
    names = {f"criterion_{i}": value for i, value in enumerate(values)}
    eligible = sql % tuple(f"%({name})s" for name in names)
    narrowed = f"SELECT * FROM ({eligible}) e (id, person_id) WHERE {only}"
    head = f"WITH eligible AS ({narrowed}), {_CANDIDATES}"
    return body.replace("{tables}", head), {**_params(this, at), **names, **more}


def preview(this: AllocationRound, at: datetime) -> Statement:
    """(accounts, EUR, EUR cut off) that a run would grant."""
    return _statement(
        this,
        at,
        "{tables}, " + _AMOUNTS + "SELECT count(*) FILTER (WHERE amount > 0),"
        " coalesce(sum(amount), 0), coalesce(sum(%(amount)s - amount), 0) FROM amounts",
    )


def next_ids(this: AllocationRound, at: datetime, after: Any, size: int) -> Statement:
    """The next `size` accounts as (id, key to go on from): by id, or by rank in a capped round."""
    if this.cap is None:
        only = "true" if after is None else "e.id > %(after)s"
        body = "{tables} SELECT k.id, k.id FROM candidates k ORDER BY k.id LIMIT %(n)s"
        return _statement(this, at, body, only, after=after, n=size)
    body = """{tables} SELECT k.id, q.rank FROM candidates k
        JOIN funding_roundrank q ON q.account_id = k.id AND q.round_id = %(round)s
        WHERE q.rank > %(after)s ORDER BY q.rank LIMIT %(n)s"""
    return _statement(this, at, body, after=after or 0, n=size)


def lock(ids: list[Any]) -> Statement:
    """Learning accounts by key, the first locks of the written order."""
    return (
        "SELECT id FROM learning_accounts_learningaccount WHERE id = ANY(%(ids)s)"
        " ORDER BY id FOR NO KEY UPDATE",
        {"ids": ids},
    )


def stage(this: AllocationRound, at: datetime, ids: list[Any]) -> Statement:
    """The lots of this batch in a temporary table, decided again under the locks."""
    body = (
        "CREATE TEMPORARY TABLE lots ON COMMIT DROP AS {tables}, "
        + _AMOUNTS
        + """SELECT m.id AS account_id, m.person_id, m.asked_at, gen_random_uuid() AS grant_id,
                    m.amount, %(amount)s::numeric - m.amount AS cut, %(ends_at)s::timestamptz
                    AS ends_at, u.id AS user_id, u.language, p.email
             FROM amounts m JOIN accounts_person p ON p.id = m.person_id
             LEFT JOIN accounts_user u ON u.id = p.user_id
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
    """INSERT INTO funding_ledgeraccount (kind, source_id, owner_key, balance, lock_column)
       SELECT 'lot', %(source)s, grant_id::text, 0, false FROM lots""",
    """INSERT INTO funding_grant (id, account_id, round_id, policy_id, ledger_account_id, state,
           amount, cut, granted_at, ends_at, created_at, updated_at)
       SELECT l.grant_id, l.account_id, %(round)s, %(policy)s, a.id, 'active', l.amount, l.cut,
              %(at)s, l.ends_at, now(), now()
       FROM lots l JOIN funding_ledgeraccount a
       ON a.kind = 'lot' AND a.owner_key = l.grant_id::text AND a.source_id = %(source)s""",
    """WITH posted AS (
           INSERT INTO funding_posting (kind, idempotency_key, fingerprint, booked_at,
                                        effective_at, reference)
           SELECT 'grant', 'grant:' || %(round)s || ':' || g.account_id,
                  encode(sha256(('grant|grant:' || g.id || '|' || %(pool)s || '>'
                                 || g.ledger_account_id || ':' || g.amount)::bytea), 'hex'),
                  now(), %(at)s, 'grant:' || g.id
           FROM lots l JOIN funding_grant g ON g.id = l.grant_id
           RETURNING id, reference)
       INSERT INTO funding_transfer (posting_id, debit_id, credit_id, amount)
       SELECT x.id, %(pool)s, g.ledger_account_id, g.amount
       FROM posted x JOIN lots l ON x.reference = 'grant:' || l.grant_id
       JOIN funding_grant g ON g.id = l.grant_id""",
    """INSERT INTO funding_decision (account_id, policy_id, reference, outcome, lines, decided_at)
       SELECT l.account_id, %(policy)s, 'grant:' || l.grant_id, 'yes',
              coalesce((SELECT jsonb_agg(jsonb_build_object('fact', f.kind, 'id', f.id))
                        FROM (SELECT DISTINCT ON (kind) kind, id FROM accounts_personfact
                              WHERE person_id = l.person_id AND kind = ANY(%(kinds)s)
                              ORDER BY kind, observed_at DESC, id DESC) f), '[]'::jsonb),
              %(at)s
       FROM lots l""",
    """INSERT INTO funding_fundinglog (object_type, object_id, transition, from_state, to_state,
                                       at, note, recorded_at)
       SELECT 'grant', grant_id, 'create', '', 'active', %(at)s, '', now() FROM lots""",
]

MESSAGES = """SELECT user_id, language, email AS address,
       jsonb_build_object('grant', grant_id, 'amount', amount::text, 'last_day',
           ((ends_at AT TIME ZONE 'Europe/Riga')::date - 1)::text) AS params,
       'money_granted:' || grant_id AS dedupe_key
    FROM lots WHERE user_id IS NOT NULL"""


def write(this: AllocationRound, at: datetime, pool_id: int) -> list[Statement]:
    """Lots, ledger accounts, postings, transfers, decisions and log rows of the staged batch."""
    kinds = list(CriteriaSet.read(this.policy.criteria).kinds)
    params = {**_params(this, at), "pool": pool_id, "kinds": kinds}
    return [(sql, params) for sql in _WRITE]


def promised(this: AllocationRound) -> Decimal:
    """EUR this round has granted; what people declined can be promised again."""
    live = Grant.objects.filter(round=this, replaces__isnull=True).exclude(
        state=GrantState.DECLINED
    )
    return live.aggregate(sum=Sum("amount"))["sum"] or ZERO


def freeze_ranks(this: AllocationRound, at: datetime) -> None:
    """Give every candidate without a rank the next one, by time of asking (rule 10)."""
    with transaction.atomic(), connection.cursor() as cursor:
        AllocationRound.objects.select_for_update().get(pk=this.pk)
        cursor.execute(
            *_statement(
                this,
                at,
                """INSERT INTO funding_roundrank (round_id, account_id, rank)
                   {tables}, last AS (SELECT coalesce(max(rank), 0) AS rank
                                      FROM funding_roundrank WHERE round_id = %(round)s)
                   SELECT %(round)s, k.id,
                          last.rank + row_number() OVER (ORDER BY k.asked_at, k.id)
                   FROM candidates k CROSS JOIN last
                   WHERE NOT EXISTS (SELECT 1 FROM funding_roundrank q
                                     WHERE q.round_id = %(round)s AND q.account_id = k.id)""",
            )
        )


def refusals(this: AllocationRound, at: datetime) -> dict[str, int]:
    """How many active accounts each condition keeps out; one account may count several times."""
    criteria = CriteriaSet.read(this.policy.criteria)
    active = LearningAccount.objects.filter(state=AccountState.ACTIVE)
    day = riga_date(at)
    counted = active.aggregate(
        total=Count("pk"),
        **{item.name: Count("pk", filter=item.as_q(day)) for item in criteria.items},
    )
    total = counted.pop("total")
    asked = active.filter(
        standing_requests__ended_at__isnull=True, standing_requests__asked_at__lte=at
    ).count()
    return {"no_request": total - asked} | {
        name: total - count for name, count in counted.items() if total - count
    }
