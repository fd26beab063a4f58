"""Sizes of modules and functions, and imports that hide a cycle (architecture, Inside an app)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture import code

MODULE_AIM = 400
MODULE_MOST = 600
FUNCTION_MOST = 60

MODULES = [*code.files(".py"), code.ROOT / "dev"]

# Imports inside functions that hide no cycle: (file, module) → why.
LATE_IMPORTS: dict[tuple[str, str], str] = {}


def test_modules_are_of_a_size_one_can_read() -> None:
    sizes = {code.name(p): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    too_long = {name: lines for name, lines in sizes.items() if lines > MODULE_MOST}
    assert not too_long, f"Divide these by what they are about: {too_long}"


def test_modules_above_the_aim_are_few() -> None:
    """400 lines are the aim; those beyond it are named here so that nobody is surprised."""
    long = {
        code.name(p): lines
        for p in MODULES
        if (lines := len(p.read_text(encoding="utf-8").splitlines())) > MODULE_AIM
    }
    print("\n".join(f"{lines:5} {name}" for name, lines in sorted(long.items())))
    assert len(long) <= len(MODULES) // 20, f"More than one module in twenty is long: {long}"


def test_functions_fit_on_a_screen() -> None:
    too_long = {
        f"{code.name(path)}:{node.lineno} {node.name}": lines
        for path in MODULES
        for node in ast.walk(code.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_MOST
    }
    assert not too_long, f"Functions of more than {FUNCTION_MOST} lines: {too_long}"


def _late_imports(path: Path) -> set[tuple[str, str]]:
    found = set()
    for function in ast.walk(code.tree(path)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        # AppConfig.ready is where Django wants modules that need the registry.
        if function.name == "ready" and path.name == "apps.py":
            continue
        for node in ast.walk(function):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "."]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                if name.split(".")[0] in code.PACKAGES:
                    found.add((code.name(path), name))
    return found


def test_no_import_inside_a_function_hides_a_cycle() -> None:
    modules = [path for path in code.files(".py") if code.name(path).split("/")[0] != "tests"]
    hidden = set().union(*(_late_imports(path) for path in modules)) - LATE_IMPORTS.keys()
    assert not hidden, f"Move the import up, or say in LATE_IMPORTS why not: {sorted(hidden)}"


def test_every_app_says_what_it_is() -> None:
    without = [app.name for app in code.our_apps() if not Path(app.path, "README.md").is_file()]
    assert not without, f"Write the README (concepts, invariants, public functions): {without}"


@pytest.mark.parametrize("app", code.our_apps(), ids=lambda app: app.name)
def test_readme_fits_on_a_page(app: object) -> None:
    readme = Path(app.path, "README.md")  # type: ignore[attr-defined]
    lines = readme.read_text(encoding="utf-8").splitlines() if readme.is_file() else []
    assert len(lines) <= 90, f"{code.name(readme)} has {len(lines)} lines; a page has 90 at most"
