"""Commands with good and bad input, the daily task, and what people are told about money."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from funding.models import AllocationRound, Grant, ReconciliationRun, RoundRun
from funding.rules.grants import window_end
from funding.services import grants, reminders
from funding.tasks import NoMoneyLeft, daily, reconcile_ledger
from stars.common.dates import now, start_of_day, today
from stars.common.permissions import SYSTEM
from stars.notifications.kinds import render
from stars.notifications.models import Message, OutboxEmail
from tests.funding import build

pytestmark = pytest.mark.django_db


def allocate(*arguments: str) -> str:
    out = StringIO()
    call_command("allocate", *arguments, stdout=out)
    return out.getvalue()


def test_dry_run_prints_counts_and_sum_and_writes_nothing() -> None:
    w = build.world()
    build.person(w)
    build.person(w, asked=None)
    said = allocate("--round", w.rounds[0].code, "--at", "2024-12-09")
    assert "Would grant 1 grant, 500.00 EUR" in said
    assert "not eligible, no_request: 1" in said
    assert not Grant.objects.exists()


def test_apply_writes_and_keeps_the_run() -> None:
    w = build.world()
    build.person(w)
    code = w.rounds[0].code
    assert "Granted 1 grant," in allocate("--round", code, "--at", "2024-12-09", "--apply")
    assert "Granted 0 grants" in allocate("--round", code.upper(), "--at", "2024-12-10", "--apply")
    assert RoundRun.objects.filter(finished_at__isnull=False).count() == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--round", "NOPE-2020"], "NOPE-2020"),
        (["--round", "{code}", "--at", "2024-12-08"], "2024-12-09"),
        (["--round", "{code}", "--at", "2025-06-09"], "2025-06-08"),
        (["--round", "{code}", "--at", "2025-02-30"], "2025-02-30"),
        (["--round", "{code}", "--at", "yesterday"], "yesterday"),
        (["--round", "{code}", "--batch", "0"], "write 1 or more"),
        (["--round", "{code}", "--batch", "-5"], "write 1 or more"),
    ],
)
def test_bad_input_is_a_plain_sentence(arguments: list[str], says: str) -> None:
    w = build.world()
    build.person(w)
    filled = [a.format(code=w.rounds[0].code) for a in arguments]
    with pytest.raises(CommandError, match=says):
        allocate(*filled, "--apply")
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--round", "NOPE-2020", "--at", "2025-06-10"],
        ["--round", "{first}", "--at", "2025-06-10"],
        ["--round", "{last}", "--at", "2099-01-01"],
        ["--round", "{elsewhere}", "--at", "2025-06-10"],
    ],
)
def test_a_refused_run_takes_nothing_back(arguments: list[str]) -> None:
    """Nor does a run of one source touch the lots of another."""
    w, other = build.world(), build.world()
    account = build.person(w)
    build.run(w, 0)
    codes = {
        "first": w.rounds[0].code,
        "last": w.rounds[2].code,
        "elsewhere": other.rounds[1].code,
    }
    with contextlib.suppress(CommandError):
        allocate(*(a.format(**codes) for a in arguments), "--apply")
    assert build.lot(account).state == "active"


def test_a_day_that_has_not_come_grants_nothing() -> None:
    w = build.world()
    build.person(w)
    around_today(w)
    ahead = (today() + timedelta(days=2)).isoformat()
    with pytest.raises(CommandError, match="ahead"):
        allocate("--round", w.rounds[2].code, "--at", ahead, "--apply")
    assert "Would grant 1" in allocate("--round", w.rounds[2].code, "--at", ahead)


def test_an_empty_source_stops_no_other_and_no_reminder() -> None:
    poor, rich = build.world(authorised="100.00"), build.world()
    for w in (poor, rich):
        build.person(w, opened=now() - timedelta(days=2), asked=now() - timedelta(days=2))
        around_today(w)
    AllocationRound.objects.filter(pk=poor.rounds[2].pk).update(due_on=today() - timedelta(days=5))
    with pytest.raises(NoMoneyLeft, match=poor.rounds[2].code):
        daily()
    assert {grant.round for grant in Grant.objects.all()} == {rich.rounds[2]}


def test_not_enough_in_the_pool_is_a_plain_sentence() -> None:
    w = build.world(authorised="100.00")
    build.person(w)
    with translation.override("lv"), pytest.raises(CommandError, match="not enough"):
        allocate("--round", w.rounds[0].code, "--at", "2024-12-09", "--apply")
    assert not Grant.objects.exists()


def around_today(w: build.World) -> Any:
    """The world's last round, moved so that it is open today."""
    w.source.ends_on = today() + timedelta(days=400)
    w.source.save()
    this = w.rounds[2]
    this.due_on = today() - timedelta(days=3)
    this.ends_at = window_end(this.due_on, 6, w.source.ends_on)
    this.previous = None
    this.save()
    return this


def test_the_daily_task_expires_grants_and_reminds() -> None:
    w = build.world()
    old = build.person(w)
    build.run(w, 0)
    this = around_today(w)
    new = build.person(w, opened=now() - timedelta(days=1), asked=now() - timedelta(days=1))
    daily()
    daily()
    assert build.lot(old).state == "annulled"
    assert Grant.objects.get(account=new).round == this
    assert Message.objects.filter(user=new.person.user, kind="money_granted").count() == 1
    assert OutboxEmail.objects.filter(message__user=new.person.user).count() == 1


LAST_DAY = date(2025, 6, 8)


def told(account: Any) -> list[tuple[int, str]]:
    """(days left, EUR) of each reminder, in the order of their days."""
    rows = Message.objects.filter(kind="money_ends", user=account.person.user)
    return sorted(((row.params["days"], row.params["amount"]) for row in rows), reverse=True)


@pytest.mark.parametrize("days", [60, 30, 7, 1])
def test_reminders_come_once_each(days: int) -> None:
    w = build.world()
    account = build.person(w)
    build.run(w, 0)
    at = start_of_day(LAST_DAY - timedelta(days=days))
    assert [reminders.remind(at=at) for _ in range(2)] == [1, 0]
    assert told(account) == [(days, "500.00")]
    assert OutboxEmail.objects.filter(message__kind="money_ends").count() == 1


def test_every_day_of_a_term_gives_four_reminders_each_on_its_day() -> None:
    w = build.world()
    account = build.person(w)
    build.run(w, 0)
    for left in range(100, -3, -1):
        reminders.remind(at=start_of_day(LAST_DAY - timedelta(days=left)) + timedelta(hours=6))
    assert [days for days, _amount in told(account)] == [60, 30, 7, 1]


@pytest.mark.parametrize(
    ("left", "said"),
    [(59, 59), (57, 57), (56, None), (28, 28), (26, None), (4, 4), (3, None), (0, 0)],
)
def test_a_missed_reminder_comes_soon_after_or_not_at_all(left: int, said: int | None) -> None:
    """With the days that are really left; the scheduler ran on that one day only."""
    w = build.world()
    account = build.person(w)
    build.run(w, 0)
    reminders.remind(at=start_of_day(LAST_DAY - timedelta(days=left)) + timedelta(hours=6))
    assert [days for days, _amount in told(account)] == ([] if said is None else [said])


def test_nobody_is_reminded_of_what_is_used_kept_or_has_just_come() -> None:
    w = build.world()
    used, kept = build.person(w), build.person(w)
    build.run(w, 0)
    build.hold(used, build.offer(w, "500.00"), build.riga(2025, 2, 1), support="500.00")
    grants.accumulate(grant_id=build.lot(kept).pk, actor=SYSTEM, at=build.riga(2025, 2, 1))
    late = build.person(w, asked=build.riga(2025, 5, 8))
    day = start_of_day(LAST_DAY - timedelta(days=29))
    build.run(w, 0, day)
    assert reminders.remind(at=day) == 0
    assert told(late) == []
    # Kept for longer, it has a new last day.
    end = start_of_day(date(2025, 12, 8) - timedelta(days=7))
    reminders.remind(at=end)
    assert told(kept) == [(7, "500.00")]


def test_reminders_cost_the_same_whatever_the_number_of_people() -> None:
    counts = []
    for people in (2, 9):
        w = build.world()
        for _ in range(people):
            build.person(w)
        build.run(w, 0)
        with CaptureQueriesContext(connection) as queries:
            reminders.remind(at=start_of_day(LAST_DAY - timedelta(days=7)))
        counts.append(len([q for q in queries if "INSERT" in q["sql"]]))
    assert counts == [4, 4]
    assert Message.objects.filter(kind="money_ends").count() >= 11


def test_messages_are_written_in_both_languages() -> None:
    params = {"amount": "500.00", "last_day": "2025-06-08", "days": 7}
    for language in ("lv", "en"):
        with translation.override(language):
            for kind in ("money_granted", "money_ends"):
                (said,) = render(kind, [params])
                assert said is not None
                assert "500" in said.title
                assert "%" not in said.text


def test_the_nightly_proof_is_stored() -> None:
    build.world()
    reconcile_ledger()
    assert ReconciliationRun.objects.get().ok
