"""Production starts with all of its secrets or not at all, and has nothing to be warned about."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.architecture import code

COMPLETE = {
    "SECRET_KEY": "x9-" + "0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT" * 2,
    "PERSONAL_CODE_KEY": "a key for codes that is long enough to be one",
    "PERSONAL_CODE_HASH_KEY": "another key, for looking the codes up again",
    "ALLOWED_HOSTS": "stars.example",
    "STARS_SITE_URL": "https://stars.example",
    "DATABASE_URL": "postgres://stars_app:x@db.example:5432/stars",
    "REDIS_URL": "redis://cache.example:6379/0",
    "OIDC_SERVER_URL": "https://login.example",
    "OIDC_CLIENT_ID": "stars",
    "OIDC_CLIENT_SECRET": "a secret of the identity provider",
    "EMAIL_HOST": "mail.example",
}
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV")


def manage(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """manage.py under production settings, with nothing inherited but what a program needs."""
    inherited = {name: os.environ[name] for name in KEPT if name in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments],
        cwd=code.ROOT,
        env={**inherited, "DJANGO_SETTINGS_MODULE": "stars.settings.production", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_check_deploy_has_nothing_to_say() -> None:
    result = manage(COMPLETE, "check", "--deploy", "--fail-level", "INFO")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no issues (0 silenced)" in result.stdout


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_refuses_to_start_without(missing: str) -> None:
    result = manage({k: v for k, v in COMPLETE.items() if k != missing}, "check")
    assert result.returncode != 0
    assert f"Set {missing}" in result.stderr
    assert COMPLETE["SECRET_KEY"] not in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "development-only-" + "0" * 40, "development value"),
        ("PERSONAL_CODE_KEY", "development-only-key", "development value"),
        ("OIDC_SERVER_URL", "http://127.0.0.1:8001", "must be https"),
    ],
)
def test_refuses_what_everybody_knows(name: str, value: str, said: str) -> None:
    result = manage({**COMPLETE, name: value}, "check")
    assert result.returncode != 0
    assert said in result.stderr
