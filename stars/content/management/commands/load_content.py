"""`./dev manage load_content --apply`: the first pages, terms and contacts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from stars.common.dates import now
from stars.content.services.data_files import Broken
from stars.content.services.loading import load


class Command(BaseCommand):
    """After every release, in production too; a dry run unless --apply."""

    help = "Add pages, terms and contacts that are missing; what editors wrote stays as it is."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--apply", action="store_true", help="write, rather than only say")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what is new, what follows the files and what stays because editors wrote it."""
        with transaction.atomic():
            try:
                done = load(at=now())
            except Broken as error:
                raise CommandError(f"Nothing was loaded:\n{error}") from error
            if not options["apply"]:
                transaction.set_rollback(True)
        self.stdout.write(
            f"Added {done.added}, renewed {done.renewed}, left to their editors {done.kept}."
        )
        if not options["apply"]:
            self.stdout.write("Nothing was written: add --apply.")
