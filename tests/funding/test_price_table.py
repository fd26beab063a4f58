"""The price by which the catalogue filters is the price that `quote` says, for everybody."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import facets
from catalogue.filters import Filters, PriceRule, PriceTable
from catalogue.models import Offer
from catalogue.search import Asked
from catalogue.selectors_find import find
from funding.enums import SchemeKind
from funding.models import Scheme
from funding.services.quote import Quoter
from stars.common.money import share_of
from stars.vocabularies.models import ProgrammeType
from tests import factories as f
from tests.funding import build
from tests.web.conftest import scene
from tests.web.scene import Scene

__all__ = ["scene"]

pytestmark = pytest.mark.django_db

PRICES = (
    "0.00",
    "0.01",
    "33.33",
    "99.99",
    "100.00",
    "412.13",
    "499.99",
    "500.00",
    "500.01",
    "1777.77",
)


def own_by_quote(quoter: Quoter) -> dict[str, Decimal]:
    """What `quote` says for the cheapest open offer of every programme."""
    own: dict[str, Decimal] = {}
    for offer in Offer.objects.select_related("version__type", "version__programme"):
        part = quoter.quote(offer).own_part
        slug = offer.version.programme.slug
        own[slug] = min(part, own.get(slug, part))
    return own


def listed(quoter: Quoter, scene: Scene, **filters: object) -> list[str]:
    """Slugs of the list, the cheapest first."""
    made = find(
        filters=Filters(**filters),  # type: ignore[arg-type]
        at=scene.at,
        order="price",
        page_size=500,
        prices=quoter.table(ProgrammeType.objects.all()),
    )
    return [card.programme.slug for card in made.page.object_list]


def schemes(scene: Scene) -> None:
    """Beside the allocation: two thirds for study courses, everything for a new profession."""
    Scheme.objects.filter(source=scene.source).update(programme_types=["non_formal"])
    share = Scheme.objects.create(
        source=scene.source,
        kind=SchemeKind.COFUNDED,
        code="now-share",
        order=2,
        programme_types=["study_course"],
    )
    build.policy(share, {"share": "0.6667"}, [])
    full = Scheme.objects.create(
        source=scene.source,
        kind=SchemeKind.FULL_COVER,
        code="now-full",
        order=3,
        programme_types=["further_education"],
    )
    build.policy(full, {}, build.ADULT)


def offers(scene: Scene) -> None:
    """Every price under every type, with and without support, and both."""
    for trait in ({}, {"study_course": True}, {"further_education": True}):
        kind = f.ProgrammeTypeFactory(**trait)
        more = {"study_course": {"hours": 60, "credit_points": 2}}.get(kind.code, {})
        if kind.code == "further_education":
            more = {"hours": 960, "practice_hours": 240}
        for price in PRICES:
            version = f.VersionFactory(type=kind, published=True, **more)
            f.OfferFactory(version=version, source=scene.source.term, price=Decimal(price))
            f.OfferFactory(version=version, source=None, price=Decimal(price) + 90)
    scene.offer("250.00", supported=False)


@pytest.mark.parametrize("who", ["visitor", "with money", "without money", "young"])
def test_the_filter_and_the_order_agree_with_quote(scene: Scene, who: str) -> None:
    schemes(scene)
    offers(scene)
    accounts = {
        "visitor": lambda: None,
        "with money": scene.learner,
        "without money": lambda: scene.learner(money=False),
        "young": lambda: scene.learner(money=False, person__young=True),
    }
    quoter = Quoter(accounts[who](), scene.at)
    own = own_by_quote(quoter)
    cheapest = [own[slug] for slug in listed(quoter, scene)]
    assert cheapest == sorted(own.values())
    for most in (0, 100, 300):
        assert set(listed(quoter, scene, own_price=most)) == {
            s for s, n in own.items() if n <= most
        }
    passed = facets.find(
        asked=Asked(),
        filters=Filters(),
        day=scene.today,
        prices=quoter.table(ProgrammeType.objects.all()),
    )
    assert passed.counts["price"] == {
        str(most): sum(n <= most for n in own.values()) for most in (0, 100, 300)
    }


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(price=st.decimals("0", "9999", places=2), share=st.decimals("0", "1", places=4))
def test_a_share_is_rounded_as_everywhere(scene: Scene, price: Decimal, share: Decimal) -> None:
    offer = Offer.objects.select_related("version").first() or scene.offer("1.00")
    Offer.objects.update(price=price)
    rule = PriceRule(scene.source.term_id, offer.version.type_id, share=share)
    _support, own = share_of(price, share)
    least = int(own) + (own != int(own))
    for most in range(max(0, least - 1), least + 2):
        passed = facets.find(
            asked=Asked(),
            filters=Filters(own_price=most),
            day=scene.today,
            prices=PriceTable((rule,)),
        )
        assert passed.total == (own <= most)
