"""Reading the project's own source for the tests of its rules."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
NOT_OURS = {".venv", ".dev", "__pycache__", "node_modules", "staticfiles", "migrations", "media"}
PACKAGES = (
    "accounts",
    "catalogue",
    "enrolments",
    "funding",
    "learning_accounts",
    "quality",
    "stars",
    "surveys",
    "tests",
)


def files(suffix: str, *, under: tuple[str, ...] = PACKAGES) -> Iterator[Path]:
    """Every file of ours with this suffix, without migrations and generated folders."""
    for package in under:
        for path in sorted((ROOT / package).rglob(f"*{suffix}")):
            if NOT_OURS.isdisjoint(path.relative_to(ROOT).parts):
                yield path


@cache
def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


def our_apps() -> list[AppConfig]:
    """The apps whose code lives in this repository."""
    return [
        app
        for app in apps.get_app_configs()
        if Path(app.path).is_relative_to(ROOT) and ".venv" not in Path(app.path).parts
    ]


@cache
def layers() -> dict[str, int]:
    """App package → its floor (0 is the lowest), as pyproject.toml gives them to import-linter."""
    with (ROOT / "pyproject.toml").open("rb") as stream:
        contracts = tomllib.load(stream)["tool"]["importlinter"]["contracts"]
    floors = next(c["layers"] for c in contracts if c["id"] == "layers")
    return {
        package.strip(): floor
        for floor, line in enumerate(reversed(floors))
        for package in line.split("|")
    }
