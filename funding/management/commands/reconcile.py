"""Prove the ledger; exit status 1 where it does not prove."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from funding.proof_words import invariants
from funding.services.reconcile import reconcile
from stars.common.dates import now


class Command(BaseCommand):
    """`reconcile [--json]`: every invariant of `funding.services.reconcile` with its result."""

    help = "Prove the ledger. Exits 1 if it does not prove."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """All that a command says is in English."""
        with translation.override("en"):
            run = reconcile(at=now())
            found = invariants(run)
        if options["json"]:
            data = {
                "run": str(run.pk),
                "at": run.at.isoformat(),
                "ok": run.ok,
                "invariants": [one.as_data() for one in found],
            }
            self.stdout.write(json.dumps(data, indent=2))
        else:
            for one in found:
                self.stdout.write(f"{'ok  ' if one.ok else 'FAIL'} {one.name}: {one.rows} rows")
                for problem in one.problems:
                    self.stdout.write(f"     {problem['key']}: {problem['what']}")
        if not run.ok:
            sys.exit(1)
