"""A round and its expiry as somebody would write them who trusts everything.

The least that makes the same rows: no criteria, no locks, no second look, no batches. Everybody
there is gets the whole amount, in one transaction, and the expiry takes back every lot whole.
Tables, indexes, constraints and triggers are the real ones. The round has not been opened before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from funding.enums import AccountKind
from funding.models import AllocationRound, LedgerAccount
from funding.rules.terms import Terms

STATEMENTS = (
    """UPDATE funding_allocationround SET state = 'open'
       WHERE id = %(round)s AND state = 'planned'""",
    """INSERT INTO funding_fundinglog (object_type, object_id, transition, from_state, to_state,
                                       at, note, recorded_at)
       VALUES ('allocationround', %(round)s, 'open', 'planned', 'open', %(at)s, '', now())""",
    """CREATE TEMPORARY TABLE hand ON COMMIT DROP AS
       SELECT a.id AS account_id, a.person_id, p.user_id, p.email, u.language,
              gen_random_uuid() AS grant_id, gen_random_uuid() AS posting_id,
              nextval(pg_get_serial_sequence('funding_ledgeraccount', 'id')) AS lot_id
       FROM learning_accounts_learningaccount a
       JOIN accounts_person p ON p.id = a.person_id
       JOIN accounts_user u ON u.id = p.user_id""",
    # Without it the planner takes the table for small, and a bad plan would flatter the service.
    "ANALYZE hand",
    """INSERT INTO funding_ledgeraccount (id, kind, source_id, owner_key, balance, lock_column)
       SELECT lot_id, 'lot', %(source)s, grant_id::text, 0, false FROM hand""",
    """INSERT INTO funding_grant (id, account_id, round_id, policy_id, ledger_account_id, state,
           amount, cut, granted_at, ends_at, created_at, updated_at)
       SELECT grant_id, account_id, %(round)s, %(policy)s, lot_id, 'active', %(amount)s, 0,
              %(at)s, %(ends_at)s, now(), now() FROM hand""",
    """INSERT INTO funding_posting (id, kind, idempotency_key, fingerprint, booked_at,
                                    effective_at, reference)
       SELECT posting_id, 'grant', 'grant:' || %(round)s || ':' || account_id,
              encode(sha256(('grant|grant:' || grant_id || '|' || %(pool)s || '>' || lot_id || ':'
                             || %(amount_text)s)::bytea), 'hex'),
              now(), %(at)s, 'grant:' || grant_id FROM hand""",
    """INSERT INTO funding_transfer (posting_id, debit_id, credit_id, amount)
       SELECT posting_id, %(pool)s, lot_id, %(amount)s FROM hand""",
    """INSERT INTO funding_decision (account_id, policy_id, reference, outcome, lines, decided_at)
       SELECT h.account_id, %(policy)s, 'grant:' || h.grant_id, 'yes',
              jsonb_build_array(jsonb_build_object('fact', f.kind, 'id', f.id)), %(at)s
       FROM hand h JOIN accounts_personfact f ON f.person_id = h.person_id
            AND f.kind = 'birth_date'""",
    """INSERT INTO funding_fundinglog (object_type, object_id, transition, from_state, to_state,
                                       at, note, recorded_at)
       SELECT 'grant', grant_id, 'create', '', 'active', %(at)s, '', now() FROM hand""",
    """INSERT INTO notifications_message (id, user_id, kind, params, dedupe_key, created_at)
       SELECT grant_id, user_id, 'money_granted',
              jsonb_build_object('grant', grant_id, 'amount', %(amount_text)s::text,
                                 'last_day', %(last_day)s::text),
              'money_granted:' || grant_id, %(at)s FROM hand""",
    """INSERT INTO notifications_outboxemail (message_id, address, language, next_try_at)
       SELECT grant_id, email, language, %(at)s FROM hand""",
    """INSERT INTO funding_roundrun (id, round_id, at, started_at, finished_at, dry, content,
                                     expected, granted, waiting, amount, cut, refusals)
       SELECT gen_random_uuid(), %(round)s, %(at)s, now(), now(), false, '', count(*), count(*), 0,
              count(*) * %(amount)s, 0, '{}' FROM hand""",
)

EXPIRY = (
    """CREATE TEMPORARY TABLE gone ON COMMIT DROP AS
       SELECT g.id, g.state, g.ledger_account_id, a.balance, gen_random_uuid() AS posting_id
       FROM funding_grant g JOIN funding_ledgeraccount a ON a.id = g.ledger_account_id
       WHERE g.state IN ('active', 'accumulated') AND g.ends_at <= %(at)s
       AND a.source_id = %(source)s""",
    "ANALYZE gone",
    """INSERT INTO funding_posting (id, kind, idempotency_key, fingerprint, booked_at,
                                    effective_at, reference)
       SELECT posting_id, 'annul', 'annul:' || id,
              encode(sha256(('annul|grant:' || id || '|' || ledger_account_id || '>' || %(pool)s
                             || ':' || balance)::bytea), 'hex'),
              now(), %(at)s, 'grant:' || id FROM gone""",
    """INSERT INTO funding_transfer (posting_id, debit_id, credit_id, amount)
       SELECT posting_id, ledger_account_id, %(pool)s, balance FROM gone""",
    """INSERT INTO funding_fundinglog (object_type, object_id, transition, from_state, to_state,
                                       at, note, recorded_at)
       SELECT 'grant', id, 'annul', state, 'annulled', %(at)s, 'end of term', now() FROM gone""",
    """UPDATE funding_grant g SET state = 'annulled', updated_at = now()
       FROM gone WHERE gone.id = g.id""",
)

# Every row of an expiry, told without the keys that are new each time.
_EXPIRED = """
SELECT count(*), md5(string_agg(row_text, '' ORDER BY account_id)) FROM (
    SELECT g.account_id, concat_ws('|', g.account_id, g.state, a.balance, p.kind,
        p.idempotency_key = 'annul:' || g.id, p.effective_at, p.reference = 'grant:' || g.id,
        p.fingerprint = encode(sha256(('annul|grant:' || g.id || '|' || a.id || '>' || t.credit_id
                                       || ':' || t.amount)::bytea), 'hex'),
        b.kind, t.amount, l.transition, l.from_state, l.to_state, l.at, l.note) AS row_text
    FROM funding_grant g
    JOIN funding_ledgeraccount a ON a.id = g.ledger_account_id
    JOIN funding_transfer t ON t.debit_id = a.id
    JOIN funding_posting p ON p.id = t.posting_id
    JOIN funding_ledgeraccount b ON b.id = t.credit_id
    JOIN funding_fundinglog l ON l.object_id = g.id AND l.transition = 'annul'
    WHERE g.round_id = %(round)s
) rows
"""

# Every row of a round, told without the keys that are new each time.
_CONTENT = """
SELECT count(*), md5(string_agg(row_text, '' ORDER BY account_id)) FROM (
    SELECT g.account_id, concat_ws('|', g.account_id, g.round_id, g.policy_id, g.state, g.amount,
        g.cut, g.granted_at, g.ends_at, a.kind, a.source_id, a.owner_key = g.id::text, a.balance,
        p.kind, p.idempotency_key, p.effective_at, p.reference = 'grant:' || g.id,
        p.fingerprint = encode(sha256(('grant|grant:' || g.id || '|' || t.debit_id || '>' || a.id
                                       || ':' || g.amount)::bytea), 'hex'),
        b.kind, t.amount, d.policy_id, d.outcome, d.lines, d.decided_at, l.transition,
        l.from_state, l.to_state, l.at, l.note, m.user_id, m.kind, m.params - 'grant',
        m.params ->> 'grant' = g.id::text, m.created_at, o.address, o.language, o.state,
        o.next_try_at) AS row_text
    FROM funding_grant g
    JOIN funding_ledgeraccount a ON a.id = g.ledger_account_id
    JOIN funding_transfer t ON t.credit_id = a.id
    JOIN funding_posting p ON p.id = t.posting_id
    JOIN funding_ledgeraccount b ON b.id = t.debit_id
    JOIN funding_decision d ON d.reference = 'grant:' || g.id
    JOIN funding_fundinglog l ON l.object_id = g.id
    JOIN notifications_message m ON m.dedupe_key = 'money_granted:' || g.id
    JOIN notifications_outboxemail o ON o.message_id = m.id
    WHERE g.round_id = %(round)s
) rows
"""


def run(this: AllocationRound, *, at: datetime, last_day: str) -> None:
    """Write what the round `this` would write at `at`; `last_day` is an ISO date in Riga."""
    source = this.policy.scheme.source_id
    amount = Terms.read(this.policy.terms).amount
    params: dict[str, Any] = {
        "round": this.pk,
        "policy": this.policy_id,
        "source": source,
        "pool": LedgerAccount.objects.get(kind=AccountKind.POOL, source_id=source).pk,
        "amount": amount,
        "amount_text": str(amount),
        "at": at,
        "ends_at": this.ends_at,
        "last_day": last_day,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, params)


def expire(this: AllocationRound, *, at: datetime) -> None:
    """Take back every lot of the round's source whose term has ended at `at`."""
    source = this.policy.scheme.source_id
    pool = LedgerAccount.objects.get(kind=AccountKind.POOL, source_id=source).pk
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in EXPIRY:
            cursor.execute(statement, {"at": at, "source": source, "pool": pool})


def content(this: AllocationRound) -> tuple[int, str]:
    """(rows joined over all tables, hash of everything they say) of the round `this`."""
    return _told(_CONTENT, this)


def expired(this: AllocationRound) -> tuple[int, str]:
    """The same of what its expiry wrote."""
    return _told(_EXPIRED, this)


def _told(statement: str, this: AllocationRound) -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"round": this.pk})
        count, digest = cursor.fetchone()
        return int(count), str(digest)
