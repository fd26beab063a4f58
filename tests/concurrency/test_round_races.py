"""Races around rounds: expiry, reminders, the frozen order and money that comes back to a cap.

Each has a control that shows the race where the guard is left out.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Max

from funding.models import Grant, Posting, RoundRank
from funding.services import grants, reminders, round_sql, rounds
from funding.services.reconcile import reconcile
from stars.common.dates import now, start_of_day
from stars.common.permissions import SYSTEM
from stars.demo import crowd
from stars.notifications.models import Message
from tests.concurrency.together import together
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db(transaction=True)
END = start_of_day(date(2025, 6, 9))
WEEK_BEFORE = END - timedelta(days=8)


def proven() -> None:
    run = reconcile(at=now())
    assert run.ok, run.problems


def failures(results: list[Any]) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]


def granted(people: int) -> build.World:
    w = build.world(authorised="100000.00")
    crowd.gather(people, at=riga(2024, 12, 5))
    build.run(w, 0)
    return w


def read_together(count: int, read: Any) -> list[Any]:
    """What `count` transactions see that all read before any of them writes."""
    all_have_read = Barrier(count)

    def one(_number: int) -> Any:
        with transaction.atomic():
            seen = read()
            all_have_read.wait(timeout=30)
            return seen

    return together(count, one)


def test_expiries_at_once_take_each_lot_back_once() -> None:
    granted(60)
    results = together(4, lambda _n: grants.expire_due(at=END))
    assert not failures(results)
    assert sum(results) == 60
    assert Posting.objects.filter(kind="annul").count() == 60
    proven()


def test_control_without_the_lock_every_expiry_sees_all_lots() -> None:
    granted(5)
    due = Grant.objects.filter(state="active", ends_at__lte=END)
    assert read_together(3, due.count) == [5, 5, 5]


def test_two_workers_remind_everybody_once() -> None:
    granted(40)
    results = together(4, lambda _n: reminders.remind(at=WEEK_BEFORE))
    assert not failures(results)
    assert sum(results) == 40
    assert Message.objects.filter(kind="money_ends").count() == 40


def test_control_without_the_key_both_workers_would_remind() -> None:
    granted(5)
    seen = read_together(2, Message.objects.filter(kind="money_ends").exists)
    assert seen == [False, False]


def test_runs_at_once_freeze_one_order() -> None:
    w = build.world(cap="2500.00")
    crowd.gather(40, at=riga(2024, 12, 5))
    results = together(4, lambda _n: build.run(w, 0, batch=7))
    assert not failures(results)
    ranks = RoundRank.objects.filter(round=w.rounds[0]).order_by("rank")
    assert list(ranks.values_list("rank", flat=True)) == list(range(1, 41))
    served = ranks.filter(account__grants__round=w.rounds[0])
    assert list(served.values_list("rank", flat=True)) == [1, 2, 3, 4, 5]
    proven()


def test_control_without_the_rounds_lock_two_would_give_the_same_rank() -> None:
    w = build.world(cap="2500.00")
    crowd.gather(4, at=riga(2024, 12, 5))
    ranks = RoundRank.objects.filter(round=w.rounds[0])
    assert read_together(2, lambda: ranks.aggregate(n=Max("rank"))["n"]) == [None, None]


def test_what_is_given_back_while_the_round_runs_serves_the_next_in_line_once() -> None:
    w = build.world(cap="1000.00")
    people = [build.person(w, asked=riga(2024, 12, 5, 8 + n)) for n in range(6)]
    build.run(w, 0)
    lots = [build.lot(account) for account in people[:2]]

    def act(number: int) -> Any:
        if number < 2:
            at = riga(2024, 12, 10)
            return grants.decline(grant_id=lots[number].pk, actor=SYSTEM, at=at)
        return build.run(w, 0, riga(2024, 12, 10), batch=1)

    results = together(5, act)
    assert not failures(results)
    build.run(w, 0, riga(2024, 12, 11))
    holders = Grant.objects.filter(round=w.rounds[0], state="active")
    assert {lot.account for lot in holders} == set(people[2:4])
    assert round_sql.promised(w.rounds[0]) == Decimal("1000.00")
    proven()


def test_control_without_the_rounds_lock_two_runs_see_the_same_money_left() -> None:
    w = build.world(cap="1000.00")
    people = [build.person(w) for _ in range(4)]
    build.run(w, 0)
    first = next(a for a in people if Grant.objects.filter(account=a).exists())
    grants.decline(grant_id=build.lot(first).pk, actor=SYSTEM, at=riga(2024, 12, 10))
    this = rounds.get_round(w.rounds[0].code)
    assert read_together(2, lambda: round_sql.promised(this)) == [Decimal("500.00")] * 2
