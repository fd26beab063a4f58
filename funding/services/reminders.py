"""Reminders before money ends: 60, 30, 7 and 1 days (ILA-10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from stars.common.dates import riga_date, start_of_day
from stars.common.transactions import polite_locks
from stars.notifications.services import notify_from_select

# Days before the last usable day, and how many days later it may still be said where the scheduler
# did not run; whoever got the money after that day is not reminded of it.
DAYS = {60: 3, 30: 3, 7: 3, 1: 1}

# One statement for everybody: whose lots hold free money and end on one of the days. What was said
# before is known by its key. What is kept by itself at the end (`Terms.at_end`) does not end yet.
_ENDING = """
SELECT p.user_id, u.language, p.email AS address,
       jsonb_build_object('grant', g.id, 'amount', a.balance::text, 'last_day', d.last_day::text,
                          'days', d.last_day - %(today)s::date) AS params,
       'money_ends:' || g.id || ':' || d.last_day || ':' || %(days)s AS dedupe_key
FROM funding_grant g
JOIN funding_ledgeraccount a ON a.id = g.ledger_account_id AND a.balance > 0
JOIN funding_policyversion v ON v.id = g.policy_id
JOIN learning_accounts_learningaccount la ON la.id = g.account_id
JOIN accounts_person p ON p.id = la.person_id AND p.user_id IS NOT NULL AND NOT p.deceased
JOIN accounts_user u ON u.id = p.user_id
CROSS JOIN LATERAL (
    SELECT (g.ends_at AT TIME ZONE 'Europe/Riga')::date - 1 AS last_day) d
WHERE g.state IN ('active', 'accumulated') AND g.ends_at = ANY(%(ends)s)
AND (g.granted_at AT TIME ZONE 'Europe/Riga')::date <= d.last_day - %(days)s
AND NOT (g.state = 'active' AND g.replaces_id IS NULL
         AND v.terms->>'at_end' IS NOT DISTINCT FROM 'accumulate'
         AND coalesce((v.terms->>'accumulate_times')::int, 0) > 0
         AND coalesce(v.terms->'accumulate_parts', '["whole", "rest"]')
             ? CASE WHEN a.balance = g.amount THEN 'whole' ELSE 'rest' END)
"""


def remind(*, at: datetime) -> int:
    """Tell everybody whose free money ends in 60, 30, 7 or 1 days; each once.

    A reminder that was missed is given up to three days later (the last one on the last day), with
    the days that are really left. Returns how many are new. Each kind is one statement and commits
    by itself, so memory stays the same whatever the number of people.
    """
    today = riga_date(at)
    said = 0
    for days, late in DAYS.items():
        # Exclusive ends: the last usable day is the day before.
        ends = [start_of_day(today + timedelta(days=days - n + 1)) for n in range(late + 1)]
        params = {"today": today, "days": days, "ends": ends}
        with polite_locks(), transaction.atomic():
            said += notify_from_select(kind="money_ends", select_sql=_ENDING, params=params, at=at)
    return said
