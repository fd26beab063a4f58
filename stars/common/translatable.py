"""Every text that asks to be translated, found without gettext's own programs.

Python is read as a syntax tree; templates through Django's `templatize`, which turns their tags
into calls.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

from stars.common import names

CATALOGUE = Path("locale/lv/LC_MESSAGES/django.po")
PACKAGES = (
    "accounts",
    "catalogue",
    "enrolments",
    "funding",
    "learning_accounts",
    "quality",
    "stars",
    "surveys",
)

# Function of django.utils.translation → which arguments are (context, singular, plural).
CALLS = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
IN_TEMPLATES = {**CALLS, "_": (None, 0, None)}
TEXT = r"u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\""
# Where texts are made translatable that stand elsewhere: `names.texts` and `columns` below.
PUT_TOGETHER = {"stars/common/names.py"}
CALL = re.compile(rf"\b({'|'.join(IN_TEMPLATES)})\(((?:\s*(?:{TEXT})\s*,?)+)", re.DOTALL)


@dataclass(frozen=True)
class Message:
    """One text: its context and plural where it has them."""

    text: str
    context: str | None = None
    plural: str | None = None


@dataclass
class Found:
    """Texts with the places they stand in, and calls whose text is not written out."""

    places: dict[Message, list[str]]
    unreadable: list[str]


def collect() -> Found:
    """All texts of the portal's own Python and templates."""
    found = Found({}, [])
    for path, origin in _files(".py", PACKAGES):
        if origin in PUT_TOGETHER:
            continue
        for line, message in _python(path):
            place = f"{origin}:{line}"
            if message is None:
                found.unreadable.append(place)
            else:
                found.places.setdefault(message, []).append(place)
    for suffix in (".html", ".txt"):
        for path, origin in _files(suffix, ("templates", *PACKAGES)):
            if "templates" in path.parts and "sandbox" not in path.parts:
                for message in template(path.read_text(encoding="utf-8"), origin):
                    found.places.setdefault(message, []).append(origin)
    for context, text in names.texts():
        found.places.setdefault(Message(text, context), []).append("names of models and fields")
    return found


def _files(suffix: str, folders: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    root = Path(settings.BASE_DIR)
    for folder in folders:
        for path in sorted((root / folder).rglob(f"*{suffix}")):
            origin = path.relative_to(root)
            if "migrations" not in origin.parts:
                yield path, origin.as_posix()


def template(source: str, origin: str = "") -> Iterator[Message]:
    """The texts of one template."""
    for call, arguments in CALL.findall(templatize(source, origin=origin)):
        texts = [ast.literal_eval(each) for each in re.findall(TEXT, arguments)]
        context, singular, plural = IN_TEMPLATES[call]
        yield Message(
            texts[singular],
            None if context is None else texts[context],
            None if plural is None else texts[plural],
        )


def _python(path: Path) -> Iterator[tuple[int, Message | None]]:
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {a.asname or a.name: a.name for a in node.names if a.name in CALLS}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id == "columns":  # stars.common.names.columns
            for argument in _each(node.args):
                text = argument.value if isinstance(argument, ast.Constant) else None
                yield node.lineno, Message(text, "column") if isinstance(text, str) else None
        if node.func.id not in names:
            continue
        wanted = CALLS[names[node.func.id]]
        parts = [None if i is None else _constant(node, i) for i in wanted]
        if any(i is not None and part is None for i, part in zip(wanted, parts, strict=True)):
            yield node.lineno, None
        else:
            context, text, plural = parts
            yield node.lineno, Message(str(text), context, plural)


def _each(arguments: list[ast.expr]) -> Iterator[ast.expr]:
    """Arguments, with those of `*("a", "b")` one by one."""
    for argument in arguments:
        if isinstance(argument, ast.Starred) and isinstance(argument.value, ast.Tuple):
            yield from argument.value.elts
        else:
            yield argument


def _constant(node: ast.Call, index: int) -> str | None:
    if index < len(node.args):
        argument = node.args[index]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return argument.value
    return None
