"""The rules of money-rules.md, each by its number, through the services."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest

from funding.enums import ReleaseCause
from funding.exceptions import InsufficientFunds, OutsideWindow, QuoteChanged, UnknownRound
from funding.models import Grant, LedgerAccount, Posting
from funding.selectors import money
from funding.selectors_movements import movements
from funding.services import commitments, grants, rounds
from funding.services.quote import quote
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningPath
from stars.common.dates import start_of_day
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


def free(account: object, at: object) -> Decimal:
    return money(account, at).free


class TestWhoAndWhen:
    def test_rule_1_adults_who_asked_with_a_profile(self) -> None:
        w = build.world()
        adult = build.person(w)
        build.person(w, asked=None)
        build.person(w, profile=False)
        build.person(w, born=date(2006, 12, 10))  # 18 the day after
        young = build.person(w, born=date(2006, 12, 9))  # 18 on the day
        result = build.run(w, 0)
        assert result.granted == 2
        assert result.amount == D("1000.00")
        assert free(adult, riga(2024, 12, 9)) == D("500.00")
        assert free(young, riga(2024, 12, 9)) == D("500.00")
        assert result.refusals == {"no_request": 1, "profile_complete": 1, "minimum_age": 1}

    def test_rule_1_leap_day_birthday(self) -> None:
        w = build.world()
        build.person(w, born=date(2008, 2, 29))
        assert build.run(w, 2, riga(2026, 2, 28)).granted == 0
        assert build.run(w, 2, riga(2026, 3, 1)).granted == 1

    def test_rule_2_latecomers_get_the_rounds_end(self) -> None:
        w = build.world()
        build.run(w, 0)
        late = build.person(w, opened=riga(2025, 3, 1), asked=riga(2025, 3, 1))
        assert build.run(w, 0, riga(2025, 3, 1, 20)).granted == 1
        assert build.lot(late).ends_at == start_of_day(date(2025, 6, 9))

    def test_rule_2_last_day_is_with_the_source(self) -> None:
        w = build.world()
        build.person(w)
        build.run(w, 2)
        assert w.rounds[2].ends_at == start_of_day(date(2026, 6, 9))

    def test_rule_2_repeating_changes_nothing(self) -> None:
        w = build.world()
        build.person(w)
        assert [build.run(w, 0).granted for _ in range(3)] == [1, 0, 0]

    def test_rule_2_request_later_than_the_run_does_not_count(self) -> None:
        w = build.world()
        build.person(w, asked=riga(2024, 12, 10))
        assert build.run(w, 0).granted == 0

    def test_batches_serve_everybody_once(self) -> None:
        w = build.world()
        for _ in range(7):
            build.person(w)
        assert build.run(w, 0, batch=3).granted == 7
        assert Grant.objects.count() == 7

    def test_deceased_get_nothing(self) -> None:
        w = build.world()
        account = build.person(w)
        account.person.deceased = True
        account.person.save()
        assert build.run(w, 0).granted == 0

    @pytest.mark.parametrize("at", [riga(2024, 12, 8, 23, 59), riga(2025, 6, 9, 0, 0)])
    def test_outside_the_window(self, at: object) -> None:
        w = build.world()
        with pytest.raises(OutsideWindow):
            build.run(w, 0, at)

    def test_unknown_round(self) -> None:
        with pytest.raises(UnknownRound):
            rounds.run(code="nope", at=riga(2025, 1, 1), actor=SYSTEM)

    def test_dry_run_writes_nothing(self) -> None:
        w = build.world()
        build.person(w)
        result = rounds.preview(code=w.rounds[0].code, at=riga(2024, 12, 9))
        assert (result.granted, result.amount) == (1, D("500.00"))
        assert Grant.objects.count() == 0

    def test_the_pool_never_goes_below_zero(self) -> None:
        w = build.world(authorised="700.00")
        build.person(w)
        build.person(w)
        with pytest.raises(InsufficientFunds):
            build.run(w, 0)

    def test_capped_round_serves_by_time_of_asking_and_keeps_a_waiting_list(self) -> None:
        w = build.world(cap="1000.00")
        last = build.person(w, asked=riga(2024, 12, 8))
        first = build.person(w, asked=riga(2024, 12, 6))
        second = build.person(w, asked=riga(2024, 12, 7))
        preview = rounds.preview(code=w.rounds[0].code, at=riga(2024, 12, 9))
        assert (preview.granted, preview.waiting) == (2, 1)
        assert build.run(w, 0).granted == 2
        assert Grant.objects.filter(account__in=[first, second]).count() == 2
        # Somebody gives the money back: the next in line is served, not whoever asked last.
        newcomer = build.person(w, asked=riga(2024, 12, 9))
        grants.decline(grant_id=build.lot(first).pk, actor=SYSTEM, at=riga(2024, 12, 10))
        assert build.run(w, 0, riga(2024, 12, 11)).granted == 1
        assert Grant.objects.filter(account=last).exists()
        assert not Grant.objects.filter(account=newcomer).exists()


class TestSecondGrant:
    def granted_twice(self, prepare: object, second_round: int = 1) -> bool:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        prepare(w, account)
        for number in range(1, second_round + 1):
            at = start_of_day(w.rounds[number].due_on)
            grants.expire_due(at=at)
            build.run(w, number)
        return Grant.objects.filter(account=account).count() == 2

    def use(self, w: object, account: object, price: str = "400.00") -> object:
        return build.hold(account, build.offer(w, price), riga(2025, 2, 1), support=price)

    def capture(self, c: object) -> None:
        commitments.capture(commitment_id=c.pk, evidence={}, actor=SYSTEM, at=riga(2025, 4, 1))

    def test_unused_first_means_no_second(self) -> None:
        assert not self.granted_twice(lambda w, a: None)

    def test_used_and_completed(self) -> None:
        assert self.granted_twice(lambda w, a: self.capture(self.use(w, a)))

    def test_only_in_the_window_directly_after(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        self.capture(self.use(w, account))
        grants.expire_due(at=start_of_day(w.rounds[2].due_on))
        assert build.run(w, 2).granted == 0

    def test_still_learning_waits_for_completion(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        held = self.use(w, account)
        grants.expire_due(at=riga(2025, 6, 9, 0))
        assert build.run(w, 1).granted == 0
        commitments.capture(commitment_id=held.pk, evidence={}, actor=SYSTEM, at=riga(2025, 7, 1))
        assert build.run(w, 1, riga(2025, 7, 2)).granted == 1

    def test_forfeited_means_none(self) -> None:
        def stop(w: object, a: object) -> None:
            commitments.forfeit(commitment_id=self.use(w, a).pk, actor=SYSTEM, at=riga(2025, 3, 1))

        assert not self.granted_twice(stop)

    def test_accumulated_gets_a_second_and_holds_a_thousand(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        grants.accumulate(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 5, 1))
        grants.expire_due(at=riga(2025, 6, 9, 0))
        build.run(w, 1)
        assert free(account, riga(2025, 6, 10)) == D("1000.00")

    def test_never_a_third(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        grants.accumulate(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 5, 1))
        build.run(w, 1)
        grants.accumulate(grant_id=build.lot(account, 1).pk, actor=SYSTEM, at=riga(2025, 11, 1))
        grants.expire_due(at=riga(2025, 12, 9, 0))
        assert build.run(w, 2).granted == 0

    def test_declined_does_not_count_as_the_first(self) -> None:
        def give_back(w: object, a: object) -> None:
            grants.decline(grant_id=build.lot(a).pk, actor=SYSTEM, at=riga(2025, 1, 1))

        assert self.granted_twice(give_back)

    def test_ceiling_cuts_and_records(self) -> None:
        w = build.world()
        # The pilot's own ceiling is never reached by two grants of 500.
        account = build.person(w)
        build.run(w, 0)
        grants.accumulate(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 5, 1))
        terms = {**build.ALLOCATION_TERMS, "ceiling": "700.00"}
        other = build.policy(
            build.Scheme.objects.create(source=w.source, kind="allocation", code=f"x{account.pk}"),
            terms,
            build.ADULT,
        )
        # The same account under a scheme whose ceiling counts everything it has.
        this = build.AllocationRound.objects.create(
            code="ceiling", policy=other, due_on=date(2025, 6, 9), ends_at=w.rounds[1].ends_at
        )
        result = rounds.run(code=this.code, at=riga(2025, 6, 9), actor=SYSTEM)
        grant = Grant.objects.get(round=this)
        assert (grant.amount, grant.cut, result.cut) == (D("200.00"), D("300.00"), D("300.00"))


class TestTermAndRelease:
    def test_rule_5_accumulated_once_counted_from_the_due_date(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        grant = grants.accumulate(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 6, 8))
        assert grant.ends_at == start_of_day(date(2025, 12, 9))
        with pytest.raises(Conflict):
            grants.accumulate(grant_id=grant.pk, actor=SYSTEM, at=riga(2025, 7, 1))

    def test_rule_5_too_late(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        with pytest.raises(Conflict):
            grants.accumulate(
                grant_id=build.lot(account).pk, actor=SYSTEM, at=start_of_day(date(2025, 6, 9))
            )

    def test_rule_6_free_part_ends_and_held_part_stays(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        held = build.hold(account, build.offer(w, "300.00"), riga(2025, 6, 8), support="300.00")
        assert grants.expire_due(at=start_of_day(date(2025, 6, 9)) - timedelta(seconds=1)) == 0
        assert grants.expire_due(at=start_of_day(date(2025, 6, 9))) == 1
        assert grants.expire_due(at=start_of_day(date(2025, 6, 9))) == 0
        assert build.lot(account).state == "used_up"
        commitments.capture(
            commitment_id=held.pk, evidence={"share": "0.9"}, actor=SYSTEM, at=riga(2025, 8, 1)
        )
        assert money(account, riga(2025, 8, 1)).spent == D("300.00")

    def test_unused_lot_is_annulled(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        grants.expire_due(at=riga(2025, 6, 9))
        assert build.lot(account).state == "annulled"

    def test_rule_7_released_in_time_goes_back_to_the_same_lots(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        held = build.hold(account, build.offer(w, "400.00"), riga(2025, 2, 1), support="400.00")
        for _ in range(2):
            commitments.release(
                commitment_id=held.pk, cause=ReleaseCause.PERSON, actor=SYSTEM, at=riga(2025, 3, 1)
            )
        assert free(account, riga(2025, 3, 1)) == D("500.00")
        assert Grant.objects.count() == 1

    @pytest.mark.parametrize("cause", ["provider", "agency", "quality", "no_answer"])
    def test_rule_7_after_the_end_others_fault_gives_one_replacement(self, cause: str) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        held = build.hold(account, build.offer(w, "400.00"), riga(2025, 6, 1), support="400.00")
        grants.expire_due(at=riga(2025, 6, 9))
        for _ in range(2):
            commitments.release(
                commitment_id=held.pk, cause=cause, actor=SYSTEM, at=riga(2025, 7, 1)
            )
        new = Grant.objects.get(replaces=held)
        assert new.amount == D("400.00")
        assert new.ends_at == start_of_day(date(2025, 8, 31))
        assert free(account, riga(2025, 7, 1)) == D("400.00")

    def test_rule_7_replacement_ends_with_the_source(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 2)
        held = build.hold(account, build.offer(w, "400.00"), riga(2026, 6, 1), support="400.00")
        grants.expire_due(at=riga(2026, 6, 10))
        commitments.release(
            commitment_id=held.pk, cause="provider", actor=SYSTEM, at=riga(2026, 6, 20)
        )
        assert Grant.objects.get(replaces=held).ends_at == start_of_day(date(2026, 7, 1))

    def test_rule_7_after_the_end_own_withdrawal_annuls(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        held = build.hold(account, build.offer(w, "400.00"), riga(2025, 6, 1), support="400.00")
        grants.expire_due(at=riga(2025, 6, 9))
        commitments.release(
            commitment_id=held.pk, cause=ReleaseCause.PERSON, actor=SYSTEM, at=riga(2025, 7, 1)
        )
        assert free(account, riga(2025, 7, 1)) == 0
        assert build.lot(account).state == "annulled"

    def test_rule_8_held_part_and_free_rest_are_lost(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        held = build.hold(account, build.offer(w, "300.00"), riga(2025, 2, 1), support="300.00")
        for _ in range(2):
            commitments.forfeit(commitment_id=held.pk, actor=SYSTEM, at=riga(2025, 3, 1))
        assert free(account, riga(2025, 3, 1)) == 0
        assert build.lot(account).state == "forfeited"
        pool = LedgerAccount.objects.get(kind="pool", source=w.source)
        assert pool.balance == D("100000.00")

    def test_declining_needs_an_untouched_lot(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        build.hold(account, build.offer(w, "300.00"), riga(2025, 2, 1), support="300.00")
        with pytest.raises(Conflict):
            grants.decline(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 2, 2))


class TestQuoteAndHold:
    def test_570_needs_a_co_payment_of_70(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        answer = quote(offer=build.offer(w, "570.00"), account=account, at=riga(2025, 1, 1))
        assert (answer.support, answer.own_part) == (D("500.00"), D("70.00"))

    def test_two_lots_soonest_first(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        grants.accumulate(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 5, 1))
        build.run(w, 1)
        held = build.hold(account, build.offer(w, "800.00"), riga(2025, 7, 1), support="800.00")
        lines = list(held.lines.values_list("order", "amount"))
        assert lines == [(0, D("500.00")), (1, D("300.00"))]

    def test_visitor_sees_what_is_possible(self) -> None:
        w = build.world()
        answer = quote(offer=build.offer(w, "570.00"), account=None, at=riga(2025, 1, 1))
        assert (answer.support, answer.own_part, answer.answer) == (
            D("500.00"),
            D("70.00"),
            "unknown",
        )

    def test_what_was_confirmed_must_still_hold(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        build.hold(account, build.offer(w, "300.00"), riga(2025, 2, 1), support="300.00")
        with pytest.raises(QuoteChanged):
            build.hold(account, build.offer(w, "400.00"), riga(2025, 2, 1), support="400.00")

    def test_three_applications_cannot_promise_the_same_money(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        build.hold(account, build.offer(w, "500.00"), riga(2025, 2, 1), support="500.00")
        for _ in range(2):
            with pytest.raises(QuoteChanged):
                build.hold(account, build.offer(w, "500.00"), riga(2025, 2, 1), support="500.00")
        assert Posting.objects.filter(kind="hold").count() == 1

    def test_rule_9_the_same_programme_only_once(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        what = build.offer(w, "100.00")
        build.hold(account, what, riga(2025, 2, 1), support="100.00")
        answer = quote(offer=what, account=account, at=riga(2025, 2, 2))
        assert answer.support == 0

    def test_rule_12_full_cover_needs_a_path_and_never_touches_the_500(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        what = build.offer(w, "2127.19", "further_education")
        assert quote(offer=what, account=account, at=riga(2025, 2, 1)).support == 0
        LearningPath.objects.create(account=account, goal="Tehniķis", begun_at=riga(2025, 2, 1))
        held = build.hold(account, what, riga(2025, 2, 1), support="2127.19")
        assert free(account, riga(2025, 2, 1)) == D("500.00")
        assert not held.lines.exists()
        assert held.policy == w.full
        commitments.release(
            commitment_id=held.pk, cause="person", actor=SYSTEM, at=riga(2025, 2, 2)
        )
        assert LedgerAccount.objects.get(kind="pool", source=w.source).balance == D("99500.00")
        told = movements(account)
        assert [(m.amount, m.balance) for m in told] == [
            (D("0.00"), D("500.00")),
            (D("0.00"), D("500.00")),
            (D("500.00"), D("500.00")),
        ]
        assert all("127,19" in m.sentence for m in told[:2])

    def test_source_that_has_ended_pays_nothing(self) -> None:
        w = build.world()
        answer = quote(offer=build.offer(w, "100.00"), account=None, at=riga(2026, 7, 1))
        assert (answer.support, answer.reason_code) == (0, "source_ended")

    def test_what_happens_in_one_moment_keeps_its_order(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        end = start_of_day(date(2025, 6, 9))
        held = build.hold(account, build.offer(w, "300.00"), riga(2025, 2, 1), support="300.00")
        commitments.release(commitment_id=held.pk, cause="person", actor=SYSTEM, at=end)
        history = movements(account)
        sums = [m.balance for m in reversed(history)]
        assert sums[0] == D("500.00")
        for earlier, later in itertools.pairwise(reversed(history)):
            assert later.balance == earlier.balance + later.amount

    def test_history_in_words_adds_up(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        held = build.hold(account, build.offer(w, "300.00"), riga(2025, 2, 1), support="300.00")
        commitments.release(
            commitment_id=held.pk, cause="person", actor=SYSTEM, at=riga(2025, 3, 1)
        )
        history = movements(account)
        assert [m.amount for m in history] == [D("300.00"), D("-300.00"), D("500.00")]
        assert history[0].balance == D("500.00")
        assert all(m.sentence for m in history)
