"""Time, told by median and range; and statements, told by what they write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection

CLEAR_PEAK = Path("/proc/self/clear_refs")
STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing, in the unit of their source."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.values)

    def text(self, places: int = 1) -> str:
        """`median (lowest–highest)`."""
        if len(self.values) == 1:
            return f"{self.median:.{places}f}"
        return (
            f"{self.median:.{places}f}"
            f" ({min(self.values):.{places}f}–{max(self.values):.{places}f})"
        )


def ratios(ours: Sequence[float], bare: Sequence[float]) -> Spread:
    """Each measurement divided by the one made right beside it."""
    return Spread(tuple(one / other for one, other in zip(ours, bare, strict=True)))


@dataclass(frozen=True)
class Statement:
    """One statement that was sent to the database, and how long it took (seconds)."""

    sql: str
    params: Any
    seconds: float


@dataclass
class Record:
    """What one run sent, in order, and how long all of it took (seconds)."""

    statements: list[Statement] = field(default_factory=list)
    seconds: float = 0.0

    def by(self, label: Callable[[str], str]) -> dict[str, list[float]]:
        """Seconds of each statement, gathered under the names that `label` gives."""
        gathered: dict[str, list[float]] = {}
        for statement in self.statements:
            gathered.setdefault(label(statement.sql), []).append(statement.seconds)
        return gathered


@contextmanager
def recorded(*, with_params: bool = True) -> Iterator[Record]:
    """Record every statement of Django's default connection.

    Without parameters where there are millions of them: keeping them would be the memory measured.
    """
    record = Record()

    def note(execute: Callable[..., Any], text: str, params: Any, many: bool, context: Any) -> Any:
        begun = perf_counter()
        try:
            return execute(text, params, many, context)
        finally:
            kept = params if with_params else None
            record.statements.append(Statement(text, kept, perf_counter() - begun))

    with connection.execute_wrapper(note):
        begun = perf_counter()
        try:
            yield record
        finally:
            record.seconds = perf_counter() - begun


@dataclass
class Memory:
    """The most that this process held at once, in MB; 0 where the system does not say."""

    peak: float = 0.0


@contextmanager
def memory() -> Iterator[Memory]:
    """Measure the peak of this process's memory from here on (Linux)."""
    seen = Memory()
    try:
        CLEAR_PEAK.write_text("5")
    except OSError:
        yield seen
        return
    yield seen
    status = STATUS.read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    seen.peak = int(found.group(1)) / 1024 if found else 0.0


def written_table(statement: str) -> str:
    """The first table that a statement writes to, or what it does where it writes to none."""
    found = re.search(r'(?:INSERT INTO|UPDATE) "?(\w+)', statement)
    if found:
        return found.group(1)
    return statement.split(None, 1)[0].upper()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [head, ["---", *(["---:"] * (len(head) - 1))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
