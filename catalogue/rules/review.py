"""What a version needs before it is sent to the agency, and what a call allows (CAT-10…12)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from stars.common.errors import Conflict, Invalid

# What people decide by (CAT-4). Assumption: Latvian is a must, English only for what lists show.
REQUIRED = (
    "title_lv",
    "title_en",
    "summary_lv",
    "summary_en",
    "audience_lv",
    "topics",
    "outcomes",
    "entry_level",
    "prior_knowledge_lv",
    "final_test_lv",
)
REMOTE = "remote"


@dataclass(frozen=True)
class CallTerms:
    """What a call asks for; an empty set allows everything. Days in Riga, inclusive."""

    opens_on: date
    closes_on: date
    source: str | None
    types: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()


def missing(values: Mapping[str, Any]) -> list[str]:
    """Names of the fields that still have to be filled in before sending, in their order."""
    empty = [name for name in REQUIRED if not values[name]]
    if values["mode"] != REMOTE and not values["city"]:
        empty.append("city")
    return empty


def sources_to_admit(offered: Set[str], already: Set[str], *, temporary: bool) -> set[str]:
    """Sources that a version wants to be paid by for the first time; for these it needs a call.

    Sources of the version shown now have admitted the programme; one with temporary status comes
    on a recommendation instead (CAT-12, assumption).
    """
    return set() if temporary else set(offered - already)


def check_call(
    call: CallTerms,
    *,
    day: date | None,
    programme_type: str,
    qualification: str | None,
    mode: str,
    new_sources: Set[str],
) -> None:
    """Whether a version may be sent to this call (CAT-11, L471–498).

    `day` is the day of sending in Riga; None where the window was met before, by what the agency
    has returned to be mended. Raises `Conflict` outside the window and `Invalid` for the rest.
    """
    if day is not None and day < call.opens_on:
        raise Conflict(
            format_lazy(_("This call opens on {day}."), day=call.opens_on.strftime("%d.%m.%Y")),
            code="call_not_open",
            field="call",
        )
    if day is not None and day > call.closes_on:
        raise Conflict(
            format_lazy(_("This call ended on {day}."), day=call.closes_on.strftime("%d.%m.%Y")),
            code="call_over",
            field="call",
        )
    if call.types and programme_type not in call.types:
        raise Invalid(
            _("This call is for other types of programmes."), code="call_type", field="type"
        )
    if call.qualifications and qualification not in call.qualifications:
        raise Invalid(
            _("This call is for other qualifications."),
            code="call_qualification",
            field="qualification",
        )
    if call.modes and mode not in call.modes:
        raise Invalid(
            _("This call is for another way of learning."), code="call_mode", field="mode"
        )
    if call.source is not None and new_sources - {call.source}:
        raise Invalid(
            _("This call belongs to another source of funding than the price."),
            code="call_source",
            field="call",
        )


def temporary_room(*, published: int, temporary: int, share: Decimal) -> int:
    """How many more programmes may have temporary status: at most `share` of the published
    ones, rounded down (CAT-12, L1780)."""
    most = int((published * share).to_integral_value(ROUND_DOWN))
    return max(0, most - temporary)
