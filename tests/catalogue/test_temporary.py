"""Experimental programmes on a recommendation (CAT-12), and the limits as data."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from catalogue import reviews
from catalogue.enums import Recommender, TemporaryState
from catalogue.models import CatalogueLog, OfferRules, Programme, TemporaryStatus
from catalogue.services import temporary, versions
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.catalogue.review import DAY, NOW, Stage, later

pytestmark = pytest.mark.django_db
WORD = {
    "recommender": Recommender.EMPLOYER,
    "recommended_by": "SIA Izdomāts",
    "recommendation": "Tādu prasmju trūkst.",
}
LIMITS: dict[str, Any] = {
    "price_spread": Decimal("3"),
    "least_spread": Decimal("0.1"),
    "price_rise": Decimal("0.15"),
    "least_compared": 5,
    "grant_amounts": [Decimal("500.00")],
    "grant_tolerance": Decimal("0.02"),
    "temporary_share": Decimal("0.1"),
    "review_months": 12,
}


def give(programme: Programme, **change: Any) -> TemporaryStatus:
    return temporary.give_temporary_status(
        **{**WORD, **change}, programme_id=programme.pk, actor=SYSTEM, at=NOW
    )


@pytest.fixture
def ten() -> list[Programme]:
    """Ten published programmes leave room for one."""
    return [f.VersionFactory(published=True).programme for _ in range(10)]


def test_a_tenth_and_no_more(ten: list[Programme]) -> None:
    given = give(f.ProgrammeFactory())
    assert (given.starts_on, given.review_on) == (DAY, date(2027, 2, 2))
    with pytest.raises(Conflict) as caught:
        give(ten[0])
    assert caught.value.code == "temporary_share"
    temporary.end_temporary_status(status_id=given.pk, note="Der", actor=SYSTEM, at=later(1))
    give(ten[0])


def test_once_at_a_time(ten: list[Programme]) -> None:
    OfferRules.objects.create(valid_from=DAY, written_at=NOW, temporary_share=1)
    give(ten[0])
    with pytest.raises(Conflict) as caught:
        give(ten[0])
    assert caught.value.code == "temporary_already"
    with pytest.raises(IntegrityError, match="temporary_status_once"), transaction.atomic():
        TemporaryStatus.objects.create(
            **WORD, programme=ten[0], starts_on=DAY, review_on=DAY + timedelta(1)
        )


@pytest.mark.parametrize("field", ["recommended_by", "recommendation"])
def test_somebody_has_to_recommend_it(ten: list[Programme], field: str) -> None:
    with pytest.raises(Invalid):
        give(ten[0], **{field: "  "})


def test_it_is_reviewed_after_a_year_with_its_rating(
    ten: list[Programme], django_assert_num_queries: Any
) -> None:
    given = give(ten[0])
    Programme.objects.filter(pk=ten[0].pk).update(rating_average="4.20", rating_count=12)
    assert not reviews.temporary_due(later(364))
    with django_assert_num_queries(1):
        (due,) = reviews.temporary_due(later(365))
        assert (due, due.programme.rating_count) == (given, 12)
        assert due.programme.provider.name
    act = {"status_id": given.pk, "actor": SYSTEM}
    with pytest.raises(Invalid):
        temporary.extend_temporary_status(**act, note="", at=later(365))
    temporary.extend_temporary_status(**act, note="Vēl par maz vērtējumu", at=later(365))
    assert not reviews.temporary_due(later(366))
    assert reviews.temporary_due(later(2 * 365))
    temporary.end_temporary_status(**act, note="Sevi pierādīja", at=later(2 * 365))
    given.refresh_from_db()
    assert (given.state, given.ended_on) == (TemporaryState.ENDED, later(2 * 365).date())
    assert not reviews.temporary_due(later(3 * 365))
    for again in (temporary.extend_temporary_status, temporary.end_temporary_status):
        with pytest.raises(Conflict):
            again(**act, note="x", at=later(3 * 365))
    moves = CatalogueLog.objects.filter(object_id=given.pk).order_by("id")
    assert list(moves.values_list("transition", "note")) == [
        ("create", ""),
        ("extend", "Vēl par maz vērtējumu"),
        ("end", "Sevi pierādīja"),
    ]


def test_it_needs_no_call(ten: list[Programme]) -> None:
    stage = Stage()
    stage.supported()
    with pytest.raises(Invalid):
        stage.do(versions.submit)
    give(stage.version.programme)
    assert stage.do(versions.submit).call is None


def test_the_database_alone(ten: list[Programme]) -> None:
    given = TemporaryStatus.objects.filter(pk=give(ten[0]).pk)
    with pytest.raises(IntegrityError, match="ended_has_day"), transaction.atomic():
        given.update(state="ended")
    with pytest.raises(IntegrityError, match="days_ordered"), transaction.atomic():
        given.update(review_on=DAY)
    given.update(state="ended", ended_on=DAY)
    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        given.update(state="active", ended_on=None)


class TestRules:
    def test_they_are_written_never_edited(self) -> None:
        made = temporary.write_rules(**LIMITS, valid_from=DAY, actor=SYSTEM, at=NOW)
        assert made.grant_amounts == ["500.00"]
        for change in (OfferRules.objects.update, OfferRules.objects.all().delete):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change(**({"review_months": 1} if "update" in str(change) else {}))

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("price_spread", Decimal("0")),
            ("price_spread", Decimal("1000")),
            ("price_rise", Decimal("-1")),
            ("grant_tolerance", Decimal("1.5")),
            ("temporary_share", Decimal("1.001")),
            ("review_months", 0),
            ("least_compared", -1),
            ("grant_amounts", ["abc"]),
            ("valid_from", date(2026, 2, 1)),
        ],
    )
    def test_nonsense(self, name: str, value: Any) -> None:
        with pytest.raises(Invalid):
            temporary.write_rules(
                **{**LIMITS, "valid_from": DAY, name: value}, actor=SYSTEM, at=NOW
            )
        assert not OfferRules.objects.exists()
