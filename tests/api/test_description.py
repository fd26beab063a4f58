"""The OpenAPI description and the page for integrators say what is so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from pytest_django.live_server_helper import LiveServer

from catalogue.models import Group
from stars.api import describe, examples
from stars.api.models import ExternalId
from stars.common.dates import now, today
from tests import factories as f
from tests.api import build
from tests.api.build import System
from tests.architecture import code

PAGE = code.ROOT / "docs" / "api.md"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The description as anybody gets it, without a key."""
    got = Client().get("/api/schema/")
    assert got.status_code == 200
    found: dict[str, Any] = yaml.safe_load(got.content)
    return found


def test_it_is_valid_and_nothing_in_it_was_guessed(schema: dict[str, Any]) -> None:
    validate_schema(schema)
    GENERATOR_STATS.reset()
    SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS, GENERATOR_STATS._warn_cache | GENERATOR_STATS._error_cache


def test_every_address_and_method_is_in_it(schema: dict[str, Any]) -> None:
    told = {
        (path, method)
        for path, methods in schema["paths"].items()
        for method in methods
        if path != "/api/schema/"
    }
    there = set()
    for pattern in get_resolver().namespace_dict["api"][1].url_patterns:
        view = getattr(pattern.callback, "view_class", None)
        if view is None or not str(pattern.pattern).startswith("api/v1/"):
            continue
        path = "/" + str(pattern.pattern).replace("<str:own_id>", "{own_id}")
        there |= {
            (path, method)
            for method in ("get", "post", "put", "patch", "delete")
            if method in view.http_method_names and hasattr(view, method)
        }
    assert told == there


def test_every_operation_says_how_it_is_opened_and_what_goes_wrong(schema: dict[str, Any]) -> None:
    assert schema["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if path == "/api/schema/":
                continue
            assert operation["security"] == [{"key": []}], path
            assert operation["description"]
            assert {"200", "401", "403", "429"} <= set(operation["responses"])
            if method == "post":
                body = operation["requestBody"]["content"]
                assert set(body) == {"application/json"}
                assert body["application/json"]["examples"]
                names = {p["name"] for p in operation["parameters"]}
                assert {"dry_run", "Accept-Language"} <= names


@pytest.mark.parametrize("area", sorted(describe.READERS))
def test_fields_of_the_description_are_those_that_are_read(
    schema: dict[str, Any], area: str
) -> None:
    reader = describe.READERS[area]
    name = f"{reader.__name__}Request"
    told = schema["components"]["schemas"][name]
    assert set(told["properties"]) == set(reader().fields)
    row = reader(data=examples.ROWS[area])
    assert row.is_valid(), row.errors  # the example can be read


@pytest.mark.django_db
def test_answers_are_as_they_are_told(system: System) -> None:
    """Every field of an answer is in the description, and the other way round."""
    version = f.VersionFactory(
        programme=f.ProgrammeFactory(provider=system.provider), published=True
    )
    group = f.group(version, starts_on=today() + timedelta(days=20))
    shown = {
        "programmes": system.get(f"programmes/{version.programme_id}/"),
        "groups": system.get(f"groups/{group.pk}/"),
        "timetable": system.get(f"timetable/{group.pk}/"),
    }
    for area, got in shown.items():
        assert set(got.json()) == set(describe.SHOWN[area]), area
    answer = system.send("groups/", {"id": "x"}).json()
    assert set(answer) == set(describe.Answer().fields)
    assert set(answer["rows"][0]) == set(describe.RowAnswer().fields)
    assert set(answer["rows"][0]["errors"][0]) == set(describe.Error().fields)
    assert set(system.get("groups/none/").json()) == set(describe.ProblemShape().fields)


def _blocks(language: str) -> str:
    (block,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return str(block)


@pytest.fixture
def served(transactional_db: None, live_server: LiveServer) -> tuple[System, dict[str, str]]:
    """A system whose programme is published, and what the examples read from their surroundings."""
    cache.clear()
    system = build.system()
    version = f.VersionFactory(
        programme=f.ProgrammeFactory(provider=system.provider), published=True
    )
    ExternalId.objects.create(
        organisation=system.provider.organisation,
        kind="programme",
        external_id="kurss-17",
        object_id=version.programme_id,
        sent_at=now(),
    )
    return system, {**os.environ, "STARS": live_server.url, "KEY": system.secret}


def test_examples_of_the_page_work(served: tuple[System, dict[str, str]], tmp_path: Path) -> None:
    _system, surroundings = served
    curl = shutil.which("curl")
    if curl is not None:
        tried = subprocess.run(
            ["bash", "-c", _blocks("sh")], env=surroundings, capture_output=True, check=True
        )
        assert b'"accepted":1' in tried.stdout, tried
    assert not Group.objects.exists()
    script = tmp_path / "example.py"
    script.write_text(_blocks("python"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], env=surroundings, capture_output=True, check=True
    )
    # The days of the example are ahead for as long as the page is read; then it is made anew.
    assert done.stdout.decode().strip() == "open"
    group = Group.objects.get()
    assert (group.code, group.sessions.count()) == ("Rudens 1", 1)
