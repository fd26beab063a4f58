"""The parameters of a policy version, read from its JSON with every key checked (FUN-3).

A field says what kind of value it holds; reading, the agency's form and the readable difference
between two versions all follow from that. A default is what holds where a policy says nothing.
"""

# ruff: noqa: RUF009 -- every default is a dataclass field, made by a helper
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stars.common.errors import DomainError, Invalid
from stars.common.money import euro

# Kinds of values.
MONEY, SHARE, COUNT, FLAG, DAY = "money", "share", "count", "flag", "day"
CHOICE, CHOICES, STAGES, CRITERIA, NAMES = "choice", "choices", "stages", "criteria", "names"

# The ways of supporting (funding.enums.SchemeKind) for which a parameter means something.
ALLOCATION, FULL, COFUNDED = ("allocation",), ("full_cover",), ("cofunded",)
REFUND, STIPEND = ("reimbursement",), ("stipend",)
TRAINING = (*ALLOCATION, *FULL, *COFUNDED)


class WrongTerms(Invalid, ValueError):
    """A parameter that nobody knows, or a value of the wrong form; `field` names it."""

    code = "terms"


@dataclass(frozen=True)
class Stage:
    """A part of the support that is owed before the end (rule 8). Both are shares, 0–1."""

    # Of the programme's hours that have been held.
    after: Decimal
    # Of the support.
    pays: Decimal


# Stood in versions that are kept for ever, and meant nothing for money: a low rating takes the
# provider out of the catalogue (L1825, docs/assumptions.md).
RETIRED = frozenset({"minimum_rating"})


def _is(kind: str, default: Any, used_by: tuple[str, ...], values: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"is": kind, "used_by": used_by, "values": values})


@dataclass(frozen=True)
class Terms:
    """What a policy says. Amounts are EUR, shares 0–1; fields a kind does not need stay None."""

    # --- How much and for how long (rules 1, 2, 14) ---
    amount: Decimal | None = _is(MONEY, None, (*ALLOCATION, *STIPEND))
    # Months between two due dates, and of the term of a lot.
    period_months: int | None = _is(COUNT, None, ALLOCATION)
    term_months: int | None = _is(COUNT, None, ALLOCATION)
    # On request, or to everybody who is eligible.
    requested: bool = _is(FLAG, True, ALLOCATION)
    # Those who become eligible after the due date: daily within the window, or not before the
    # next round.
    late_arrivals: str = _is(CHOICE, "daily", ALLOCATION, ("daily", "next_round"))

    # --- What the previous grant requires (rule 3) ---
    max_grants: int = _is(COUNT, 1, ALLOCATION)
    # Directly after the first, or in any later round.
    second_window: str = _is(CHOICE, "next", ALLOCATION, ("next", "any"))
    second_after: tuple[str, ...] = _is(
        CHOICES,
        ("accumulated", "used_and_completed"),
        ALLOCATION,
        ("accumulated", "used_and_completed", "used"),
    )
    second_never_after: tuple[str, ...] = _is(
        CHOICES, ("annulled", "forfeited"), ALLOCATION, ("annulled", "forfeited")
    )
    declined_counts_as_first: bool = _is(FLAG, False, ALLOCATION)

    # --- Keeping it, its end, what comes back (rules 5–8) ---
    accumulate_times: int = _is(COUNT, 0, ALLOCATION)
    accumulate_months: int = _is(COUNT, 0, ALLOCATION)
    accumulate_parts: tuple[str, ...] = _is(
        CHOICES, ("whole", "rest"), ALLOCATION, ("whole", "rest")
    )
    ceiling: Decimal | None = _is(MONEY, None, ALLOCATION)
    # What happens to the free part when the term ends and nothing was chosen.
    at_end: str = _is(CHOICE, "annul", ALLOCATION, ("annul", "accumulate"))
    # A lot for what comes back after the term, and for which causes (ReleaseCause).
    replacement_days: int = _is(COUNT, 0, ALLOCATION)
    replacement_causes: tuple[str, ...] = _is(
        CHOICES,
        ("provider", "agency", "quality", "no_answer"),
        ALLOCATION,
        ("person", "provider", "agency", "quality", "no_answer"),
    )
    # What happens to the money of somebody who breaks a training off.
    interrupted: str = _is(CHOICE, "forfeit", TRAINING, ("forfeit", "release"))

    # --- Rounds (rule 10) ---
    round_cap: Decimal | None = _is(MONEY, None, ALLOCATION)
    order: str = _is(CHOICE, "request_time", ALLOCATION, ("request_time", "priority"))
    # Groups served first, the first one first; a criterion each (funding.criteria).
    priority: tuple[Mapping[str, Any], ...] = _is(CRITERIA, (), ALLOCATION)

    # --- Shares of the price ---
    share: Decimal | None = _is(SHARE, None, (*FULL, *COFUNDED, *REFUND))
    share_for_exempt: Decimal | None = _is(SHARE, None, COFUNDED)
    # Names of criteria without parameters; one that holds is enough.
    exempt: tuple[str, ...] = _is(NAMES, (), COFUNDED)
    own_part_proved_before_start: bool = _is(FLAG, False, (*ALLOCATION, *COFUNDED))
    # With support of other sources: never for the same programme, or also for it.
    combines: str = _is(
        CHOICE, "other_programmes", TRAINING, ("other_programmes", "same_programme")
    )

    # --- Full cover (rule 12) ---
    withdraw_when_cover_is_lost: bool = _is(FLAG, False, FULL)
    # Days between telling the person and taking it back.
    cover_notice_days: int = _is(COUNT, 14, FULL)

    # --- Refunds (rule 13) ---
    refund_kind: str = _is(CHOICE, "", REFUND, ("", "certificate", "assessment"))
    refund_earned_from: date | None = _is(DAY, None, REFUND)
    refund_needs: tuple[str, ...] = _is(CHOICES, ("proof", "invoice"), REFUND, ("proof", "invoice"))
    # One refund for a person in so many years; empty means no limit.
    refund_every_years: int | None = _is(COUNT, None, REFUND)
    # A refund may draw on the money of the learning account (L1137).
    uses_allocation: bool = _is(FLAG, False, REFUND)
    # EUR for one refund at most, and how many of them there are.
    refund_ceiling: Decimal | None = _is(MONEY, None, REFUND)
    refund_quota: int | None = _is(COUNT, None, REFUND)

    # --- Monthly aid (rule 14): `amount` is EUR a month at most ---
    aid_kind: str = _is(CHOICE, "stipend", STIPEND, ("stipend", "transport", "housing"))

    # --- Learning (rules 8, 15, 17–19) ---
    attendance_required: Decimal | None = _is(SHARE, None, (*TRAINING, *STIPEND))
    stages: tuple[Stage, ...] = _is(STAGES, (), TRAINING)
    decision_working_days: int = _is(COUNT, 5, TRAINING)
    second_side_days: int = _is(COUNT, 5, TRAINING)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Terms:
        """Parse stored terms; raises `WrongTerms` (a ValueError) on a key nobody knows or a value
        of the wrong form."""
        known = {each.name: each for each in fields(cls)}
        data = {name: value for name, value in data.items() if name not in RETIRED}
        if unknown := sorted(set(data) - set(known)):
            raise WrongTerms(
                _("Unknown policy terms: %(names)s") % {"names": ", ".join(unknown)},
                field=unknown[0],
            )
        values = {}
        for name, value in data.items():
            meta = known[name].metadata
            if value is None:
                continue  # as if it were not there
            try:
                values[name] = _READ[meta["is"]](value, meta["values"])
            except DomainError as error:
                raise WrongTerms(
                    _("%(name)s: %(why)s") % {"name": name, "why": error}, field=name
                ) from error
            except (TypeError, ValueError, InvalidOperation, KeyError) as error:
                raise WrongTerms(
                    _("%(name)s: this value cannot be read: %(value)s")
                    % {"name": name, "value": value},
                    field=name,
                ) from error
        return cls(**values)

    def as_data(self, names: Iterable[str]) -> dict[str, Any]:
        """The named parameters as JSON, those that hold nothing left out.

        Defaults are written down too: a version keeps its meaning when a default changes.
        """
        values = {name: _plain(getattr(self, name)) for name in names}
        return {name: value for name, value in values.items() if value is not None}


def used_by(kind: str) -> list[str]:
    """The parameters that mean something for a way of supporting (SchemeKind), in their order."""
    return [each.name for each in fields(Terms) if kind in each.metadata["used_by"]]


def kind_of(name: str) -> str:
    """What kind of value the parameter holds."""
    return str(_FIELDS[name].metadata["is"])


def values_of(name: str) -> tuple[str, ...]:
    """The values that a choice offers."""
    return tuple(_FIELDS[name].metadata["values"])


def _wrong(why: str | Promise) -> Invalid:
    return Invalid(why, code="terms")


def _money(value: Any, _values: Iterable[str]) -> Decimal:
    amount = euro(value)
    if amount < 0:
        raise _wrong(_("An amount is never below zero."))
    return amount


def _share(value: Any, _values: Iterable[str]) -> Decimal:
    share = _exact(value)
    if not 0 <= share <= 1:
        raise _wrong(_("A share lies between 0 and 1."))
    if share != share.quantize(Decimal("0.0001")):
        raise _wrong(_("A share has at most four decimals."))
    return share


def _exact(value: Any) -> Decimal:
    if isinstance(value, float | bool):
        raise TypeError("A share is never a float.")
    return Decimal(value)


def _count(value: Any, _values: Iterable[str]) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("A count is a whole number.")
    if not 0 <= value <= 32767:
        raise _wrong(_("A number between 0 and 32767 is needed."))
    return value


def _flag(value: Any, _values: Iterable[str]) -> bool:
    if not isinstance(value, bool):
        raise TypeError("A flag is yes or no.")
    return value


def _day(value: Any, _values: Iterable[str]) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _choice(value: Any, values: Iterable[str]) -> str:
    if value not in values:
        raise _wrong(_("“%(value)s” is not one of the choices.") % {"value": value})
    return str(value)


def _choices(value: Any, values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError("Several choices are a list.")
    chosen = tuple(_choice(one, values) for one in value)
    if len(set(chosen)) != len(chosen):
        raise _wrong(_("A choice stands there twice."))
    return chosen


def _names(value: Any, _values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str) or not all(isinstance(one, str) for one in value):
        raise TypeError("Names are a list.")
    return tuple(value)


def _criteria(value: Any, _values: Iterable[str]) -> tuple[Mapping[str, Any], ...]:
    if isinstance(value, str | Mapping) or not all("criterion" in one for one in value):
        raise TypeError("Criteria are a list.")
    return tuple(value)


def _stages(value: Any, _values: Iterable[str]) -> tuple[Stage, ...]:
    stages = tuple(
        one
        if isinstance(one, Stage)
        else Stage(after=_share(one["after"], ()), pays=_share(one["pays"], ()))
        for one in value
    )
    if [one.after for one in stages] != sorted({one.after for one in stages}):
        raise _wrong(_("Each stage comes after the one before it."))
    if any(one.after in (0, 1) or one.pays == 0 for one in stages):
        raise _wrong(_("A stage lies within the training and pays something."))
    if sum(one.pays for one in stages) >= 1:
        raise _wrong(_("Something has to be left for the end of the training."))
    return stages


_READ: dict[str, Callable[[Any, Iterable[str]], Any]] = {
    MONEY: _money,
    SHARE: _share,
    COUNT: _count,
    FLAG: _flag,
    DAY: _day,
    CHOICE: _choice,
    CHOICES: _choices,
    STAGES: _stages,
    CRITERIA: _criteria,
    NAMES: _names,
}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | date):
        return str(value)
    if isinstance(value, Stage):
        return {"after": str(value.after), "pays": str(value.pays)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value


_FIELDS = {each.name: each for each in fields(Terms)}
