"""`manage.py reindex_search`: write the index of the search anew after a change of its code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from catalogue.models import Programme
from catalogue.services import search_index


class Command(BaseCommand):
    """Says how many programmes there are; with --apply writes the index of all of them.

    The services keep the index; this is for a change of `catalogue/words.py` or of what is indexed.
    """

    help = "Write the index of the search anew (dry run without --apply)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="write the index")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["apply"]:
            n = Programme.objects.filter(current__isnull=False).count()
            self.stdout.write(f"{n} programmes would be indexed; nothing written without --apply")
            return
        with transaction.atomic():
            n = search_index.rebuild()
        self.stdout.write(f"{n} programmes indexed")
