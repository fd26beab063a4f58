"""An allocation round and its expiry by the services against the same rows written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from funding.models import AllocationRound
from funding.services import grants, rounds
from funding.services.sources import authorise
from stars.common.dates import now, riga_date
from stars.common.permissions import SYSTEM
from stars.demo import crowd
from stars.demo.bench import by_hand, rows
from stars.demo.bench.chart import chart
from stars.demo.bench.measure import (
    Record,
    Spread,
    memory,
    ratios,
    recorded,
    table,
    written_table,
)
from stars.demo.bench.scratch import Scratch

LIMIT = 2.0
# MB that the process may hold at once, whatever the number of accounts.
MEMORY_LIMIT = 400
# How much dearer an account may be in the largest round than in the smallest.
GROWTH_LIMIT = 1.5
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


@dataclass
class Side:
    """Seconds of one way's rounds and expiries, in the order they were run."""

    rounds: list[Record] = field(default_factory=list)
    expiries: list[Record] = field(default_factory=list)


@dataclass
class Outcome:
    """Both ways side by side, a second run of the round, and the most memory it took (MB)."""

    accounts: int
    service: Side = field(default_factory=Side)
    hand: Side = field(default_factory=Side)
    again: list[float] = field(default_factory=list)
    written: rows.Counts = field(default_factory=dict)
    peak: float = 0.0

    @property
    def ratio(self) -> Spread:
        """Round by the service : by hand, pair by pair."""
        return _ratios(self.service.rounds, self.hand.rounds)

    @property
    def expiry_ratio(self) -> Spread:
        """The same of the expiry."""
        return _ratios(self.service.expiries, self.hand.expiries)

    def each(self, records: list[Record]) -> float:
        """Microseconds of one account, by the middle record."""
        return _spread(records).median / self.accounts * 1_000_000


def _spread(records: list[Record]) -> Spread:
    return Spread(tuple(r.seconds for r in records))


def _ratios(ours: list[Record], bare: list[Record]) -> Spread:
    return ratios([r.seconds for r in ours], [r.seconds for r in bare])


@dataclass(frozen=True)
class Content:
    """What one way left behind."""

    counts: rows.Counts
    balances: dict[str, str]
    lots: tuple[int, str]
    expired: tuple[int, str]


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
    _by_hand(scratch, crowded, at, Outcome(accounts))
    outcome = Outcome(accounts)
    for number in range(1, repeats + 1):
        # Who goes first changes, so that neither always finds the warmer machine.
        ways = [_by_service, _by_hand]
        contents = [
            way(scratch, crowded, at, outcome) for way in (ways if number % 2 else reversed(ways))
        ]
        rows.must_match(*contents)
        outcome.written.update(rows.written(before, contents[0].counts))
        rows.must_match(outcome.written["funding_grant"], accounts)
        rows.must_match(contents[0].expired[0], accounts)
        ours, hand = outcome.service, outcome.hand
        say(
            f"{number} of {repeats}: round {ours.rounds[-1].seconds:.1f} s,"
            f" by hand {hand.rounds[-1].seconds:.1f} s;"
            f" expiry {ours.expiries[-1].seconds:.1f} s,"
            f" by hand {hand.expiries[-1].seconds:.1f} s; peak {outcome.peak:.0f} MB"
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
        with memory() as used, recorded(with_params=False) as record:
            rounds.run(code=this.code, at=at, actor=SYSTEM)
        outcome.service.rounds.append(record)
        outcome.peak = max(outcome.peak, used.peak)
        counts, balances, lots = rows.counts(), rows.balances(), by_hand.content(this)
        with recorded(with_params=False) as second:
            rounds.run(code=this.code, at=at, actor=SYSTEM)
        outcome.again.append(second.seconds)
    # Months lie between the two: the server has gathered its statistics.
    scratch.settle(name)
    with scratch.within(name):
        with memory() as used, recorded(with_params=False) as record:
            grants.expire_due(at=this.ends_at, source_id=this.policy.scheme.source_id)
        outcome.service.expiries.append(record)
        outcome.peak = max(outcome.peak, used.peak)
        content = Content(counts, balances, lots, by_hand.expired(this))
    scratch.drop(name)
    return content


def _by_hand(scratch: Scratch, base: str, at: datetime, outcome: Outcome) -> Content:
    name = scratch.copy("hand", base)
    with scratch.within(name):
        this = _round(at)
        last_day = riga_date(this.ends_at) - timedelta(days=1)
        with recorded() as record:
            by_hand.run(this, at=at, last_day=last_day.isoformat())
        outcome.hand.rounds.append(record)
        counts, balances, lots = rows.counts(), rows.balances(), by_hand.content(this)
    scratch.settle(name)
    with scratch.within(name):
        with recorded() as record:
            by_hand.expire(this, at=this.ends_at)
        outcome.hand.expiries.append(record)
        content = Content(counts, balances, lots, by_hand.expired(this))
    scratch.drop(name)
    return content


def above(outcomes: list[Outcome]) -> list[str]:
    """What is beyond its limit, the largest round against the smallest one for growth."""
    small, large = outcomes[0], outcomes[-1]
    growth = large.each(large.service.rounds) / small.each(small.service.rounds)
    limits = {
        "the round": large.ratio.median > LIMIT,
        "its expiry": large.expiry_ratio.median > LIMIT,
        "memory of a round": max(outcome.peak for outcome in outcomes) > MEMORY_LIMIT,
        "the cost of an account": growth > GROWTH_LIMIT,
    }
    return [name for name, beyond in limits.items() if beyond]


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


def report(outcomes: list[Outcome], picture: str = "") -> str:
    """The section of docs/performance.md; `picture` is the name of the plot, where there is one."""
    outcome = outcomes[-1]
    pairs = [
        ("round by the service", _spread(outcome.service.rounds).text()),
        ("by hand", _spread(outcome.hand.rounds).text()),
        ("service : by hand", f"**{outcome.ratio.text(2)}**, at most {LIMIT:.0f}"),
        ("expiry by the service", _spread(outcome.service.expiries).text()),
        ("by hand ", _spread(outcome.hand.expiries).text()),
        ("expiry : by hand", f"**{outcome.expiry_ratio.text(2)}**, at most {LIMIT:.0f}"),
        ("the round run again, nothing to grant", Spread(tuple(outcome.again)).text()),
        ("most memory of the process, MB", f"{outcome.peak:.0f}, at most {MEMORY_LIMIT}"),
    ]
    steps = [batches(record) for record in outcome.service.rounds]
    parts = [
        f"## A round for {_number(outcome.accounts)} accounts, and its expiry",
        table(["", "seconds"], [list(pair) for pair in pairs]),
        "Rows written by the round, the same by both, and the seconds of each part:",
        table(["part", "rows", "service", "by hand"], _share_lines(outcome)),
        f"First batch {Spread(tuple(s[0] for s in steps)).text(2)} s,"
        f" last batch {Spread(tuple(s[-1] for s in steps)).text(2)} s"
        f" ({len(steps[0])} batches of {rounds.BATCH}).",
    ]
    if len(outcomes) > 1:
        parts += ["What one account costs, and the memory of the process:", _growth(outcomes)]
    if picture:
        parts.append(f"![Microseconds of one account by the number of accounts]({picture})")
    return "\n\n".join(parts)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ")


def _growth(outcomes: list[Outcome]) -> str:
    return table(
        ["accounts", "round, µs each", "by hand", "expiry, µs each", "by hand ", "MB"],
        [
            [
                _number(each.accounts),
                *(
                    f"{each.each(records):.0f}"
                    for side in ("rounds", "expiries")
                    for records in (getattr(each.service, side), getattr(each.hand, side))
                ),
                f"{each.peak:.0f}",
            ]
            for each in outcomes
        ],
    )


def plot(outcomes: list[Outcome]) -> str:
    """The same as a picture: a flat line means that an account costs the same in any round."""
    points = [each.accounts for each in outcomes]
    return chart(
        "Microseconds of one account by the number of accounts",
        points,
        {
            "round": [each.each(each.service.rounds) for each in outcomes],
            "round by hand": [each.each(each.hand.rounds) for each in outcomes],
            "expiry": [each.each(each.service.expiries) for each in outcomes],
            "expiry by hand": [each.each(each.hand.expiries) for each in outcomes],
        },
    )


def _share_lines(outcome: Outcome) -> list[list[str]]:
    ours = [shares(record) for record in outcome.service.rounds]
    hand = [shares(record) for record in outcome.hand.rounds]
    lines = []
    for name in (CHOOSING, *dict.fromkeys(TABLES.values()), COMMIT):
        count = sum(outcome.written.get(each, 0) for each, what in TABLES.items() if what == name)
        seconds = [Spread(tuple(s.get(name, 0.0) for s in side)).text(2) for side in (ours, hand)]
        lines.append([name, f"{count:,}".replace(",", " ") if count else "", *seconds])
    return lines
