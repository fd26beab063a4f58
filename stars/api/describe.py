"""The OpenAPI description of each address, made of the readers of rows and shapes of answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from stars.api import examples
from stars.api.errors import PROBLEM
from stars.api.fields import Many
from stars.api.push import ACCEPTED, MOST_ROWS, REFUSED, UNCHANGED
from stars.api.resources.groups import GroupRow
from stars.api.resources.people import AttendanceRow, CompletionRow, PersonRow
from stars.api.resources.programmes import ProgrammeRow
from stars.api.resources.timetable import TimetableRow

READERS: dict[str, type[serializers.Serializer[Any]]] = {
    "programmes": ProgrammeRow,
    "groups": GroupRow,
    "timetable": TimetableRow,
    "people": PersonRow,
    "attendance": AttendanceRow,
    "completion": CompletionRow,
}


def _text(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(**kwargs)


Fields = dict[str, serializers.Field[Any, Any, Any, Any]]
_own: Fields = {"id": _text(allow_null=True), "stars_id": serializers.UUIDField()}
_state: Fields = {"state": _text(), "state_text": _text()}
SHOWN: dict[str, Fields] = {
    "programmes": {
        **_own,
        "title_lv": _text(),
        "title_en": _text(),
        "hours": serializers.IntegerField(),
        "version": serializers.IntegerField(),
        **_state,
        "published": serializers.BooleanField(),
        "sent_at": serializers.DateTimeField(allow_null=True),
    },
    "groups": {
        **_own,
        "programme": _text(allow_null=True),
        "programme_stars_id": serializers.UUIDField(),
        "code": _text(),
        **{name: serializers.DateField() for name in ("starts_on", "ends_on", "apply_until")},
        **{name: serializers.IntegerField() for name in ("capacity", "minimum")},
        **{name: _text() for name in ("mode", "place", "teacher")},
        "taken": serializers.IntegerField(),
        **_state,
        "sent_at": serializers.DateTimeField(allow_null=True),
    },
    "timetable": {
        **_own,
        "sessions": inline_serializer(
            "SessionShown",
            {
                **_own,
                "starts_at": serializers.DateTimeField(),
                "ends_at": serializers.DateTimeField(),
                "hours": serializers.IntegerField(),
                "place": _text(),
            },
            many=True,
        ),
    },
    "people": {
        **_own,
        "group": _text(allow_null=True),
        "group_stars_id": serializers.UUIDField(),
        "name": _text(),
        **_state,
    },
    "attendance": {
        **_own,
        "participation": _text(allow_null=True),
        "participation_stars_id": serializers.UUIDField(),
        "session": _text(allow_null=True),
        "session_stars_id": serializers.UUIDField(),
        "presence": _text(),
        "marked_at": serializers.DateTimeField(),
    },
    "completion": {
        "id": _text(allow_null=True),
        "participation": _text(allow_null=True),
        "participation_stars_id": serializers.UUIDField(),
        "outcome": _text(),
        "on": serializers.DateField(allow_null=True),
        "document_number": _text(),
        "grade": serializers.IntegerField(allow_null=True),
        "confirmed": serializers.BooleanField(),
    },
}


# The readers of answers, made once: a description has one shape of a name.
SHAPES: dict[str, type[serializers.Serializer[Any]]] = {
    name: type(inline_serializer(f"{name.title()}Shown", dict(fields)))
    for name, fields in SHOWN.items()
}


class Error(serializers.Serializer[Any]):
    """Why a row was refused."""

    field = serializers.CharField(help_text="Field of the row; empty: the row as a whole.")
    code = serializers.CharField(help_text="For programs: it stays the same.")
    reason = serializers.CharField(help_text="For people, in the language of the answer.")


class RowAnswer(serializers.Serializer[Any]):
    """What became of one row."""

    row = serializers.IntegerField(help_text="Its place in the request, from 0.")
    id = serializers.CharField(allow_null=True)
    result = serializers.ChoiceField(choices=[ACCEPTED, UNCHANGED, REFUSED])
    stars_id = serializers.UUIDField(allow_null=True)
    errors = Error(many=True)  # type: ignore[assignment]


class Answer(serializers.Serializer[Any]):
    """What became of every row."""

    dry_run = serializers.BooleanField()
    accepted = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    rows = RowAnswer(many=True)


class ProblemShape(serializers.Serializer[Any]):
    """What is wrong with a request as a whole (RFC 9457)."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


_LANGUAGE = OpenApiParameter(
    "Accept-Language",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="lv (if nothing is said) or en: the language of reasons and names.",
)
_DRY_RUN = OpenApiParameter(
    "dry_run",
    OpenApiTypes.BOOL,
    description="true: only find out what would become of the rows; nothing is written.",
)
_AFTER = OpenApiParameter(
    "after", OpenApiTypes.UUID, description="Rows after this key; `next` of an answer has it."
)
_GROUP = OpenApiParameter("group", OpenApiTypes.STR, description="Own id of a group, or our key.")
_OWN_ID = OpenApiParameter(
    "own_id", OpenApiTypes.STR, OpenApiParameter.PATH, description="Own id, or our key."
)


def _problems(*extra: int) -> dict[Any, Any]:
    words = {
        400: "The request cannot be read.",
        401: "No key, or one that does not hold any more.",
        403: "The key may not do this.",
        404: "There is no such row of yours.",
        413: "More than 2 MB.",
        415: "Not JSON.",
        429: "Too often; `Retry-After` says for how many seconds to wait.",
    }
    return {
        (number, PROBLEM): OpenApiResponse(ProblemShape, words[number])
        for number in sorted({401, 403, 429, *extra})
    }


def sends(name: str) -> Callable[..., Any]:
    """POST of rows."""
    reader = READERS[name]
    body = inline_serializer(f"{reader.__name__}s", {"rows": Many(child=reader(), most=MOST_ROWS)})
    return extend_schema(
        operation_id=f"send_{name}",
        tags=[name],
        parameters=[_DRY_RUN, _LANGUAGE],
        request=body,
        responses={200: Answer, **_problems(400, 413, 415)},
        examples=[
            OpenApiExample("rows", {"rows": [examples.ROWS[name]]}, request_only=True),
            OpenApiExample("answer", examples.ANSWER, response_only=True, status_codes=["200"]),
        ],
    )


def lists(name: str, *, group: bool = False) -> Callable[..., Any]:
    """GET of a page of rows."""
    shape = inline_serializer(
        f"{name.title()}Page",
        {
            "items": SHAPES[name](many=True),
            "next": serializers.URLField(allow_null=True),
        },
    )
    return extend_schema(
        operation_id=f"list_{name}",
        tags=[name],
        parameters=[_AFTER, *([_GROUP] if group else []), _LANGUAGE],
        responses={200: shape, **_problems(400, *([404] if group else []))},
    )


def shows(name: str) -> Callable[..., Any]:
    """GET of one row."""
    return extend_schema(
        operation_id=f"show_{name}",
        tags=[name],
        parameters=[_OWN_ID, _LANGUAGE],
        responses={
            200: SHAPES[name],
            **_problems(404),
        },
    )


_Named = type(inline_serializer("Named", {"code": _text(), "name": _text()}))
codes = extend_schema(
    operation_id="list_classifications",
    tags=["classifications"],
    parameters=[_LANGUAGE],
    responses={
        200: inline_serializer(
            "Classifications",
            {
                name: _Named(many=True)
                for name in (
                    *("type", "mode", "language", "field", "digcomp_area", "entry_level"),
                    *("education", "qualification", "source"),
                )
            },
        ),
        **_problems(),
    },
)


class KeyScheme(OpenApiAuthenticationExtension):
    """How a key is sent."""

    target_class = "stars.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of a provider, made in its workspace: stars_…",
        }
