"""Make the statements of a month, or show what they would be."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from catalogue.models import Provider
from funding.models import FundingSource
from funding.services import statements
from stars.common.dates import now
from stars.common.errors import DomainError
from stars.common.permissions import SYSTEM


class Command(BaseCommand):
    """`settle_month --month 2026-06 [--apply]`; without --apply nothing is written."""

    help = "Make a draft of each provider's statement for a month (dry run unless --apply)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--month", required=True, help="for example 2026-06")
        parser.add_argument("--apply", action="store_true", help="write, instead of a dry run")

    def handle(self, *args: Any, **options: Any) -> None:
        """All that a command says is in English, the errors of the services as well."""
        with translation.override("en"):
            self.settle(options)

    def settle(self, options: dict[str, Any]) -> None:
        """Make or preview the statements and say what came of it."""
        try:
            month = date.fromisoformat(f"{options['month']}-01")
        except ValueError as error:
            raise CommandError(f"Write the month as 2026-06, not {options['month']}") from error
        if not options["apply"]:
            self._preview(month)
            return
        try:
            done = statements.settle_month(month=month, actor=SYSTEM, at=now())
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(
            f"{options['month']}: {done.statements} statements, {done.amount:.2f} EUR"
        )
        for provider_id, _source, why in done.left_out or ():
            self.stdout.write(f"  left out, {why}: provider {provider_id}")

    def _preview(self, month: date) -> None:
        rows = statements.owed(month=month)
        names = Provider.objects.in_bulk([row.provider_id for row in rows])
        sources = FundingSource.objects.in_bulk([row.source_id for row in rows])
        for row in rows:
            self.stdout.write(
                f"{sources[row.source_id].code}, {names[row.provider_id].slug}:"
                f" {row.lines} lines, {row.amount:.2f} EUR"
            )
        self.stdout.write(f"{len(rows)} statements. Dry run: nothing was written. Add --apply.")
