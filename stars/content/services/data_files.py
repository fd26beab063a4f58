"""The data files of first texts: read with the numbers of their lines, and all that is wrong told.

Everything is looked at before anything is written, so a broken file changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug

from stars.content.enums import PageKind, StepIcon
from stars.content.models import Contact, GlossaryTerm, Page, Step

LANGUAGES = ("lv", "en")
LINE = "line of the file"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """What is wrong where; line 0 is the whole file."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return (
            f"{self.file}, line {self.line}: {self.text}"
            if self.line
            else f"{self.file}: {self.text}"
        )


class Broken(ValueError):
    """The files cannot be loaded; `problems` names every line that is wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Kind:
    """What rows of one file have: a key, texts in both languages, and what else may stand there."""

    model: type[Any]
    key: str
    both: tuple[str, ...]
    maybe_both: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()


FILES = {
    "pages.yaml": Kind(
        Page, "slug", ("title", "lead"), ("body",), ("kind", "order", "in_list", "steps")
    ),
    "glossary.yaml": Kind(GlossaryTerm, "slug", ("term", "plain"), ("also",), ("found_in_texts",)),
    "contacts.yaml": Kind(
        Contact, "key", ("title", "text"), ("hours",), ("phone", "email", "address")
    ),
}
STEP = Kind(Step, "", ("title", "text"), (), ("icon",))


class _Lines(yaml.SafeLoader):
    """Puts into each mapping the line on which it begins."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        made[LINE] = node.start_mark.line + 1
        return made


def read(folder: Path) -> dict[str, list[Row]]:
    """The rows of every file, also of one with a byte order mark. Raises `Broken`."""
    problems: list[Problem] = []
    rows: dict[str, list[Row]] = {}
    for name, kind in FILES.items():
        try:
            text = (folder / name).read_text(encoding="utf-8-sig")
            rows[name] = yaml.load(text, _Lines) or []  # noqa: S506 - a SafeLoader
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(name, 0, str(error)))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            said = getattr(error, "problem", None) or str(error)
            problems.append(Problem(name, mark.line + 1 if mark else 0, str(said)))
        else:
            problems += _problems(name, kind, rows[name])
    if problems:
        raise Broken(problems)
    return rows


def _problems(file: str, kind: Kind, rows: Any) -> Iterator[Problem]:
    if not isinstance(rows, list):
        yield Problem(file, 0, "this is no list")
        return
    keys: Counter[str] = Counter()
    for place, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            yield Problem(file, 0, f"row {place} has no names of fields")
            continue
        line = row[LINE]
        key = row.get(kind.key)
        try:
            validate_slug(str(key or ""))
        except ValidationError:
            yield Problem(file, line, f"{kind.key} has to be letters, digits and hyphens")
        keys[str(key)] += 1
        if keys[str(key)] > 1:
            yield Problem(file, line, f"{kind.key} {key} stands in the file more than once")
        yield from (Problem(file, line, text) for text in _wrong(kind, row))
        steps = row.get("steps", [])
        for step in steps if isinstance(steps, list) else [steps]:
            if isinstance(step, dict):
                yield from (Problem(file, step[LINE], text) for text in _wrong(STEP, step))
            else:
                yield Problem(file, line, "steps is no list of steps")


def _wrong(kind: Kind, row: Row) -> Iterator[str]:
    for name in sorted({*row} - {LINE, kind.key, *kind.both, *kind.maybe_both, *kind.maybe}):
        yield f"nobody knows {name}"
    for name in (*kind.both, *kind.maybe_both):
        texts = row.get(name)
        if texts is None and name in kind.maybe_both:
            continue
        if texts is not None and not isinstance(texts, dict):
            yield f"{name} has to be in both languages"
            continue
        for language in LANGUAGES:
            text = texts.get(language) if isinstance(texts, dict) else None
            if text in (None, "") and name in kind.both:
                yield f"{name} in {language} is missing"
            elif isinstance(text, str) and len(text) > _longest(kind.model, f"{name}_{language}"):
                yield f"{name} in {language} is too long"
    for name in kind.maybe:
        text = row.get(name, "")
        if isinstance(text, str) and len(text) > _longest(kind.model, name):
            yield f"{name} is too long"
    yield from _choices(kind, row)


def _choices(kind: Kind, row: Row) -> Iterator[str]:
    if kind is STEP and row.get("icon") not in StepIcon.values:
        yield f"icon is one of {', '.join(StepIcon.values)}"
    if kind.model is not Page:
        return
    if row.get("kind", PageKind.PAGE) not in PageKind.values:
        yield f"kind is one of {', '.join(PageKind.values)}"
    order = row.get("order")
    if not isinstance(order, int) or isinstance(order, bool) or not 0 <= order <= 32767:
        yield "order has to be a whole number"


def _longest(model: type[Any], name: str) -> int:
    return getattr(model._meta.get_field(name), "max_length", None) or 10**9
