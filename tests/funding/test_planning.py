"""Rounds in the calendar: counted from the first, within policy and source, one after another."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from funding.models import AllocationRound, FundingLog, PolicyVersion
from funding.services import rounds
from funding.services.planning import plan_rounds
from stars.common.dates import start_of_day
from stars.common.errors import Conflict, DomainError, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga
from tests.funding.test_approvals import Role, officer

pytestmark = pytest.mark.django_db
AT = riga(2025, 8, 1)
FIRST = date(2025, 8, 31)


def policy(w: build.World, **terms: Any) -> PolicyVersion:
    """Another scheme of the source, without rounds yet."""
    scheme = build.Scheme.objects.create(
        source=w.source, kind="allocation", code=f"plan-{w.source.code}", order=5
    )
    return build.policy(scheme, {**build.ALLOCATION_TERMS, **terms}, build.ADULT)


def long_world() -> build.World:
    w = build.world()
    w.source.ends_on = date(2028, 12, 31)
    w.source.save()
    return w


def plan(of: PolicyVersion, first: date = FIRST, count: int = 4, **more: Any) -> list[Any]:
    return plan_rounds(
        policy_id=of.pk, first_due_on=first, count=count, actor=SYSTEM, at=AT, **more
    )


def test_four_rounds_from_31_august_without_drift() -> None:
    made = plan(policy(long_world()))
    assert [each.due_on for each in made] == [
        date(2025, 8, 31),
        date(2026, 2, 28),
        date(2026, 8, 31),
        date(2027, 2, 28),
    ]
    # Each window ends where the next begins, though February is short.
    assert [each.ends_at for each in made] == [
        *(start_of_day(each.due_on) for each in made[1:]),
        start_of_day(date(2027, 8, 31)),
    ]
    assert [each.previous for each in made] == [None, *made[:-1]]
    assert (
        FundingLog.objects.filter(object_type="allocationround", transition="create").count() == 4
    )


def test_a_planned_round_runs() -> None:
    w = long_world()
    build.person(w, asked=AT)
    (this,) = plan(policy(w), count=1)
    assert rounds.run(code=this.code, at=start_of_day(FIRST), actor=SYSTEM).granted == 1
    assert build.lot(w.people[0]).ends_at == start_of_day(date(2026, 2, 28))


def test_period_and_term_and_cap_come_from_the_policy() -> None:
    of = policy(long_world(), period_months=3, term_months=12, round_cap="5000.00")
    first, second = plan(of, count=2)
    assert (second.due_on, second.ends_at) == (date(2025, 11, 30), start_of_day(date(2026, 11, 30)))
    assert first.cap == Decimal("5000.00")
    (third,) = plan(of, first=date(2026, 2, 28), count=1, cap=Decimal("100.00"))
    assert (third.cap, third.previous) == (Decimal("100.00"), second)


def test_no_lot_outlives_the_source() -> None:
    w = build.world()
    of = policy(w)
    (this,) = plan(of, first=date(2026, 3, 1), count=1)
    assert this.ends_at == start_of_day(w.source.ends_on + timedelta(days=1))


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"first": date(2025, 7, 31)}, Invalid),  # has passed
        ({"first": date(2026, 7, 1), "count": 1}, Invalid),  # the source has ended
        ({"count": 3}, Invalid),  # the third one is after its end
        ({"count": 0}, Invalid),
        ({"count": 13}, Invalid),
    ],
)
def test_wrong_wishes_plan_nothing(wish: dict[str, Any], error: type[DomainError]) -> None:
    of = policy(build.world())
    before = AllocationRound.objects.count()
    with pytest.raises(error):
        plan(of, **wish)
    assert AllocationRound.objects.count() == before


def test_not_before_a_round_that_stands_already() -> None:
    w = long_world()
    with pytest.raises(Conflict, match=w.rounds[2].code):
        plan(w.allocation, first=w.rounds[2].due_on, count=1)
    (made,) = plan(w.allocation, first=date(2026, 6, 9), count=1)
    assert made.previous == w.rounds[2]


def test_only_for_money_by_rounds_while_the_policy_is_in_force() -> None:
    w = long_world()
    with pytest.raises(Invalid):
        plan(w.full)
    of = policy(w)
    scheme = build.Scheme.objects.create(source=w.source, kind="allocation", code="short", order=6)
    ends = PolicyVersion.objects.create(
        scheme=scheme,
        number=1,
        valid_from=date(2024, 1, 1),
        valid_to=date(2025, 12, 31),
        terms=of.terms,
        criteria=[],
    )
    with pytest.raises(Invalid):
        plan(ends, count=2)
    assert len(plan(ends, count=1)) == 1


def test_auditors_plan_nothing() -> None:
    w = long_world()
    with pytest.raises(NotAllowed):
        plan_rounds(
            policy_id=policy(w).pk,
            first_due_on=FIRST,
            count=1,
            actor=officer(Role.AUDITOR),
            at=AT,
        )
