"""The numbers beside the filters against lists asked for one by one; what the search keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F, Q
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from catalogue import facets
from catalogue.enums import Mode
from catalogue.filters import BANDS, DURATIONS, OWN_PRICES, STARTS_WITHIN, WEEKDAYS, Filters
from catalogue.models import Group, Offer, SearchGroup
from catalogue.search import Asked, understand
from catalogue.selectors_find import find
from catalogue.services import groups
from stars.common.dates import RIGA, riga_date
from stars.common.permissions import SYSTEM
from tests import factories as f

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 2, 2, 12, tzinfo=RIGA)
DAY = riga_date(NOW)
CITIES = ("", "Rīga", "Cēsis")
WISHES: dict[str, Any] = {
    "modes": st.sampled_from([(), ("remote",), ("on_site", "hybrid")]),
    "cities": st.sampled_from([(), ("Rīga",)]),
    "bands": st.sampled_from([(), ("basic",)]),
    "durations": st.sampled_from([(), ("40",), ("100", "more")]),
    "sources": st.sampled_from([(), ("one",), ("two",)]),
    "weekdays": st.sampled_from([(), (1,), (2, 6)]),
    "after_work": st.booleans(),
    "free_places": st.booleans(),
    "own_price": st.sampled_from([None, 0, 100]),
    "starts_within_weeks": st.sampled_from([None, 2, 6]),
    "starts_from": st.sampled_from([None, date(2026, 2, 20)]),
}


@pytest.fixture
def offer() -> None:
    """Twenty programmes, no two alike; of a third of them an earlier version has groups."""
    random = Random(7)
    terms = [f.TermFactory(vocabulary__code="funding_source", code=code) for code in ("one", "two")]
    for number in range(20):
        programme = f.ProgrammeFactory()
        for version_number in range(1, 2 + (number % 3 == 0)):
            version = f.VersionFactory(
                programme=programme,
                number=version_number,
                title_lv=f"{random.choice(('Lapsas', 'Vāveres'))} {number}",
                mode=random.choice(list(Mode)),
                city=random.choice(CITIES),
                digcomp_level=random.choice((None, 1, 4)),
                hours=random.choice((20, 45, 60)),
                published=True,
            )
            for term in random.sample([None, *terms], random.randint(0, 3)):
                price = Decimal(random.choice((0, 80, 250, 900)))
                first = random.choice((date(2025, 9, 1), date(2026, 1, 15), date(2026, 2, 20)))
                last = random.choice((date(2026, 1, 20), date(2026, 2, 19), date(2026, 6, 30)))
                f.OfferFactory(
                    version=version,
                    source=term,
                    price=price,
                    open_from=min(first, last),
                    open_until=max(first, last),
                )
            for code in range(random.randint(0, 3)):
                day = random.choice((date(2026, 2, 10), date(2026, 3, 2), date(2026, 5, 4)))
                made = f.group(version, starts_on=day, code=str(code), capacity=1)
                Group.objects.filter(pk=made.pk).update(
                    taken=random.randint(0, 1),
                    weekdays=random.randint(0, 127),
                    after_work=random.random() < 0.5,
                )


def total(asked: Asked, filters: Filters) -> int:
    return facets.find(asked=asked, filters=filters, day=DAY).total


@examples(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.sampled_from(["", "lapsas"]), chosen=st.fixed_dictionaries(WISHES))
def test_a_number_is_what_one_finds_by_choosing_it(
    offer: None, query: str, chosen: dict[str, Any]
) -> None:
    asked, filters = understand(query), Filters(**chosen)
    passed = facets.find(asked=asked, filters=filters, day=DAY, page_size=100)
    assert len(passed.programmes) == passed.total
    values: dict[str, Any] = {
        "modes": [mode.value for mode in Mode],
        "cities": CITIES,
        "bands": BANDS,
        "durations": map(str, DURATIONS),
        "sources": ("one", "two"),
    }
    alone = {
        (name, value): replace(filters, **{name: (value,)})
        for name, each in values.items()
        for value in each
    }
    alone |= {("weekdays", str(day)): replace(filters, weekdays=(day,)) for day in WEEKDAYS}
    alone |= {("price", str(most)): replace(filters, own_price=most) for most in OWN_PRICES}
    alone[("free", "1")] = replace(filters, free_places=True)
    alone[("after_work", "1")] = replace(filters, after_work=True)
    for weeks in STARTS_WITHIN:
        wish = replace(filters, starts_within_weeks=weeks, starts_from=None)
        alone[("starts", str(weeks))] = wish
    for (name, value), wish in alone.items():
        assert passed.counts.get(name, {}).get(value, 0) == total(asked, wish), (name, value)
    without = {
        "modes": replace(filters, modes=()),
        "sources": replace(filters, sources=()),
        "price": replace(filters, own_price=None),
        "free": replace(filters, free_places=False),
        "weekdays": replace(filters, weekdays=()),
    }
    for name, wish in without.items():
        more = passed.without.get(name, 0)
        assert total(asked, wish) == passed.total + more, name


DAYS = [date(2026, 1, 10), date(2026, 1, 18), DAY, date(2026, 2, 19), date(2026, 2, 20)]


def open_offers(day: date) -> set[tuple[UUID, str, Decimal]]:
    """Programme, source and price of what can be applied for, read without the search."""
    shown = Q(version__programme__current=F("version"))
    earlier = Q(version__groups__state="open", version__groups__apply_until__gte=day)
    rows = Offer.objects.filter(shown | earlier, open_from__lte=day, open_until__gte=day)
    return set(rows.values_list("version__programme", "source__code", "price"))


@pytest.mark.parametrize("day", DAYS)
def test_an_offer_is_found_on_the_days_on_which_it_is_open(offer: None, day: date) -> None:
    offered, asked = open_offers(day), understand("")
    for code in ("one", "two"):
        for most in (None, *OWN_PRICES):
            wish = Filters(sources=(code,), own_price=most)
            found = facets.find(asked=asked, filters=wish, day=day, page_size=100).programmes
            assert set(found) == {
                programme
                for programme, source, price in offered
                if source == code and (most is None or price <= most)
            }


def test_an_offer_counts_from_the_moment_it_is_written(offer: None) -> None:
    """Whoever writes it: the database keeps the row of the search."""
    for step in (
        lambda: Offer.objects.filter(source=None).update(open_until=date(2027, 1, 1)),
        lambda: Offer.objects.filter(source__code="one").update(price=Decimal("1")),
        lambda: Offer.objects.filter(source__code="two").delete(),
    ):
        step()
        for most in OWN_PRICES:
            wish = Filters(own_price=most)
            found = facets.find(asked=understand(""), filters=wish, day=DAY, page_size=100)
            cheap = {key for key, _source, price in open_offers(DAY) if price <= most}
            assert set(found.programmes) == cheap


# --- what the search keeps ------------------------------------------------------------------


def kept() -> list[tuple[str, bool, bool]]:
    rows = SearchGroup.objects.order_by("group__code")
    return list(rows.values_list("group__code", "free", "earlier"))


def test_open_groups_are_kept_whoever_writes_them() -> None:
    version = f.VersionFactory(published=True)
    one = f.group(version, starts_on=date(2026, 3, 3), code="a", capacity=2)
    f.group(version, starts_on=date(2026, 3, 3), code="b", opened=False)
    assert kept() == [("a", True, False)]
    Group.objects.filter(pk=one.pk).update(taken=2)
    assert kept() == [("a", False, False)]
    Group.objects.filter(pk=one.pk).update(taken=1, starts_on=date(2026, 3, 5))
    row = SearchGroup.objects.get()
    assert (row.free, row.starts_on, row.programme_id) == (
        True,
        date(2026, 3, 5),
        version.programme_id,
    )
    f.VersionFactory(programme=version.programme, number=2, published=True)
    assert kept() == [("a", True, True)]
    groups.close_group(group_id=one.pk, actor=SYSTEM, at=NOW)
    assert kept() == []


def test_a_place_that_is_not_the_last_writes_nothing() -> None:
    one = f.group(f.VersionFactory(published=True), starts_on=date(2026, 3, 3), capacity=9)
    sql = "SELECT xmin::text, xmax::text FROM catalogue_searchgroup"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        before = cursor.fetchall()
        Group.objects.filter(pk=one.pk).update(taken=5)
        cursor.execute(sql)
        assert cursor.fetchall() == before


def test_the_whole_list_is_kept_a_minute_and_a_search_is_not(
    offer: None,
    settings: Any,
    django_assert_num_queries: Any,
) -> None:
    settings.WHOLE_LIST_SECONDS = 60
    cache.clear()
    assert find(at=NOW).page.paginator.count == 20
    with django_assert_num_queries(3):
        find(at=NOW)
    f.VersionFactory(title_lv="Lapsas mežā", published=True)
    assert find(at=NOW).page.paginator.count == 20
    assert find(query="mežā", at=NOW).page.paginator.count == 1
    assert find(at=NOW, page=2).page.paginator.count == 21
    cache.clear()
    assert find(at=NOW).page.paginator.count == 21
