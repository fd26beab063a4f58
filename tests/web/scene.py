"""A small world that is alive today: a source with money, programmes with groups, people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from catalogue.models import Group, Offer
from funding.enums import SchemeKind
from funding.models import AllocationRound, FundingSource, Scheme, StandingRequest
from funding.services import rounds, sources
from learning_accounts.models import LearningAccount
from stars.common.dates import add_months, now, riga_date, start_of_day
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.funding import build


@dataclass
class Scene:
    """One source with the 500 € policy whose round came due a month ago."""

    source: FundingSource
    round: AllocationRound
    at: datetime

    @property
    def today(self) -> date:
        """The day in Riga on which everything happens."""
        return riga_date(self.at)

    def offer(self, price: str = "592.00", *, supported: bool = True, **version: Any) -> Offer:
        """A published programme; `supported` under the scene's source."""
        made: Offer = f.OfferFactory(
            version=f.VersionFactory(published=True, **version),
            source=self.source.term if supported else None,
            price=Decimal(price),
        )
        return made

    def group(self, offer: Offer, *, in_days: int = 10, **more: Any) -> Group:
        """An open group that begins so many days from today."""
        at = self.at - timedelta(days=60)
        return f.group(offer.version, starts_on=self.today + timedelta(days=in_days), at=at, **more)

    def next_round(self) -> None:
        """The following period comes due today and serves everybody who may have it."""
        this = AllocationRound.objects.create(
            code="now-2",
            policy=self.round.policy,
            previous=self.round,
            due_on=self.today,
            ends_at=start_of_day(add_months(self.today, 6)),
        )
        rounds.run(code=this.code, at=self.at, actor=SYSTEM)

    def learner(self, *, asked: bool = True, money: bool = True, **account: Any) -> LearningAccount:
        """Somebody with an account; `money`: the round has served them."""
        made: LearningAccount = f.LearningAccountFactory(**account)
        if asked:
            StandingRequest.objects.create(account=made, asked_at=made.opened_at)
        if money:
            due = start_of_day(self.round.due_on)
            rounds.run(code=self.round.code, at=due, actor=SYSTEM)
        return made


def scene() -> Scene:
    """The world, with EUR 100 000 in it."""
    at = now()
    today = riga_date(at)
    due = today - timedelta(days=30)
    source = FundingSource.objects.create(
        term=build.term("funding-source", "now"),
        code="now",
        full_name_lv="Avots",
        full_name_en="Source",
        starts_on=add_months(today, -12),
        ends_on=add_months(today, 24),
    )
    scheme = Scheme.objects.create(
        source=source, kind=SchemeKind.ALLOCATION, code="now-500", order=1
    )
    policy = build.policy(scheme, build.ALLOCATION_TERMS, build.ADULT)
    this = AllocationRound.objects.create(
        code="now-1",
        policy=policy,
        due_on=due,
        ends_at=start_of_day(add_months(due, 6)),
    )
    sources.authorise(
        source_id=source.pk,
        origin="eu",
        amount=Decimal("100000.00"),
        key="now",
        actor=SYSTEM,
        at=start_of_day(source.starts_on),
    )
    return Scene(source, this, at)
