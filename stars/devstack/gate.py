"""``./dev test`` and ``./dev check``: the same steps for people and for CI."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stars.devstack import external, messages, paths, services, system_packages
from stars.devstack.run import step
from stars.devstack.supervisor import colours_wanted

# Not the installed script: its first line names the folder in which .venv was made.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as go; go(['--no-logo'])"
# Architecture tests that make a whole database, start Django a dozen times or ask for every page.
SLOW = tuple(
    f"tests/architecture/test_{name}.py"
    for name in ("migrations", "production", "permissions", "service_permissions")
)
WORKERS = 2  # more than cores only adds databases to create


@dataclass(frozen=True)
class Step:
    """One tool: a name for people, and its command after the interpreter."""

    name: str
    arguments: list[str]


def test(arguments: Sequence[str], root: Path = paths.PROJECT_ROOT) -> int:
    """Everything CI runs; with ``arguments`` only pytest with them. Returns the exit code."""
    external.check()
    messages.compile_stale(root)
    system_packages.ensure()
    if arguments:
        with services.running(root, step):
            return _run(Step("tests", ["-m", "pytest", *arguments]), root)
    pytest = ["-m", "pytest", "-n", str(WORKERS), "--dist", "loadgroup"]
    return run_steps([*_static(root), Step("tests", pytest)], root)


def check(root: Path = paths.PROJECT_ROOT) -> int:
    """The quick part: the static tools, the architecture tests and the pure rules."""
    external.check()
    messages.compile_stale(root)
    quick = matching(root, ("tests/architecture", "tests/*/test_rules*.py"))
    steps = _static(root)
    if quick:
        less = [f"--ignore={path}" for path in SLOW]
        pytest = ["-m", "pytest", "-q", "-m", "not machine", *less, *quick]
        steps.append(Step("quick tests", pytest))
    return run_steps(steps, root)


def _static(root: Path) -> list[Step]:
    templates = matching(root, ("templates", "*/templates", "*/*/templates"))
    steps = [
        Step("lint", ["-m", "ruff", "check", "."]),
        Step("format", ["-m", "ruff", "format", "--check", "."]),
        Step("import rules", ["-c", LINT_IMPORTS]),
        Step("types", ["-m", "mypy", "."]),
        Step("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
    ]
    if templates:
        steps.insert(2, Step("templates", ["-m", "djlint", "--lint", "--quiet", *templates]))
    return steps


def matching(root: Path, patterns: Sequence[str]) -> list[str]:
    """Files and folders relative to the root, without hidden ones and what lies in another."""
    found = {path.relative_to(root) for pattern in patterns for path in root.glob(pattern)}
    outermost = {path for path in found if not found.intersection(path.parents)}
    return sorted(str(path) for path in outermost if not path.parts[0].startswith("."))


def run_steps(steps: Sequence[Step], root: Path) -> int:
    """Run every step even after a failure, so that one run tells everything; 1 if any failed."""
    results = []
    with services.running(root, step):
        for one in steps:
            step(one.name)
            begun = time.monotonic()
            code = _run(one, root)
            results.append((one, code, time.monotonic() - begun))
    print(flush=True)
    for one, code, seconds in results:
        _verdict(one.name, code, seconds)
    return int(any(code != 0 for _, code, _ in results))


def _run(one: Step, root: Path) -> int:
    return subprocess.run([sys.executable, *one.arguments], cwd=root, check=False).returncode


def _verdict(name: str, code: int, seconds: float) -> None:
    word, colour = ("passed", 32) if code == 0 else (f"FAILED (code {code})", 31)
    if colours_wanted(sys.stdout):
        word = f"\033[{colour}m{word}\033[0m"
    print(f"{name:<14}{seconds:7.1f} s  {word}", flush=True)
