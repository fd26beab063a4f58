"""`./dev manage seed_demo`: the pilot's offer, and invented people with a history."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stars.common.dates import now
from stars.demo.story.plan import fewest
from stars.demo.story.seed import RESIDENTS, DemoFailed, is_empty, seed
from stars.demo.story.staff import NoDemoHere, refuse_without_demo

SANDBOX_DATA = Path(settings.BASE_DIR) / ".dev" / "sandbox"


class Command(BaseCommand):
    """Writes at once, without --apply: it fills an empty database and touches no other."""

    help = "Fill an empty database with the demo: offer, staff, residents and their history."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where people are in the database"
        )
        parser.add_argument(
            "--residents",
            type=int,
            default=RESIDENTS,
            help="how many invented people (%(default)s)",
        )
        parser.add_argument(
            "--sandbox-data",
            type=Path,
            default=SANDBOX_DATA,
            help="where the sandbox looks for second factors",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, with a line for each step."""
        try:
            refuse_without_demo()
            if options["if_empty"] and not is_empty():
                self.stdout.write("The database is not empty; it stays as it is.")
                return
            if options["residents"] < fewest():
                raise CommandError(f"The story needs at least {fewest()} residents.")
            begun = perf_counter()
            written = seed(
                now=now(),
                residents=options["residents"],
                folder=options["sandbox_data"],
                say=self.stdout.write,
            )
        except (DemoFailed, NoDemoHere) as error:
            raise CommandError(str(error)) from error
        if written:
            done = f"The demo is loaded ({perf_counter() - begun:.0f} s)."
            self.stdout.write(self.style.SUCCESS(done))
        else:
            self.stdout.write("There is a demo already; nothing was changed.")
