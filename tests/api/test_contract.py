"""Requests made of the description itself: what comes back is as it says, whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache as cache_once
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import factories as f
from tests.api.build import System

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
AREAS = ("programmes", "groups", "timetable", "people", "attendance", "completion")
LISTED = ("programmes", "groups", "people")


@pytest.fixture
def limitless(settings: Any) -> Iterator[None]:
    """No limit; and the test's connection stays open after a request, as with Django's client."""
    settings.API_REQUESTS_PER_MINUTE = 100_000
    both = (signals.request_started, signals.request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


@cache_once
def described() -> Any:
    return schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())


@pytest.mark.parametrize("area", AREAS)
def test_rows_made_of_the_description(system: System, limitless: None, area: str) -> None:
    cache.clear()
    f.ProgrammeTypeFactory()
    operation = described()[f"/api/v1/{area}/"]["POST"]

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(headers=system.headers(), checks=CHECKS)

    ask()


@pytest.mark.parametrize("area", AREAS)
def test_reading_as_described(system: System, limitless: None, area: str) -> None:
    whole = described()
    addresses = [f"/api/v1/{area}/{{own_id}}/"]
    addresses += [f"/api/v1/{area}/"] if area in LISTED else []
    strategies = [whole[address]["GET"].as_strategy() for address in addresses]

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(strategies))
    def ask(case: Any) -> None:
        case.call_and_validate(headers=system.headers(), checks=CHECKS)

    ask()
