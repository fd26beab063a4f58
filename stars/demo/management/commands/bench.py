"""`./dev bench`: ratios against the bare minimum, into docs/performance.md."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stars.common.dates import today
from stars.demo.bench import allocation, machine, report
from stars.demo.bench.scratch import NoScratch, Scratch
from stars.demo.offer.loader import load

PARTS = ("allocation",)
FULL = {"accounts": 100_000, "repeats": 3}
QUICK = {"accounts": 2_000, "repeats": 1}


class Command(BaseCommand):
    """Everything happens in databases of its own, which are dropped at the end."""

    help = "Measure speed beside the bare minimum and write docs/performance.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Small numbers for CI, single parts, other counts."""
        parser.add_argument("--quick", action="store_true", help="small numbers, writes nothing")
        parser.add_argument("--only", choices=PARTS, action="append", help="may be repeated")
        parser.add_argument("--accounts", type=int, help="learning accounts of the round")
        parser.add_argument("--repeats", type=int, help="how often each pair is measured")
        parser.add_argument("--output", type=Path, help="another file than docs/performance.md")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, print, write."""
        counts = {
            name: options[name] or value
            for name, value in (QUICK if options["quick"] else FULL).items()
        }
        if min(counts.values()) < 1:
            raise CommandError("Counts are 1 or more.")
        parts = options["only"] or PARTS
        try:
            text = self._measure(parts, **counts)
        except NoScratch as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"\n{text}\n")
        # A part of the picture, or a small one, must not replace the whole one.
        whole = not options["quick"] and set(parts) == set(PARTS)
        path = options["output"] or (
            settings.BASE_DIR / "docs" / "performance.md" if whole else None
        )
        if path:
            report.write(path, text)
            self.stdout.write(self.style.SUCCESS(f"Written to {path}"))

    def _measure(self, parts: list[str], *, accounts: int, repeats: int) -> str:
        described = machine.describe()
        with Scratch() as scratch:
            self._say("Making a database with the pilot's offer")
            base = scratch.migrated("base")
            with scratch.within(base):
                load(today=today(), say=lambda _line: None)
            scratch.settle(base)
            sections = []
            if "allocation" in parts:
                outcome = allocation.measure(scratch, base, accounts, repeats, self._say)
                sections.append(allocation.report(outcome))
        how = f"{repeats} repeats in turn; median (lowest–highest)"
        return report.measured(described, how, sections)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
