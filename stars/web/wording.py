"""Sentences that join what several apps know: how and where, what it costs and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalogue.enums import Mode
from catalogue.models import Group, ProgrammeVersion
from funding.enums import Answer, SchemeKind
from funding.selectors import last_usable_day
from funding.services.quote import Quote
from stars.common import formats
from stars.common.formats import language
from stars.common.money import ZERO

# Towns whose locative does not follow from their ending.
_LOCATIVES = {"Cēsis": "Cēsīs"}
_ENDINGS = (
    ("pils", "pilī"),
    ("us", "ū"),
    ("is", "ī"),
    ("i", "os"),
    ("s", "ā"),
    ("a", "ā"),
    ("e", "ē"),
)


def in_town(town: str) -> str:
    """Where, in words: "Valmierā", "Daugavpilī"; in English "in Valmiera"."""
    if not formats.is_latvian(language()):
        return _("in %(town)s") % {"town": town}
    if town in _LOCATIVES:
        return _LOCATIVES[town]
    for ending, locative in _ENDINGS:
        if town.endswith(ending):
            return town.removesuffix(ending) + locative
    return town


def how(mode: str, town: str = "") -> str:
    """How and where one learns: "attālināti", "Valmierā", "daļēji attālināti, Rīgā"."""
    where = in_town(town) if town else ""
    if mode == Mode.REMOTE:
        return _("online")
    if mode == Mode.HYBRID:
        partly = _("partly online")
        return f"{partly}, {where}" if where else partly
    return where or _("on site")


def how_of(version: ProgrammeVersion) -> str:
    """The same for a programme."""
    return how(version.mode, version.city)


def place_of(group: Group) -> str:
    """Where a group meets; what the provider wrote, else how."""
    if group.place:
        return group.place
    return capfirst(how(group.mode, group.version.city))


@dataclass(frozen=True)
class Price:
    """A quote as a price box shows it. EUR."""

    price: Decimal
    support: Decimal
    own_part: Decimal
    why: str
    # What an employer has promised of it; then `own_part` is what is left.
    employer_part: Decimal = ZERO
    employer: str = ""


def price_of(quote: Quote, today: date) -> Price:
    """The arithmetic and the sentence under it."""
    return Price(
        quote.price,
        quote.support,
        quote.rest,
        why(quote, today),
        quote.employer_part,
        quote.employer.employer if quote.employer else "",
    )


def why(quote: Quote, today: date) -> str:
    """Why the support is what it is, in one or two sentences."""
    if quote.reason_code == "criteria":
        return _why_not(quote)
    if quote.reason_code == "possible":
        find_out = _("Open a learning account to find out.")
        return f"{quote.reason} {find_out}"
    if quote.scheme_kind == SchemeKind.ALLOCATION and quote.support and quote.usable_until:
        return _from_account(quote, today)
    return str(quote.reason)


def _from_account(quote: Quote, today: date) -> str:
    assert quote.usable_until is not None
    last = last_usable_day(quote.usable_until)
    words = {
        "support": formats.money(quote.support, language()),
        "until": formats.until(last, language(), today=today),
        "left": formats.days_left((last - today).days, language()),
        "rest": formats.money(quote.rest, language()),
    }
    sentence = _("Your account pays %(support)s.") % words
    if len(quote.lots) == 1:
        sentence += " " + _("You can use this money %(until)s – %(left)s.") % words
    if not quote.rest:
        return sentence
    if quote.employer:
        return f"{sentence} " + _("The other %(rest)s are paid by you or your family.") % words
    rest = _("The other %(rest)s are paid by you, your family or your employer.") % words
    return f"{sentence} {rest}"


def _why_not(quote: Quote) -> str:
    """The conditions that are not met, or not known to be."""
    missing = [line.text for line in quote.lines if line.answer != Answer.YES]
    if [line.criterion for line in quote.lines if line.answer != Answer.YES] == ["learning_path"]:
        return _(
            "The project pays everything if you first make a learning path. You make it in the"
            " application, in one step."
        )
    return f"{quote.reason} {'. '.join(missing)}." if missing else str(quote.reason)


def promises(quote: Quote | None, group: Group | None) -> list[str]:
    """What a person may rely on, for the ticks under the price."""
    if quote is None or not quote.support:
        return []
    lines = []
    if quote.lots and group and quote.usable_until:
        last = last_usable_day(quote.usable_until)
        if len(quote.lots) > 1:
            text = _("If you withdraw before the start, money whose time is not over comes back.")
        elif last >= group.starts_on:
            text = _("You can change your mind until the start: the money comes back to you.")
        else:
            day = formats.day(last, language(), "genitive")
            text = _("If you withdraw after %(day)s, this money is lost.") % {"day": day}
        lines.append(text)
    lines.append(_("We pay the support to the provider ourselves."))
    return lines
