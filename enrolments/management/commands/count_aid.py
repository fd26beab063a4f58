"""Count the hours of a month for stipends and other monthly aid; a dry run unless --apply."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from enrolments.services import aid
from stars.common.dates import now
from stars.common.errors import DomainError


class Command(BaseCommand):
    """`./dev manage count_aid --month 2026-10 --apply`."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", help="the last month to count, as 2026-10")
        parser.add_argument("--apply", action="store_true", help="write it")

    def handle(self, *args: Any, **options: Any) -> None:
        month = None
        if options["month"]:
            try:
                month = date.fromisoformat(f"{options['month']}-01")
            except ValueError as error:
                raise CommandError("Write the month as 2026-10.") from error
        try:
            if options["apply"]:
                rows = aid.count(at=now(), month=month)
                paid = sum(row.amount > 0 for row in rows)
                self.stdout.write(f"{len(rows)} months counted, {paid} of them give money.")
            else:
                hours = list(aid.preview(at=now(), month=month))
                self.stdout.write(f"{len(hours)} months would be counted; --apply writes them.")
        except DomainError as error:
            raise CommandError(str(error)) from error
