"""The price watch over rows: SQL against plain Python, and what it asks of a provider."""

from __future__ import annotations

import random
from decimal import Decimal
from statistics import median
from typing import Any

import pytest

from catalogue import reviews
from catalogue.enums import ProviderState
from catalogue.enums import VersionState as S
from catalogue.models import OfferRules
from catalogue.prices import markets
from catalogue.rules import PriceFlag
from catalogue.services import drafts, versions
from stars.common.errors import Invalid
from stars.vocabularies.models import ProgrammeType
from tests import factories as f
from tests.catalogue.review import DAY, NOW, OFFERED, Stage, call, later, source

pytestmark = pytest.mark.django_db


def market(prices: list[str], hours: int = 40) -> ProgrammeType:
    """Published programmes of the usual type at these prices."""
    for price in prices:
        version = f.VersionFactory(published=True, hours=hours)
        f.OfferFactory(version=version, price=Decimal(price))
    return ProgrammeType.objects.get(code="non_formal")


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_median_and_deviation_are_those_of_python(count: int) -> None:
    chosen = random.Random(count)
    prices = [f"{chosen.randint(100, 90_000) / 100:.2f}" for _ in range(count)]
    kind = market(prices)
    each = [Decimal(price) / 40 for price in prices]
    middle = median(each)
    found = markets([kind.pk])[kind.pk]
    assert found.count == count
    assert abs(found.median - middle) <= Decimal("0.0001")
    assert abs(found.mad - median(abs(x - middle) for x in each)) <= Decimal("0.0001")


def test_only_what_visitors_see_is_compared() -> None:
    kind = market(["40.00", "80.00", "120.00"])
    f.OfferFactory(version=f.VersionFactory(hours=1), price=Decimal("9000.00"))  # a draft
    gone = f.VersionFactory(published=True, hours=1)
    f.OfferFactory(version=gone, price=Decimal("9000.00"))
    provider = gone.programme.provider
    provider.state = ProviderState.SUSPENDED
    provider.save()
    other = f.VersionFactory(
        published=True,
        type=f.ProgrammeTypeFactory(study_course=True),
        hours=50,
        credit_points=2,
    )
    f.OfferFactory(version=other, price=Decimal("9000.00"))
    assert markets([kind.pk])[kind.pk].median == 2
    assert set(markets([kind.pk, other.type_id])) == {kind.pk, other.type_id}


def test_a_programme_counts_once_with_its_dearest_price_and_never_for_itself() -> None:
    kind = market(["40.00", "80.00", "120.00"])
    twice = f.VersionFactory(published=True, hours=40)
    for code, price in (("imk", "200.00"), ("eraf", "400.00")):
        f.OfferFactory(version=twice, source=source(code), price=Decimal(price))
    assert markets([kind.pk])[kind.pk].count == 4
    assert markets([kind.pk])[kind.pk].median == Decimal("2.5")
    without = markets([kind.pk], without=twice.programme_id)[kind.pk]
    assert (without.count, without.median) == (3, 2)


def supported(price: str) -> Stage:
    stage = Stage()
    stage.supported(price)
    return stage


def test_an_unusual_price_needs_a_reason_that_the_reviewer_reads() -> None:
    market(["200.00"] * 5)
    stage = supported("300.00")
    its_call = call().pk
    with pytest.raises(Invalid) as caught:
        stage.do(versions.submit, call_id=its_call)
    assert (caught.value.code, caught.value.field) == ("price_reason", "price_reason")
    with pytest.raises(Invalid):
        stage.do(versions.submit, call_id=its_call, price_reason="   ")
    sent = stage.do(versions.submit, call_id=its_call, price_reason="Īrējam laboratoriju.")
    assert sent.price_reason == stage.version.price_reason == "Īrējam laboratoriju."
    assert sent.findings[0]["flags"] == ["above_type"]
    assert sent.findings[0]["limit"] == "6.5000"


def test_what_one_pays_alone_needs_none() -> None:
    market(["200.00"] * 5)
    stage = Stage()
    stage.do(drafts.set_offer, source_id=None, price="3000.00", **OFFERED)
    assert stage.do(versions.submit).findings == []


def test_publishing_asks_for_what_has_become_unusual() -> None:
    stage = supported("300.00")
    stage.do(versions.submit, call_id=call().pk)
    stage.do(versions.take_in_review)
    stage.do(versions.approve)
    market(["200.00"] * 5)
    with pytest.raises(Invalid) as caught:
        stage.do(versions.publish_version)
    assert caught.value.field == "price_reason"
    stage.do(versions.publish_version, price_reason="Zinām, kāpēc.")
    assert (stage.version.state, stage.version.price_reason) == (S.PUBLISHED, "Zinām, kāpēc.")


def test_the_own_earlier_price() -> None:
    stage = supported("100.00")
    stage.do(versions.submit, call_id=call().pk)
    stage.do(versions.take_in_review)
    stage.do(versions.approve)
    stage.do(versions.publish_version)
    programme_id = stage.version.programme_id
    act: dict[str, Any] = {"programme_id": programme_id, "actor": stage.staff, "at": NOW}
    stage.version = drafts.new_version(**act)
    stage.do(drafts.set_offer, source_id=source().pk, price="500.00", **OFFERED)
    (found,) = reviews.price_findings(stage.version, at=NOW)
    assert found.earlier == Decimal("2.5")
    assert found.flags == (PriceFlag.ABOVE_OWN, PriceFlag.FOLLOWS_GRANT)
    # What was thrown away was never a price.
    stage.do(versions.archive, actor=stage.staff)
    stage.version = drafts.new_version(**act)
    assert reviews.price_findings(stage.version, at=NOW)[0].earlier == Decimal("2.5")


def test_limits_are_data_and_have_their_day() -> None:
    stage = supported("500.00")
    assert reviews.price_findings(stage.version, at=NOW)[0].flags == (PriceFlag.FOLLOWS_GRANT,)
    OfferRules.objects.create(valid_from=later(5).date(), written_at=NOW, grant_amounts=["700.00"])
    assert reviews.price_findings(stage.version, at=later(4))[0].flags
    assert not reviews.price_findings(stage.version, at=later(5))[0].flags
    OfferRules.objects.create(valid_from=DAY, written_at=later(6), grant_amounts=["500.00"])
    assert not reviews.price_findings(stage.version, at=later(5))[0].flags  # the later day wins


def test_few_queries(django_assert_num_queries: Any) -> None:
    stage = supported("300.00")
    with django_assert_num_queries(4):
        reviews.price_findings(stage.version, at=NOW)
