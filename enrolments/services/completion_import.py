"""Completion of a self-paced course from a platform's report: looked at, then taken (ENR-10).

Nothing of the file is kept: a look says what each row would do, and taking gets the people of the
group whom the look named. All of them are completed or nobody is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.models import Group
from catalogue.services.groups import lock_group
from enrolments.enums import ParticipationState
from enrolments.exceptions import TooLittleAttendance
from enrolments.locks import lock_accounts, lock_participations
from enrolments.models import Participation
from enrolments.platform_files import Report, Row
from enrolments.rules import Attended
from enrolments.selectors import attendance_of_group
from enrolments.services.outcomes import Completed, check_completion, complete_group
from stars.common.dates import riga_date
from stars.common.errors import DomainError, Invalid
from stars.common.permissions import require
from stars.common.transactions import service

# The length of the column.
NAME_LETTERS = 120
_COUNTED = re.compile(r"(.*?)(\d{1,9})")


class RowResult(TextChoices):
    """What becomes of a row of the report."""

    READY = "ready", _("Will be completed")
    DONE = "done", _("Completed now")
    ALREADY = "already", _("Completed before")
    NOT_ENOUGH = "not_enough", _("Not completed yet")
    NOT_FOUND = "not_found", _("Not in this group")
    REFUSED = "refused", _("Cannot be recorded")


@dataclass(frozen=True)
class Line:
    """One row of the report and what it would do; `text` says why, or with which document."""

    number: int
    who: str
    result: RowResult
    text: str | Promise = ""
    participation: Participation | None = None


@dataclass(frozen=True)
class Look:
    """What taking the report would do: every row, and the people to complete."""

    lines: list[Line]
    people: list[Completed] = field(default_factory=list)

    def count(self, result: RowResult) -> int:
        """Rows with this result."""
        return sum(line.result == result for line in self.lines)


def course_of(report: Report, group: Group, course: str) -> str:
    """Which course of the report is the group's: the chosen one, the only one, or its namesake.

    "" where the report names no courses. Raises `Invalid` (field "course") where it cannot be told.
    """
    courses = report.courses
    titles = {group.version.title_lv.casefold(), group.version.title_en.casefold()}
    chosen = [each for each in courses if each.casefold() == course.strip().casefold()]
    namesakes = [each for each in courses if each.casefold() in titles]
    if course.strip() and courses:
        if not chosen:
            raise Invalid(
                format_lazy(
                    _("The file has no such course. It has: {courses}."),
                    courses="; ".join(courses[:20]),
                ),
                code="course",
                field="course",
            )
        return chosen[0]
    if len(courses) <= 1:
        return courses[0] if courses else ""
    if len(namesakes) == 1:
        return namesakes[0]
    raise Invalid(
        format_lazy(
            _("The file has several courses. Write which one this group learned: {courses}."),
            courses="; ".join(courses[:20]),
        ),
        code="course",
        field="course",
    )


def look(
    *,
    group_id: UUID,
    report: Report,
    course: str,
    first_number: str,
    actor: Any,
    at: datetime,
) -> Look:
    """What each row of the report would do; writes nothing and locks nothing.

    Documents without a number in the report are counted on from `first_number` ("M-2026-001").
    Raises `NotAllowed`, and `Invalid` for the course or the first number.
    """
    group = Group.objects.select_related("version__programme__provider").get(pk=group_id)
    require(actor, "enrolments.record_outcome", group)
    course = course_of(report, group, course)
    people = list(
        Participation.objects.filter(group=group).select_related(
            "account__person",
            "application__offer__version__type",
            "application__commitment__policy",
        )
    )
    for person in people:
        person.group = group
    hours = attendance_of_group(group)
    by_key = _keys(people)
    numbers = _Numbers(first_number)
    seen: set[UUID] = set()
    lines: list[Line] = []
    ready: list[Completed] = []
    # Where somebody stands twice, the row that says "completed" is theirs.
    for row in sorted(report.of(course), key=lambda row: (not row.done, row.number)):
        line, result = _line(row, by_key, hours, numbers, report, at, seen)
        lines.append(line)
        if result is not None:
            ready.append(result)
    return Look(sorted(lines, key=lambda line: line.number), ready)


def _keys(people: Sequence[Participation]) -> dict[str, list[Participation]]:
    """People by what a platform may know them as: its own name for them, their address."""
    found: dict[str, list[Participation]] = {}
    for person in people:
        keys = {person.platform_name.casefold(), person.account.person.email.casefold()}
        for key in keys - {""}:
            found.setdefault(key, []).append(person)
    return found


class _Numbers:
    """Numbers of documents, counted on from the first."""

    def __init__(self, first: str) -> None:
        self.first, self.given = first.strip(), 0

    def next(self) -> str:
        found = _COUNTED.fullmatch(self.first)
        if found is None:
            raise Invalid(
                _("Write the number of the first document; it ends with a figure: M-2026-001."),
                code="first_number",
                field="first_number",
            )
        start, digits = found.groups()
        self.given += 1
        return f"{start}{int(digits) + self.given - 1:0{len(digits)}d}"


def _line(
    row: Row,
    by_key: Mapping[str, list[Participation]],
    hours: Mapping[UUID, Attended],
    numbers: _Numbers,
    report: Report,
    at: datetime,
    seen: set[UUID],
) -> tuple[Line, Completed | None]:
    """What one row would do, and the completion where it does something."""
    known_as = next((key for key in (*row.logins, row.email) if key in by_key), "")
    found = by_key.get(known_as, [])
    who = row.name or row.email or ", ".join(row.logins)

    def said(result: RowResult, text: str | Promise = "") -> tuple[Line, None]:
        return Line(row.number, who, result, text, found[0] if len(found) == 1 else None), None

    if not found:
        return said(RowResult.NOT_FOUND, _("Nobody in this group has this address or name."))
    if len(found) > 1:
        return said(RowResult.REFUSED, _("More than one person in the group has this address."))
    person = found[0]
    who = person.account.person.full_name
    if person.pk in seen:
        return said(RowResult.REFUSED, _("The same person stands in the file twice."))
    seen.add(person.pk)
    if person.state == ParticipationState.COMPLETED:
        return said(RowResult.ALREADY, person.document_number)
    if row.error:
        return said(RowResult.REFUSED, row.error)
    if not row.done:
        part = format_lazy(_("{percent} % of the course done."), percent=int(row.progress * 100))
        return said(RowResult.NOT_ENOUGH, part)
    result = Completed(
        person.pk,
        row.document or "?",
        grade=row.grade,
        on=row.done_on,
        progress=row.progress,
        platform_name=(row.logins[0] if row.logins else row.email)[:NAME_LETTERS],
        note=report.platform.label,
    )
    try:
        check_completion(person, result, row.done_on or date.max, hours[person.pk], at)
    except TooLittleAttendance as error:
        return said(RowResult.NOT_ENOUGH, error.message)
    except DomainError as error:
        return said(RowResult.REFUSED, error.message)
    if not row.document:
        result = replace(result, document_number=numbers.next())
    line = Line(row.number, who, RowResult.READY, result.document_number, person)
    return line, result


@service
def take(
    *, group_id: UUID, people: Sequence[Completed], actor: Any, at: datetime
) -> list[Participation]:
    """Complete everybody whom a look named, each on their own day; returns who is completed.

    Who was completed meanwhile stays as they are, so that it may be repeated. Raises `NotTaken`
    where somebody cannot be completed any more: then nobody is. `Invalid` for people of another
    group.
    """
    group = Group.objects.select_related("version__programme__provider").get(pk=group_id)
    require(actor, "enrolments.record_outcome", group)
    rows = Participation.objects.filter(pk__in=[each.participation_id for each in people])
    # Whoever completes somebody holds their account first.
    lock_accounts(rows.filter(group=group_id).values_list("account_id", flat=True))
    over = set(
        rows.filter(state=ParticipationState.COMPLETED, group=group_id).values_list("pk", flat=True)
    )
    waiting = [each for each in people if each.participation_id not in over]
    return complete_group(
        group_id=group_id,
        people=waiting,
        on=riga_date(at),
        actor=actor,
        at=at,
        all_or_none=True,
    ).completed


@service
def save_names(*, group_id: UUID, names: Mapping[UUID, str], actor: Any, at: datetime) -> int:
    """Write as whom the platform knows people of the group, by participation; returns how many
    changed. Raises `Invalid` for a name that is too long or that two people have."""
    group = lock_group(group_id)
    require(actor, "enrolments.record_outcome", group)
    cleaned = {key: " ".join(name.split()) for key, name in names.items()}
    changed = 0
    for person in lock_participations(cleaned, group):
        name = cleaned[person.pk]
        if len(name) > NAME_LETTERS:
            raise Invalid(_("Write at most 120 letters."), code="name", field=str(person.pk))
        if person.platform_name != name:
            person.platform_name = name
            person.save(update_fields=["platform_name", "updated_at"])
            changed += 1
    used = Counter(
        name.casefold()
        for name in Participation.objects.filter(group=group)
        .exclude(platform_name="")
        .values_list("platform_name", flat=True)
    )
    if used and max(used.values()) > 1:
        raise Invalid(_("Two people cannot have the same name on the platform."), code="name")
    return changed
