"""Closed months, budgets by origin, the journal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from funding.enums import Origin, PostingKind
from funding.exceptions import ClosedPeriod
from funding.models import Budget, PeriodClose, Posting
from funding.selectors_books import JOURNAL_HEADS, figures, journal
from funding.services import commitments, periods
from funding.services.reconcile import reconcile
from stars.common.dates import now
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db
D = Decimal
JUNE = date(2025, 6, 1)


@pytest.fixture
def w() -> build.World:
    world = build.world()
    Budget.objects.create(source=world.source, origin=Origin.EU, amount=D("900.00"))
    Budget.objects.create(source=world.source, origin=Origin.STATE, amount=D("100.00"))
    return world


def close(month: date = JUNE) -> PeriodClose:
    at = riga(2025, 7, 2)
    reconcile(at=at)
    return periods.close_month(month=month, actor=SYSTEM, at=at)


class TestClosing:
    def test_nothing_counts_in_a_closed_month(self, w: build.World) -> None:
        account, what = build.person(w), build.offer(w, "300.00")
        build.run(w, 1)
        close()
        before = Posting.objects.count()
        with pytest.raises(ClosedPeriod):
            build.hold(account, what, riga(2025, 6, 20), support="300.00")
        assert Posting.objects.count() == before
        assert build.hold(account, what, riga(2025, 7, 3), support="300.00")

    def test_the_database_refuses_it_as_well(self, w: build.World) -> None:
        close()
        with pytest.raises(IntegrityError, match="closed_period"), transaction.atomic():
            Posting.objects.create(
                kind=PostingKind.PAY,
                idempotency_key="round-the-service",
                fingerprint="",
                booked_at=now(),
                effective_at=riga(2025, 6, 30, 23, 59),
                reference="",
            )

    def test_a_month_that_is_not_over(self, w: build.World) -> None:
        with pytest.raises(Invalid):
            periods.close_month(month=date(2025, 7, 1), actor=SYSTEM, at=riga(2025, 7, 31, 23, 59))

    def test_only_after_a_proof_that_is_younger_than_the_month(self, w: build.World) -> None:
        reconcile(at=riga(2025, 6, 30))
        with pytest.raises(Conflict):
            periods.close_month(month=JUNE, actor=SYSTEM, at=riga(2025, 7, 2))

    def test_once_and_never_backwards(self, w: build.World) -> None:
        close()
        for month in (JUNE, date(2025, 5, 1)):
            with pytest.raises(Conflict):
                close(month)

    def test_it_is_the_finance_officers(self, w: build.World) -> None:
        nobody = build.person(w).person.user
        with pytest.raises(NotAllowed):
            periods.close_month(month=JUNE, actor=nobody, at=riga(2025, 7, 2))


class TestFigures:
    def test_every_euro_is_somewhere(self, w: build.World) -> None:
        account = build.person(w)
        first, second = build.offer(w, "300.00"), build.offer(w, "150.00")
        build.run(w, 1)
        one = build.hold(account, first, riga(2025, 6, 20), support="300.00")
        build.hold(account, second, riga(2025, 6, 21), support="150.00")
        commitments.capture(commitment_id=one.pk, evidence={}, actor=SYSTEM, at=riga(2025, 8, 1))
        found = next(f for f in figures(riga(2025, 8, 2)) if f.source == w.source)
        whole = found.whole
        assert (whole.granted, whole.held, whole.owed) == (D("50.00"), D("150.00"), D("300.00"))
        assert whole.available + whole.granted + whole.used == D("100000.00")
        assert whole.percent == D("45.0")
        assert found.origins["eu"].used + found.origins["state"].used == whole.used
        assert found.origins["eu"].owed == D("270.00")
        # 450 in 90 days is 5 a day; 550 are left.
        assert found.forecast.per_day == D("5.00")
        assert found.forecast.on == date(2025, 11, 20)

    def test_what_came_back_is_told_once(self, w: build.World) -> None:
        account = build.person(w)
        build.run(w, 1)
        held = build.hold(account, build.offer(w, "300.00"), riga(2025, 6, 20), support="300.00")
        commitments.forfeit(commitment_id=held.pk, actor=SYSTEM, at=riga(2025, 7, 1))
        found = next(f for f in figures(riga(2025, 8, 2)) if f.source == w.source)
        assert found.whole.returned == D("500.00")
        assert found.forecast.on is None

    def test_as_many_queries_for_many_sources(
        self, w: build.World, django_assert_num_queries: object
    ) -> None:
        for _each in range(5):
            build.world()
        with django_assert_num_queries(4):  # type: ignore[operator]
            assert len(figures(now())) == 6


class TestJournal:
    def test_a_month_of_it(self, w: build.World) -> None:
        account, what = build.person(w), build.offer(w, "300.00")
        build.run(w, 1)
        build.hold(account, what, riga(2025, 6, 30, 23, 59), support="300.00")
        june = list(journal(first=JUNE, last=date(2025, 6, 30)))
        assert [(row[4], row[10]) for row in june] == [("grant", D(500)), ("hold", D(300))]
        assert all(len(row) == len(JOURNAL_HEADS) for row in june)
        assert not list(journal(first=date(2025, 7, 1), last=date(2025, 7, 31)))

    def test_nobody_is_named_in_it(self, w: build.World) -> None:
        account = build.person(w)
        build.run(w, 1)
        text = str(list(journal(first=JUNE, last=date(2025, 6, 30))))
        assert account.person.family_name not in text
