"""`manage.py privacy_register`: print the privacy register, or write its page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from stars.audit import privacy

PAGE = "docs/privacy-register.md"


class Command(BaseCommand):
    """Prints the page; with --apply writes docs/privacy-register.md."""

    help = "Print the privacy register, or write its page with --apply."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help=f"write {PAGE}")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["apply"]:
            page = Path(settings.BASE_DIR) / PAGE
            page.parent.mkdir(exist_ok=True)
            page.write_text(privacy.render(), encoding="utf-8")
            self.stdout.write(f"{PAGE} written")
        else:
            self.stdout.write(privacy.render(), ending="")
