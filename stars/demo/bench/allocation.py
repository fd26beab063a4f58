"""An allocation round by the service against the same rows written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from funding.models import AllocationRound
from funding.services import rounds
from funding.services.sources import authorise
from stars.common.dates import now, riga_date
from stars.common.permissions import SYSTEM
from stars.demo import crowd
from stars.demo.bench import by_hand, rows
from stars.demo.bench.measure import Record, Spread, ratios, recorded, table, written_table
from stars.demo.bench.scratch import Scratch

LIMIT = 2.0
AMOUNT = Decimal("500.00")
# What each written table is, in the order of the report.
TABLES = {
    "funding_ledgeraccount": "ledger accounts",
    "funding_grant": "lots",
    "funding_posting": "postings",
    "funding_transfer": "transfers, with balances",
    "funding_decision": "decisions",
    "funding_fundinglog": "log",
    "funding_roundrun": "the run itself",
    "funding_allocationround": "the run itself",
    "notifications_message": "messages and their e-mails",
    "notifications_outboxemail": "messages and their e-mails",
}
CHOOSING = "choosing, locking, staging"
COMMIT = "commit: foreign keys; Python"


@dataclass(frozen=True)
class Outcome:
    """Seconds of both ways, in the order they were run, and of a second run of the round."""

    accounts: int
    service: list[Record]
    hand: list[Record]
    again: list[float]
    written: rows.Counts

    @property
    def ratio(self) -> Spread:
        """Service by hand, pair by pair."""
        return ratios([r.seconds for r in self.service], [r.seconds for r in self.hand])


@dataclass(frozen=True)
class Content:
    """What one way left behind."""

    counts: rows.Counts
    balances: dict[str, str]
    lots: tuple[int, str]


def measure(
    scratch: Scratch, base: str, accounts: int, repeats: int, say: Callable[[str], None]
) -> Outcome:
    """Run both ways `repeats` times in turn, each on its own copy of the same database.

    Raises `rows.Different` where the two did not write the same rows.
    """
    crowded = scratch.copy("crowd", base)
    at = now()
    with scratch.within(crowded):
        say(f"Gathering {accounts} accounts")
        this = _round(at)
        crowd.gather(accounts, at=at - timedelta(days=1))
        authorise(
            source_id=this.policy.scheme.source_id,
            origin="eu",
            amount=AMOUNT * accounts,
            key="bench",
            actor=SYSTEM,
            at=at,
        )
        before = rows.counts()
    scratch.settle(crowded)
    # Once without looking at the clock: the crowd is still on its way to the disk.
    _by_hand(scratch, crowded, at, Outcome(accounts, [], [], [], {}))
    outcome = Outcome(accounts, [], [], [], {})
    for number in range(1, repeats + 1):
        # Who goes first changes, so that neither always finds the warmer machine.
        ways = [_by_service, _by_hand]
        contents = [
            way(scratch, crowded, at, outcome) for way in (ways if number % 2 else reversed(ways))
        ]
        rows.must_match(*contents)
        outcome.written.update(rows.written(before, contents[0].counts))
        rows.must_match(outcome.written["funding_grant"], accounts)
        say(
            f"Round {number} of {repeats}: service {outcome.service[-1].seconds:.1f} s,"
            f" by hand {outcome.hand[-1].seconds:.1f} s"
        )
    scratch.drop(crowded)
    return outcome


def _round(at: datetime) -> AllocationRound:
    """The round of the invented continuation whose window is open."""
    return (
        AllocationRound.objects.filter(
            policy__scheme__source__invented=True, due_on__lte=riga_date(at), ends_at__gt=at
        )
        .select_related("policy__scheme__source")
        .latest("due_on")
    )


def _by_service(scratch: Scratch, base: str, at: datetime, outcome: Outcome) -> Content:
    name = scratch.copy("round", base)
    with scratch.within(name):
        this = _round(at)
        with recorded() as record:
            rounds.run(code=this.code, at=at, actor=SYSTEM)
        outcome.service.append(record)
        content = Content(rows.counts(), rows.balances(), by_hand.content(this))
        with recorded() as second:
            rounds.run(code=this.code, at=at, actor=SYSTEM)
        outcome.again.append(second.seconds)
    scratch.drop(name)
    return content


def _by_hand(scratch: Scratch, base: str, at: datetime, outcome: Outcome) -> Content:
    name = scratch.copy("hand", base)
    with scratch.within(name):
        this = _round(at)
        last_day = riga_date(this.ends_at) - timedelta(days=1)
        with recorded() as record:
            by_hand.run(this, at=at, last_day=last_day.isoformat())
        outcome.hand.append(record)
        content = Content(rows.counts(), rows.balances(), by_hand.content(this))
    scratch.drop(name)
    return content


def shares(record: Record) -> dict[str, float]:
    """Seconds of each table, of choosing, and of what is left: commits with their checks."""
    named = record.by(lambda text: TABLES.get(written_table(text), CHOOSING))
    seconds = {name: sum(values) for name, values in named.items()}
    seconds[COMMIT] = record.seconds - sum(seconds.values())
    return seconds


def batches(record: Record) -> list[float]:
    """Seconds of the statements of each batch that granted something, in order."""
    starts = [n for n, s in enumerate(record.statements) if s.sql.startswith("SET LOCAL")]
    chunks = [record.statements[a:b] for a, b in pairwise([*starts, len(record.statements)])]
    return [
        sum(statement.seconds for statement in chunk)
        for chunk in chunks
        if any(written_table(statement.sql) == "funding_grant" for statement in chunk)
    ]


def report(outcome: Outcome) -> str:
    """The section of docs/performance.md."""
    pairs = [("round by the service", outcome.service), ("by hand", outcome.hand)]
    lines = [[name, Spread(tuple(r.seconds for r in rs)).text()] for name, rs in pairs]
    lines.append(["service : by hand", f"**{outcome.ratio.text(2)}**, at most {LIMIT:.0f}"])
    lines.append(["the round run again, nothing to grant", Spread(tuple(outcome.again)).text()])
    steps = [batches(record) for record in outcome.service]
    return "\n\n".join(
        [
            f"## A round for {outcome.accounts:,} accounts".replace(",", " "),
            table(["", "seconds"], lines),
            "Rows written, the same by both, and the seconds of each part:",
            table(["part", "rows", "service", "by hand"], _share_lines(outcome)),
            f"First batch {Spread(tuple(s[0] for s in steps)).text(2)} s,"
            f" last batch {Spread(tuple(s[-1] for s in steps)).text(2)} s"
            f" ({len(steps[0])} batches of {rounds.BATCH}).",
        ]
    )


def _share_lines(outcome: Outcome) -> list[list[str]]:
    ours = [shares(record) for record in outcome.service]
    hand = [shares(record) for record in outcome.hand]
    lines = []
    for name in (CHOOSING, *dict.fromkeys(TABLES.values()), COMMIT):
        count = sum(outcome.written.get(each, 0) for each, what in TABLES.items() if what == name)
        seconds = [Spread(tuple(s.get(name, 0.0) for s in side)).text(2) for side in (ours, hand)]
        lines.append([name, f"{count:,}".replace(",", " ") if count else "", *seconds])
    return lines
