"""The proof that the ledger is right: nightly, by command, and on a page (FUN-6)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from funding.models import ReconciliationRun
from stars.common.transactions import service

# name → (what it counts, rows that break it: (key, what is wrong))
CHECKS: dict[str, tuple[str, str]] = {
    "balances": (
        "SELECT count(*) FROM funding_ledgeraccount",
        """SELECT a.id::text, a.balance || ' <> ' || coalesce(t.sum, 0)
           FROM funding_ledgeraccount a LEFT JOIN (
               SELECT account_id, sum(delta) AS sum FROM (
                   SELECT credit_id AS account_id, amount AS delta FROM funding_transfer
                   UNION ALL SELECT debit_id, -amount FROM funding_transfer) x
               GROUP BY account_id) t ON t.account_id = a.id
           WHERE a.balance <> coalesce(t.sum, 0)""",
    ),
    "nothing_lost": (
        "SELECT count(*) FROM funding_fundingsource",
        """SELECT source_id::text, sum(balance)::text FROM funding_ledgeraccount
           GROUP BY source_id HAVING sum(balance) <> 0""",
    ),
    "never_negative": (
        "SELECT count(*) FROM funding_ledgeraccount WHERE kind <> 'appropriation'",
        """SELECT id::text, balance::text FROM funding_ledgeraccount
           WHERE balance < 0 AND kind <> 'appropriation'""",
    ),
    "commitment_parts": (
        "SELECT count(*) FROM funding_commitment",
        """SELECT c.id::text, 'price ' || c.price || ', support ' || c.support || ', own part '
                  || coalesce(p.sum, 0)
           FROM funding_commitment c LEFT JOIN (
               SELECT commitment_id, sum(amount) AS sum FROM funding_copayment
               GROUP BY commitment_id) p ON p.commitment_id = c.id
           WHERE c.price <> c.support + coalesce(p.sum, 0)""",
    ),
    "commitment_money": (
        "SELECT count(*) FROM funding_commitment",
        """SELECT c.id::text, c.state || ' with ' || a.balance
           FROM funding_commitment c JOIN funding_ledgeraccount a ON a.id = c.ledger_account_id
           LEFT JOIN (
               SELECT commitment_id, sum(amount) AS sum FROM funding_stagepayment
               GROUP BY commitment_id) s ON s.commitment_id = c.id
           WHERE a.balance <> CASE WHEN c.state = 'held' THEN c.support - coalesce(s.sum, 0)
                                   ELSE 0 END""",
    ),
    "commitment_lines": (
        "SELECT count(*) FROM funding_commitmentline",
        """SELECT c.id::text, c.support || ' <> ' || sum(l.amount)
           FROM funding_commitment c JOIN funding_commitmentline l ON l.commitment_id = c.id
           GROUP BY c.id, c.support HAVING c.support <> sum(l.amount)""",
    ),
    "owed": (
        "SELECT count(*) FROM funding_commitment WHERE captured_at IS NOT NULL",
        """SELECT coalesce(c.source_id, a.source_id)::text,
                  coalesce(c.sum, 0) || ' captured, ' || coalesce(a.sum, 0) || ' owed or paid'
           FROM (SELECT source_id, sum(support) AS sum FROM funding_commitment
                 WHERE captured_at IS NOT NULL GROUP BY source_id) c
           FULL JOIN (SELECT source_id, sum(balance) AS sum FROM funding_ledgeraccount
                      WHERE kind IN ('payable', 'payable_held', 'paid') GROUP BY source_id) a
           USING (source_id) WHERE coalesce(c.sum, 0) <> coalesce(a.sum, 0)""",
    ),
    # What a claim says of its money, and no money of claims without a claim (offer is empty).
    "claims": (
        "SELECT count(*) FROM funding_claim WHERE state <> 'draft'",
        """SELECT coalesce(k.id, c.id)::text,
                  coalesce(k.state, 'no claim') || ' with ' || coalesce(c.state, 'no commitment')
           FROM funding_claim k FULL JOIN
                (SELECT * FROM funding_commitment WHERE offer_id IS NULL) c
                ON c.id = k.commitment_id
           WHERE NOT coalesce(CASE k.state
               WHEN 'draft' THEN c.id IS NULL
               WHEN 'waiting' THEN c.id IS NULL
               WHEN 'submitted' THEN c.state = 'held'
               WHEN 'approved' THEN c.state = 'payable'
               WHEN 'paid' THEN c.state = 'paid'
               ELSE c.id IS NULL OR c.state = 'released' END, false)""",
    ),
    "ended_lots_empty": (
        "SELECT count(*) FROM funding_grant",
        """SELECT g.id::text, g.state || ' with ' || a.balance
           FROM funding_grant g JOIN funding_ledgeraccount a ON a.id = g.ledger_account_id
           WHERE g.state NOT IN ('active', 'accumulated') AND a.balance <> 0""",
    ),
    "postings_have_lines": (
        "SELECT count(*) FROM funding_posting",
        """SELECT p.id::text, p.kind FROM funding_posting p
           WHERE NOT EXISTS (SELECT 1 FROM funding_transfer t WHERE t.posting_id = p.id)""",
    ),
}
SHOWN = 100


@service
def reconcile(*, at: datetime) -> ReconciliationRun:
    """Run every check in one snapshot and store the result; `ok` is False where any row breaks."""
    checked: dict[str, int] = {}
    problems: list[dict[str, str]] = []
    with connection.cursor() as cursor:
        # One statement sees one moment: money that moves meanwhile cannot look like a mistake.
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}', NULL, ({count})::text"
                f" UNION ALL SELECT '{name}', key, what FROM ({broken} LIMIT {SHOWN}) x (key, what)"
                for name, (count, broken) in CHECKS.items()
            )
        )
        for name, key, what in cursor.fetchall():
            if key is None:
                checked[name] = int(what)
            else:
                problems.append({"check": name, "key": key, "what": what})
    return ReconciliationRun.objects.create(
        at=at, ok=not problems, checked=checked, problems=problems
    )
