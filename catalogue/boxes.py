"""What stands in the boxes of the editor, as plain text, and short marks to tell what changed.

A unit is what is saved and compared as a whole: a field, a list with all its lines, the prices.
Whoever writes sends each unit with the mark of what they saw; so nobody overwrites a colleague
without knowing, and two people can write in different fields at once (PRO-3).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from catalogue.fields import EDITABLE, LISTS, OFFERS, VOCABULARIES
from catalogue.models import Offer, ProgrammeVersion

UNITS = (*EDITABLE, OFFERS)
MARK_LETTERS = 10
ANSWER = "answer-"  # and the key of a remark: its answer is written on the same page


def boxes(version: ProgrammeVersion, offers: Iterable[Offer]) -> dict[str, Any]:
    """Every unit as the editor shows it."""
    found: dict[str, Any] = {}
    for name in EDITABLE:
        if name in LISTS:
            found[name] = tidy(name, getattr(version, name))
        elif name == "type" or name in VOCABULARIES:
            found[name] = str(getattr(version, f"{name}_id") or "")
        else:
            found[name] = _text(getattr(version, name))
    found[OFFERS] = tidy(
        OFFERS,
        [
            {
                "source": str(offer.source_id or ""),
                "price": str(offer.price),
                "from": offer.open_from.isoformat(),
                "until": offer.open_until.isoformat(),
            }
            for offer in offers
        ],
    )
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return _plain(str(value))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def tidy(name: str, value: Any) -> Any:
    """A unit without blanks at its edges and without empty lines, so that equal ones look equal."""
    if name in LISTS:
        lines = [{key: _plain(str(item.get(key, ""))) for key in ("lv", "en")} for item in value]
        return [line for line in lines if any(line.values())]
    if name == OFFERS:
        rows = [
            {key: _plain(str(row.get(key, ""))) for key in ("source", "price", "from", "until")}
            for row in value
        ]
        for row in rows:
            row["price"] = _price(row["price"])
        return sorted((row for row in rows if row["price"]), key=lambda row: row["source"])
    text = _plain("" if value is None else str(value))
    return _number(text) if name in ("hours", "practice_hours", "credit_points") else text


def _number(text: str) -> str:
    """ "12,50 €" as 12.5; what is no number stays as it was written."""
    bare = text.replace("€", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        value = Decimal(bare)
    except ArithmeticError:
        return text
    return f"{value.normalize():f}" if value.is_finite() and abs(value) < 10**12 else text


def _price(text: str) -> str:
    """As it is written on an invoice: 92.50, and 300 without cents."""
    whole, point, cents = _number(text).partition(".")
    return f"{whole}.{cents:0<2}" if point else whole


def mark(value: Any) -> str:
    """A short mark of a tidy unit; two that differ have different ones for all that matters."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:MARK_LETTERS]


def marks(units: Mapping[str, Any]) -> dict[str, str]:
    """The mark of every unit."""
    return {name: mark(value) for name, value in units.items()}


def write_marks(found: Mapping[str, str]) -> str:
    """Marks as one line for a hidden field."""
    return " ".join(f"{name}:{value}" for name, value in found.items())


def read_marks(line: str) -> dict[str, str]:
    """The other way round; what is no mark is left out."""
    pairs = (part.partition(":") for part in line.split())
    return {
        name: value
        for name, colon, value in pairs
        if colon and (name in UNITS or name.startswith(ANSWER))
    }
