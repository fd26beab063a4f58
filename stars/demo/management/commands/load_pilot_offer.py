"""`./dev manage load_pilot_offer`: the pilot's offer as rows."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand

from stars.common.dates import today
from stars.demo.offer.loader import load


class Command(BaseCommand):
    """Writes at once, without --apply: it only adds what is missing and changes nothing."""

    help = "Load the pilot's offer: vocabularies, providers, sources, 139 programmes, groups."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and print what was written and what was there."""
        begun = perf_counter()
        tally = load(today=today(), say=self.stdout.write)
        for kind in tally.kinds:
            self.stdout.write(f"  {kind}: {tally.created[kind]} new, {tally.kept[kind]} there")
        done = f"{tally.total_created} rows written in {perf_counter() - begun:.1f} s."
        self.stdout.write(self.style.SUCCESS(done))
