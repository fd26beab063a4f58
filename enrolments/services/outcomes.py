"""How it ended: completed, interrupted or expelled, and the second side (money-rules.md 8, 18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.models import Group
from enrolments import messages
from enrolments.enums import ConfirmedBy, ParticipationState
from enrolments.exceptions import ExcusedAbsence, NotTaken, TooLittleAttendance
from enrolments.locks import Locked, lock_accounts, lock_for_participation
from enrolments.models import Application, EnrolmentLog, Participation
from enrolments.rules import (
    REQUIRED_SHARE,
    SECOND_SIDE_DAYS,
    Attended,
    outcome_day_fits,
    second_side_from,
)
from enrolments.selectors import attendance_of
from enrolments.selectors_attendance import absence_of
from enrolments.services.certificates import issue_if_set_up
from enrolments.services.learning import finish_if_over
from enrolments.services.stages import owe_before_end
from funding.enums import CommitmentState
from funding.rules.terms import Terms
from funding.services.commitments import capture, forfeit
from learning_accounts.services.path import mark_programme_done
from learning_accounts.services.record import write_record
from stars.common.dates import riga_date
from stars.common.errors import Conflict, DomainError, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service
from stars.vocabularies.models import ProgrammeType

# The length of the column.
DOCUMENT_LETTERS = 60
GRADES = range(1, 11)


@dataclass(frozen=True)
class Completed:
    """One person of a group that is completed at once.

    `on` is their own day where it is not that of all. A platform for self-paced courses knows them
    as `platform_name` and says which share 0–1 of the course they went through (`progress`).
    """

    participation_id: UUID
    document_number: str
    grade: int | None = None
    on: date | None = None
    progress: Decimal | None = None
    platform_name: str = ""
    note: str = ""
    template_id: UUID | None = None


@dataclass(frozen=True)
class GroupOutcome:
    """What happened to each person: completed, or why not."""

    completed: list[Participation]
    refused: dict[UUID, DomainError]


@service
def complete(
    *,
    participation_id: UUID,
    document_number: str,
    on: date,
    actor: Any,
    at: datetime,
    grade: int | None = None,
    template_id: UUID | None = None,
) -> Participation:
    """Record that a person completed the training on the day `on` (Riga), with their document.

    `grade` is of one to ten points, where the type of programme has one and only there. The
    certificate says what the template says, by itself the provider's first. Raises
    `TooLittleAttendance` below the policy's share of academic hours (rule 15), `Invalid` for the
    day, the document or the grade, `Conflict` where the person does not learn any more. The money
    becomes owed only with the second side: `confirm_completion` or `confirm_for_agency`.
    """
    locked, participation = lock_for_participation(participation_id)
    require(actor, "enrolments.record_outcome", participation)
    result = Completed(participation_id, document_number, grade, template_id=template_id)
    _complete(locked, participation, result, on, actor, at)
    finish_if_over(group_id=locked.group.pk, at=at)
    return participation


@service
def complete_group(
    *,
    group_id: UUID,
    people: Sequence[Completed],
    on: date,
    actor: Any,
    at: datetime,
    all_or_none: bool = False,
) -> GroupOutcome:
    """Record completion of many people of one group at once (ENR-7).

    People who attended too little are left as they are and named in `refused`; anything else
    wrong (a day outside the group, a missing document) stops the whole and writes nothing. With
    `all_or_none` whatever is wrong with anybody does, and `NotTaken` says it for each.
    """
    ids = [person.participation_id for person in people]
    if len(set(ids)) != len(ids) or (
        Participation.objects.filter(pk__in=ids, group=group_id).count() != len(ids)
    ):
        raise Invalid(_("Somebody in the list is not in this group."), code="not_in_group")
    # All accounts first and in order; locking person by person would cross another group's.
    lock_accounts(Participation.objects.filter(pk__in=ids).values_list("account_id", flat=True))
    outcome = GroupOutcome([], {})
    for person in sorted(people, key=lambda person: person.participation_id):
        locked, participation = lock_for_participation(person.participation_id)
        require(actor, "enrolments.record_outcome", participation)
        try:
            _complete(locked, participation, person, on, actor, at)
        except DomainError as error:
            if not all_or_none and not isinstance(error, TooLittleAttendance):
                raise
            outcome.refused[participation.pk] = error
        else:
            outcome.completed.append(participation)
    if all_or_none and outcome.refused:
        raise NotTaken(outcome.refused)
    finish_if_over(group_id=group_id, at=at)
    return outcome


def _complete(
    locked: Locked,
    participation: Participation,
    result: Completed,
    on: date,
    actor: Any,
    at: datetime,
) -> None:
    """Checks come before every write, so that a refusal inside a group leaves nothing behind."""
    on = result.on or on
    share = check_completion(participation, result, on, attendance_of(participation), at)
    participation.outcome_on = on
    participation.document_number = result.document_number.strip()
    participation.grade = result.grade
    participation.attendance_share = share
    participation.platform_name = result.platform_name or participation.platform_name
    participation.move(
        "complete",
        by=actor_or_none(actor),
        at=at,
        note=result.note,
        also=(
            *("outcome_on", "document_number", "grade", "attendance_share", "platform_name"),
            "updated_at",
        ),
    )
    version = locked.application.offer.version
    write_record(
        account_id=locked.account.pk,
        title_lv=version.title_lv,
        title_en=version.title_en,
        provider_name=locked.group.version.programme.provider.name,
        hours=version.hours,
        completed_on=on,
        document_number=participation.document_number,
        participation_id=participation.pk,
    )
    mark_programme_done(account_id=locked.account.pk, programme_id=version.programme_id)
    issue_if_set_up(participation, actor=actor, at=at, template_id=result.template_id)
    messages.completion_recorded(participation, at=at)


def check_completion(
    participation: Participation, result: Completed, on: date, attended: Attended, at: datetime
) -> Decimal:
    """The share 0–1 that is frozen with a completion; writes nothing.

    It is the share of academic hours, or of the platform's course where the group has no sessions
    (ENR-10). Raises what `complete` raises.
    """
    participation.WORKFLOW.target("complete", participation.state)
    _check_day(participation.group, on, at)
    document_number = result.document_number.strip()
    if not document_number:
        raise Invalid(
            _("Write the number of the document."), code="document", field="document_number"
        )
    if len(document_number) > DOCUMENT_LETTERS:
        raise Invalid(
            _("The number of the document is too long."), code="document", field="document_number"
        )
    _check_grade(participation.application.offer.version.type, result.grade)
    required = required_share(participation.application)
    by_platform = result.progress if not attended.hours else None
    share = attended.share if by_platform is None else by_platform
    if not (attended.enough(required) if by_platform is None else by_platform >= required):
        raise TooLittleAttendance(share=share, required=required)
    return share


def _check_grade(kind: ProgrammeType, grade: int | None) -> None:
    """One to ten points where the type of programme has a grade, none elsewhere (ENR-7)."""
    if kind.has_grade and (grade is None or grade not in GRADES):
        raise Invalid(_("Write the grade, from 1 to 10."), code="grade", field="grade")
    if not kind.has_grade and grade is not None:
        raise Invalid(_("This type of programme has no grade."), code="grade", field="grade")


@service
def interrupt(
    *, participation_id: UUID, on: date, note: str, actor: Any, at: datetime
) -> Participation:
    """Record that a person stopped on the day `on`; the held money is lost (rule 8, L893).

    Parts that were reached until then are owed, where the policy pays parts.
    """
    return _end_early("interrupt", participation_id, on, note, actor, at)


@service
def expel(
    *, participation_id: UUID, on: date, note: str, actor: Any, at: datetime
) -> Participation:
    """Record that a person was expelled on the day `on`; the held money is lost (rule 8, L893).

    Raises `ExcusedAbsence` where the required share would hold without the hours that have an
    accepted reason: these are no ground (docs/adr/0021).
    """
    return _end_early("expel", participation_id, on, note, actor, at)


def _end_early(
    transition: str, participation_id: UUID, on: date, note: str, actor: Any, at: datetime
) -> Participation:
    locked, participation = lock_for_participation(participation_id)
    require(actor, "enrolments.record_outcome", participation)
    participation.WORKFLOW.target(transition, participation.state)
    _check_day(locked.group, on, at)
    if transition == "expel":
        allowance = absence_of(participation).allowance
        if allowance.broken_by_reasons:
            raise ExcusedAbsence(excused=allowance.excused)
    if not note.strip():
        raise Invalid(_("Write the reason: the person will read it."), code="note", field="note")
    participation.outcome_on = on
    participation.outcome_note = note
    participation.move(
        transition,
        by=actor_or_none(actor),
        at=at,
        note=note,
        also=("outcome_on", "outcome_note", "updated_at"),
    )
    commitment = locked.application.commitment
    if commitment is not None and commitment.state == CommitmentState.HELD:
        owe_before_end(participation_id=participation.pk, actor=actor, at=at)
        forfeit(commitment_id=commitment.pk, actor=actor, at=at, note=transition)
    messages.ended_early(participation, at=at)
    finish_if_over(group_id=locked.group.pk, at=at)
    return participation


@service
def confirm_completion(*, participation_id: UUID, actor: Any, at: datetime) -> Participation:
    """The learner says that it is so; the support becomes owed to the provider (rule 18)."""
    locked, participation = lock_for_participation(participation_id)
    require(actor, "enrolments.confirm_completion", participation)
    return _confirm(locked, participation, ConfirmedBy.LEARNER, actor, at)


@service
def confirm_for_agency(
    *, participation_id: UUID, actor: Any, at: datetime, note: str
) -> Participation:
    """The agency checked and stands in for a learner who is silent (rule 18).

    Raises `Conflict` before five days have passed since the provider recorded the completion.
    """
    locked, participation = lock_for_participation(participation_id)
    require(actor, "enrolments.confirm_for_agency", participation)
    if participation.confirmed_at is None and participation.state == ParticipationState.COMPLETED:
        recorded = (
            EnrolmentLog.objects.filter(object_id=participation.pk, transition="complete")
            .values_list("at", flat=True)
            .get()
        )
        days = _terms(locked.application).second_side_days
        first_day = second_side_from(riga_date(recorded), days)
        if riga_date(at) < first_day:
            raise Conflict(
                format_lazy(
                    _("The learner still has time to confirm. The agency can do it from {day}."),
                    day=first_day.isoformat(),
                ),
                code="too_early",
            )
        if not note.strip():
            raise Invalid(_("Write what was checked."), code="note", field="note")
    return _confirm(locked, participation, ConfirmedBy.AGENCY, actor, at, note)


def _confirm(
    locked: Locked,
    participation: Participation,
    side: ConfirmedBy,
    actor: Any,
    at: datetime,
    note: str = "",
) -> Participation:
    if participation.state != ParticipationState.COMPLETED:
        raise Conflict(_("There is no completion to confirm."), code="not_completed")
    if participation.confirmed_at is not None:
        return participation
    share, required = participation.attendance_share, required_share(locked.application)
    if share is not None and share < required:
        # Marks were put right after the outcome (services.months): nothing is owed for too few.
        raise TooLittleAttendance(share=share, required=required)
    participation.confirmed_by = side
    participation.confirmed_at = at
    participation.save(update_fields=["confirmed_by", "confirmed_at", "updated_at"])
    EnrolmentLog.objects.create(
        object_type="participation",
        object_id=participation.pk,
        transition="confirm",
        from_state=participation.state,
        to_state=participation.state,
        by=actor_or_none(actor),
        at=at,
        note=note,
    )
    commitment_id = locked.application.commitment_id
    if commitment_id is not None:
        capture(
            commitment_id=commitment_id,
            evidence=_evidence(locked, participation),
            actor=actor,
            at=at,
        )
    return participation


def _evidence(locked: Locked, participation: Participation) -> dict[str, Any]:
    """What funding freezes on the commitment: keys, hours, shares and days; no names."""
    group, version = locked.group, locked.application.offer.version
    assert participation.outcome_on is not None
    return {
        "participation_id": str(participation.pk),
        "group_id": str(group.pk),
        "hours": version.hours,
        "attendance_share": str(participation.attendance_share),
        "attendance_required": str(required_share(locked.application)),
        "starts_on": group.starts_on.isoformat(),
        "ends_on": group.ends_on.isoformat(),
        "completed_on": participation.outcome_on.isoformat(),
        "document_number": participation.document_number,
        "confirmed_by": participation.confirmed_by,
    }


def _terms(application: Application) -> Terms:
    """The terms under which the money was promised; the usual ones where none was."""
    commitment = application.commitment
    if commitment is None:
        return Terms(second_side_days=SECOND_SIDE_DAYS)
    return Terms.read(commitment.policy.terms)


def required_share(application: Application) -> Decimal:
    """The share of academic hours (0–1) that the application's policy asks for (rule 15)."""
    share = _terms(application).attendance_required
    return REQUIRED_SHARE if share is None else share


def _check_day(group: Group, on: date, at: datetime) -> None:
    if not outcome_day_fits(on, starts_on=group.starts_on, today=riga_date(at)):
        raise Invalid(
            _("Choose a day between the first day of the group and today."),
            code="outcome_day",
            field="on",
        )
