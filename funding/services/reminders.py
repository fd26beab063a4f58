"""Reminders before money ends: 30, 7 and 1 days (ILA-10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from funding.selectors import ending_on, last_usable_day
from stars.common.dates import riga_date
from stars.notifications.services import notify

DAYS = (30, 7, 1)


def remind(*, at: datetime) -> int:
    """Tell everybody whose free money ends in 30, 7 or 1 days; each once. Returns how many."""
    sent = 0
    for days in DAYS:
        for grant in ending_on(riga_date(at) + timedelta(days=days)).iterator(chunk_size=2000):
            person = grant.account.person
            if person.user is None:
                continue
            last = last_usable_day(grant.ends_at)
            notify(
                kind="money_ends",
                user_id=person.user_id,
                language=person.user.language,
                address=person.email,
                params={
                    "grant": str(grant.pk),
                    "amount": f"{grant.ledger_account.balance:.2f}",
                    "last_day": last.isoformat(),
                    "days": days,
                },
                dedupe_key=f"money_ends:{grant.pk}:{last.isoformat()}:{days}",
                at=at,
            )
            sent += 1
    return sent
