"""`./dev bench`: ratios against the bare minimum, into docs/performance.md."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stars.common.dates import today
from stars.demo.bench import allocation, learning, machine, pages, report, searching, settlement
from stars.demo.bench.client import BadAnswer
from stars.demo.bench.rows import Different
from stars.demo.bench.scratch import NoScratch, Scratch
from stars.demo.bench.server import NoServer
from stars.demo.offer.loader import load

PARTS = ("allocation", "learning", "settlement", "pages", "search")
# The sizes that docs/performance.md speaks of.
SIZES: dict[str, Any] = {
    "accounts": (10_000, 100_000, 1_000_000),
    "learners": 100,
    "commitments": 50_000,
    "programmes": 100_000,
    "seconds": 4.0,
    "repeats": 3,
}


# A round of more accounts than these is measured once: it takes half an hour.
LARGE = 500_000
PLOT = "performance-rounds.svg"


def _counts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


class Command(BaseCommand):
    """Everything happens in databases of its own, which are dropped at the end."""

    help = "Measure speed beside the bare minimum and write docs/performance.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Single parts and other sizes; such a run is printed and leaves the page alone."""
        parser.add_argument("parts", nargs="*", metavar="PART", help="all where none is named")
        parser.add_argument(
            "--accounts", type=_counts, help="learning accounts of the rounds: 10000,100000"
        )
        parser.add_argument("--learners", type=int, help="people from submit to the amount owed")
        parser.add_argument("--commitments", type=int, help="captured commitments to settle")
        parser.add_argument("--programmes", type=int, help="programmes of the search")
        parser.add_argument("--seconds", type=float, help="how long each page is asked for")
        parser.add_argument("--repeats", type=int, help="how often each pair is measured")
        parser.add_argument("--output", type=Path, help="another file than docs/performance.md")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, print, write; a ratio above its limit is an error."""
        sizes = {name: SIZES[name] if options[name] is None else options[name] for name in SIZES}
        counts = [sizes[name] for name in sizes if name not in ("seconds", "accounts")]
        if min(*counts, *sizes["accounts"]) < 1 or sizes["seconds"] <= 0:
            raise CommandError("Counts are 1 or more, seconds more than none.")
        parts = set(options["parts"] or PARTS)
        if unknown := parts - set(PARTS):
            raise CommandError(
                f"No such part: {', '.join(sorted(unknown))}. Parts: {', '.join(PARTS)}"
            )
        self._pictures: dict[str, str] = {}
        try:
            text, above = self._measure(parts, sizes)
        except (NoScratch, NoServer, BadAnswer, Different) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"\n{text}\n")
        # A part of the picture, or a small one, must not replace the whole one.
        whole = parts == set(PARTS) and sizes == SIZES
        path = options["output"]
        if path is None and whole:
            path = settings.BASE_DIR / "docs" / "performance.md"
        if path:
            report.write(path, text)
            for name, picture in self._pictures.items():
                (path.parent / name).write_text(picture)
            self.stdout.write(self.style.SUCCESS(f"Written to {path}"))
        # Small numbers say nothing about speed.
        if whole and above:
            raise CommandError(f"Above the limit: {', '.join(above)}")

    def _measure(self, parts: Collection[str], sizes: dict[str, Any]) -> tuple[str, list[str]]:
        """What was measured, and which ratios are above their limits."""
        described = machine.describe()
        repeats = sizes["repeats"]
        sections, above = [], []
        with Scratch() as scratch:
            self._say("Making a database with the pilot's offer")
            base = scratch.migrated("base")
            with scratch.within(base):
                load(today=today(), say=lambda _line: None)
            scratch.settle(base)
            if "allocation" in parts:
                outcomes = [
                    allocation.measure(scratch, base, n, 1 if n > LARGE else repeats, self._say)
                    for n in sorted(sizes["accounts"])
                ]
                self._pictures[PLOT] = allocation.plot(outcomes)
                sections.append(allocation.report(outcomes, PLOT))
                above += allocation.above(outcomes)
            if "learning" in parts:
                way = learning.measure(scratch, base, sizes["learners"], repeats, self._say)
                sections.append(learning.report(way))
                if way.ratio.median > learning.LIMIT:
                    above.append("from submit to the amount owed")
            if "settlement" in parts:
                settled = settlement.measure(
                    scratch, base, sizes["commitments"], repeats, self._say
                )
                sections.append(settlement.report(settled))
                if settled.peak_mb > settlement.LIMIT_MB:
                    above.append("memory of settlement")
            if "pages" in parts:
                asked = pages.measure(scratch, base, repeats, sizes["seconds"], self._say)
                sections.append(pages.report(asked))
                if asked.kept > pages.LIMIT:
                    above.append("kept pages")
            if "search" in parts:
                searched = searching.measure(
                    *(scratch, base, sizes["programmes"], repeats, sizes["seconds"], self._say)
                )
                sections.append(searching.report(searched))
                above += searched.above
        how = f"{repeats} repeats in turn; median (lowest–highest)"
        return report.measured(described, how, sections), above

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
