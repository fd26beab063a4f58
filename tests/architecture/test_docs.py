"""Pages say what the code says: drawings are fresh, commands exist, keys are explained."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import (
    BaseCommand,
    CommandError,
    call_command,
    get_commands,
    load_command_class,
)

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


def _dev_commands() -> set[str]:
    told = subprocess.run(
        [sys.executable, str(code.ROOT / "dev"), "help"], capture_output=True, text=True, check=True
    ).stdout
    return set(re.findall(r"^ +\./dev ([a-z]+)", told, re.MULTILINE))


def test_management_commands_on_pages_exist_with_their_options() -> None:
    known = get_commands()
    pattern = r"(?:\./dev manage|manage\.py) ([a-z][a-z_]+(?: [^`\n|#…]*)?)"
    wrong = set()
    for page, call in _named(pattern):
        command, *rest = call.split()
        if command not in known:
            wrong.add((page, command))
            continue
        app = known[command]
        found = app if isinstance(app, BaseCommand) else load_command_class(app, command)
        parser = found.create_parser("manage.py", command)
        options = {name for action in parser._actions for name in action.option_strings}
        named = {option for word in rest for option in re.findall(r"--[a-z][a-z-]*", word)}
        wrong |= {(page, f"{command} {option}") for option in named - options}
    assert not wrong, f"No such management commands or options: {sorted(wrong)}"


def test_dev_commands_on_pages_exist() -> None:
    known = _dev_commands()
    unknown = {(page, word) for page, word in _named(r"\./dev ([a-z]+)") if word not in known}
    assert not unknown, f"No such commands of ./dev: {sorted(unknown)}"


def test_links_between_pages_lead_somewhere() -> None:
    broken = set()
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.add((code.name(page), target))
    assert not broken, f"These links lead nowhere: {sorted(broken)}"


def _heading(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0]


def test_decisions_are_numbered_titled_and_listed() -> None:
    folder = code.ROOT / "docs" / "adr"
    pages = sorted(folder.glob("[0-9]*.md"))
    assert [page.name[:5] for page in pages] == [f"{n:04}-" for n in range(1, len(pages) + 1)]
    index = dict(
        re.findall(
            r"^\| \d{4} \| \[(.+)\]\(([^)]+)\) \|$",
            (folder / "README.md").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    assert {name: title for title, name in index.items()} == {
        page.name: _heading(page).partition(f"# {page.name[:4]} ")[2] for page in pages
    }


def test_decisions_say_context_decision_and_what_else_was_considered() -> None:
    for page in sorted((code.ROOT / "docs" / "adr").glob("[0-9]*.md")):
        text = page.read_text(encoding="utf-8")
        status = r"^Status: (accepted|replaced by \d{4}), \d\d\.\d\d\.\d{4}$"
        assert re.search(status, text, re.MULTILINE), page.name
        for part in ("Context", "Decision", "Consequences", "Considered"):
            assert f"\n**{part}" in text, f"{page.name} lacks {part}"
        if page.name != "0022-libraries.md":  # its tables are long
            assert len(text.splitlines()) <= 25, f"{page.name} is longer than a decision has to be"


def test_decisions_named_in_code_and_pages_exist() -> None:
    numbers = {page.name[:4] for page in (code.ROOT / "docs" / "adr").glob("[0-9]*.md")}
    places = [*PAGES, *code.files(".py"), *code.files(".yaml")]
    named = {
        (code.name(place), number)
        for place in places
        for number in re.findall(r"(?:ADR |docs/adr/)(\d{4})", place.read_text(encoding="utf-8"))
    }
    assert not {pair for pair in named if pair[1] not in numbers}


def test_pages_named_in_code_exist() -> None:
    """`docs/….md` in a comment or docstring is a promise too."""
    written = {"docs/performance.md"}  # by ./dev bench
    places = [*code.files(".py"), *code.files(".yaml"), *code.files(".html"), code.ROOT / "dev"]
    missing = {
        (code.name(place), page)
        for place in places
        for page in re.findall(r"\bdocs/[a-z/0-9-]+(?:\.md\b|/(?= |\)))", place.read_text("utf-8"))
        if page not in written and not (code.ROOT / page).exists()
    }
    assert not missing, f"These name pages that do not exist: {sorted(missing)}"


def test_the_index_of_the_documents_is_complete() -> None:
    folder = code.ROOT / "docs"
    text = (folder / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([^)#]+)", text))
    pages = {page.name for page in folder.glob("*.md")} - {"README.md"}
    assert pages | {"adr/README.md"} <= linked, f"Not in docs/README.md: {sorted(pages - linked)}"


def test_tests_named_on_pages_exist() -> None:
    missing = set()
    for page, named in _named(r"`((?:tests/)?[a-z_/]+\.py::test_\w+)`"):
        place, _, test = named.removeprefix("tests/").partition("::")
        path = code.ROOT / "tests" / place
        if not path.is_file() or f"def {test}(" not in path.read_text(encoding="utf-8"):
            missing.add((page, named))
    assert not missing, f"No such tests: {sorted(missing)}"


def test_files_named_on_pages_exist() -> None:
    """A path with a folder in backquotes, from the root, is a promise."""
    written = {"docs/performance.md"}  # by ./dev bench
    roots = {path.name for path in code.ROOT.iterdir() if path.is_dir()} - {".dev", ".venv"}
    missing = {
        (page, path)
        for page, path in _named(
            r"`((?:[a-z_.]+/)+[\w.-]+\.(?:py|md|yaml|css|js|json|txt|in|yml))`"
        )
        if path.partition("/")[0] in roots
        and path not in written
        and not (code.ROOT / path).exists()
        and not ((code.ROOT / page).parent / path).exists()
    }
    assert not missing, f"These name files that do not exist: {sorted(missing)}"
