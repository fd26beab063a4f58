"""Templates that the Content-Security-Policy lets work, and components that somebody uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture import code

COMMENT = re.compile(r"{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
INLINE = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*="),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "a javascript: address": re.compile(r"""(href|action|src)\s*=\s*["']?\s*javascript:""", re.I),
}
WITH_NONCE = re.compile(r"<(script|style)\b([^>]*)>")
INCLUDE = re.compile(r"""{%\s*include\s+["']components/([a-z_]+)\.html["']([^%]*)%}""")
# Letters and documents: mail programs and paper know no style sheets of ours and no policy.
LETTERS = ("stars/notifications/templates/", "templates/pdf/")
# The gallery shows every component; what only it shows, nobody uses.
GALLERY = {"templates/web/gallery.html", "stars/web/gallery.py"}
# Drawn in the reference pictures for reports, which come with a later issue.
FOR_REPORTS = {"bar_chart", "table"}

TEMPLATES = [
    path
    for folder in ("templates", "stars", *(p for p in code.PACKAGES if p not in ("stars", "tests")))
    for path in code.files(".html", under=(folder,))
]
COMPONENTS = sorted((code.ROOT / "templates" / "components").glob("*.html"))
NO_ARGUMENTS = {p.stem for p in COMPONENTS if "No arguments" in p.read_text(encoding="utf-8")}
every = pytest.mark.parametrize("path", TEMPLATES, ids=code.name)


def text(path: Path) -> str:
    """The template without its comments."""
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


@every
def test_nothing_inline(path: Path) -> None:
    if code.name(path).startswith(LETTERS):
        return
    found = [what for what, pattern in INLINE.items() if pattern.search(text(path))]
    assert not found


@every
def test_scripts_and_styles_are_files_or_carry_the_nonce(path: Path) -> None:
    """Files of our own are allowed by 'self'; a nonce would make a page nobody else's."""
    if code.name(path).startswith(LETTERS):
        return
    for tag, attributes in WITH_NONCE.findall(text(path)):
        if "sandbox" in code.name(path) or 'type="application/ld+json"' in attributes:
            continue
        assert "nonce=" in attributes or 'src="{% static' in attributes, f"<{tag}{attributes}>"


@every
def test_pages_hand_components_their_arguments_only(path: Path) -> None:
    """Without `only` a component would take what the page happens to call the same."""
    if path.parent.name == "components" or path.parent == code.ROOT / "templates":
        return  # the frame and components within components share the page's context
    loose = [
        component
        for component, arguments in INCLUDE.findall(text(path))
        if " only" not in f" {arguments.strip()}" and component not in NO_ARGUMENTS
    ]
    assert not loose


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_components_open_with_their_arguments(path: Path) -> None:
    head = path.read_text(encoding="utf-8").removeprefix("{% load i18n %}").lstrip()
    head = re.sub(r"^({%\s*load [^%]*%}\s*)+", "", head)
    assert head.startswith(("{% comment %}", "{#")), "Name its arguments at the top"


def test_every_component_exists_and_is_used() -> None:
    sources = [*TEMPLATES, *code.files(".py", under=("stars", *code.PACKAGES[:6]))]
    used = set()
    for path in sources:
        if code.name(path) in GALLERY:
            continue
        content = path.read_text(encoding="utf-8")
        content = COMMENT.sub("", content) if path.suffix == ".html" else content
        used |= set(re.findall(r"components/([a-z_]+)\.html", content))
    existing = {path.stem for path in COMPONENTS}
    assert not used - existing, f"No such component: {sorted(used - existing)}"
    unused = existing - used - FOR_REPORTS
    assert not unused, f"Nobody uses these components: {sorted(unused)}"


def test_the_style_sheet_stays_small() -> None:
    sheets = list((code.ROOT / "static" / "css").glob("*.css"))
    assert [sheet.name for sheet in sheets] == ["stars.css"], "One style sheet (docs/adr/0010)"
    assert sheets[0].stat().st_size < 40 * 1024


def test_templates_are_found_once() -> None:
    """Two templates of one name would hide each other by the order of apps."""
    names: dict[str, list[str]] = {}
    for path in TEMPLATES:
        parts = path.parts
        last = len(parts) - 1 - parts[::-1].index("templates")
        names.setdefault("/".join(parts[last + 1 :]), []).append(code.name(path))
    double = {n: p for n, p in names.items() if len(p) > 1 and "sandbox" not in str(p)}
    assert not double
