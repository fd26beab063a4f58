"""Settling a month: many captured commitments, their statements, two people for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connection, transaction

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from funding.models import FundingSource, PolicyVersion, Statement
from funding.services import settling, statements
from funding.services.reconcile import reconcile
from funding.services.sources import authorise
from stars.common.dates import add_months, now, riga_date, start_of_day
from stars.common.permissions import SYSTEM
from stars.demo import crowd
from stars.demo.bench import rows
from stars.demo.bench.measure import Spread, table
from stars.demo.bench.scratch import Scratch

# Peak of the process while it settles, whatever the number of commitments (issue 4).
LIMIT_MB = 400
SUPPORT = Decimal("250.00")

# The rows that hold and capture leave behind, for everybody of the crowd at once.
_CAPTURED = [
    """CREATE TEMPORARY TABLE owed ON COMMIT DROP AS
       SELECT gen_random_uuid() AS commitment_id, gen_random_uuid() AS application_id,
              gen_random_uuid() AS hold_id, gen_random_uuid() AS capture_id, a.id AS account_id,
              o.id AS offer_id, o.provider_id
       FROM (SELECT id, row_number() OVER (ORDER BY id) AS n
             FROM learning_accounts_learningaccount) a
       JOIN (SELECT o.id, p.provider_id, row_number() OVER (ORDER BY o.id) AS n,
                    count(*) OVER () AS all_of_them
             FROM catalogue_offer o
             JOIN catalogue_programmeversion v ON v.id = o.version_id
             JOIN catalogue_programme p ON p.id = v.programme_id) o
         ON o.n = a.n %% o.all_of_them + 1""",
    """INSERT INTO funding_ledgeraccount (kind, source_id, owner_key, balance, lock_column)
       SELECT 'commitment', %(source)s, application_id::text, 0, false FROM owed
       UNION ALL SELECT DISTINCT 'payable', %(source)s::uuid, provider_id::text, 0, false FROM owed
       UNION ALL SELECT 'pool', %(source)s, '', 0, false ON CONFLICT DO NOTHING""",
    """INSERT INTO funding_commitment (id, account_id, offer_id, source_id, policy_id,
           ledger_account_id, application_id, state, price, support, own_part, held_at,
           captured_at, release_cause, evidence, created_at, updated_at)
       SELECT commitment_id, account_id, offer_id, %(source)s, %(policy)s, l.id, application_id,
              'captured', %(support)s, %(support)s, 0, %(at)s, %(at)s, '',
              '{"hours": 40, "attendance_share": "0.95", "completed_on": "2026-01-02"}',
              %(at)s, %(at)s
       FROM owed JOIN funding_ledgeraccount l
         ON l.kind = 'commitment' AND l.owner_key = application_id::text""",
    """INSERT INTO funding_posting (id, kind, idempotency_key, fingerprint, booked_at, effective_at,
           reference)
       SELECT hold_id, 'hold', 'hold:' || application_id, '', %(at)s, %(at)s,
              'commitment:' || commitment_id FROM owed
       UNION ALL
       SELECT capture_id, 'capture', 'capture:' || commitment_id, '', %(at)s, %(at)s,
              'commitment:' || commitment_id FROM owed""",
    """INSERT INTO funding_transfer (posting_id, debit_id, credit_id, amount)
       SELECT hold_id, p.id, l.id, %(support)s FROM owed
       JOIN funding_ledgeraccount p ON p.kind = 'pool' AND p.source_id = %(source)s
       JOIN funding_ledgeraccount l
         ON l.kind = 'commitment' AND l.owner_key = application_id::text""",
    """INSERT INTO funding_transfer (posting_id, debit_id, credit_id, amount)
       SELECT capture_id, l.id, p.id, %(support)s FROM owed
       JOIN funding_ledgeraccount l
         ON l.kind = 'commitment' AND l.owner_key = application_id::text
       JOIN funding_ledgeraccount p ON p.kind = 'payable' AND p.owner_key = provider_id::text""",
    """INSERT INTO funding_bankaccount (organisation_id, iban, holder, recorded_at)
       SELECT organisation_id, 'LV80BANK0000435195001', name, %(at)s FROM catalogue_provider""",
]


@dataclass
class Outcome:
    """Seconds of each step in the order of the runs, and the memory of the hungriest one."""

    commitments: int
    statements: int = 0
    make: list[float] = field(default_factory=list)
    approve: list[float] = field(default_factory=list)
    peak_mb: float = 0.0


def measure(
    scratch: Scratch, base: str, commitments: int, repeats: int, say: Callable[[str], None]
) -> Outcome:
    """Settle the month before this one `repeats` times, each on its own copy.

    Raises `rows.Different` where what was settled is not what was owed.
    """
    month = add_months(riga_date(now()).replace(day=1), -1)
    owed = scratch.copy("owed", base)
    with scratch.within(owed):
        say(f"Capturing {commitments} commitments")
        _capture(commitments, month)
    scratch.settle(owed)
    outcome = Outcome(commitments)
    for number in range(1, repeats + 1):
        name = scratch.copy("settled", owed)
        with scratch.within(name):
            _settle(month, outcome)
        scratch.drop(name)
        say(
            f"Settlement {number} of {repeats}: made {outcome.make[-1]:.1f} s,"
            f" approved {outcome.approve[-1]:.1f} s"
        )
    scratch.drop(owed)
    return outcome


def _capture(count: int, month: date) -> None:
    at = start_of_day(month) + timedelta(days=3)
    source = FundingSource.objects.filter(invented=True).order_by("code")[0]
    authorise(
        source_id=source.pk,
        origin="eu",
        amount=SUPPORT * count,
        key="bench",
        actor=SYSTEM,
        at=at,
    )
    crowd.gather(count, at=at)
    values: dict[str, Any] = {
        "source": source.pk,
        "policy": PolicyVersion.objects.filter(scheme__source=source)[0].pk,
        "support": SUPPORT,
        "at": at,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _CAPTURED:
            cursor.execute(statement, values)


def _settle(month: date, outcome: Outcome) -> None:
    first, second = (_officer(number) for number in range(2))
    at = now()
    forget_peak()
    begun = perf_counter()
    done = statements.settle_month(month=month, actor=SYSTEM, at=at)
    made = perf_counter()
    for key in Statement.objects.order_by("number").values_list("pk", flat=True):
        asked = settling.put_forward(statement_id=key, actor=first, at=at)
        settling.decide(approval_id=asked.pk, approved=True, actor=second, at=at)
    outcome.approve.append(perf_counter() - made)
    outcome.make.append(made - begun)
    outcome.peak_mb = max(outcome.peak_mb, peak_mb())
    outcome.statements = done.statements
    rows.must_match(done.amount, SUPPORT * outcome.commitments)
    rows.must_match(reconcile(at=at).problems, [])


def _officer(number: int) -> User:
    agency, _made = Organisation.objects.get_or_create(
        name="Mērījums", defaults={"kind": OrganisationKind.AGENCY, "invented": True}
    )
    user: User = User.objects.create_user()
    Membership.objects.create(
        user=user, organisation=agency, role=Role.FINANCE_OFFICER, valid_from=date(2024, 1, 1)
    )
    return user


def forget_peak() -> None:
    """Let the kernel measure the peak of this process anew."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_mb() -> float:
    """The most memory this process had since then, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def report(outcome: Outcome) -> str:
    """The section of docs/performance.md."""
    each = [1_000_000 * seconds / outcome.commitments for seconds in outcome.make]
    lines = [
        [f"{outcome.statements} statements made", Spread(tuple(outcome.make)).text(), _us(each)],
        [
            "put forward and approved by two",
            Spread(tuple(outcome.approve)).text(),
            _us([1_000_000 * seconds / outcome.commitments for seconds in outcome.approve]),
        ],
    ]
    return "\n\n".join(
        [
            f"## Settlement of {outcome.commitments:,} commitments".replace(",", " "),
            table(["", "seconds", "µs for each commitment"], lines),
            f"Peak memory of the process: **{outcome.peak_mb:.0f} MB**, at most {LIMIT_MB}.",
        ]
    )


def _us(values: list[float]) -> str:
    return Spread(tuple(values)).text(0)
