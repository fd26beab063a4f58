"""From attendance to a part owed before the end, and into the statement (rule 8, FUN-12)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from enrolments.enums import Presence
from enrolments.models import Participation
from enrolments.services import learning, outcomes, stages
from enrolments.tasks import daily
from funding.enums import AccountKind, CommitmentState
from funding.models import Commitment, StagePayment
from funding.selectors_settlement import waiting_for_statement
from funding.services import bank_accounts, settling, statements
from funding.services.reconcile import reconcile
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.enrolments.scene import CONFIRMED, ENDED, STARTS, Scene, riga, scene
from tests.funding.settle import Scene as Settling
from tests.funding.test_bank_accounts import LATVIAN
from tests.funding.test_stages_and_holds import staged

pytestmark = pytest.mark.django_db
D = Decimal
# The third working day of April 2026 is the 7th: Good Friday and Easter Monday lie before it.
COUNTED = riga(2026, 4, 8)
APRIL, MAY = date(2026, 4, 1), riga(2026, 5, 5)


def training(*, parts: bool = True, sessions: int = 6) -> tuple[Scene, Participation]:
    """A further education of six weekly sessions (24 hours) from 3 March, paid in full: 300 EUR.

    With `parts` 30 % of it is owed after half of the hours and 30 % after three quarters.
    """
    s = scene()
    if parts:
        staged(Settling(s.world))
    offer, _group = s.another_offer("300.00", type=f.ProgrammeTypeFactory(further_education=True))
    offer.version.hours = 4 * sessions
    offer.version.save(update_fields=["hours"])
    group = f.group(offer.version, starts_on=STARTS, days=42, sessions=sessions)
    account = f.LearningAccountFactory(with_path=True)
    return s, s.learning(account, offer=offer, group=group, support="300.00", payer="")


def held(participation: Participation) -> Commitment:
    commitment = participation.application.commitment
    assert commitment is not None
    return Commitment.objects.get(pk=commitment.pk)


def parts(participation: Participation) -> list[tuple[int, Decimal]]:
    rows = StagePayment.objects.filter(commitment=held(participation)).order_by("number")
    return list(rows.values_list("number", "amount"))


def proves(at: Any = MAY) -> bool:
    run = reconcile(at=at)
    assert run.ok, run.problems
    return True


def test_the_whole_way_from_attendance_to_the_statement() -> None:
    s, participation = training()
    s.attend(participation, True, True, True, True)
    assert stages.owe(at=riga(2026, 4, 2)) == []  # March is not counted yet
    [part] = stages.owe(at=COUNTED)
    assert (part.number, part.amount) == (1, D("90.00"))
    assert part.evidence["hours_held"] == "16"
    assert part.evidence["hours_attended"] == "16"
    assert part.evidence["counted_before"] == "2026-04-01"
    assert stages.owe(at=COUNTED) == []
    bank_accounts.record(
        organisation_id=s.world.provider.organisation_id,
        iban=LATVIAN,
        holder="Skola",
        actor=SYSTEM,
        at=COUNTED,
    )
    owed = waiting_for_statement([s.world.provider.pk])
    assert (owed.parts, owed.people) == (D("90.00"), 0)
    officers = Settling(s.world)
    april = statements.make(
        provider_id=s.world.provider.pk,
        source_id=s.world.source.pk,
        month=APRIL,
        actor=officers.first,
        at=MAY,
    )
    assert [(line.kind, line.amount) for line in april.lines.all()] == [("stage", D("90.00"))]
    assert april.content["lines"][0]["hours_held"] == "16"
    asked = settling.put_forward(statement_id=april.pk, actor=officers.first, at=MAY)
    settling.decide(approval_id=asked.pk, approved=True, actor=officers.second, at=MAY)
    assert officers.balance(AccountKind.PAYABLE) == D("90.00")
    assert waiting_for_statement([s.world.provider.pk]).parts == 0
    assert proves()


def test_the_rest_is_owed_with_the_completion_and_without_what_was_settled() -> None:
    s, participation = training()
    s.attend(participation, True, True, True, True)
    stages.owe(at=COUNTED)
    for number in (5, 6):
        learning.mark_attendance(
            participation_id=participation.pk,
            session_id=f.session(participation.group, number).pk,
            presence=Presence.PRESENT,
            expected_version=0,
            actor=s.staff,
            at=riga(2026, 4, 14),
        )
    ended = riga(2026, 4, 15)
    outcomes.complete(
        participation_id=participation.pk,
        document_number="A-1",
        on=date(2026, 4, 14),
        actor=s.staff,
        at=ended,
    )
    outcomes.confirm_completion(
        participation_id=participation.pk, actor=participation.account.person.user, at=ended
    )
    assert parts(participation) == [(1, D("90.00"))]
    assert held(participation).state == CommitmentState.CAPTURED
    owed = waiting_for_statement([s.world.provider.pk])
    assert (owed.people, owed.amount, owed.parts) == (1, D("300.00"), 0)
    assert stages.owe(at=MAY) == []
    assert proves()


def test_below_the_required_attendance_a_part_waits_until_it_is_made_up() -> None:
    s, participation = training()
    s.attend(participation, True, True, False)
    assert stages.owe(at=COUNTED) == []
    learning.mark_attendance(
        participation_id=participation.pk,
        session_id=f.session(participation.group, 3).pk,
        presence=Presence.PRESENT,
        expected_version=1,
        actor=s.staff,
        at=ENDED,
    )
    assert [one.number for one in stages.owe(at=COUNTED)] == [1]


def test_who_stops_leaves_what_was_reached_owed_and_loses_the_rest() -> None:
    s, participation = training()
    s.attend(participation, True, True, True)
    outcomes.interrupt(
        participation_id=participation.pk,
        on=date(2026, 4, 1),
        note="Darbs",
        actor=s.staff,
        at=ENDED,
    )
    assert parts(participation) == [(1, D("90.00"))]
    assert held(participation).state == CommitmentState.FORFEITED
    assert stages.owe(at=COUNTED) == []
    assert proves()


def test_policies_without_parts_are_left_alone(django_assert_num_queries: Any) -> None:
    s, participation = training(parts=False)
    s.attend(participation, True, True, True, True)
    with django_assert_num_queries(1):
        assert stages.owe(at=COUNTED) == []
    outcomes.expel(
        participation_id=participation.pk,
        on=date(2026, 4, 1),
        note="Nenāk",
        actor=s.staff,
        at=CONFIRMED,
    )
    assert not StagePayment.objects.exists()
    assert proves()


def test_a_timetable_that_is_not_complete_is_not_half_over() -> None:
    s, participation = training()
    version = participation.group.version
    version.hours = 60
    version.save(update_fields=["hours"])
    s.attend(participation, True, True, True, True)
    assert list(stages.preview(at=COUNTED)) == []


def test_the_daily_task_does_it() -> None:
    s, participation = training()
    s.attend(participation, True, True, True)
    daily()
    assert parts(participation) == [(1, D("90.00"))]
