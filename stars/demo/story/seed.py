"""The whole demo: the offer, staff, residents and their history, in two transactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from random import Random

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import Person, User
from accounts.services.consent import publish_texts
from enrolments.services.affinity import write_affinity
from funding.models import AllocationRound, FundingSource
from funding.services.reconcile import reconcile
from stars.common.dates import add_months, riga_date, start_of_day
from stars.content.services.loading import load as load_content
from stars.demo.offer.data import load
from stars.demo.offer.loader import load as load_offer
from stars.demo.story import fates, news, staff
from stars.demo.story.clock import Clock, Life
from stars.demo.story.lists import save_programmes
from stars.demo.story.money import close_books, object_to_decisions, promise, serve_the_line
from stars.demo.story.plan import SEED, Money, tell
from stars.demo.story.refunds import ask_for_refunds
from stars.demo.story.reviews import fill_the_table
from stars.demo.story.settlement import settle
from stars.demo.story.workspace import ask_to_join, fill_workspaces, write_certificates
from stars.demo.story.world import SOURCE, World

ONE_AT_A_TIME = "stars.demo.seed_demo"
RESIDENTS = 72

Say = Callable[[str], None]


class DemoFailed(Exception):
    """The demo is not what it should be; the message says why."""


def is_empty() -> bool:
    """Whether nobody is in the database yet, neither residents nor staff."""
    return not (Person.objects.exists() or User.objects.exists())


def seed(*, now: datetime, residents: int, folder: Path, say: Say) -> bool:
    """Write the demo as of `now`, with `residents` invented people beside those of the sandbox.

    False where the demo is here already; then nothing is written. `folder` is where the sandbox
    looks for second factors, `say` hears each step. All of the story or nothing of it; the offer
    stays where the story fails. Raises `NoDemoHere`, and `DemoFailed` where other people are in
    the database or the ledger does not prove.
    """
    staff.refuse_without_demo()
    if staff.are_here():
        return False
    _refuse_other_people()
    today = riga_date(now)
    load_offer(today=today, say=say)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [ONE_AT_A_TIME])
        if staff.are_here():  # another one was quicker
            return False
        _refuse_other_people()
        _replay(today, now, residents, say)
    staff.write_authenticator(folder)
    proof = reconcile(at=now)
    if not proof.ok:
        raise DemoFailed(f"The ledger does not prove: {proof.problems}")
    close_books(staff.by_key(), at=now)
    say(f"Organisations that want to become providers: {ask_to_join(at=now)}")
    say("The ledger proves.")
    return True


def _refuse_other_people() -> None:
    if not is_empty():
        raise DemoFailed(
            "There are people in this database already. The demo wants an empty one: ./dev reset"
        )


def _replay(today: date, now: datetime, residents: int, say: Say) -> None:
    """From the first day of the continuation until now."""
    money = money_days(today)
    try:
        story = tell(today=today, now=now, money=money, residents=residents)
    except ValueError as error:
        # The offer was loaded so long ago that the rounds no longer fit the story.
        raise DemoFailed(f"The story does not fit this offer ({error}): ./dev reset") from error
    say("Texts and staff …")
    beginning = start_of_day(money.source_from)
    publish_texts(at=beginning)
    load_content(at=beginning)
    news.publish(now)
    users = staff.hire(since=beginning)
    write_certificates(beginning)
    rounds = list(past_rounds(today))
    world = World(story, users, _teachers(users), Random(SEED), rounds)
    clock = Clock(until=now)
    clock.live(_progress(world, money.source_from, say))
    clock.live(fates.funding_days(world, money, today))
    clock.live(fates.enrolment_days(world, today))
    clock.live(fates.aid_days(world, money, today))
    for member in story.members.values():
        clock.live(fates.account(world, member, money))
    for key in story.groups:
        clock.live(fates.group(world, key))
    for plot in story.plots:
        clock.live(fates.FATES[plot.fate](world, plot))
    clock.run()
    say(_line(world, today))
    saved, pairs = save_programmes(world, at=now), write_affinity()
    say(f"  claims for refunds {ask_for_refunds(world, users, at=now)}")
    say(f"  served from scarce money {serve_the_line(world, at=now)}")
    say(f"  objections {object_to_decisions(world, users, at=now)}")
    promise(world, users, at=now)
    say(f"  statements of providers {settle(users, since=money.source_from, at=now)}")
    say(f"  workspaces: {fill_workspaces(world, at=now)}")
    say(f"  on the agency's table {fill_the_table(users, at=now)}")
    say(f"  programmes saved {saved}, pairs that go together {pairs}")


def money_days(today: date) -> Money:
    """First day of the continuation and the due days of its last two rounds."""
    due = list(past_rounds(today).values_list("due_on", flat=True))
    if len(due) < 2:
        raise DemoFailed(f"The source {SOURCE} needs two rounds in the past; it has {len(due)}.")
    return Money(FundingSource.objects.get(code=SOURCE).starts_on, due[-2], due[-1])


def past_rounds(today: date) -> QuerySet[AllocationRound]:
    """Rounds of the continuation that have fallen due, the first one first."""
    rounds = AllocationRound.objects.filter(policy__scheme__source__code=SOURCE)
    return rounds.filter(due_on__lte=today).order_by("due_on")


def _teachers(users: dict[str, User]) -> dict[str, User]:
    """Who acts for each provider of the story, by the provider's code."""
    return {
        entry["organisation"]: users[entry["key"]]
        for entry in load("staff")["staff"]
        if entry["role"] == "provider_user"
    }


def _progress(world: World, day: date, say: Say) -> Life:
    """On the first of each month: how far the story has come."""
    while True:
        day = add_months(day.replace(day=1), 1)
        yield start_of_day(day)
        say(_line(world, day))


def _line(world: World, day: date) -> str:
    done, story = world.done, world.story
    return (
        f"  {day:%d.%m.%Y}: residents {len(world.accounts)}/{len(story.members)},"
        f" groups {done['groups']}/{len(story.groups)},"
        f" applications {done['applications']}, admitted {done['admitted']},"
        f" completed {done['completed']}, confirmed {done['confirmed']}"
    )
