"""What the tests need from the system and no wheel brings: a browser, a font, pango."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stars.devstack.errors import DevstackError
from stars.devstack.run import step


@dataclass(frozen=True)
class Need:
    """A Debian package and how to see that what it brings is there, on any distribution."""

    package: str
    present: Callable[[], bool]


def _library(name: str) -> Callable[[], bool]:
    def present() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return present


def _chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser"))


def _roboto() -> bool:
    return any(Path("/usr/share/fonts").rglob("Roboto*.[to]tf"))


NEEDS = (
    Need("chromium", _chromium),
    Need("fonts-roboto-unhinted", _roboto),
    Need("libpango-1.0-0", _library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", _library("libpangoft2-1.0.so.0")),
    Need("libharfbuzz-subset0", _library("libharfbuzz-subset.so.0")),
)


def ensure(needs: Sequence[Need] = NEEDS) -> None:
    """Install what is missing when we are root on Debian; otherwise say what to install.

    Raises DevstackError: tests that cannot run fail, they are not skipped.
    """
    missing = [need.package for need in needs if not need.present()]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise DevstackError(f"Missing for the tests: sudo apt-get install {' '.join(missing)}")
    step(f"Installing {', '.join(missing)} with apt-get")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
    for command in (["apt-get", "update", "-q"], install):
        if subprocess.run(command, env=quiet, check=False).returncode != 0:
            raise DevstackError(f"{' '.join(command)} failed.")
