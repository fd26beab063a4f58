"""A sandbox as a real process on a free port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox.support import ENVIRON, ROOT, Portal, Running


@pytest.fixture(scope="session")
def start_sandbox(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Running]]:
    """Start ``python -m stars.sandbox`` on a free port and wait until it says it is ready."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str, data_dir: Path | None = None, **environ: str) -> Running:
        folder = data_dir or tmp_path_factory.mktemp("sandbox")
        command = [sys.executable, "-m", "stars.sandbox", "--port", "0", "--data-dir", str(folder)]
        with (folder / "log").open("a") as log:
            process = subprocess.Popen(
                [*command, *options],
                cwd=ROOT,
                env={**ENVIRON, **environ},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        running.append(process)
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("Sandbox ready at http://127.0.0.1:"), (folder / "log").read_text()
        return Running(process, ready.split()[-1], folder)

    yield start
    for process in running:
        process.terminate()
    for process in running:
        process.communicate(timeout=10)


@pytest.fixture(scope="session")
def sandbox(start_sandbox: Callable[..., Running]) -> Running:
    """One sandbox with the defaults, shared by the tests."""
    return start_sandbox()


@pytest.fixture
def portal(sandbox: Running) -> Portal:
    """A new relying party of the shared sandbox."""
    return sandbox.portal
