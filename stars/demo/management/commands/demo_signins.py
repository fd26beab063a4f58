"""`./dev manage demo_signins`: whom one can be in the demo, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from funding.models import AllocationRound
from stars.common.dates import now, today
from stars.demo.management.commands.seed_demo import SANDBOX_DATA
from stars.demo.offer.data import load
from stars.demo.story import staff
from stars.demo.story.people import of_sandbox


def rounds_of_today() -> str:
    """The round that gives money now, or nothing."""
    rounds = AllocationRound.objects.filter(due_on__lte=today(), ends_at__gt=now(), cap=None)
    return rounds.order_by("-due_on").values_list("code", flat=True).first() or ""


class Command(BaseCommand):
    """Prints; and puts the sandbox's file of second factors back where it is missing."""

    help = "Print the addresses and the sign-ins of the demo (development only)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--sandbox-data", type=Path, default=SANDBOX_DATA)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print everything a newcomer needs to sign in."""
        try:
            people = staff.everybody()
        except staff.NoDemoHere as error:
            raise CommandError(str(error)) from error
        if not staff.are_here():
            self.stdout.write("There is no demo in this database yet: ./dev manage seed_demo")
            return
        staff.write_authenticator(options["sandbox_data"])
        self.stdout.write("Residents sign in with Latvija.lv and choose who they are:")
        for key, about in load("story")["try"].items():
            resident = of_sandbox(key, today())
            name = f"{resident.given_name} {resident.family_name}"
            self.stdout.write(f"  {name:<19} {about}")
        due = rounds_of_today()
        if due:
            self.stdout.write(
                "  Money is given every night; without waiting: "
                f"./dev manage allocate --round {due} --apply"
            )
        codes = f"{settings.SANDBOX_URL}/authenticator"
        self.stdout.write(f"\nStaff sign in with a password and a code from {codes}:")
        widest = max(len(person.email) for person in people)
        for person in people:
            self.stdout.write(f"  {person.email:<{widest}}  {person.password}  {person.about}")
