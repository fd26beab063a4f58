"""Whatever is sent is answered in one shape and never with an error of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stars.api import examples
from tests import factories as f
from tests.api.build import System

pytestmark = pytest.mark.django_db
AREAS = ("programmes", "groups", "timetable", "people", "attendance", "completion")


def raw(system: System, body: Any, kind: str = "application/json", area: str = "groups") -> Any:
    return Client().post(f"/api/v1/{area}/", body, content_type=kind, headers=system.headers())


@pytest.mark.parametrize(
    "body, status, code",
    [
        (b"", 400, "rows"),
        (b"{", 400, "json"),
        (b"\xff\xfe", 400, "json"),
        (b'{"rows": [NaN]}', 400, "json"),
        (b"[" * 100_000, 400, "json"),
        (b'{"rows": [' + b"9" * 5000 + b"]}", 400, "json"),
        (b"[]", 400, "rows"),
        (b'"rows"', 400, "rows"),
        (b"{}", 400, "rows"),
        (b'{"rows": {}}', 400, "rows"),
        (b'{"rows": [], "more": 1}', 400, "rows"),
        (b'{"rows": []}', 400, "no_rows"),
        (json.dumps({"rows": [{"id": str(n)} for n in range(101)]}), 400, "too_many_rows"),
        (b'{"rows": ["' + b"a" * 2_000_000 + b'"]}', 413, "too_large"),
    ],
)
def test_bodies_that_cannot_be_read(system: System, body: bytes, status: int, code: str) -> None:
    got = raw(system, body)
    assert (got.status_code, got.json()["code"]) == (status, code)
    assert got["Content-Type"] == "application/problem+json"
    assert got.json()["detail"]


def test_other_kinds_and_methods(system: System) -> None:
    for kind in (
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ):
        assert raw(system, b"rows=1", kind).status_code == 415
    assert raw(system, b'{"rows": [1]}', "application/json; charset=utf-8").status_code == 200
    client = Client()
    for method in ("put", "patch", "delete"):
        got = getattr(client, method)("/api/v1/groups/", headers=system.headers())
        assert (got.status_code, got.json()["code"]) == (405, "method")
    assert system.get("timetable/").status_code == 405
    assert client.options("/api/v1/groups/", headers=system.headers())["Allow"]


@pytest.mark.parametrize("area", AREAS)
def test_odd_values_in_every_field(system: System, area: str) -> None:
    """Each field of a good row in turn holds what it cannot."""
    odd: list[Any] = [
        None, True, -1, 0, 10**30, 0.001, "", " ", "\x00", "\ud800", "x" * 30_000, [], {}, [[]],
        [None], [{"lv": 1}], {"lv": "a"}, "9999-12-31T23:59:59", "0001-01-01", "1e9", "٣",
    ]  # fmt: skip
    good = examples.ROWS[area]
    for name in (*good, "stars_id", "overwrite", "offers", "terms", "\x00"):
        rows = [{**good, "id": f"n-{number}", name: value} for number, value in enumerate(odd)]
        answers = system.sent(area + "/", *rows)
        assert [answer["row"] for answer in answers] == list(range(len(odd)))
        for answer in answers:
            assert (answer["result"] == "refused") is bool(answer["errors"])
            assert all(error["reason"] for error in answer["errors"])


_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.dates().map(str)
    | st.datetimes().map(str)
    | st.uuids().map(str)
)
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@st.composite
def _bodies(draw: Any) -> tuple[str, Any]:
    """An area, and rows that are good ones with some fields exchanged, or anything."""
    area = draw(st.sampled_from(AREAS))
    good = examples.ROWS[area]
    names = st.sampled_from([*good, "stars_id", "overwrite", "what"])
    row = st.dictionaries(names, _values, max_size=3).map(lambda odd: {**good, **odd})
    rows = st.lists(row | _values, max_size=3)
    return area, draw(rows.map(lambda rows: {"rows": rows}) | _values)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sent=_bodies())
def test_any_body_is_answered(
    system: System, settings_without_limit: None, sent: tuple[str, Any]
) -> None:
    area, body = sent
    got = raw(system, json.dumps(body), area=area)
    assert got.status_code in (200, 400), got.content
    if got.status_code == 200:
        answer = got.json()
        assert len(answer["rows"]) == len(body["rows"])
        counted = answer["accepted"] + answer["unchanged"] + answer["refused"]
        assert counted == len(answer["rows"])
    else:
        assert {"type", "status", "code", "detail"} == set(got.json())


@pytest.fixture
def settings_without_limit(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 100_000
    f.ProgrammeTypeFactory()
    f.TermFactory(vocabulary=f.VocabularyFactory(code="field"))


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("name", ["\x00", "a b", "%00", "010190-12345", "x" * 500, "%ED%A0%80"])
def test_odd_names_in_addresses(system: System, area: str, name: str) -> None:
    assert system.get(f"{area}/{name}/").status_code == 404


def test_odd_queries(system: System) -> None:
    for query in ("after=", "after=%00", "group=%00", "group=", "dry_run=", "x=1", "format=html"):
        assert system.get(f"people/?{query}").status_code in (200, 400, 404)
