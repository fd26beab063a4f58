"""Prove the ledger; exit status 1 where it does not prove."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from funding.services.reconcile import reconcile
from stars.common.dates import now


class Command(BaseCommand):
    """`reconcile [--json]`: every check of `funding.services.reconcile`."""

    help = "Prove the ledger. Exits 1 if it does not prove."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """All that a command says is in English."""
        with translation.override("en"):
            run = reconcile(at=now())
        if options["json"]:
            data = {"ok": run.ok, "checked": run.checked, "problems": run.problems}
            self.stdout.write(json.dumps(data, indent=2))
        else:
            for name, count in run.checked.items():
                broken = [p for p in run.problems if p["check"] == name]
                self.stdout.write(f"{'FAIL' if broken else 'ok  '} {name}: {count} rows")
                for problem in broken:
                    self.stdout.write(f"     {problem['key']}: {problem['what']}")
        if not run.ok:
            sys.exit(1)
