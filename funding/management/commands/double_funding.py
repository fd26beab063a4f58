"""Look for learning that two sources pay for; exit status 1 where there is any."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from funding.selectors_double import PROGRAMME, double_funding


class Command(BaseCommand):
    """`double_funding [--json]`: pairs of commitments of one person; keys only, no names."""

    help = "Look for the same person and training under two sources. Exits 1 if there is any."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """All that a command says is in English."""
        found = double_funding()
        with translation.override("en"):
            if options["json"]:
                rows = [asdict(one) for one in found]
                self.stdout.write(
                    json.dumps({"ok": not found, "pairs": rows}, indent=2, default=str)
                )
            else:
                for one in found:
                    self.stdout.write(
                        f"{one.words}: {one.first_id} ({one.first_source},"
                        f" {one.first_support} EUR) and {one.second_id} ({one.second_source},"
                        f" {one.second_support} EUR)"
                    )
                self.stdout.write(f"{len(found)} pairs")
        # A certificate after a training is a sign to look at, no breach.
        if any(one.kind == PROGRAMME for one in found):
            sys.exit(1)
