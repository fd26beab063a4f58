"""`manage.py remove_orphan_files`: bytes whose upload was undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stars.common.dates import now
from stars.files import services


class Command(BaseCommand):
    """Counts stored bytes that no row names and that are a day old; --apply removes them."""

    help = "Count stored bytes that belong to no file; remove them with --apply."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="remove them")

    def handle(self, *args: Any, **options: Any) -> None:
        count = services.remove_orphans(before=now() - timedelta(days=1), apply=options["apply"])
        self.stdout.write(f"{count} {'removed' if options['apply'] else 'found'}")
