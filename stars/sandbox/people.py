"""Whom one can sign in as: the invented residents and the people typed in on the page."""

from __future__ import annotations

import dataclasses
import json
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stars.sandbox import codes

RIGA = ZoneInfo("Europe/Riga")
RESIDENTS_FILE = Path(__file__).with_name("residents.json")
NAME_LENGTH = 60
OLDEST = 120
# Letters of any alphabet joined by single spaces, hyphens or apostrophes: "Anna-Marija", "O'Nīls".
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+)*\.?")

# For each wrong field, the key of its message in ``texts`` and the message's arguments.
Errors = dict[str, tuple[str, dict[str, str]]]


class BadPeopleFile(Exception):
    """``people.json`` in the data folder cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Resident:
    """A person as the provider knows them. ``key`` is the stable subject identifier."""

    key: str
    given_name: str
    family_name: str
    birthdate: date
    personal_code: str
    historical_personal_codes: tuple[str, ...] = ()
    vital_status: str = "alive"
    same_person_as: str | None = None
    description: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Given name and family name, as shown."""
        return f"{self.given_name} {self.family_name}"

    @property
    def all_codes(self) -> tuple[str, ...]:
        """The current personal code and the earlier ones."""
        return (self.personal_code, *self.historical_personal_codes)

    def age(self, today: date) -> int:
        """Return the age in completed years on ``today``."""
        return age_on(self.birthdate, today)

    def as_json(self) -> dict[str, Any]:
        """Return what ``/residents.json`` shows and ``people.json`` keeps."""
        return {**dataclasses.asdict(self), "birthdate": self.birthdate.isoformat()}


def riga_today() -> date:
    """Return today's date in Europe/Riga."""
    return datetime.now(RIGA).date()


def age_on(birthdate: date, today: date) -> int:
    """Return the completed years between ``birthdate`` and ``today``."""
    birthday_ahead = (today.month, today.day) < (birthdate.month, birthdate.day)
    return today.year - birthdate.year - birthday_ahead


def birthdate_for(age: int, birthday: str, today: date) -> date:
    """Return the birth date of somebody whose ``birthday`` is "MM-DD" and who is ``age`` today.

    The day and month never change; the year steps on by one at each birthday, so the person
    always has the same age.
    """
    month, day = (int(part) for part in birthday.split("-"))
    return date(today.year - age - ((today.month, today.day) < (month, day)), month, day)


def load_residents(today: date) -> list[Resident]:
    """Return the residents of ``residents.json`` with their birth dates as of ``today``."""
    rows = json.loads(RESIDENTS_FILE.read_text(encoding="utf-8"))
    residents = []
    for row in rows:
        birthdate = birthdate_for(row.pop("age"), row.pop("birthday"), today)
        historical = tuple(row.pop("historical_personal_codes"))
        residents.append(Resident(birthdate=birthdate, historical_personal_codes=historical, **row))
    return residents


class People:
    """The residents together with the people added on the sign-in page, who are kept on disk."""

    def __init__(self, data_dir: Path, today: Callable[[], date] = riga_today) -> None:
        """Read the people added earlier. Raises BadPeopleFile if their file is damaged."""
        self.today = today
        self._path = data_dir / "people.json"
        self._lock = threading.Lock()
        self._added = self._read()

    def residents(self) -> list[Resident]:
        """Return the invented residents, in the order of the file."""
        return load_residents(self.today())

    def added(self) -> list[Resident]:
        """Return the people added on the page, the newest first."""
        return list(reversed(self._added))

    def get(self, key: str) -> Resident | None:
        """Return the person with this key, or None."""
        return next((who for who in [*self.residents(), *self._added] if who.key == key), None)

    def add(self, form: Mapping[str, str]) -> Resident | Errors:
        """Add the person described by the fields of the sign-in page.

        Returns the new person, or for each wrong field the key of its message in ``texts`` and
        the message's arguments.
        """
        with self._lock:
            values, errors = self._check(form)
            if errors:
                return errors
            person = Resident(key=f"added-{secrets.token_hex(6)}", **values)
            self._write([*self._added, person])
            self._added.append(person)
            return person

    def _check(self, form: Mapping[str, str]) -> tuple[dict[str, Any], Errors]:
        values: dict[str, Any] = {}
        errors: Errors = {}
        for name in ("given_name", "family_name"):
            values[name] = unicodedata.normalize("NFC", " ".join(form.get(name, "").split()))
            if not values[name]:
                errors[name] = (f"{name}_missing", {})
            elif len(values[name]) > NAME_LENGTH or not _NAME.fullmatch(values[name]):
                errors[name] = ("name_bad", {"length": str(NAME_LENGTH)})
        text = form.get("birthdate", "").strip()
        values["birthdate"] = parse_date(text)
        if problem := self._birthdate_problem(text, values["birthdate"]):
            errors["birthdate"] = (problem, {"years": str(OLDEST)})
        known = {code: who for who in [*self.residents(), *self._added] for code in who.all_codes}
        text = form.get("personal_code", "").strip()
        code = codes.normalise(text) if text else codes.new_code(known)
        values["personal_code"] = code
        if code is None:
            errors["personal_code"] = ("code_shape", {})
        elif not codes.is_sandbox_code(code):
            errors["personal_code"] = ("code_real", {})
        elif code in known:
            errors["personal_code"] = ("code_taken", {"name": known[code].name})
        return values, errors

    def _birthdate_problem(self, text: str, birthdate: date | None) -> str | None:
        if not text:
            return "birthdate_missing"
        if birthdate is None:
            return "birthdate_bad"
        if birthdate > self.today():
            return "birthdate_future"
        if age_on(birthdate, self.today()) > OLDEST:
            return "birthdate_old"
        return None

    def _read(self) -> list[Resident]:
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            return [
                Resident(**{**row, "birthdate": date.fromisoformat(row["birthdate"])})
                for row in rows
            ]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError) as error:
            message = f"{self._path} cannot be read ({error}); delete it to start afresh"
            raise BadPeopleFile(message) from error

    def _write(self, people: list[Resident]) -> None:
        draft = self._path.with_suffix(".tmp")
        rows = [who.as_json() for who in people]
        draft.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(self._path)


def parse_date(text: str) -> date | None:
    """Read "31.12.1990" or "1990-12-31"; None if it is neither or there is no such day."""
    try:
        if "." not in text:
            return date.fromisoformat(text)
        day, month, year = (int(part) for part in text.rstrip(".").split("."))
        return date(year, month, day)
    except ValueError:
        return None
