"""Edge cases that a ledger of grants must survive, by their numbers in the reading (2.7).

Case 1 is a race (tests/concurrency/test_money_races.py); the others of this app stand here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accounts.enums import FactKind, FactSource
from accounts.models import PersonFact
from funding.enums import ReleaseCause
from funding.exceptions import InsufficientFunds
from funding.models import (
    AllocationRound,
    Grant,
    PolicyVersion,
    Posting,
    RoundRank,
    RoundRun,
    Transfer,
)
from funding.rules.grants import due_day, window_end
from funding.selectors import money
from funding.services import commitments, grants, rounds
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningAccount
from stars.common.dates import RIGA, start_of_day
from stars.common.errors import Conflict
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def everything_reconciles() -> object:
    yield
    run = reconcile(at=riga(2026, 7, 1))
    assert run.ok, run.problems


def series(
    w: build.World,
    first: date,
    count: int,
    *,
    period: int = 6,
    term: int = 6,
    cap: str | None = None,
    **terms: Any,
) -> list[AllocationRound]:
    """Rounds of a version of their own, due every `period` months from `first`."""
    number = PolicyVersion.objects.filter(scheme=w.allocation.scheme).count() + 1
    policy = PolicyVersion.objects.create(
        scheme=w.allocation.scheme,
        number=number,
        # In force for nobody else.
        valid_from=date(1900 + number, 1, 1),
        valid_to=date(1901 + number, 1, 1),
        terms={**build.ALLOCATION_TERMS, "term_months": term, **terms},
        criteria=build.ADULT,
    )
    made: list[AllocationRound] = []
    for n in range(count):
        due = due_day(first, n, period)
        made.append(
            AllocationRound.objects.create(
                code=f"{policy.pk.hex[:8]}-{n}",
                policy=policy,
                previous=made[-1] if made else None,
                due_on=due,
                ends_at=window_end(due, term, w.source.ends_on),
                cap=D(cap) if cap else None,
            )
        )
    return made


def prefer(account: LearningAccount, kind: str, at: datetime = build.ASKED) -> None:
    """The person has a status that comes first."""
    PersonFact.objects.create(
        person=account.person, kind=kind, value="yes", source=FactSource.REGISTER, observed_at=at
    )


class TestCase2RetryAfterSuccess:
    def test_the_same_hold_comes_back_though_the_money_is_gone(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        what, key = build.offer(w, "400.00"), uuid4()
        first = build.hold(account, what, riga(2025, 2, 1), support="400.00", application_id=key)
        again = build.hold(account, what, riga(2025, 2, 1), support="400.00", application_id=key)
        assert again == first
        assert money(account, riga(2025, 2, 1)).free == D("100.00")
        assert Posting.objects.filter(kind="hold").count() == 1


class TestCase5RunTwiceLateMissed:
    def test_run_twice_for_one_period_is_one_lot(self) -> None:
        w = build.world()
        account = build.person(w)
        assert [build.run(w, 0).granted for _ in range(2)] == [1, 0]
        assert Grant.objects.filter(account=account).count() == 1

    def test_late_keeps_the_end_counted_from_the_due_date(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0, riga(2025, 4, 20))
        assert build.lot(account).ends_at == start_of_day(date(2025, 6, 9))
        assert build.lot(account).granted_at == riga(2025, 4, 20)

    def test_not_run_for_seven_months_one_lot_for_each_missed_period(self) -> None:
        w = build.world()
        account = build.person(w)
        AllocationRound.objects.update(state="closed")
        due = series(w, date(2024, 12, 9), 2, term=12, second_after=[])
        assert rounds.run_due(at=riga(2025, 7, 9), actor=SYSTEM) == []
        lots = list(Grant.objects.filter(account=account).order_by("ends_at"))
        assert [lot.round for lot in lots] == due
        assert [lot.ends_at for lot in lots] == [
            start_of_day(date(2025, 12, 9)),
            start_of_day(date(2026, 6, 9)),
        ]
        rounds.run_due(at=riga(2025, 7, 10), actor=SYSTEM)
        assert Grant.objects.filter(account=account).count() == 2

    def test_a_wholly_missed_window_gives_nothing_and_counts_as_nothing(self) -> None:
        """Its money would have ended before it came; the next round is the first then."""
        w = build.world()
        account = build.person(w)
        rounds.run_due(at=riga(2025, 7, 9), actor=SYSTEM)
        assert build.lot(account).round == w.rounds[1]
        grants.accumulate(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 8, 1))
        rounds.run_due(at=riga(2025, 12, 9), actor=SYSTEM)
        assert Grant.objects.filter(account=account).count() == 2

    def test_a_round_that_was_run_is_closed_after_its_window(self) -> None:
        w = build.world()
        build.run(w, 0)
        rounds.run_due(at=start_of_day(date(2025, 6, 9)) - timedelta(seconds=1), actor=SYSTEM)
        w.rounds[0].refresh_from_db()
        assert w.rounds[0].state == "open"
        rounds.run_due(at=start_of_day(date(2025, 6, 9)), actor=SYSTEM)
        w.rounds[0].refresh_from_db()
        w.rounds[1].refresh_from_db()
        assert (w.rounds[0].state, w.rounds[1].state) == ("closed", "open")


class TestCase6Calendar:
    def test_from_31_august_there_is_no_drift(self) -> None:
        w = build.world()
        due = series(w, date(2024, 2, 29), 5, period=6)
        assert [each.due_on for each in due] == [
            date(2024, 2, 29),
            date(2024, 8, 29),
            date(2025, 2, 28),
            date(2025, 8, 29),
            date(2026, 2, 28),
        ]
        first = date(2025, 8, 31)
        assert [due_day(first, n, 6) for n in range(6)] == [
            date(2025, 8, 31),
            date(2026, 2, 28),
            date(2026, 8, 31),
            date(2027, 2, 28),
            date(2027, 8, 31),
            date(2028, 2, 29),
        ]

    def test_kept_money_of_31_august_ends_on_31_august(self) -> None:
        w = build.world()
        account = build.person(w)
        (this,) = series(w, date(2024, 8, 31), 1)
        rounds.run(code=this.code, at=riga(2025, 1, 1), actor=SYSTEM)
        lot = build.lot(account)
        assert lot.ends_at == start_of_day(date(2025, 2, 28))
        kept = grants.accumulate(grant_id=lot.pk, actor=SYSTEM, at=riga(2025, 2, 27))
        assert kept.ends_at == start_of_day(date(2025, 8, 31))

    @pytest.mark.parametrize(
        ("first", "ends"),
        [
            (date(2024, 9, 30), datetime(2025, 3, 30, 0, tzinfo=RIGA)),  # the clock goes forward
            (date(2025, 4, 26), datetime(2025, 10, 26, 0, tzinfo=RIGA)),  # and back
        ],
    )
    def test_days_of_23_and_25_hours(self, first: date, ends: datetime) -> None:
        w = build.world()
        account = build.person(w)
        (this,) = series(w, first, 1)
        rounds.run(code=this.code, at=ends - timedelta(days=20), actor=SYSTEM)
        assert build.lot(account).ends_at == ends
        assert grants.expire_due(at=ends - timedelta(microseconds=1)) == 0
        assert grants.expire_due(at=ends) == 1

    def test_the_last_moment_is_235959_in_riga_not_in_utc(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        last = datetime(2025, 6, 8, 23, 59, 59, tzinfo=RIGA)
        assert last.utcoffset() == timedelta(hours=3)
        build.hold(account, build.offer(w, "100.00"), last, support="100.00")
        kept = grants.accumulate(grant_id=build.lot(account).pk, actor=SYSTEM, at=last)
        assert kept.state == "accumulated"

    def test_a_request_on_the_due_day_at_midnight_in_riga_counts(self) -> None:
        w = build.world()
        midnight = start_of_day(date(2024, 12, 9))
        build.person(w, asked=midnight)
        build.person(w, asked=midnight + timedelta(seconds=1))
        assert build.run(w, 0, midnight).granted == 1


class TestCase7Cap:
    def with_before(
        self, amount: str
    ) -> tuple[build.World, LearningAccount, AllocationRound, Grant]:
        """An account with `amount` EUR, and a round of 500 with a ceiling of 1 000."""
        w = build.world()
        account = build.person(w)
        (before,) = series(w, date(2024, 12, 9), 1, amount=amount, term=12)
        (this,) = series(w, date(2024, 12, 10), 1, second_window="any", second_after=[])
        rounds.run(code=before.code, at=riga(2024, 12, 9), actor=SYSTEM)
        return w, account, this, build.lot(account)

    def test_700_and_500_give_a_lot_of_300_and_the_200_are_recorded(self) -> None:
        _w, _account, this, _lot = self.with_before("700.00")
        result = rounds.run(code=this.code, at=riga(2024, 12, 10), actor=SYSTEM)
        grant = Grant.objects.get(round=this)
        assert (grant.amount, grant.cut) == (D("300.00"), D("200.00"))
        assert result.cut == D("200.00")
        assert RoundRun.objects.get(round=this).cut == D("200.00")

    def test_held_money_counts_and_a_release_lifts_nobody_over_it(self) -> None:
        w, account, this, _lot = self.with_before("700.00")
        held = build.hold(account, build.offer(w, "600.00"), riga(2024, 12, 9), support="600.00")
        rounds.run(code=this.code, at=riga(2024, 12, 10), actor=SYSTEM)
        assert Grant.objects.get(round=this).amount == D("300.00")
        commitments.release(
            commitment_id=held.pk, cause=ReleaseCause.PERSON, actor=SYSTEM, at=riga(2024, 12, 11)
        )
        assert money(account, riga(2024, 12, 11)).free == D("1000.00")

    def test_who_is_at_the_ceiling_is_counted_and_served_once_there_is_room(self) -> None:
        w, account, this, _lot = self.with_before("1000.00")
        result = rounds.run(code=this.code, at=riga(2024, 12, 10), actor=SYSTEM)
        assert (result.granted, result.refusals) == (0, {"ceiling": 1})
        held = build.hold(account, build.offer(w, "400.00"), riga(2025, 1, 1), support="400.00")
        commitments.capture(commitment_id=held.pk, evidence={}, actor=SYSTEM, at=riga(2025, 2, 1))
        assert rounds.run(code=this.code, at=riga(2025, 2, 2), actor=SYSTEM).granted == 1
        assert Grant.objects.get(round=this).amount == D("400.00")


class TestCase8ExpiryAgainstReservation:
    def held(self) -> tuple[build.World, LearningAccount, Any]:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        held = build.hold(account, build.offer(w, "300.00"), riga(2025, 6, 1), support="300.00")
        grants.expire_due(at=riga(2025, 6, 9, 0))
        return w, account, held

    def test_only_the_free_part_lapses(self) -> None:
        _w, account, held = self.held()
        assert held.ledger_account.balance == 0  # as it was before the posting
        held.ledger_account.refresh_from_db()
        assert held.ledger_account.balance == D("300.00")
        assert money(account, riga(2025, 6, 10)).free == 0
        assert Posting.objects.get(kind="annul").transfers.get().amount == D("200.00")

    def test_reserved_money_can_still_be_debited(self) -> None:
        _w, account, held = self.held()
        commitments.capture(commitment_id=held.pk, evidence={}, actor=SYSTEM, at=riga(2025, 8, 1))
        assert money(account, riga(2025, 8, 1)).spent == D("300.00")

    @pytest.mark.parametrize(("cause", "comes_back"), [("person", "0.00"), ("provider", "300.00")])
    def test_released_after_the_end_follows_the_rule(self, cause: str, comes_back: str) -> None:
        _w, account, held = self.held()
        commitments.release(commitment_id=held.pk, cause=cause, actor=SYSTEM, at=riga(2025, 7, 1))
        assert money(account, riga(2025, 7, 1)).free == D(comes_back)


class TestCase9RefundIntoAnExpiredLot:
    def replaced(self) -> tuple[build.World, LearningAccount, Any]:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        held = build.hold(account, build.offer(w, "500.00"), riga(2025, 6, 1), support="500.00")
        grants.expire_due(at=riga(2025, 6, 9, 0))
        for _ in range(2):
            commitments.release(
                commitment_id=held.pk, cause="provider", actor=SYSTEM, at=riga(2025, 7, 1)
            )
        return w, account, held

    def test_a_dated_lot_once(self) -> None:
        _w, account, held = self.replaced()
        lot = Grant.objects.get(replaces=held)
        assert (lot.amount, lot.ends_at) == (D("500.00"), start_of_day(date(2025, 8, 31)))
        assert Grant.objects.filter(account=account).count() == 2

    def test_it_ends_like_any_other_and_cannot_be_kept(self) -> None:
        _w, account, held = self.replaced()
        lot = Grant.objects.get(replaces=held)
        with pytest.raises(Conflict):
            grants.accumulate(grant_id=lot.pk, actor=SYSTEM, at=riga(2025, 8, 1))
        assert grants.expire_due(at=riga(2025, 8, 31, 0)) == 1
        assert money(account, riga(2025, 8, 31)).free == 0

    def test_what_replaces_the_first_counts_as_the_first(self) -> None:
        """It neither stands for a second grant, nor takes the second one away (rule 3)."""
        w, account, _held = self.replaced()
        assert build.run(w, 1, riga(2025, 7, 2)).granted == 0
        used = build.hold(account, build.offer(w, "500.00"), riga(2025, 7, 3), support="500.00")
        assert build.run(w, 1, riga(2025, 7, 4)).granted == 0  # still learning
        commitments.capture(commitment_id=used.pk, evidence={}, actor=SYSTEM, at=riga(2025, 9, 1))
        assert build.run(w, 1, riga(2025, 9, 2)).granted == 1


class TestCase10OrderOfUse:
    def two_lots(self) -> tuple[build.World, LearningAccount]:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        grants.accumulate(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 5, 1))
        build.run(w, 1)
        return w, account

    def test_soonest_ending_first(self) -> None:
        w, account = self.two_lots()
        again = {"max_grants": 3, "second_window": "any", "second_after": []}
        (later,) = series(w, date(2025, 7, 1), 1, term=2, amount="100.00", ceiling=None, **again)
        held = build.hold(account, build.offer(w, "600.00"), riga(2025, 6, 20), support="600.00")
        first_two = list(held.lines.values_list("grant__round__code", "amount"))
        # A later lot that ends sooner does not rewrite what was taken before.
        rounds.run(code=later.code, at=riga(2025, 7, 1), actor=SYSTEM)
        assert list(held.lines.values_list("grant__round__code", "amount")) == first_two
        next_one = build.hold(account, build.offer(w, "150.00"), riga(2025, 7, 2), support="150.00")
        assert next_one.lines.first().grant.round == later  # type: ignore[union-attr]

    def test_a_refund_restores_the_lots_that_were_used_in_reverse(self) -> None:
        w, account = self.two_lots()
        held = build.hold(account, build.offer(w, "700.00"), riga(2025, 6, 20), support="700.00")
        used = [(line.grant.ledger_account_id, line.amount) for line in held.lines.all()]
        commitments.release(
            commitment_id=held.pk, cause=ReleaseCause.PERSON, actor=SYSTEM, at=riga(2025, 6, 21)
        )
        back = Transfer.objects.filter(posting__kind="release").order_by("pk")
        assert list(back.values_list("credit_id", "amount")) == used[::-1]
        assert money(account, riga(2025, 6, 21)).free == D("1000.00")


class TestCappedRounds:
    def line(self, **kwargs: Any) -> tuple[build.World, AllocationRound]:
        w = build.world()
        (this,) = series(
            w,
            date(2024, 12, 9),
            1,
            cap="1000.00",
            order="priority",
            priority=[{"criterion": "low_income"}, {"criterion": "disability"}],
            **kwargs,
        )
        return w, this

    def served(self, this: AllocationRound) -> list[LearningAccount]:
        ranks = RoundRank.objects.filter(round=this, account__grants__round=this)
        return [rank.account for rank in ranks.order_by("rank")]

    def test_priority_group_then_time_of_asking(self) -> None:
        w, this = self.line()
        plain_first = build.person(w, asked=riga(2024, 12, 5, 8))
        disabled = build.person(w, asked=riga(2024, 12, 5, 10))
        prefer(disabled, FactKind.DISABILITY)
        poor_late = build.person(w, asked=riga(2024, 12, 5, 11))
        prefer(poor_late, FactKind.LOW_INCOME)
        poor_early = build.person(w, asked=riga(2024, 12, 5, 9))
        prefer(poor_early, FactKind.LOW_INCOME)
        plan = rounds.preview(code=this.code, at=riga(2024, 12, 9))
        assert (plan.granted, plan.waiting, plan.amount) == (2, 2, D("1000.00"))
        result = rounds.run(code=this.code, at=riga(2024, 12, 9), actor=SYSTEM)
        assert (result.granted, result.waiting) == (2, 2)
        order = RoundRank.objects.filter(round=this).order_by("rank")
        assert [r.account for r in order] == [poor_early, poor_late, disabled, plain_first]
        assert [r.priority for r in order] == [0, 0, 1, 2]
        assert self.served(this) == [poor_early, poor_late]

    def test_the_frozen_order_stays_whoever_comes_later(self) -> None:
        w, this = self.line()
        people = [build.person(w, asked=riga(2024, 12, 5, hour)) for hour in (8, 9, 10)]
        rounds.run(code=this.code, at=riga(2024, 12, 9), actor=SYSTEM)
        newcomer = build.person(w, asked=riga(2024, 12, 10))
        prefer(newcomer, FactKind.LOW_INCOME)
        rounds.run(code=this.code, at=riga(2024, 12, 11), actor=SYSTEM)
        grants.decline(grant_id=build.lot(people[0]).pk, actor=SYSTEM, at=riga(2024, 12, 12))
        rounds.run(code=this.code, at=riga(2024, 12, 12), actor=SYSTEM)
        assert self.served(this) == people
        assert RoundRank.objects.get(account=newcomer).rank == 4

    def test_money_that_was_lost_is_promised_again_but_not_what_was_used(self) -> None:
        w, this = self.line()
        people = [build.person(w, asked=riga(2024, 12, 5, hour)) for hour in (8, 9, 10)]
        rounds.run(code=this.code, at=riga(2024, 12, 9), actor=SYSTEM)
        offers = [build.offer(w, "100.00"), build.offer(w, "100.00")]
        done = build.hold(people[0], offers[0], riga(2025, 1, 1), support="100.00")
        lost = build.hold(people[0], offers[1], riga(2025, 1, 1), support="100.00")
        commitments.capture(commitment_id=done.pk, evidence={}, actor=SYSTEM, at=riga(2025, 2, 1))
        commitments.forfeit(commitment_id=lost.pk, actor=SYSTEM, at=riga(2025, 2, 2))
        # 400 of the 500 are back: not enough for a whole grant.
        assert rounds.run(code=this.code, at=riga(2025, 2, 3), actor=SYSTEM).granted == 0
        AllocationRound.objects.filter(pk=this.pk).update(cap=D("1100.00"))
        assert rounds.run(code=this.code, at=riga(2025, 2, 4), actor=SYSTEM).granted == 1


class TestRoundsWithoutBudget:
    def test_nobody_is_served_and_the_message_says_what_is_missing(self) -> None:
        w = build.world(authorised="1200.00")
        for _ in range(3):
            build.person(w)
        plan = rounds.preview(code=w.rounds[0].code, at=riga(2024, 12, 9))
        assert (plan.granted, plan.missing) == (3, D("300.00"))
        with pytest.raises(InsufficientFunds, match=r"1.500.*300"):
            build.run(w, 0)
        assert not Grant.objects.exists()
        run = RoundRun.objects.get()
        assert run.finished_at
        assert (run.expected, run.granted, run.refusals) == (3, 0, {"no_money": 3})

    def test_a_cap_lets_some_be_served_in_order(self) -> None:
        w = build.world(authorised="1200.00", cap="1000.00")
        for _ in range(3):
            build.person(w)
        result = build.run(w, 0)
        assert (result.granted, result.waiting) == (2, 1)


class TestOutcomesThatMatter:
    """`Terms.second_after` decides what the grant before must have become (rule 3)."""

    @pytest.mark.parametrize(
        ("terms", "expected"),
        [
            ({}, {"keep", "complete", "decline"}),
            ({"second_after": ["used_and_completed"]}, {"complete", "decline"}),
            ({"second_after": ["accumulated"]}, {"keep", "decline"}),
            ({"second_after": ["used"]}, {"complete", "learn", "decline"}),
            ({"second_after": []}, {"keep", "complete", "learn", "decline"}),
            (
                {"second_after": [], "second_never_after": ["forfeited"]},
                {"keep", "complete", "learn", "decline", "nothing"},
            ),
            (
                {"second_after": [], "second_never_after": []},
                {"keep", "complete", "learn", "decline", "nothing", "stop"},
            ),
            ({"declined_counts_as_first": True}, {"keep", "complete"}),
            ({"max_grants": 1}, {"decline"}),
        ],
    )
    def test_by_policy(self, terms: dict[str, Any], expected: set[str]) -> None:
        w = build.world()
        due = series(w, date(2024, 12, 9), 2, **terms)
        people = {
            fate: build.person(w)
            for fate in ("keep", "complete", "learn", "decline", "nothing", "stop")
        }
        rounds.run(code=due[0].code, at=riga(2024, 12, 9), actor=SYSTEM)
        lots = {fate: build.lot(account) for fate, account in people.items()}
        grants.accumulate(grant_id=lots["keep"].pk, actor=SYSTEM, at=riga(2025, 5, 1))
        grants.decline(grant_id=lots["decline"].pk, actor=SYSTEM, at=riga(2025, 5, 1))
        done, _going_on, stopped = (
            build.hold(people[fate], build.offer(w, "500.00"), riga(2025, 2, 1), support="500.00")
            for fate in ("complete", "learn", "stop")
        )
        end: dict[str, Any] = {"actor": SYSTEM, "at": riga(2025, 4, 1)}
        commitments.capture(commitment_id=done.pk, evidence={}, **end)
        commitments.forfeit(commitment_id=stopped.pk, **end)
        rounds.run(code=due[1].code, at=riga(2025, 6, 9), actor=SYSTEM)
        second = set(Grant.objects.filter(round=due[1]).values_list("account", flat=True))
        assert {fate for fate, account in people.items() if account.pk in second} == expected

    def test_only_the_round_directly_after_or_any_later_one(self) -> None:
        for window, granted in (("next", 0), ("any", 1)):
            w = build.world()
            due = series(w, date(2024, 12, 9), 3, second_window=window)
            account = build.person(w)
            rounds.run(code=due[0].code, at=riga(2024, 12, 9), actor=SYSTEM)
            held = build.hold(account, build.offer(w, "500.00"), riga(2025, 2, 1), support="500.00")
            commitments.capture(
                commitment_id=held.pk, evidence={}, actor=SYSTEM, at=riga(2025, 4, 1)
            )
            result = rounds.run(code=due[2].code, at=riga(2025, 12, 9), actor=SYSTEM)
            assert result.granted == granted

    def test_to_everybody_who_fits_where_nobody_has_to_ask(self) -> None:
        w = build.world()
        (this,) = series(w, date(2024, 12, 9), 1, requested=False)
        build.person(w, asked=None)
        build.person(w, asked=None, opened=riga(2024, 12, 10))
        result = rounds.run(code=this.code, at=riga(2024, 12, 9), actor=SYSTEM)
        assert (result.granted, result.refusals) == (1, {})
        assert rounds.run(code=this.code, at=riga(2024, 12, 10, 13), actor=SYSTEM).granted == 1

    def test_late_arrivals_wait_for_the_next_round_where_the_policy_says_so(self) -> None:
        w = build.world()
        (this,) = series(w, date(2024, 12, 9), 1, late_arrivals="next_round")
        build.person(w)
        build.person(w, asked=riga(2024, 12, 10))
        assert rounds.run(code=this.code, at=riga(2024, 12, 12), actor=SYSTEM).granted == 1
