"""What is paid back for a certificate or an assessment, when, and who is next (rule 13)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funding.rules.terms import Terms
from stars.common.dates import birthday
from stars.common.money import ZERO, round_euro

# What stands for the kind of firm and not for its name.
_FORMS = frozenset(
    "SIA AS SABIEDRIBA AR IEROBEZOTU ATBILDIBU AKCIJU LTD LIMITED INC LLC LLP GMBH AG OU UAB AB"
    " BV CORP CORPORATION THE".split()
)
_REGISTRATION = re.compile(r"(?<!\d)(?:LV)?(\d{11})(?!\d)")


@dataclass(frozen=True)
class Limits:
    """Between which days (both inclusive) it has to be earned, and how much is paid (EUR)."""

    earned_from: date
    earned_to: date | None
    share: Decimal
    ceiling: Decimal | None


@dataclass(frozen=True)
class Problem:
    """Why something cannot be claimed: the field it belongs to and a sentence for the person."""

    field: str
    code: str
    text: str | Promise
    params: tuple[tuple[str, Any], ...] = ()


def limits(
    terms: Terms, *, valid_from: date, valid_to: date | None, ceiling: Decimal | None
) -> Limits:
    """The stricter of the list's entry and the policy holds, for the day and for the amount."""
    first = max(valid_from, terms.refund_earned_from or valid_from)
    highest = [each for each in (ceiling, terms.refund_ceiling) if each is not None]
    return Limits(
        earned_from=first,
        earned_to=valid_to,
        share=terms.share if terms.share is not None else Decimal(1),
        ceiling=min(highest, default=None),
    )


def problems(
    these: Limits,
    *,
    earned_on: date | None,
    invoiced_on: date | None,
    amount: Decimal | None,
    today: date,
) -> list[Problem]:
    """Everything that stands in the way of a claim, the first thing to mend first.

    What is not told yet (None) is no problem here: whether all is there is the service's question.
    The account may have been opened after the day on which the certificate was earned.
    """
    found: list[Problem] = []
    if earned_on is not None:
        found += _days(these, earned_on, today)
    if invoiced_on is not None and invoiced_on > today:
        text = _("The invoice cannot be of a day that has not come yet.")
        found.append(Problem("invoiced_on", "invoice_ahead", text))
    if amount is not None and payable(amount, these) <= 0:
        found.append(Problem("amount", "amount", _("Write how much you paid: more than zero.")))
    return found


def _days(these: Limits, earned_on: date, today: date) -> list[Problem]:
    if earned_on > today:
        text = _("This day has not come yet. Ask for the money when you have the certificate.")
        return [Problem("earned_on", "earned_ahead", text)]
    if earned_on < these.earned_from:
        early = _("It is paid back if it was earned on %(day)s or later.")
        return [Problem("earned_on", "earned_early", early, (("day", these.earned_from),))]
    if these.earned_to is not None and earned_on > these.earned_to:
        late = _("It was paid back if it was earned on %(day)s or earlier.")
        return [Problem("earned_on", "earned_late", late, (("day", these.earned_to),))]
    return []


def payable(amount: Decimal, these: Limits) -> Decimal:
    """How much of an invoice of `amount` EUR is paid back: the share, up to the ceiling."""
    part = round_euro(amount * these.share)
    part = part if these.ceiling is None else min(part, these.ceiling)
    return max(part, ZERO)


def free_again(earlier: Iterable[date], every_years: int | None, today: date) -> date | None:
    """From which day the same can be paid back to the same person again; None: today already.

    `earlier` are the days on which their living claims for it were sent. Once in so many years
    means that the next one is sent on the anniversary at the earliest.
    """
    if not every_years:
        return None
    day = max((birthday(one, every_years) for one in earlier), default=None)
    return day if day is not None and day > today else None


def places_left(quota: int | None, taken: int) -> int | None:
    """How many claims more a quota allows; None where there is no quota."""
    return None if quota is None else max(0, quota - taken)


def in_turn(line: Sequence[Decimal], free: int | None, money: Decimal) -> int:
    """How many of a line (EUR, in order of receipt) can be served with `money` EUR.

    `free` is the rest of the quota. Nobody overtakes: who needs less waits behind who needs more.
    """
    served, left = 0, money
    for need in line:
        if (free is not None and served >= free) or need > left:
            break
        served, left = served + 1, left - need
    return served


def issuer_key(name: str) -> str:
    """One writing of who issued an invoice: the registration number if there is one, or the name.

    Capital letters without quotation marks, accents and the kind of firm, so that
    "SIA „Ābele”" and "Abele, SIA" are one.
    """
    plain = unicodedata.normalize("NFKD", name.upper())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if number := _REGISTRATION.search(re.sub(r"(?<=\d)[\s-](?=\d)", "", plain)):
        return number[1]
    words = re.findall(r"[^\W_]+", plain)
    return " ".join([word for word in words if word not in _FORMS] or words)[:120]


def number_key(number: str) -> str:
    """One writing of an invoice's number: "Nr. a-12/3", "A12-3" and "A 12 3" are one.

    What divides two figures stays (1-23 is not 12-3); what divides a letter from a figure goes.
    """
    plain = unicodedata.normalize("NFKC", number.replace("№", "Nr. ")).upper()
    plain = re.sub(r"^\s*(?:#\s*|(?:NR|NO)[.:\s]+)+", "", plain)
    plain = re.sub(r"[\W_]+", "-", plain)
    plain = re.sub(r"(?<=[^\W\d])-(?=\d)|(?<=\d)-(?=[^\W\d])", "", plain)
    return plain.strip("-")[:60].rstrip("-")
