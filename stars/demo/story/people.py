"""The invented residents: those of the sandbox and as many more as wanted. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from django.utils.text import slugify

from stars.demo.offer.data import load

# Read as data: the portal and the sandbox share no code (import-linter).
RESIDENTS = Path(__file__).resolve().parents[2] / "sandbox" / "residents.json"
# "DDDDDD-DDDDD"; codes beginning with 00 were never issued and never will be (docs/sandbox.md).
CODE = "009900-{number:05d}"
# Numbers of Latvia have eight digits and none begins with 0.
PHONE = "+371 00 {number:06d}"

REGIONS = ("riga", "vidzeme", "kurzeme", "zemgale", "latgale")
EDUCATION = (
    "basic", "vocational_basic", "general_secondary", "general_secondary", "vocational_secondary",
    "vocational_secondary", "short_cycle", "bachelor", "bachelor", "master",
)  # fmt: skip
EMPLOYMENT = (
    "employed", "employed", "employed", "employed", "employed", "self_employed", "entrepreneur",
    "unemployed", "job_seeker", "carer",
)  # fmt: skip
# The planning region of each municipality in residents.json.
REGION_OF = {
    "Rīga": "riga", "Valmieras novads": "vidzeme", "Ogres novads": "riga", "Jelgava": "zemgale",
    "Liepāja": "kurzeme", "Daugavpils": "latgale", "Ludzas novads": "latgale",
    "Rēzekne": "latgale", "Cēsu novads": "vidzeme", "Kuldīgas novads": "kurzeme",
    "Madonas novads": "vidzeme",
}  # fmt: skip
# The others have a telephone only, so that the first worker does not send a thousand letters.
WITH_EMAIL = 0.4
REASONS = ("support", "find", "explore", "career", "keep")
HEARD_FROM = ("colleagues", "social", "relatives", "institution", "search", "media")
WISHES = (
    "Gribu saprast, kā mākslīgais intelekts var palīdzēt manā darbā.",
    "Gribu nomainīt profesiju un strādāt ar datoriem.",
    "Vajag labāk strādāt ar izklājlapām.",
    "Gribu pārdot savus rokdarbus internetā.",
    "Gribu droši lietot internetu un pasargāt savus datus.",
    "",
)


@dataclass(frozen=True)
class Resident:
    """An invented person with what sign-in says of them and what they say of themselves."""

    key: str
    given_name: str
    family_name: str
    birth_date: date
    code: str
    historical_codes: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    education: str = ""
    employment: str = ""
    region: str = ""
    wish: str = ""
    reasons: tuple[str, ...] = ()
    heard_from: tuple[str, ...] = ()


def _born(age: int, month: int, day: int, today: date) -> date:
    """The birth date of somebody who is `age` today (full years)."""
    return date(today.year - age - ((today.month, today.day) < (month, day)), month, day)


@lru_cache
def _rows() -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in json.loads(RESIDENTS.read_text(encoding="utf-8"))}


def of_sandbox(key: str, today: date) -> Resident:
    """One of the twelve whom the sandbox's sign-in page names; KeyError where it names nobody."""
    row = _rows()[key]
    facts = row["facts"]
    month, day = map(int, row["birthday"].split("-"))
    return Resident(
        key=key,
        given_name=row["given_name"],
        family_name=row["family_name"],
        birth_date=_born(row["age"], month, day, today),
        code=row["personal_code"],
        historical_codes=tuple(row["historical_personal_codes"]),
        email=f"{key}@iedzivotaji.example",
        education=facts["education_level"],
        employment=facts["employment"],
        region=REGION_OF[facts["municipality"]],
        wish=WISHES[0],
        reasons=("support", "find"),
        heard_from=("search",),
    )


def invented(chance: Random, today: date) -> Iterator[Resident]:
    """More of them without end: no name and no code comes twice."""
    names = load("names")
    families = names["families"]
    number = 0
    while True:
        sex, given = ("woman", names["women"]) if number % 2 else ("man", names["men"])
        turn, place = divmod(number // 2, len(given))
        if turn == len(families):
            raise ValueError("there are no more names")
        family = families[(place + turn) % len(families)][sex]
        number += 1
        born = _born(chance.randint(19, 68), chance.randint(1, 12), chance.randint(1, 28), today)
        name = slugify(f"{given[place]} {family}")
        writes = chance.random() < WITH_EMAIL
        yield Resident(
            key=f"resident-{number:03d}",
            given_name=given[place],
            family_name=family,
            birth_date=born,
            code=CODE.format(number=number),
            email=f"{name}@iedzivotaji.example" if writes else "",
            phone="" if writes else PHONE.format(number=number),
            education=chance.choice(EDUCATION),
            employment=chance.choice(EMPLOYMENT),
            region=chance.choice(REGIONS),
            wish=chance.choice(WISHES),
            reasons=tuple(chance.sample(REASONS, k=chance.randint(1, 2))),
            heard_from=(chance.choice(HEARD_FROM),),
        )
