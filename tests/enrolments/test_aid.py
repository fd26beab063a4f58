"""Hours of months from attendance become what a month gives (rule 14)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from enrolments.enums import Presence
from enrolments.models import Participation
from enrolments.services import aid, learning, outcomes
from enrolments.services.aid import hours_by_month
from funding.models import AidMonth, AidRequest
from funding.services import aid as money
from learning_accounts.models import LearningAccount
from stars.common.errors import Invalid
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.enrolments.scene import APPLIED, ENDED, STARTED, Scene, riga, scene
from tests.funding.aid import IBAN, with_aid

pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
# The third working day of April 2026 is the 7th: Good Friday and Easter Monday lie before it.
COUNTED = riga(2026, 4, 8)


def further_education(*, companions: int = 0) -> tuple[Scene, Participation, AidRequest]:
    """Somebody in a further education of four weekly sessions, from 3 March, with a stipend."""
    s = scene()
    with_aid(s.world)
    kind = f.ProgrammeTypeFactory(further_education=True)
    offer, group = s.another_offer("300.00", type=kind)
    account: LearningAccount = f.LearningAccountFactory(with_path=True)
    for _person in range(companions):
        other = f.LearningAccountFactory(with_path=True)
        s.admitted(other, offer=offer, group=group, support="300.00", payer="")
    participation = s.learning(account, offer=offer, group=group, support="300.00", payer="")
    held = participation.application.commitment
    assert held is not None
    request = money.ask(
        commitment_id=held.pk,
        kind="stipend",
        monthly=None,
        iban=IBAN,
        holder="Izdoma",
        actor=account.person.user,
        at=STARTED,
    )
    money.approve(request_id=request.pk, actor=SYSTEM, at=STARTED)
    return s, participation, request


def test_hours_of_a_month_are_those_of_marked_sessions() -> None:
    s, participation, _request = further_education()
    assert hours_by_month(participation, [MARCH]) == {MARCH: (0, 0)}
    s.attend(participation, True, True, False)
    assert hours_by_month(participation, [MARCH, APRIL]) == {MARCH: (12, 8), APRIL: (0, 0)}


def test_a_session_somebody_was_marked_in_was_held_for_all() -> None:
    s, participation, _request = further_education(companions=1)
    s.attend(Participation.objects.exclude(pk=participation.pk).get(), True)
    assert hours_by_month(participation, [MARCH]) == {MARCH: (4, 0)}


def test_the_month_is_counted_from_its_day_on_and_only_once() -> None:
    s, participation, _request = further_education()
    s.attend(participation, True, True, True, True)
    assert aid.count(at=riga(2026, 4, 7, 0)) == [] or AidMonth.objects.exists()
    AidMonth.objects.all().delete()
    for _day in range(2):
        aid.count(at=COUNTED)
    row = AidMonth.objects.get()
    assert (row.month, row.amount) == (MARCH, Decimal("100.00"))
    assert (row.hours_held, row.hours_attended) == (16, 16)


def test_too_little_attendance_gives_nothing_and_says_the_hours() -> None:
    s, participation, _request = further_education()
    s.attend(participation, True, True, True, False)
    [row] = aid.count(at=COUNTED)
    assert (row.amount, row.hours_attended) == (0, 12)


def test_a_mark_put_right_changes_the_month() -> None:
    s, participation, _request = further_education()
    s.attend(participation, True, True, True, False)
    aid.count(at=COUNTED)
    learning.mark_attendance(
        participation_id=participation.pk,
        session_id=f.session(participation.group, 4).pk,
        presence=Presence.PRESENT,
        expected_version=1,
        actor=s.staff,
        at=ENDED,
    )
    aid.count(at=COUNTED)
    assert AidMonth.objects.get().amount == Decimal("100.00")


def test_aid_ends_with_the_training_after_its_last_month() -> None:
    s, participation, request = further_education()
    s.attend(participation, True, True, True, True)
    outcomes.complete(
        participation_id=participation.pk,
        document_number="A-1",
        on=date(2026, 3, 31),
        actor=s.staff,
        at=ENDED,
    )
    aid.count(at=riga(2026, 4, 3))  # March is not counted yet
    request.refresh_from_db()
    assert request.state == "approved"
    aid.count(at=COUNTED)
    request.refresh_from_db()
    assert request.state == "ended"
    assert AidMonth.objects.get().amount == Decimal("100.00")


def test_a_month_whose_day_has_not_come_is_refused() -> None:
    further_education()
    with pytest.raises(Invalid):
        aid.count(at=COUNTED, month=APRIL)


def test_the_command_writes_only_when_told() -> None:
    s, participation, _request = further_education()
    s.attend(participation, True, True, True, True)
    out = StringIO()
    call_command("count_aid", stdout=out)
    assert not AidMonth.objects.exists()
    call_command("count_aid", "--apply", "--month", "2026-03", stdout=out)
    assert AidMonth.objects.count() == 1
    for wrong in ("2026-13", "marts", "2999-01"):
        with pytest.raises(CommandError):
            call_command("count_aid", "--month", wrong)


def test_nobody_in_training_nothing_to_count() -> None:
    scene()
    assert aid.count(at=APPLIED) == []
