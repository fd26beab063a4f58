"""`manage.py generate_docs`: draw the pages of docs/ that come from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stars.common import docs


class Command(BaseCommand):
    """Says which pages are stale; with --apply writes them, with --check fails where one is."""

    help = "Say which drawn pages of docs/ are stale; --apply writes them, --check fails on them."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="write the pages")
        parser.add_argument("--check", action="store_true", help="exit 1 where a page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = []
        for name, text in docs.render().items():
            page = Path(settings.BASE_DIR) / name
            if page.is_file() and page.read_text(encoding="utf-8") == text:
                self.stdout.write(f"{name} is fresh")
            elif options["apply"]:
                page.parent.mkdir(exist_ok=True)
                page.write_text(text, encoding="utf-8")
                self.stdout.write(f"{name} written")
            else:
                stale.append(name)
                self.stdout.write(f"{name} is stale")
        if stale and options["check"]:
            raise CommandError("Run `./dev manage generate_docs --apply`.")
