"""`./dev manage demo_scenario NAME [--apply]`: the continuation by a scenario after the pilot."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from stars.common.dates import now
from stars.common.errors import DomainError
from stars.demo import scenarios
from stars.demo.story.staff import NoDemoHere, refuse_without_demo


class Command(BaseCommand):
    """Says what would change, for how many people and what it would cost; writes with --apply."""

    help = "Show, or with --apply put in force, a funding scenario for the invented continuation."

    def add_arguments(self, parser: Any) -> None:
        known = "; ".join(f"{name}: {text}" for name, text in scenarios.scenarios().items())
        parser.add_argument("name", metavar="NAME", help=known)
        parser.add_argument("--apply", action="store_true", help="write the new versions")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each scheme's differences, its people and its money."""
        with translation.override("en"):
            try:
                refuse_without_demo()
                act = scenarios.switch if options["apply"] else scenarios.plan
                steps = [s for s in act(options["name"], now()) if scenarios.changes(s)]
            except (DomainError, NoDemoHere) as error:
                raise CommandError(str(error)) from error
            for step in steps:
                self._say(step)
        if not steps:
            self.stdout.write("Nothing would change: it is in force.")
        elif options["apply"]:
            self.stdout.write(self.style.SUCCESS("Written."))
        else:
            self.stdout.write("Nothing was written. Add --apply.")

    def _say(self, step: scenarios.Step) -> None:
        self.stdout.write(f"\n{step.scheme.name} ({step.scheme.code}), from {step.valid_from}")
        if step.types != step.scheme.programme_types:
            self.stdout.write(f"  pays for: {', '.join(step.types)}")
        for each in step.differences:
            self.stdout.write(f"  {each.what}: {each.before} → {each.after}")
        seen = step.preview
        self.stdout.write(
            f"  eligible: {seen.eligible_before} → {seen.eligible} of {seen.accounts} people;"
            f" at most {seen.cost_before} → {seen.cost} EUR"
        )
