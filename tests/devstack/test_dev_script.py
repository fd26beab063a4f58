"""./dev before anything is installed: it makes .venv, mends it, or says what is wrong.

Real virtual environments and a real pip, with one small package of our own instead of a hundred
from a registry, so that no network is needed.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from stars.devstack import paths

SCRIPT = paths.PROJECT_ROOT / "dev"
README = paths.PROJECT_ROOT / "README.md"
ECHO = "import sys, tiny; print('handed over', tiny.VERSION, *sys.argv[1:])"


class Checkout:
    """A small checkout: ./dev, one lock file for both sets, and something to hand over to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.wheels = root / "wheels"
        for folder in (self.wheels, root / "requirements", root / "stars" / "devstack"):
            folder.mkdir(parents=True)
        shutil.copy(SCRIPT, root / "dev")
        (root / "stars" / "devstack" / "__main__.py").write_text(ECHO)
        self.lock("1.0")

    def lock(self, version: str, digest: str | None = None) -> None:
        wheel = self.wheels / f"tiny-{version}-py3-none-any.whl"
        info = f"tiny-{version}.dist-info"
        files = {
            "tiny.py": f"VERSION = {version!r}\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, text in {**files, f"{info}/RECORD": record}.items():
                archive.writestr(name, text)
        digest = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
        for name in ("local", "dev"):
            text = f"tiny=={version} \\\n    --hash=sha256:{digest}\n"
            (self.root / "requirements" / f"{name}.txt").write_text(text)

    def dev(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        return subprocess.run(
            [sys.executable, str(self.root / "dev"), *arguments],
            env={**os.environ, **offline, "PIP_CONFIG_FILE": os.devnull},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


@pytest.mark.machine
@pytest.mark.xdist_group("machine")
class TestPreparing:
    def test_a_failed_start_a_first_a_second_and_a_changed_lock(self, checkout: Checkout) -> None:
        checkout.lock("1.0", digest="0" * 64)
        failed = checkout.dev("run")
        assert failed.returncode == 1
        assert "HASH" in failed.stderr.upper()
        assert "handed over" not in failed.stdout
        half = checkout.root / ".venv" / "lib" / "half-installed"
        half.touch()

        checkout.lock("1.0")
        first = checkout.dev("manage", "check", "--deploy")
        assert first.stdout.splitlines()[-1] == "handed over 1.0 manage check --deploy"
        assert "Creating .venv" in first.stdout
        assert "1 packages installed" in first.stdout
        assert not half.exists(), "what was not finished is made afresh"

        assert checkout.dev("run").stdout == "handed over 1.0 run\n"
        assert checkout.dev("test").stdout.splitlines()[-1] == "handed over 1.0 test"
        checkout.lock("2.0")
        changed = checkout.dev("run")
        assert changed.stdout.splitlines()[-1] == "handed over 2.0 run"
        assert "Creating .venv" not in changed.stdout
        marker = json.loads((checkout.root / ".venv" / ".stars-lock").read_text())
        assert marker["lock"] == "dev", "run does not forget that the tools of test are there"

    def test_an_interpreter_that_went_away_is_replaced(self, checkout: Checkout) -> None:
        checkout.dev("run")
        for link in (checkout.root / ".venv" / "bin").glob("python*"):
            link.unlink()
            link.symlink_to("/nowhere/python")
        assert checkout.dev("run").stdout.splitlines()[-1] == "handed over 1.0 run"

    def test_a_link_to_an_empty_place_is_filled(self, checkout: Checkout, tmp_path: Path) -> None:
        (checkout.root / ".venv").symlink_to(tmp_path / "cache" / "venv")
        assert checkout.dev("run").returncode == 0
        checkout.lock("2.0")
        assert checkout.dev("run").stdout.splitlines()[-1] == "handed over 2.0 run"
        assert (checkout.root / ".venv").is_symlink()

    def test_a_link_to_somebody_elses_is_used_and_never_changed(
        self, checkout: Checkout, tmp_path: Path
    ) -> None:
        other = tmp_path / "other"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(other)], check=True)
        (checkout.root / ".venv").symlink_to(other)
        before = sorted(other.rglob("*"))
        failed = checkout.dev("run")
        assert failed.returncode == 1
        assert "it lacks: tiny" in failed.stderr
        assert sorted(other.rglob("*")) == before
        (site,) = other.glob("lib/python3*/site-packages")
        with zipfile.ZipFile(checkout.wheels / "tiny-1.0-py3-none-any.whl") as archive:
            archive.extractall(site)
        assert checkout.dev("run").stdout == "handed over 1.0 run\n"
        checkout.lock("2.0")
        told = checkout.dev("run").stdout.splitlines()
        assert "has tiny 1.0, the lock file 2.0" in told[0]
        assert told[1] == "handed over 1.0 run"


def test_help_needs_nothing_installed(checkout: Checkout) -> None:
    assert "./dev run" in checkout.dev().stdout
    assert checkout.dev("help").stdout == checkout.dev("--help").stdout
    assert not (checkout.root / ".venv").exists()


def test_an_unknown_command_is_told(checkout: Checkout) -> None:
    answer = checkout.dev("urn")
    assert answer.returncode == 2
    assert "./dev urn: there is no such command." in answer.stderr


def test_every_command_in_the_readme_and_the_operations_page_exists(checkout: Checkout) -> None:
    known = set(re.findall(r"^  \./dev (\w+)", checkout.dev("help").stdout, re.MULTILINE))
    for page in (README, paths.PROJECT_ROOT / "docs" / "operations.md"):
        used = set(re.findall(r"\./dev (\w+)", page.read_text()))
        assert used, f"{page.name} names the commands"
        assert used <= known, f"{page.name} names {used - known}"
    assert known <= set(re.findall(r"\./dev (\w+)", README.read_text())), "the README lists all"


def test_the_script_needs_the_standard_library_only() -> None:
    names = re.findall(r"^(?:import|from) (\w+)", SCRIPT.read_text(), re.MULTILINE)
    assert set(names) <= sys.stdlib_module_names
    assert os.access(SCRIPT, os.X_OK)


def test_lock_files_carry_hashes_and_no_address() -> None:
    for name in ("runtime", "local", "dev"):
        text = (paths.PROJECT_ROOT / "requirements" / f"{name}.txt").read_text()
        assert "://" not in text
        pins = re.findall(r"^\S+==\S+.*\\$", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^\S+==", text, re.MULTILINE)) > 50
