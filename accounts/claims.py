"""What the identity provider says about a person, checked. No ORM, no clock."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import codes
from stars.common.dates import age_on
from stars.common.errors import Invalid, NotAllowed

# Levels of eIDAS at which we believe that the person is who they say.
LEVELS = ("http://eidas.europa.eu/LoA/substantial", "http://eidas.europa.eu/LoA/high")
MAX_NAME = 100
MAX_AGE = 130


@dataclass(frozen=True)
class Claims:
    """A person as Latvija.lv names them. Codes as `codes.normalise` writes them."""

    given_name: str
    family_name: str
    birth_date: date
    code: str
    historical_codes: tuple[str, ...] = ()
    deceased: bool = False

    @property
    def all_codes(self) -> tuple[str, ...]:
        """Every code the person has or had, the present one first, each once."""
        return tuple(dict.fromkeys((self.code, *self.historical_codes)))


def read(data: Mapping[str, Any], *, on: date) -> Claims:
    """The claims of an answer, as of the day `on`.

    Raises `Invalid` (code "claims") where something that we need is missing or makes no sense,
    and `NotAllowed` (code "level") where the person was not identified strongly enough.
    """
    if data.get("acr") not in LEVELS:
        raise NotAllowed(
            _("Choose a safer way of signing in, for example an eID card or your bank."),
            code="level",
        )
    status = data.get("vital_status")
    historical = data.get("historical_personal_codes", [])
    if status not in ("alive", "deceased") or not isinstance(historical, list):
        raise _incomplete()
    return Claims(
        given_name=_name(data.get("given_name")),
        family_name=_name(data.get("family_name")),
        birth_date=_birth_date(data.get("birthdate"), on),
        code=_code(data.get("personal_code")),
        historical_codes=tuple(_code(code) for code in historical),
        deceased=status == "deceased",
    )


def _name(value: Any) -> str:
    name = unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise _incomplete()
    return name


def _birth_date(value: Any, on: date) -> date:
    try:
        born = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _incomplete() from None
    if born > on or age_on(born, on) > MAX_AGE:
        raise _incomplete()
    return born


def _code(value: Any) -> str:
    if not isinstance(value, str):
        raise _incomplete()
    try:
        return codes.normalise(value)
    except Invalid:
        # The person did not type it, so what is wrong with it would not help them.
        raise _incomplete() from None


def _incomplete() -> Invalid:
    return Invalid(
        _(
            "Latvija.lv did not tell us everything we need: name, date of birth and personal "
            "code. Sign in again and agree to pass these data on."
        ),
        code="claims",
    )
