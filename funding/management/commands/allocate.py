"""Run an allocation round, or show what it would do."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.dateparse import parse_date, parse_datetime

from funding.services import rounds
from stars.common.dates import RIGA, now
from stars.common.errors import DomainError
from stars.common.permissions import SYSTEM


def moment(text: str) -> datetime:
    """A date (its start) or date and time in Riga; raises CommandError on anything else."""
    try:
        if parsed := parse_datetime(text):
            return parsed if parsed.tzinfo else parsed.replace(tzinfo=RIGA)
        if day := parse_date(text):
            return datetime.combine(day, time.min, tzinfo=RIGA)
    except ValueError as error:
        raise CommandError(f"No such date: {text}") from error
    raise CommandError(f"Write the date as 2025-06-09, not {text}")


def _grants(n: int) -> str:
    return "1 grant" if n == 1 else f"{n} grants"


class Command(BaseCommand):
    """`allocate --round CODE [--at DATE] [--apply]`; without --apply nothing is written."""

    help = "Run an allocation round (dry run unless --apply)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--round", required=True, help="code, for example IMK-2025-06")
        parser.add_argument("--at", help="business time in Riga, for replays: 2025-06-09")
        parser.add_argument("--apply", action="store_true", help="write, instead of a dry run")
        parser.add_argument("--batch", type=int, default=rounds.BATCH)

    def handle(self, *args: Any, **options: Any) -> None:
        """All that a command says is in English, the errors of the services as well."""
        with translation.override("en"):
            self.allocate(options)

    def allocate(self, options: dict[str, Any]) -> None:
        """Run or preview the round and say what came of it."""
        if options["batch"] < 1:
            raise CommandError("--batch is the number of people at a time: write 1 or more.")
        at = moment(options["at"]) if options["at"] else now()
        if options["apply"] and at > now():
            raise CommandError("--at lies ahead: money is granted when its day has come.")
        try:
            if options["apply"]:
                result = rounds.run(
                    code=options["round"], at=at, actor=SYSTEM, batch=options["batch"]
                )
            else:
                result = rounds.preview(code=options["round"], at=at)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        if result.applied:
            self.stdout.write(f"Expired before the round: {_grants(result.expired)}")
        verb = "Granted" if result.applied else "Would grant"
        self.stdout.write(
            f"{result.code}: {verb} {_grants(result.granted)}, {result.amount:.2f} EUR"
            f" (cut off by the ceiling: {result.cut:.2f} EUR)"
        )
        if result.waiting:
            self.stdout.write(f"  on the waiting list: {result.waiting}")
        for reason, count in sorted(result.refusals.items()):
            self.stdout.write(f"  not eligible, {reason}: {count}")
        if not result.applied:
            self.stdout.write("Dry run: nothing was written. Add --apply to write.")
