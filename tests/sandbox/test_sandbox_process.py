"""The process: no Django in it, never in production, clear words when it cannot start."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.sandbox.support import ENVIRON, ROOT, Running


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**ENVIRON, **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    "environ",
    [
        {"STARS_ENV": "production"},
        {"STARS_ENV": " Production "},
        {"DJANGO_SETTINGS_MODULE": "stars.settings.production"},
    ],
)
def test_it_does_not_run_in_production(tmp_path: Path, environ: dict[str, str]) -> None:
    folder = tmp_path / "data"
    done = run("-m", "stars.sandbox", "--port", "0", "--data-dir", str(folder), **environ)
    assert done.returncode == 2
    assert "does not run in production" in done.stderr
    assert not folder.exists()


def test_it_loads_nothing_of_django_or_of_the_apps() -> None:
    done = run(
        "-c",
        "import sys, stars.sandbox.__main__\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))\n"
        "print(*sorted(name for name in sys.modules if name.startswith('stars.')))",
    )
    packages, own = (line.split() for line in done.stdout.splitlines())
    assert not {"django", "celery", "accounts", "catalogue", "funding"} & set(packages)
    assert all(name == "stars.sandbox" or name.startswith("stars.sandbox.") for name in own)


def test_key_is_private_and_survives_a_restart(start_sandbox: Callable[..., Running]) -> None:
    first = start_sandbox()
    keys = requests.get(f"{first.issuer}/jwks.json", timeout=10).json()["keys"]
    assert [sorted(key) for key in keys] == [["alg", "e", "kid", "kty", "n", "use"]]
    mode = (first.data_dir / "signing-key.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    first.process.terminate()
    assert first.process.wait(timeout=10) == 0
    second = start_sandbox(data_dir=first.data_dir)
    assert requests.get(f"{second.issuer}/jwks.json", timeout=10).json()["keys"] == keys


def test_port_in_use_is_said_plainly(sandbox: Running, tmp_path: Path) -> None:
    port = sandbox.issuer.rsplit(":", 1)[1]
    done = run("-m", "stars.sandbox", "--data-dir", str(tmp_path), STARS_SANDBOX_PORT=port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Cannot listen on 127.0.0.1:{port}")


def test_damaged_people_file_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text("{")
    done = run("-m", "stars.sandbox", "--port", "0", "--data-dir", str(tmp_path))
    assert done.returncode == 1
    assert "people.json" in done.stderr
    assert "delete it" in done.stderr
    assert "Traceback" not in done.stderr


def test_portal_link_follows_the_web_port(start_sandbox: Callable[..., Running]) -> None:
    issuer = start_sandbox(STARS_WEB_PORT="8123").issuer
    assert 'href="http://localhost:8123/"' in requests.get(issuer, timeout=10).text
