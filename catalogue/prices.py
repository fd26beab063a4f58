"""The price watch over what is offered now (CAT-16): medians in SQL, the rule in `rules.price`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Max, QuerySet

from catalogue.models import Offer, OfferRules, ProgrammeVersion
from catalogue.rules import Market, PriceFinding, PriceLimits, per_hour, watch_price

# The dearest offer of each programme that visitors see, per academic hour. The deviation of each
# from the median of its type has a median of its own: the MAD.
MARKET = """
WITH priced AS (
    SELECT version.type_id, max(offer.price) / version.hours AS each
    FROM catalogue_programme programme
    JOIN catalogue_provider provider
      ON provider.id = programme.provider_id AND provider.state = 'active'
    JOIN catalogue_programmeversion version
      ON version.id = programme.current_id AND version.state = 'published' AND version.hours > 0
    JOIN catalogue_offer offer ON offer.version_id = version.id
    WHERE programme.id IS DISTINCT FROM %(without)s AND version.type_id = ANY(%(types)s)
    GROUP BY programme.id, version.id
), middle AS (
    SELECT type_id, count(*) AS number,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY each)::numeric AS median
    FROM priced GROUP BY type_id
)
SELECT middle.type_id, number, round(median, 4),
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(each - median)))::numeric, 4)
FROM middle JOIN priced USING (type_id)
GROUP BY middle.type_id, number, median
"""


def markets(types: Iterable[UUID], *, without: UUID | None = None) -> dict[UUID, Market]:
    """What an academic hour costs now in each of these programme types, in EUR; one query.

    `without` leaves one programme out: nobody is compared with themselves.
    """
    with connection.cursor() as cursor:
        cursor.execute(MARKET, {"types": list(types), "without": without})
        return {
            key: Market(number, Decimal(median), Decimal(mad))
            for key, number, median, mad in cursor.fetchall()
        }


def rules_of(day: date) -> OfferRules:
    """The rules that hold on `day` (Riga); the defaults where none were written."""
    written = OfferRules.objects.filter(valid_from__lte=day)
    return written.order_by("-valid_from", "-written_at").first() or OfferRules()


def limits_of(rules: OfferRules) -> PriceLimits:
    """As the pure rule reads them."""
    return PriceLimits(
        spread=rules.price_spread,
        least_spread=rules.least_spread,
        rise=rules.price_rise,
        least_compared=rules.least_compared,
        grants=tuple(Decimal(amount) for amount in rules.grant_amounts),
        tolerance=rules.grant_tolerance,
    )


def earlier_price(version: ProgrammeVersion) -> Decimal | None:
    """EUR per academic hour of the version before this one that was shown; None without one."""
    dearest = (
        Offer.objects.filter(version__in=_before(version), version__hours__gt=0)
        .values("version__number", "version__hours")
        .annotate(price=Max("price"))
        .order_by("-version__number")
        .first()
    )
    return per_hour(dearest["price"], dearest["version__hours"]) if dearest else None


def _before(version: ProgrammeVersion) -> QuerySet[ProgrammeVersion]:
    versions = ProgrammeVersion.objects.filter(programme=version.programme_id)
    return versions.filter(number__lt=version.number).ever_shown()


def watch(version: ProgrammeVersion, offers: Iterable[Offer], *, day: date) -> list[PriceFinding]:
    """Each price of the version at which public money pays, looked at on `day`: three queries.

    What people pay alone is their own affair (CAT-13), so it needs no reason.
    """
    prices = sorted({offer.price for offer in offers if offer.source_id is not None})
    if not prices or not version.hours:
        return []
    market = markets([version.type_id], without=version.programme_id).get(version.type_id)
    earlier = earlier_price(version)
    limits = limits_of(rules_of(day))
    return [
        watch_price(price=price, hours=version.hours, market=market, earlier=earlier, limits=limits)
        for price in prices
    ]
