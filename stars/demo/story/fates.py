"""What becomes of people: each fate is a life for the clock, named in story.yaml.

A fate yields the moment of its next step. Whatever lies after today never happens, so that
somebody whose fate is `confirmed` may still be learning.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal

from enrolments.models import Application, Participation
from funding.enums import AidKind
from funding.rules.aid import counted_on, month_of
from stars.common.dates import add_months, riga_date
from stars.demo.story.clock import Life
from stars.demo.story.plan import Member, Money, Plot
from stars.demo.story.timeline import at
from stars.demo.story.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# After which session somebody gives up or is expelled, counted from 0.
LAST_SESSION = 2
# When Celery beat runs the daily tasks (stars/settings/celery.py).
FUNDING, ENROLMENTS = time(0, 10), time(0, 40)

# EUR a month for a train ticket and a room in a hostel.
TICKET, ROOM = Decimal("42.50"), Decimal("120.00")

REJECTED = "Šim kursam vajag priekšzināšanas. Vispirms apgūsti pamatus, tad piesakies vēlreiz."
INTERRUPTED = "Mācības pārtrauktas: mainījās darba laiks."
EXPELLED = "Trīs nodarbības pēc kārtas bez ziņas; uz vēstulēm un zvaniem atbildes nav."
CHECKED = "Salīdzināts: apmeklējuma žurnāls un apliecības kopija sakrīt."


def draft(world: World, plot: Plot) -> Life:
    """Begins an application and does not send it."""
    yield plot.applied
    return world.draft(plot, at=plot.applied)


def withdrawn_draft(world: World, plot: Plot) -> Life:
    """Begins an application and gives it up before sending."""
    application: Application = yield from draft(world, plot)
    yield plot.applied + 3 * HOUR
    world.withdraw(application, at=plot.applied + 3 * HOUR)


def waiting(world: World, plot: Plot) -> Life:
    """Applies and waits for an answer."""
    application: Application = yield from draft(world, plot)
    yield plot.applied + HOUR / 6
    return world.submit(application, at=plot.applied + HOUR / 6)


def withdrawn(world: World, plot: Plot) -> Life:
    """Applies and changes their mind before the answer."""
    application: Application = yield from waiting(world, plot)
    yield plot.applied + 5 * HOUR
    world.withdraw(application, at=plot.applied + 5 * HOUR)


def lapsed(world: World, plot: Plot) -> Life:
    """Applies and never gets an answer; the daily task ends it."""
    application: Application = yield from waiting(world, plot)
    assert application.decide_by is not None
    moment = at(application.decide_by + DAY, ENROLMENTS)
    yield moment
    world.enrolments_daily(at=moment)


def rejected(world: World, plot: Plot) -> Life:
    """Applies and is refused with a reason."""
    application: Application = yield from waiting(world, plot)
    yield plot.answered
    world.reject(application, note=REJECTED, at=plot.answered)


def admitted(world: World, plot: Plot) -> Life:
    """Applies and is admitted; learns when the group begins."""
    application: Application = yield from waiting(world, plot)
    yield plot.answered
    return world.approve(application, at=plot.answered)


def released(world: World, plot: Plot) -> Life:
    """Is admitted and gives the place back before the start."""
    participation: Participation = yield from admitted(world, plot)
    moment = at(world.story.groups[plot.group].starts_on - 2 * DAY)
    yield moment
    world.withdraw(participation.application, at=moment)


def learning(world: World, plot: Plot) -> Life:
    """Is admitted and learns; may miss a session where the provider is invented."""
    participation: Participation = yield from admitted(world, plot)
    world.may_miss_one(plot)
    return participation


def with_stipend(world: World, plot: Plot) -> Life:
    """Learns with a stipend and help with travel: asks when the training begins, and the agency
    agrees; later asks for help with housing, which waits for an answer."""
    participation: Participation = yield from learning(world, plot)
    moment = at(world.story.groups[plot.group].starts_on + 2 * DAY)
    yield moment
    asked = [
        world.ask_aid(participation, AidKind.STIPEND, at=moment),
        world.ask_aid(participation, AidKind.TRANSPORT, monthly=TICKET, at=moment + HOUR / 6),
    ]
    yield moment + 3 * DAY
    for request in asked:
        world.agree(request, at=moment + 3 * DAY)
    yield moment + 9 * DAY
    world.ask_aid(participation, AidKind.HOUSING, monthly=ROOM, at=moment + 9 * DAY)


def unconfirmed(world: World, plot: Plot) -> Life:
    """Completes and has not confirmed it yet."""
    participation: Participation = yield from learning(world, plot)
    world.completing(plot)
    return participation


def confirmed(world: World, plot: Plot) -> Life:
    """Completes and confirms it within three days: the provider is owed the money."""
    participation: Participation = yield from unconfirmed(world, plot)
    recorded = world.story.groups[plot.group].recorded_at
    moment = recorded + timedelta(minutes=world.chance.randint(60, 3 * 24 * 60))
    yield moment
    world.confirm(participation, at=moment)


def checked(world: World, plot: Plot) -> Life:
    """Completes and says nothing; after five days the agency checks it (rule 18)."""
    participation: Participation = yield from unconfirmed(world, plot)
    moment = world.story.groups[plot.group].recorded_at + 6 * DAY
    yield moment
    world.check(participation, note=CHECKED, at=moment)


def interrupted(world: World, plot: Plot) -> Life:
    """Stops in the middle: the money is lost (rule 8)."""
    participation: Participation = yield from admitted(world, plot)
    moment = world.story.groups[plot.group].blocks[LAST_SESSION].ends_at + HOUR
    yield moment
    world.interrupt(participation, note=INTERRUPTED, at=moment)


def expelled(world: World, plot: Plot) -> Life:
    """Never comes and is expelled: the money is lost (rule 8)."""
    participation: Participation = yield from admitted(world, plot)
    world.misses(plot, range(1, LAST_SESSION + 2))
    moment = world.story.groups[plot.group].blocks[LAST_SESSION].ends_at + HOUR
    yield moment
    world.expel(participation, note=EXPELLED, at=moment)


FATES: dict[str, Callable[[World, Plot], Life]] = {
    fate.__name__: fate
    for fate in (
        draft, withdrawn_draft, waiting, withdrawn, lapsed, rejected, admitted, released, learning,
        with_stipend, unconfirmed, confirmed, checked, interrupted, expelled,
    )
}  # fmt: skip


def account(world: World, member: Member, money: Money) -> Life:
    """Opens an account, and does with the money what the story says."""
    yield member.opened
    world.open_account(member, at=member.opened)
    granted = max(member.opened, at(money.due(member.season)))
    if member.money == "declines":
        yield granted + 4 * DAY
        world.decline(member.resident.key, at=granted + 4 * DAY)
    elif member.money == "keeps":
        # Some days before the term ends, which is the next round's due day.
        moment = at(money.autumn - timedelta(days=world.chance.randint(3, 15)))
        yield moment
        world.keep(member.resident.key, at=moment)


def group(world: World, key: str) -> Life:
    """A group is announced, meets, and says who completed."""
    this = world.story.groups[key]
    yield this.announced_at
    world.announce(this, at=this.announced_at)
    if this.draft:
        return
    moment = at(this.starts_on - 2 * DAY)
    yield moment
    world.own_parts(key, at=moment)
    for number, block in enumerate(this.blocks, start=1):
        moment = block.ends_at + HOUR / 4
        yield moment
        world.mark(key, number, at=moment)
    yield this.recorded_at
    world.complete(key, at=this.recorded_at)


# --- the daily tasks, on the days on which they have something to do -----------------------------


def funding_days(world: World, money: Money, today: date) -> Life:
    """Rounds fall due, newcomers get theirs the next morning, reminders go out, terms end."""
    days = {today, money.spring, money.autumn}
    days |= {money.autumn - timedelta(days=left) for left in (31, 8, 2)}
    days |= {riga_date(member.opened) + DAY for member in world.story.members.values()}
    for day in sorted(days):
        yield at(day, FUNDING)
        world.funding_daily(at=at(day, FUNDING))


def enrolment_days(world: World, today: date) -> Life:
    """Groups close, remind of their start, and begin."""
    days = {today}
    for each in world.story.groups.values():
        starts = each.starts_on
        days |= {each.apply_until + DAY, starts - 3 * DAY, starts - DAY, starts}
    for day in sorted(days):
        yield at(day, ENROLMENTS)
        world.enrolments_daily(at=at(day, ENROLMENTS))


def aid_days(world: World, money: Money, today: date) -> Life:
    """Hours of each month are counted on its third working day; two people pay the list."""
    month = month_of(money.source_from)
    while counted_on(month) <= today:
        moment = at(counted_on(month), ENROLMENTS)
        yield moment
        if world.count_aid(at=moment):
            yield moment + 9 * HOUR
            world.pay_aid(month, at=moment + 9 * HOUR)
        month = add_months(month, 1)
