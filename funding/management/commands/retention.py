"""Erase what is older than its term."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from funding.services import old_papers, retention
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
        for rows, name in (
            (old_papers.old_statements(at), "statements"),
            (old_papers.old_files(at), "payment files"),
            (old_papers.old_pledges(at), "places on lists of pledges"),
        ):
            if count := rows.count():
                self.stdout.write(f"{count} {name}")
        if options["apply"]:
            done = old_papers.erase_all(at=at)
            self.stdout.write(
                f"Erased: {done.accounts} accounts, {done.statements} statements, "
                f"{done.payment_files} payment files, {done.pledged} places on lists of pledges"
            )
        else:
            self.stdout.write("Nothing was erased. Add --apply to do it.")
