"""Fields of rows that other systems send: strict about kinds, plain in what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

ID_LETTERS = 120
_ID = re.compile(rf"[A-Za-z0-9._:-]{{1,{ID_LETTERS}}}")
# How personal codes are written: no name for anything (ADR 0009).
_PERSONAL_CODE = re.compile(r"\d{6}-\d{5}")
# Years in which a group can be; further away calendars overflow.
YEARS = range(2000, 2101)


def is_own_id(text: str) -> bool:
    """Whether a text can be the sender's own name of a row.

    >>> is_own_id("kurss-17"), is_own_id("010190-12345"), is_own_id("a b")
    (True, False, False)
    """
    return bool(_ID.fullmatch(text)) and not _PERSONAL_CODE.fullmatch(text)


# What is said for each kind of mistake, whatever the framework would say.
WORDS: dict[str, Any] = {
    "required": _("Fill this in."),
    "blank": _("Fill this in."),
    "null": _("Fill this in."),
    "max_length": _("This text is too long."),
    "max_string_length": _("This text is too long."),
    "null_characters_not_allowed": _("This text has signs that cannot be stored."),
    "surrogate_characters_not_allowed": _("This text has signs that cannot be stored."),
    "min_value": _("This number cannot be right."),
    "max_value": _("This number cannot be right."),
    "max_digits": _("This number cannot be right."),
    "max_whole_digits": _("This number cannot be right."),
    "max_decimal_places": _("This number has too many decimal places."),
    "invalid_choice": _("Choose one of these."),
    "not_a_list": _("Send a list here."),
    "empty": _("Fill this in."),
    "unknown_field": _("There is no such field."),
}


class Text(serializers.CharField):
    """A text; `null` says the same as an empty one."""

    default_error_messages = {"invalid": _("Write a text.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("allow_blank", True)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Texts only: a number here would be stored as somebody else writes numbers."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class OwnId(Text):
    """The sender's own name of a row."""

    default_error_messages = {
        "own_id": _(
            "An id has 1 to 120 signs: letters from a to z, digits, full stop, hyphen, underscore"
            " and colon."
        ),
        "personal_code": _("This looks like a personal code. Use a number of your own system."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_blank=False, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Raises for what cannot be an id."""
        value = super().to_internal_value(data)
        if not _ID.fullmatch(value):
            self.fail("own_id")
        if _PERSONAL_CODE.fullmatch(value):
            self.fail("personal_code")
        return value


class Whole(serializers.IntegerField):
    """A whole number, as a number."""

    default_error_messages = {"invalid": _("Write a whole number.")}

    def __init__(self, *, least: int = 0, most: int = 32_000, **kwargs: Any) -> None:
        super().__init__(min_value=least, max_value=most, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        """No texts, no decimals, no yes and no."""
        if isinstance(data, Decimal) and abs(data) < 10**9 and data == data.to_integral_value():
            data = int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


@extend_schema_field({"type": "string", "format": "decimal", "example": "120.00"})
class Number(serializers.DecimalField):
    """A number with a point; as a text or as a number."""

    default_error_messages = {"invalid": _("Write a number.")}

    def to_internal_value(self, data: Any) -> Decimal:
        """Never yes and no."""
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class Day(serializers.DateField):
    """A day in Riga."""

    default_error_messages = {
        "invalid": _("Write the day as year, month and day: 2026-09-01."),
        "year": _("This year cannot be right."),
    }

    def to_internal_value(self, value: Any) -> date:
        """Raises for texts that are no day."""
        if not isinstance(value, str):
            self.fail("invalid", format="")
        found = super().to_internal_value(value)
        if found.year not in YEARS:
            self.fail("year")
        return found


class Moment(serializers.DateTimeField):
    """A moment; without an offset it is a time in Riga."""

    default_error_messages = {
        "invalid": _("Write the time as 2026-09-01T18:00, in Riga, or with its offset."),
        "year": _("This year cannot be right."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        """Raises for texts that are no moment."""
        if not isinstance(value, str):
            self.fail("invalid", format="")
        try:
            found = super().to_internal_value(value)
        except OverflowError:
            self.fail("year")
        if found.year not in YEARS:
            self.fail("year")
        return found.replace(microsecond=0)


class YesNo(serializers.BooleanField):
    """true or false."""

    default_error_messages = {"invalid": _("Write true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        """No words for it."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Code(serializers.ChoiceField):
    """One of a few words."""

    def to_internal_value(self, data: Any) -> Any:
        """Texts only."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input="")
        return super().to_internal_value(data)


class Part(serializers.Serializer[Any]):
    """An object with known fields and no others."""

    default_error_messages = {"invalid": _("Send an object here.")}

    def to_internal_value(self, data: Any) -> Any:
        """Raises for fields that are not known, together with everything else that is wrong."""
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        unknown = {
            str(name)[:ID_LETTERS]: [
                serializers.ErrorDetail(str(WORDS["unknown_field"]), "unknown_field")
            ]
            for name in data
            if name not in self.fields
        }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            detail: Any = error.detail
            raise serializers.ValidationError({**detail, **unknown}) from error
        if unknown:
            raise serializers.ValidationError(unknown)
        return values


class Many(serializers.ListField):
    """A list of at most `most` objects."""

    default_error_messages = {"too_many": _("There are too many of these.")}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = self.max_length = most

    def to_internal_value(self, data: Any) -> list[Any]:
        """Raises for what is no list, is too long, or holds something wrong."""
        if isinstance(data, list) and len(data) > self.most:
            self.fail("too_many")
        return list(super().to_internal_value(data))


class Row(Part):
    """What every row that is sent has."""

    id = OwnId(help_text="The row's id in your own system; the same again means the same row.")
    overwrite = YesNo(
        required=False,
        default=False,
        help_text="Write even where somebody changed it in the workspace after your last sending.",
    )


def flat(detail: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Everything wrong with a row as (field, code, words); "sessions.0.hours" is inside a list."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else str(name)
            yield from flat(inner, ".".join(part for part in (path, step) if part))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, Mapping)
            yield from flat(inner, f"{path}.{number}" if nested else path)
    else:
        code = getattr(detail, "code", "invalid")
        yield path, code, str(WORDS.get(code, detail))
