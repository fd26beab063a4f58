"""`./dev manage evaluate_recommendations`: suggestions beside "most popular"."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from enrolments.evaluation import FIRST, evaluate


class Command(BaseCommand):
    """Reads only, so there is nothing to apply; the same data give the same figures."""

    help = "Hide everybody's last application and see whether suggestions would have named it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print both hit rates."""
        result = evaluate()
        self.stdout.write(f"People of whom something else is known: {result.people}")
        self.stdout.write(f"Programmes on offer: {result.programmes}")
        self.stdout.write(f"hit-rate@{FIRST}, suggestions:  {result.suggested:.3f}")
        self.stdout.write(f"hit-rate@{FIRST}, most popular: {result.popular:.3f}")
        if result.people:
            self.stdout.write(
                f"Found by suggestions only: {result.only_by_suggestions}, by popularity only:"
                f" {result.only_by_popularity}. "
                + (
                    "That is more than chance."
                    if result.is_told_apart
                    else "That may be chance: too few people to tell the two apart."
                )
            )
        if not result.people:
            self.stdout.write("Nobody has a second programme yet, so nothing is measured.")
