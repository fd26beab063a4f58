"""The first texts: written in data files, brought in without ever touching an editor's work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from stars.common.transactions import service
from stars.content.html import clean
from stars.content.models import Contact, Edited, GlossaryTerm, Page, Step
from stars.content.services.data_files import LANGUAGES, Row, read

DATA = Path(__file__).resolve().parents[1] / "data"


@dataclass
class Loaded:
    """What a run found to do."""

    added: int = 0
    renewed: int = 0
    kept: int = 0  # an editor has worked on them


@service
def load(*, at: datetime, folder: Path = DATA) -> Loaded:
    """Add the pages, terms and contacts of the data files that are missing; idempotent.

    A row that no editor has touched follows the file; any other stays as it is. Pages are
    published from `at`. Raises `Broken` with every line that is wrong; nothing is written then.
    """
    done = Loaded()
    rows = read(folder)
    for row in rows["pages.yaml"]:
        _page(row, at, done)
    for row in rows["glossary.yaml"]:
        also = {f"also_{x}": row.get("also", {}).get(x, []) for x in LANGUAGES}
        fields = {**_both(row, "term", "plain"), **also}
        fields["found_in_texts"] = row.get("found_in_texts", True)
        _write(GlossaryTerm, {"slug": row["slug"]}, fields, {}, done)
    for number, row in enumerate(rows["contacts.yaml"], start=1):
        fields = {
            **_both(row, "title", "text"),
            **{f"hours_{x}": row.get("hours", {}).get(x, "") for x in LANGUAGES},
            **{name: row.get(name, "") for name in ("phone", "email", "address")},
            "order": 10 * number,
        }
        _write(Contact, {"key": row["key"]}, fields, {}, done)
    return done


def _page(row: Row, at: datetime, done: Loaded) -> None:
    fields = {
        **_both(row, "title", "lead"),
        **{f"body_{x}": clean(row.get("body", {}).get(x, "")) for x in LANGUAGES},
        "kind": row.get("kind", "page"),
        "order": row["order"],
        "in_list": row.get("in_list", True),
    }
    page, ours = _write(Page, {"slug": row["slug"]}, fields, {"published_from": at}, done)
    steps = page.steps.all()
    if not ours or steps.filter(edited_by__isnull=False).exists():
        return
    wanted = row.get("steps", [])
    for number, step in enumerate(wanted, start=1):
        texts = {**_both(step, "title", "text"), "icon": step["icon"]}
        _write(Step, {"page": page, "number": number}, texts, {}, Loaded())
    steps.filter(number__gt=len(wanted)).delete()


def _write(model: type[Any], key: Row, fields: Row, first: Row, done: Loaded) -> tuple[Any, bool]:
    """The row, and whether it is ours to write: no editor has touched it."""
    row: Any = model.objects.select_for_update(of=("self",)).filter(**key).first()
    if row is None:
        done.added += 1
        return model.objects.create(**key, **fields, **first), True
    if _touched(row):
        done.kept += 1
        return row, False
    if any(getattr(row, name) != value for name, value in fields.items()):
        done.renewed += 1
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
    return row, True


def _touched(row: Edited) -> bool:
    return row.edited_at is not None


def _both(row: Row, *names: str) -> dict[str, str]:
    return {f"{name}_{x}": str(row[name][x]).strip() for name in names for x in LANGUAGES}
