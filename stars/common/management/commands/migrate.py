"""`migrate` runs as the tables' owner unless told otherwise."""

from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand


class Command(MigrateCommand):
    """Django's command with `--database owner` as its default (docs/adr/0003)."""

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
