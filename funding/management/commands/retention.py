"""Erase what sources no longer have to keep for audits."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from funding.services import erasure, retention
from stars.common.dates import now


class Command(BaseCommand):
    """`retention [--apply]`: without `--apply` it only says what is due."""

    help = "Say which sources are past their audit years; with --apply erase what they hold."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--apply", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Keys and counts only."""
        at = now()
        for one in retention.due(at):
            self.stdout.write(f"{one.code}: kept until {one.kept_until}, {one.accounts} accounts")
        if options["apply"]:
            self.stdout.write(f"Erased: {erasure.erase_due(at=at)} accounts")
        else:
            self.stdout.write("Nothing was erased. Add --apply to do it.")
