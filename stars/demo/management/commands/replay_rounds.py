"""Run the rounds of a source again as of their own days, and say to whom each went."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from stars.common.errors import DomainError
from stars.demo.replay import Crowd, Replayed, replay, rounds_of


class Command(BaseCommand):
    """`replay_rounds [--source imk] [--crowd N] [--apply]`; without --apply nothing stays."""

    help = "Run the rounds of a source as of their own due days (dry run unless --apply)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which source, with whom, and whether it stays."""
        parser.add_argument("--source", default="imk", help="code of the source")
        parser.add_argument("--crowd", type=int, default=0, help="synthetic people before each")
        parser.add_argument("--apply", action="store_true", help="write, instead of a dry run")

    def handle(self, *args: Any, **options: Any) -> None:
        """All that a command says is in English."""
        if options["crowd"] < 0:
            raise CommandError("--crowd is a number of people.")
        if options["crowd"] and options["apply"]:
            raise CommandError("Synthetic people are for a dry run; leave --apply out.")
        due = rounds_of(options["source"])
        if not due:
            raise CommandError(f"The source {options['source']} has no rounds.")
        people = Crowd(options["crowd"])
        # Only synthetic people decide something here; real ones have their own buttons.
        between = {"before": people.arrive, "after": people.decide} if people.size else {}
        with translation.override("en"):
            try:
                with transaction.atomic():
                    told = replay(due, **between)
                    if not options["apply"]:
                        transaction.set_rollback(True)
            except DomainError as error:
                raise CommandError(str(error.message)) from error
        for each in told:
            self.stdout.write(_line(each))
        if not options["apply"]:
            self.stdout.write("Dry run: nothing was written. Add --apply to write.")


def _line(each: Replayed) -> str:
    second = "".join(f", {count} whose first was {code}" for code, count in each.second.items())
    return f"{each.code}: {each.amount:.2f} EUR; {each.new} new people{second}"
