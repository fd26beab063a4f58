"""What platforms for self-paced courses export, read into rows: pure, no ORM (ENR-10, INT-6).

Four reports are known, by their own column names:

* Moodle, course completion ("Course complete" holds the moment, or nothing);
* Moodle, activity completion (a status and a moment for each activity; the first column has no
  head). As "Excel-compatible CSV" it is UTF-16 with tabs;
* Coursera, usage report (one row for each person and course) and specialization report.

A provider may add the columns "Grade" and "Document number". Days are read as ISO, as Latvians
write them and as Moodle does; a sheet's own days as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stars.common import tables
from stars.common.dates import riga_date
from stars.common.tables import text_of


class Platform(TextChoices):
    """Whose report it is."""

    MOODLE = "moodle", "Moodle"
    COURSERA = "coursera", "Coursera"


@dataclass(frozen=True)
class Row:
    """One line of the report: who, and how far they came.

    `done` is what the platform itself says; `progress` a share 0–1. `error` is a sentence about
    what cannot be read.
    """

    number: int
    name: str = ""
    email: str = ""
    logins: tuple[str, ...] = ()
    course: str = ""
    done: bool = False
    done_on: date | None = None
    progress: Decimal = Decimal(0)
    document: str = ""
    grade: int | None = None
    error: str | Promise = ""


@dataclass(frozen=True)
class Report:
    """A whole file: of which platform, of which courses (empty where it names none)."""

    platform: Platform
    rows: list[Row]

    @property
    def courses(self) -> list[str]:
        """Courses in the order of the file."""
        return list(dict.fromkeys(row.course for row in self.rows if row.course))

    def of(self, course: str) -> list[Row]:
        """Rows of one course; all rows where the file names none."""
        return [row for row in self.rows if not row.course or row.course == course]


# Under which heads each thing stands; what comes first counts first.
NAME = ("name", "full name", "vārds un uzvārds", "pilns vārds")
EMAIL = ("email address", "email", "e-mail", "e-pasta adrese", "e-pasts")
LOGINS = ("username", "lietotājvārds", "external id", "id number", "id numurs")
GRADE = ("grade", "vērtējums")
DOCUMENT = ("document number", "dokumenta numurs")
COURSE = ("course", "specialization")
COURSE_COMPLETE = ("course complete", "kurss pabeigts")
CERTIFICATE = ("course certificate url", "specialization certificate url")
COMPLETED_AT = ("completion time", "specialization completion time")
_YES, _NO = ("yes", "true", "jā", "1"), ("no", "false", "nē", "0", "")
# Statuses of a Moodle activity; "(set by …)" follows where a teacher wrote it.
_DONE = re.compile(r"(completed|pabeigt[sai])( \((?!did not|nav )[^)]*\))?")
_NOT_DONE = re.compile(r"(not completed|nav pabeigt[sai])( \([^)]*\))?")
_FAILED = re.compile(r"(completed|pabeigt[sai]) \((did not|nav )[^)]*\)")
_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris"
        " novembris decembris",
    )
    for number, name in enumerate(names.split(), start=1)
}
_TIME = r"(?:,? \d{1,2}[:.]\d{2}(?::\d{2})?(?: [ap]m)?)?"
_DAYS = (
    re.compile(rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}}|\d{{2}})\.?{_TIME}"),
    re.compile(rf"(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})/(?P<y>\d{{4}}|\d{{2}}){_TIME}"),
    re.compile(rf"(?:\w+, )?(?P<d>\d{{1,2}})\.? (?P<month>\w+),? (?P<y>\d{{4}}){_TIME}"),
    re.compile(
        rf"(?:\w+, )?(?P<y>\d{{4}})\. gada (?P<d>\d{{1,2}})\. (?P<month>\w+){_TIME}",
    ),
)


def read(name: str, content: bytes) -> Report:
    """The report in a CSV or XLSX file; `name` says which kind it is.

    Raises `Invalid` (field "file") for what is no table or none of the known reports. What is
    wrong in single rows is said in them.
    """
    lines = tables.read(name, content)
    heads = [text_of(head).casefold() for head in lines[0][1]]
    body = lines[1:]
    if not any(head in heads for head in (*EMAIL, *LOGINS)):
        raise tables.refused(
            _("The file has no column with e-mail addresses or names of users. Export it with one.")
        )
    if {"completed", "enrollment time"} <= {*heads}:
        return Report(Platform.COURSERA, [_coursera(n, _Cells(heads, c)) for n, c in body])
    if any(head in heads for head in COURSE_COMPLETE):
        return Report(Platform.MOODLE, [_moodle(n, _Cells(heads, c)) for n, c in body])
    activities = _activities(heads, [cells for _number, cells in body])
    if not activities:
        raise tables.refused(
            _("This is none of the reports that we know: see below which ones we read.")
        )
    return Report(
        Platform.MOODLE, [_by_activities(n, _Cells(heads, c), activities) for n, c in body]
    )


class _Cells:
    """One line of the file by the heads of its columns."""

    def __init__(self, heads: Sequence[str], cells: Sequence[Any]) -> None:
        self.heads, self.cells = heads, cells

    def at(self, place: int) -> Any:
        return self.cells[place] if place < len(self.cells) else None

    def raw(self, *names: str) -> Any:
        """The cell under the first of these heads; None where there is none."""
        return next((self.at(self.heads.index(n)) for n in names if n in self.heads), None)

    def text(self, *names: str) -> str:
        # Files that were exported for spreadsheets have an apostrophe before a formula.
        return text_of(self.raw(*names)).removeprefix("'")


def _who(number: int, cells: _Cells) -> Row:
    """Who the row is about, and what a provider may have added."""
    # In the activity report the name stands in a column without a head.
    name = cells.text(*NAME) or (text_of(cells.at(0)) if cells.heads[0] == "" else "")
    row = Row(
        number,
        name=name[:120],
        email=cells.text(*EMAIL).casefold(),
        logins=tuple(filter(None, (cells.text(head).casefold() for head in LOGINS))),
        document=cells.text(*DOCUMENT),
    )
    grade = cells.text(*GRADE)
    if not grade:
        return row
    try:
        points = _number(grade)
    except ValueError:
        points = None
    if points is None or points != points.to_integral_value():
        return replace(row, error=_("The grade is not a whole number."))
    return replace(row, grade=int(points))


def _moodle(number: int, cells: _Cells) -> Row:
    """A row of the course completion report."""
    row = _who(number, cells)
    moment = cells.raw(*COURSE_COMPLETE)
    if not text_of(moment):
        return row
    return _dated(replace(row, done=True, progress=Decimal(1)), moment)


def _activities(heads: Sequence[str], body: Sequence[Sequence[Any]]) -> list[int]:
    """Columns with nothing but statuses; beside each stands the moment."""
    found = []
    for place in range(1, len(heads)):
        cells = [text_of(c[place]).casefold() for c in body if place < len(c)]
        said = [text for text in cells if text]
        if said and all(map(_is_status, said)):
            found.append(place)
    return found


def _is_status(text: str) -> bool:
    return any(each.fullmatch(text) for each in (_DONE, _NOT_DONE, _FAILED))


def _by_activities(number: int, cells: _Cells, activities: Sequence[int]) -> Row:
    """A row of the activity completion report: done when every activity is; on the last day."""
    row = _who(number, cells)
    done = [place for place in activities if _DONE.fullmatch(text_of(cells.at(place)).casefold())]
    share = (Decimal(len(done)) / len(activities)).quantize(Decimal("0.0001"), ROUND_DOWN)
    row = replace(row, progress=share)
    if len(done) < len(activities):
        return row
    days = [_dated(row, cells.at(place + 1)) for place in done]
    wrong = next((each for each in days if each.error), None)
    if wrong is not None:
        return replace(wrong, done=True)
    return replace(row, done=True, done_on=max(each.done_on for each in days if each.done_on))


def _coursera(number: int, cells: _Cells) -> Row:
    """A row of the usage or the specialization report."""
    row = replace(_who(number, cells), course=cells.text(*COURSE))
    said = cells.text("completed").casefold()
    if said not in _YES and said not in _NO:
        return replace(row, error=_("Whether it was completed is neither “Yes” nor “No”."))
    done = said in _YES
    try:
        percent = _number(cells.text("overall progress") or ("100" if done else "0"))
    except ValueError:
        return replace(row, error=_("The progress is not a number."))
    share = min(max(percent / 100, Decimal(0)), Decimal(1)).quantize(Decimal("0.0001"), ROUND_DOWN)
    # A link to the certificate ends with its number.
    link = cells.text(*CERTIFICATE).rstrip("/").rpartition("/")[2]
    row = replace(row, done=done, progress=share, document=row.document or link)
    return _dated(row, cells.raw(*COMPLETED_AT)) if done else row


def _number(text: str) -> Decimal:
    """A number with a decimal point or comma; ValueError for anything else."""
    text = text.removesuffix("%").strip().replace(",", ".")
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise ValueError(text)
    return Decimal(text)


def _dated(row: Row, cell: Any) -> Row:
    """The row with its day, or with what is wrong with it."""
    try:
        return replace(row, done_on=day_of(cell))
    except (ValueError, OverflowError):
        return replace(row, error=_("The day of completion cannot be read."))


def day_of(cell: Any) -> date:
    """The day (Riga) of a sheet's cell or of a text; ValueError for what is no day."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell).casefold()
    if re.match(r"\d{4}-\d{2}-\d{2}", text):
        moment = datetime.fromisoformat(text.replace("z", "+00:00").replace(" utc", "+00:00"))
        return riga_date(moment) if moment.tzinfo else moment.date()
    for pattern in _DAYS:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            month = _MONTHS.get(parts["month"], 0) if "month" in parts else int(parts["m"])
            year = int(parts["y"])
            return date(year if year > 99 else 2000 + year, month, int(parts["d"]))
    raise ValueError(text)
