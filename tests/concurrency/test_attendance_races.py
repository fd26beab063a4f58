"""A month is closed while somebody still marks: the mark is in before, or it needs a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from enrolments.enums import Presence
from enrolments.exceptions import ReasonNeeded
from enrolments.models import Attendance, MonthClosing
from enrolments.services import learning, months
from tests import factories as f
from tests.concurrency.together import together
from tests.enrolments.scene import ENDED, scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def test_a_month_is_closed_while_somebody_marks() -> None:
    s = scene()
    participation = s.learning()
    s.attend(participation, True, True, True, True)
    first = Attendance.objects.get(session=f.session(s.group, 1))

    def act(number: int) -> Any:
        if number:
            return months.close_month(
                group_id=s.group.pk, month=date(2026, 3, 1), actor=s.staff, at=ENDED
            )
        return learning.mark_attendance(
            participation_id=participation.pk,
            session_id=first.session_id,
            presence=Presence.ABSENT,
            expected_version=1,
            actor=s.staff,
            at=ENDED,
        )

    marked, closing = together(2, act)
    assert isinstance(closing, MonthClosing)
    first.refresh_from_db()
    assert isinstance(marked, Attendance | ReasonNeeded)
    assert (first.presence == Presence.ABSENT) == isinstance(marked, Attendance)
