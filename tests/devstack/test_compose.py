"""The production description agrees with the settings and with itself.

There is no Docker on a developer's machine or on the build server by need, so what can be proved
without one is proved here: what each file names exists, and the SQL and the server command run.
"""

import fnmatch
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from stars.devstack import paths, postgres, services

ROOT = paths.PROJECT_ROOT
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
SETTINGS = (ROOT / "stars" / "settings" / "production.py").read_text()
REQUIRED = set(re.findall(r'required\("(\w+)"\)', SETTINGS))


def test_the_services_are_all_there_and_watched() -> None:
    assert set(SERVICES) == {"postgres", "valkey", "release", "web", "worker", "beat"}
    for name, service in SERVICES.items():
        assert "healthcheck" in service or name == "release", f"{name} has a health check"


def test_no_port_is_open_to_the_world() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(ports) == 3
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_data_lie_in_named_volumes() -> None:
    mounts = [m for service in SERVICES.values() for m in service.get("volumes", [])]
    assert {mount.partition(":")[0] for mount in mounts} == set(COMPOSE["volumes"])


def test_production_gets_every_variable_it_requires() -> None:
    assert "SECRET_KEY" in REQUIRED
    for name in ("release", "web", "worker", "beat"):
        assert set(SERVICES[name]["environment"]) >= REQUIRED
    page = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in REQUIRED if f"`{name}`" not in page} == set()


def test_only_the_release_step_may_own_tables() -> None:
    owners = [n for n, s in SERVICES.items() if "DATABASE_OWNER_URL" in s.get("environment", {})]
    assert owners == ["release"]


def test_the_example_lists_every_variable_of_the_description() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", text))
    listed = set(re.findall(r"^(\w+)=", (ROOT / "docker.env.example").read_text(), re.MULTILINE))
    optional = {"STARS_POSTGRES_PORT", "STARS_VALKEY_PORT"}
    assert used == listed | optional


def test_the_image_builds_with_the_variables_the_settings_require() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert {name for name in REQUIRED if f"{name}=" not in dockerfile} == set()
    assert "--require-hashes" in dockerfile
    assert re.search(r"^USER stars$", dockerfile, re.MULTILINE)


def test_the_image_holds_our_packages_and_not_the_sandbox() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {line[1:].partition("/")[0] for line in lines if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages <= kept
    assert "stars/sandbox" in lines
    assert not [name for name in (".env", "docker.env", ".git") if fnmatch.filter(kept, name)]


@pytest.mark.machine
@pytest.mark.xdist_group("machine")
def test_the_roles_of_the_description_are_what_the_project_needs(place: paths.Layout) -> None:
    script = COMPOSE["configs"]["roles"]["content"]
    statements = script.partition("<<'SQL'\n")[2].partition("SQL\n")[0]
    with services.running(place.root):
        with postgres.connect(place) as connection:
            connection.execute("DROP DATABASE stars")
            connection.execute("DROP ROLE stars_app")
            connection.execute("DROP ROLE stars_owner")
        command = [
            *(str(postgres.binaries() / "psql"), "--host", str(place.sockets)),
            *("--username", "postgres", "--set", "ON_ERROR_STOP=1"),
            *("--set", "owner=o'wner", "--set", "app=a"),
        ]
        subprocess.run(command, input=statements, text=True, check=True, capture_output=True)
        with postgres.connect(place, "stars_app", "stars") as connection:
            may = connection.execute(
                "SELECT has_database_privilege('stars', 'TEMP'),"
                " has_schema_privilege('public', 'CREATE')"
            ).fetchone()
            assert may == (False, False)


def test_no_file_with_secrets_is_kept() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert "docker.env" in ignored
    tracked = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    assert not [name for name in tracked if Path(name).name in (".env", "docker.env")]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
