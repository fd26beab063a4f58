"""From the application to the amount owed: the services against their own bare statements.

What the services send is recorded once. Then the services are timed on one copy of the database,
and the recorded statements, put straight through psycopg in the same transactions, on another.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from secrets import token_urlsafe
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import ClientCursor

from accounts.enums import Role
from accounts.models import User
from accounts.services.staff import add_membership, create_staff
from catalogue.models import Group, Offer, Session
from catalogue.rules import Block
from catalogue.services import groups
from enrolments.enums import ApplicationState, Presence
from enrolments.models import Application, Participation
from enrolments.services import applications, decisions, learning, outcomes
from funding.enums import PayerKind
from funding.models import AllocationRound, CoPayment
from funding.services import co_payments, rounds
from funding.services.quote import quotes
from learning_accounts.models import LearningAccount
from stars.common.dates import RIGA, now, riga_date, start_of_day
from stars.common.permissions import SYSTEM
from stars.demo import crowd
from stars.demo.bench import rows
from stars.demo.bench.measure import Record, Spread, recorded, table
from stars.demo.bench.scratch import Scratch

LIMIT = 5.0
SUPPORT = Decimal("500.00")
DAY = timedelta(days=1)
SESSIONS = 4
# The steps in order; the names are the report's.
SUBMIT = "submit: place and money"
APPROVE = "decision and admission"
PAY = "own part recorded"
START = "the group begins"
ATTEND = f"attendance, {SESSIONS} sessions"
COMPLETE = "completion"
CONFIRM = "second side: the amount is owed"
STEPS = (SUBMIT, APPROVE, PAY, START, ATTEND, COMPLETE, CONFIRM)

# A deed: the step that it belongs to, and the call of the service.
Deed = tuple[str, Callable[[], Any]]
Seconds = dict[str, float]


@dataclass(frozen=True)
class Cast:
    """Who applies where, and when; found again in each copy of the database."""

    group: Group
    staff: User
    drafts: list[Application]
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """Seconds of each step for all people together, pair by pair."""

    learners: int
    statements: dict[str, int]
    service: list[Seconds] = field(default_factory=list)
    bare: list[Seconds] = field(default_factory=list)
    written: rows.Counts = field(default_factory=dict)

    @property
    def ratio(self) -> Spread:
        """Services by bare statements, the whole way from submit to the amount owed."""
        return _spread(self.service, self.bare, STEPS)


def measure(
    scratch: Scratch, base: str, learners: int, repeats: int, say: Callable[[str], None]
) -> Outcome:
    """Send `learners` people through the whole way, `repeats` times by both ways in turn.

    Raises `rows.Different` where the two did not write the same rows.
    """
    staged = scratch.copy("staged", base)
    at = now()
    with scratch.within(staged):
        say(f"Preparing {learners} applications")
        group_id, staff_id = _stage(learners, at)
        before = rows.counts()
    scratch.settle(staged)
    find = partial(_cast, group_id=group_id, staff_id=staff_id, at=at)
    # The run that is recorded is also the one that warms up.
    _seconds, said, content = _by_services(scratch, staged, find, record=True)
    outcome = Outcome(learners, {step: _count(said, step) for step in STEPS})
    outcome.written.update(rows.written(before, content[0]))
    for number in range(1, repeats + 1):
        ways: list[Callable[[], tuple[Seconds, Any]]] = [
            partial(_timed, scratch, staged, find, outcome.service),
            partial(_replayed, scratch, staged, said, outcome.bare),
        ]
        for way in ways if number % 2 else reversed(ways):
            _seconds, left = way()
            rows.must_match(left, content)
        say(
            f"Learners {number} of {repeats}: services {sum(outcome.service[-1].values()):.2f} s,"
            f" bare statements {sum(outcome.bare[-1].values()):.2f} s"
        )
    scratch.drop(staged)
    return outcome


# --- the scene -----------------------------------------------------------------------------


def _stage(learners: int, at: datetime) -> tuple[UUID, UUID]:
    """People with 500 €, a group with a place for each, a draft of each; keys of group and staff.

    The training costs more than the support, so that everybody has an own part too.
    """
    crowd.gather(learners, at=at - DAY)
    this = (
        AllocationRound.objects.filter(
            policy__scheme__source__invented=True, due_on__lte=riga_date(at), ends_at__gt=at
        )
        .select_related("policy__scheme__source")
        .latest("due_on")
    )
    rounds.run(code=this.code, at=at, actor=SYSTEM)
    people = list(LearningAccount.objects.select_related("person__user").order_by("pk"))
    offer = _offer(this, people[0], at)
    group = _group(offer, learners, at)
    staff = create_staff(
        email="bench@stars.example", password=token_urlsafe(24), actor=SYSTEM, at=at
    )
    add_membership(
        user_id=staff.pk,
        organisation_id=offer.version.programme.provider.organisation_id,
        role=Role.PROVIDER_USER,
        valid_from=riga_date(at),
        actor=SYSTEM,
        at=at,
    )
    for account in people:
        draft = applications.start_draft(
            account_id=account.pk,
            offer_id=offer.pk,
            group_id=group.pk,
            actor=account.person.user,
            at=at,
        )
        applications.update_draft(
            application_id=draft.pk,
            use_support=True,
            payer=PayerKind.PERSON,
            knows_consequences=True,
            actor=account.person.user,
            at=at,
        )
    return group.pk, staff.pk


def _offer(this: AllocationRound, account: LearningAccount, at: datetime) -> Offer:
    """One of the round's own source that takes the whole 500 € and something more."""
    day = riga_date(at)
    offers = list(
        Offer.objects.filter(
            source=this.policy.scheme.source.term_id,
            price__gt=SUPPORT,
            open_from__lte=day,
            open_until__gte=day,
            version__state="published",
        )
        .select_related("version__type", "version__programme__provider")
        .order_by("price", "pk")
    )
    answers = quotes(offers, account, at)
    return next(offer for offer in offers if answers[offer.pk].support == SUPPORT)


def _group(offer: Offer, places: int, at: datetime) -> Group:
    first = riga_date(at) + 14 * DAY
    days = [first + n * DAY for n in range(SESSIONS)]
    group = groups.create_group(
        version_id=offer.version_id,
        code="bench",
        starts_on=days[0],
        ends_on=days[-1],
        apply_until=days[0] - 5 * DAY,
        capacity=places,
        sessions=[
            Block(
                datetime.combine(day, time(18), tzinfo=RIGA),
                datetime.combine(day, time(21), tzinfo=RIGA),
                4,
            )
            for day in days
        ],
        actor=SYSTEM,
        at=at,
    )
    return groups.open_group(group_id=group.pk, actor=SYSTEM, at=at)


def _cast(*, group_id: UUID, staff_id: UUID, at: datetime) -> Cast:
    drafts = Application.objects.filter(group=group_id, state=ApplicationState.DRAFT)
    return Cast(
        Group.objects.get(pk=group_id),
        User.objects.get(pk=staff_id),
        list(drafts.select_related("account__person__user").order_by("pk")),
        at,
    )


# --- the way -------------------------------------------------------------------------------


def _own_parts(cast: Cast) -> Iterator[Deed]:
    """The provider records that everybody paid the own part."""
    own_parts = CoPayment.objects.filter(commitment__application_id__in=[d.pk for d in cast.drafts])
    for number, own_part in enumerate(own_parts.order_by("pk"), start=1):
        yield (
            PAY,
            partial(
                co_payments.record_paid,
                co_payment_id=own_part.pk,
                paid_on=riga_date(cast.at + DAY),
                proof=f"M-{number}",
                actor=copy(cast.staff),
                at=cast.at + DAY,
            ),
        )


def _deeds(cast: Cast) -> Generator[Deed, Any, None]:
    """Everything that happens, each deed answered with what its service returned.

    The actor is a fresh copy each time, as every request has its own.
    """
    group, at = cast.group, cast.at
    for draft in cast.drafts:
        yield (
            SUBMIT,
            partial(
                applications.submit,
                application_id=draft.pk,
                expected_group_id=group.pk,
                expected_support=SUPPORT,
                actor=copy(draft.account.person.user),
                at=at,
            ),
        )
    admitted: list[Participation] = []
    for draft in cast.drafts:
        approve = partial(decisions.approve, application_id=draft.pk, at=at + DAY)
        admitted.append((yield APPROVE, partial(approve, actor=copy(cast.staff))))
    yield from _own_parts(cast)
    begins = start_of_day(group.starts_on)
    yield START, partial(learning.start_group, group_id=group.pk, actor=copy(cast.staff), at=begins)
    sessions = list(Session.objects.filter(group=group).order_by("number"))
    for session in sessions:
        for participation in admitted:
            yield (
                ATTEND,
                partial(
                    learning.mark_attendance,
                    participation_id=participation.pk,
                    session_id=session.pk,
                    presence=Presence.PRESENT,
                    expected_version=0,
                    actor=copy(cast.staff),
                    at=session.ends_at,
                ),
            )
    ended = sessions[-1].ends_at
    for number, participation in enumerate(admitted, start=1):
        yield (
            COMPLETE,
            partial(
                outcomes.complete,
                participation_id=participation.pk,
                document_number=f"B-{number}",
                on=group.ends_on,
                actor=copy(cast.staff),
                at=ended,
            ),
        )
    for draft, participation in zip(cast.drafts, admitted, strict=True):
        confirm = partial(outcomes.confirm_completion, participation_id=participation.pk)
        yield CONFIRM, partial(confirm, actor=copy(draft.account.person.user), at=ended + DAY)


Said = list[tuple[str, Record]]
Left = tuple[rows.Counts, dict[str, str]]


def _by_services(
    scratch: Scratch, staged: str, find: Callable[[], Cast], *, record: bool
) -> tuple[Seconds, Said, Left]:
    """Seconds of each step, what each deed said to the database where asked, and what is left."""
    name = scratch.copy("services", staged)
    seconds, said = dict.fromkeys(STEPS, 0.0), []
    with scratch.within(name):
        deeds = _deeds(find())
        step, deed = next(deeds)
        while True:
            begun = perf_counter()
            if record:
                with recorded() as heard:
                    answer = deed()
                said.append((step, heard))
            else:
                answer = deed()
            seconds[step] += perf_counter() - begun
            try:
                step, deed = deeds.send(answer)
            except StopIteration:
                break
        left = rows.counts(), rows.balances()
    scratch.drop(name)
    return seconds, said, left


def _timed(
    scratch: Scratch, staged: str, find: Callable[[], Cast], into: list[Seconds]
) -> tuple[Seconds, Left]:
    seconds, _said, left = _by_services(scratch, staged, find, record=False)
    into.append(seconds)
    return seconds, left


def _replayed(
    scratch: Scratch, staged: str, said: Said, into: list[Seconds]
) -> tuple[Seconds, Left]:
    """The same statements in the same transactions, without Django.

    Keys that the database deals out come out the same, since the copies begin the same.
    """
    name = scratch.copy("bare", staged)
    seconds = dict.fromkeys(STEPS, 0.0)
    with scratch.within(name):
        connection.ensure_connection()
        raw = connection.connection
        # Django's own kind: values are put into the text, so the server is sent the same bytes.
        with ClientCursor(raw) as cursor:
            for step, heard in said:
                begun = perf_counter()
                with raw.transaction():
                    for statement in heard.statements:
                        cursor.execute(statement.sql, statement.params)
                        if cursor.description:
                            cursor.fetchall()
                seconds[step] += perf_counter() - begun
        left = rows.counts(), rows.balances()
    scratch.drop(name)
    into.append(seconds)
    return seconds, left


# --- the report ----------------------------------------------------------------------------


def _count(said: Said, step: str) -> int:
    return sum(len(heard.statements) for name, heard in said if name == step)


def _spread(ours: Sequence[Seconds], bare: Sequence[Seconds], steps: Sequence[str]) -> Spread:
    def total(seconds: Seconds) -> float:
        return sum(seconds[step] for step in steps)

    return Spread(tuple(total(a) / total(b) for a, b in zip(ours, bare, strict=True)))


def _line(outcome: Outcome, name: str, steps: Sequence[str]) -> list[str]:
    """Statements and milliseconds for one person, and the ratio."""

    def each(side: Sequence[Seconds]) -> str:
        totals = (sum(seconds[step] for step in steps) for seconds in side)
        return Spread(tuple(1000 * total / outcome.learners for total in totals)).text()

    statements = sum(outcome.statements[step] for step in steps) / outcome.learners
    ratio = _spread(outcome.service, outcome.bare, steps).text(2)
    return [name, f"{statements:.0f}", each(outcome.service), each(outcome.bare), ratio]


def report(outcome: Outcome) -> str:
    """The section of docs/performance.md."""
    lines = [_line(outcome, step, [step]) for step in STEPS]
    whole = _line(outcome, "the whole way", STEPS)
    whole[-1] = f"**{whole[-1]}**, at most {LIMIT:.0f}"
    written = sum(outcome.written.values()) / outcome.learners
    return "\n\n".join(
        [
            "## From submit to the amount owed",
            f"{outcome.learners} people in one group. For each of them, with milliseconds:",
            table(["step", "statements", "services", "bare statements", "ratio"], [*lines, whole]),
            f"Each person leaves {written:.0f} rows, the same by both ways.",
        ]
    )
