"""docs/erd.md: tables, columns and references, one drawing for each app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pghistory.models
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import models

# Django's words for columns, in shorter ones.
KINDS = {
    "BigAuto": "bigint",
    "Auto": "int",
    "Char": "text",
    "Slug": "text",
    "PositiveInteger": "int",
    "PositiveSmallInteger": "int",
    "SmallInteger": "int",
    "GenericIPAddress": "address",
}

INTRO = """# Tables

One drawing for each app, from its models. A line ends where the reference points; entities of
other apps are drawn without their columns and are found in the drawing of their app. References
point down the house only, but for the user. `UK` is unique by itself, `?` may be empty. Tables of
field history, which the database fills by itself, are left out.
"""


def render() -> str:
    """The page."""
    parts = [INTRO]
    for app in sorted(_ours(), key=lambda app: app.label):
        if tables := _tables(app):
            parts += [f"## {app.name}", "", "```mermaid", "erDiagram"]
            for model in tables:
                parts += _entity(model)
            for model in tables:
                parts += _references(model)
            parts += ["```", ""]
    return "\n".join(parts)


def _ours() -> Iterator[AppConfig]:
    root = Path(settings.BASE_DIR)
    for app in apps.get_app_configs():
        path = Path(app.path)
        if path.is_relative_to(root) and ".venv" not in path.relative_to(root).parts:
            yield app


def _tables(app: AppConfig) -> list[type[models.Model]]:
    found = [m for m in app.get_models() if not issubclass(m, pghistory.models.Event)]
    return sorted((m for m in found if not m._meta.proxy), key=lambda m: m.__name__)


def _entity(model: type[models.Model]) -> Iterator[str]:
    yield f"    {model.__name__} {{"
    for column in model._meta.concrete_fields:
        keys = [
            mark
            for mark, holds in (
                ("PK", column.primary_key),
                ("FK", isinstance(column, models.ForeignKey)),
                ("UK", column.unique and not column.primary_key),
            )
            if holds
        ]
        empty = ' "?"' if column.null else ""
        marks = f" {', '.join(keys)}" if keys else ""
        yield f"        {_type(column)} {column.name}{marks}{empty}"
    yield "    }"


def _type(column: models.Field) -> str:
    kind = column.get_internal_type().removesuffix("Field")
    if isinstance(column, models.ForeignKey):
        return "ref"
    return KINDS.get(kind, kind.lower())


def _references(model: type[models.Model]) -> Iterator[str]:
    for column in model._meta.concrete_fields:
        if not isinstance(column, models.ForeignKey):
            continue
        many = "|o" if column.unique else "}o"
        one = "o|" if column.null else "||"
        target = column.related_model
        assert isinstance(target, type)
        yield f"    {model.__name__} {many}--{one} {target.__name__} : {column.name}"
    for relation in model._meta.local_many_to_many:
        target = relation.related_model
        assert isinstance(target, type)
        yield f"    {model.__name__} }}o--o{{ {target.__name__} : {relation.name}"
