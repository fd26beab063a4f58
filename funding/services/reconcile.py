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
        """SELECT c.id::text, c.support || ' <> ' || sum(l.amount) || ', given back '
                  || coalesce(max(b.sum), 0)
           FROM funding_commitment c JOIN funding_commitmentline l ON l.commitment_id = c.id
           LEFT JOIN (
               SELECT t.debit_id, sum(t.amount) AS sum FROM funding_transfer t
               JOIN funding_posting p ON p.id = t.posting_id AND p.kind = 'adjust'
               GROUP BY t.debit_id) b ON b.debit_id = c.ledger_account_id
           GROUP BY c.id, c.support
           HAVING c.support <> sum(l.amount) - coalesce(max(b.sum), 0)""",
    ),
    # Owed is what was captured, the stages of what was not (yet), and differences that were
    # approved; claims are commitments.
    "owed": (
        "SELECT count(*) FROM funding_commitment WHERE captured_at IS NOT NULL",
        """SELECT coalesce(c.source_id, a.source_id)::text,
                  coalesce(c.sum, 0) || ' captured, ' || coalesce(a.sum, 0) || ' owed or paid'
           FROM (SELECT source_id, sum(amount) AS sum FROM (
                     SELECT source_id, support AS amount FROM funding_commitment
                     WHERE captured_at IS NOT NULL
                     UNION ALL
                     SELECT c.source_id, s.amount FROM funding_stagepayment s
                     JOIN funding_commitment c ON c.id = s.commitment_id
                     WHERE c.captured_at IS NULL
                     UNION ALL
                     SELECT t.source_id, l.amount FROM funding_statementline l
                     JOIN funding_statement t ON t.id = l.statement_id
                     WHERE l.kind = 'difference' AND l.counts AND t.state IN ('approved', 'paid')
                     UNION ALL
                     SELECT l.source_id, m.amount FROM funding_aidmonth m
                     JOIN funding_aidlist l ON l.id = m.aid_list_id
                     WHERE l.state IN ('approved', 'paid')
                 ) x GROUP BY source_id) c
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
    "statement_totals": (
        "SELECT count(*) FROM funding_statement",
        """SELECT s.id::text, s.total || ' <> ' || coalesce(sum(l.amount), 0)
           FROM funding_statement s LEFT JOIN funding_statementline l ON l.statement_id = s.id
           GROUP BY s.id, s.total HAVING s.total <> coalesce(sum(l.amount), 0)""",
    ),
    # Nothing is settled that was not owed (2.7, I4).
    "settled_within_owed": (
        "SELECT count(*) FROM funding_statementline",
        """SELECT c.id::text, coalesce(sum(l.amount), 0) || ' settled of ' || c.support
           FROM funding_commitment c JOIN funding_statementline l ON l.commitment_id = c.id
           WHERE l.counts GROUP BY c.id, c.support
           HAVING coalesce(sum(l.amount) FILTER (WHERE l.kind <> 'difference'), 0) > c.support
               OR coalesce(sum(l.amount), 0) > c.support""",
    ),
    "statement_states": (
        "SELECT count(*) FROM funding_statement WHERE state IN ('approved', 'paid')",
        """SELECT c.id::text, c.state || ' in a statement that is ' || s.state
           FROM funding_statement s
           JOIN funding_statementline l ON l.statement_id = s.id AND l.counts
           JOIN funding_commitment c ON c.id = l.commitment_id
           WHERE l.kind = 'completed' AND c.state <> CASE s.state
               WHEN 'approved' THEN 'payable' WHEN 'paid' THEN 'paid' ELSE 'captured' END""",
    ),
    # What was approved is paid by payments of exactly that sum, each posted.
    "statement_payments": (
        "SELECT count(*) FROM funding_statement WHERE state IN ('approved', 'paid')",
        """SELECT s.id::text, s.total || ' with payments of ' || coalesce(sum(p.amount), 0)
           FROM funding_statement s LEFT JOIN funding_payment p
               ON p.reference = concat('statement:', s.id)
               AND p.state IN ('ready', 'held', 'sent', 'paid')
           WHERE s.state IN ('approved', 'paid')
           GROUP BY s.id, s.total HAVING s.total <> coalesce(sum(p.amount), 0)""",
    ),
    "paid_by_the_bank": (
        "SELECT count(*) FROM funding_payment",
        """SELECT coalesce(p.source_id, a.source_id)::text,
                  coalesce(p.sum, 0) || ' paid by the bank, ' || coalesce(a.sum, 0) || ' posted'
           FROM (SELECT source_id, sum(amount) AS sum FROM funding_payment
                 WHERE state = 'paid' GROUP BY source_id) p
           FULL JOIN (SELECT source_id, sum(balance) AS sum FROM funding_ledgeraccount
                      WHERE kind = 'paid' GROUP BY source_id) a
           USING (source_id) WHERE coalesce(p.sum, 0) <> coalesce(a.sum, 0)""",
    ),
    "on_hold": (
        "SELECT count(*) FROM funding_commitment WHERE state = 'payable_held'",
        """SELECT coalesce(h.source_id, a.source_id)::text,
                  coalesce(h.sum, 0) || ' on hold, ' || coalesce(a.sum, 0) || ' posted'
           FROM (SELECT source_id, sum(amount) AS sum FROM (
                     SELECT source_id, amount FROM funding_payment WHERE state = 'held'
                     UNION ALL
                     SELECT c.source_id, c.support - coalesce((
                         SELECT sum(l.amount) FROM funding_statementline l
                         WHERE l.commitment_id = c.id AND l.counts AND l.kind <> 'difference'), 0)
                     FROM funding_commitment c WHERE c.state = 'payable_held'
                 ) x GROUP BY source_id) h
           FULL JOIN (SELECT source_id, sum(balance) AS sum FROM funding_ledgeraccount
                      WHERE kind = 'payable_held' GROUP BY source_id) a
           USING (source_id) WHERE coalesce(h.sum, 0) <> coalesce(a.sum, 0)""",
    ),
    # What a list of monthly aid says of a person is what was made owed for it.
    "aid": (
        "SELECT count(*) FROM funding_aidmonth WHERE aid_list_id IS NOT NULL",
        """SELECT m.request_id::text, l.number || ': ' || sum(m.amount) || ' <> '
                  || coalesce(sum(t.amount), 0)
           FROM funding_aidmonth m JOIN funding_aidlist l ON l.id = m.aid_list_id
           LEFT JOIN (SELECT p.reference, sum(t.amount) AS amount FROM funding_posting p
                      JOIN funding_transfer t ON t.posting_id = p.id
                      WHERE p.kind = 'stipend' GROUP BY p.reference) t
               ON t.reference = concat('aid_month:', m.id)
           GROUP BY l.number, l.state, m.request_id
           HAVING coalesce(sum(t.amount), 0)
                  <> CASE WHEN l.state IN ('approved', 'paid') THEN sum(m.amount) ELSE 0 END""",
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
