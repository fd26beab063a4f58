"""Pages say what the code says: drawings are fresh, commands exist, keys are explained."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands

from stars.common import docs
from tests.architecture import code

PAGES = [
    *sorted(code.ROOT.glob("*.md")),
    *sorted((code.ROOT / "docs").rglob("*.md")),
    *code.files(".md"),
]


@pytest.mark.parametrize("name", docs.PAGES)
def test_drawn_page_is_fresh(name: str) -> None:
    page = code.ROOT / name
    assert page.is_file() and page.read_text(encoding="utf-8") == docs.render()[name], (
        "Run `./dev manage generate_docs --apply`."
    )


def test_stale_page_fails_the_check(settings: object, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]
    for name in docs.PAGES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("generate_docs", "--check")
    call_command("generate_docs", "--apply")
    call_command("generate_docs", "--check")


def _named(pattern: str) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for found in re.finditer(pattern, page.read_text(encoding="utf-8")):
            yield code.name(page), found[1]


def test_management_commands_on_pages_exist() -> None:
    known = get_commands()
    pattern = r"(?:\./dev manage|manage\.py) ([a-z][a-z_]+)"
    unknown = {(page, command) for page, command in _named(pattern) if command not in known}
    assert not unknown, f"No such management commands: {sorted(unknown)}"


def test_dev_commands_on_pages_exist() -> None:
    told = subprocess.run(
        [sys.executable, str(code.ROOT / "dev"), "help"], capture_output=True, text=True, check=True
    ).stdout
    known = set(re.findall(r"^ +\./dev ([a-z]+)", told, re.MULTILINE))
    unknown = {(page, word) for page, word in _named(r"\./dev ([a-z]+)") if word not in known}
    assert not unknown, f"No such commands of ./dev: {sorted(unknown)}"


def test_links_between_pages_lead_somewhere() -> None:
    broken = set()
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.add((code.name(page), target))
    assert not broken, f"These links lead nowhere: {sorted(broken)}"
