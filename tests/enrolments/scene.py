"""A small world for tests: a source with money, a provider with staff, a programme with a group."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import User
from catalogue.models import Group, Offer
from enrolments.enums import Presence
from enrolments.models import Application, Participation
from enrolments.services import applications, decisions, learning, outcomes
from funding.enums import PayerKind
from funding.models import StandingRequest
from learning_accounts.models import LearningAccount
from stars.common.dates import RIGA
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.funding import build


def riga(year: int, month: int, day: int, hour: int = 12) -> datetime:
    """A moment in Riga."""
    return datetime(year, month, day, hour, tzinfo=RIGA)


GRANTED = riga(2026, 1, 12)
APPLIED = riga(2026, 2, 2)  # a Monday
DECIDED = riga(2026, 2, 4)
STARTS = date(2026, 3, 3)  # a Tuesday
STARTED = riga(2026, 3, 3, 1)
ENDED = riga(2026, 4, 1)
CONFIRMED = riga(2026, 4, 2)


@dataclass
class Scene:
    """Everything that a test names; `learner()` makes more people."""

    world: build.World
    staff: User
    offer: Offer
    group: Group
    learners: list[LearningAccount] = field(default_factory=list)

    def learner(self, *, money: bool = True, **account: Any) -> LearningAccount:
        """A new account; with `money` it holds 500 €."""
        made: LearningAccount = f.LearningAccountFactory(**account)
        if money:
            StandingRequest.objects.create(account=made, asked_at=f.BEGINNING)
            build.run(self.world, 2, GRANTED)
        self.learners.append(made)
        return made

    def another_offer(self, price: str = "570.00", **version: Any) -> tuple[Offer, Group]:
        """Another programme of the same provider with one open group."""
        programme = f.ProgrammeFactory(provider=self.world.provider)
        made = f.VersionFactory(programme=programme, published=True, **version)
        offer = f.OfferFactory(version=made, source=self.world.source.term, price=Decimal(price))
        return offer, f.group(made, starts_on=STARTS)

    def draft(
        self,
        account: LearningAccount,
        *,
        offer: Offer | None = None,
        group: Group | None = None,
        payer: str = PayerKind.PERSON,
        use_support: bool = True,
        at: datetime = APPLIED,
    ) -> Application:
        """A draft that is ready to be sent."""
        user = account.person.user
        draft = applications.start_draft(
            account_id=account.pk,
            offer_id=(offer or self.offer).pk,
            group_id=(group or self.group).pk,
            actor=user,
            at=at,
        )
        return applications.update_draft(
            application_id=draft.pk,
            use_support=use_support,
            payer=payer,
            knows_consequences=True,
            actor=user,
            at=at,
        )

    def submit(
        self,
        draft: Application,
        *,
        support: str = "500.00",
        group_id: UUID | None = None,
        at: datetime = APPLIED,
    ) -> Application:
        """Send the draft as its own person."""
        return applications.submit(
            application_id=draft.pk,
            expected_group_id=group_id or draft.group_id,
            expected_support=Decimal(support),
            actor=draft.account.person.user,
            at=at,
        )

    def applied(self, account: LearningAccount | None = None, **kwargs: Any) -> Application:
        """An application that waits for an answer."""
        support = kwargs.pop("support", "500.00")
        draft = self.draft(account or self.learner(), **kwargs)
        return self.submit(draft, support=support, at=kwargs.get("at", APPLIED))

    def admitted(self, account: LearningAccount | None = None, **kwargs: Any) -> Participation:
        """A person admitted by the provider's staff."""
        application = self.applied(account, **kwargs)
        return decisions.approve(application_id=application.pk, actor=self.staff, at=DECIDED)

    def learning(self, account: LearningAccount | None = None, **kwargs: Any) -> Participation:
        """A person whose group has started."""
        participation = self.admitted(account, **kwargs)
        learning.start_group(group_id=participation.group_id, actor=SYSTEM, at=STARTED)
        participation.refresh_from_db()
        return participation

    def attend(self, participation: Participation, *present: bool) -> None:
        """Mark the first sessions of the person's group one after another."""
        for number, here in enumerate(present, start=1):
            learning.mark_attendance(
                participation_id=participation.pk,
                session_id=f.session(participation.group, number).pk,
                presence=Presence.PRESENT if here else Presence.ABSENT,
                expected_version=0,
                actor=self.staff,
                at=ENDED,
            )

    def completed(self, account: LearningAccount | None = None, **kwargs: Any) -> Participation:
        """A person who was always there and whose completion is recorded."""
        participation = self.learning(account, **kwargs)
        self.attend(participation, True, True, True, True)
        return outcomes.complete(
            participation_id=participation.pk,
            document_number="A-1",
            on=date(2026, 3, 31),
            actor=self.staff,
            at=ENDED,
        )


def scene(*, price: str = "570.00", capacity: int = 12) -> Scene:
    """Build it: price in EUR, places in the group."""
    world = build.world()
    membership = f.MembershipFactory(organisation=world.provider.organisation)
    programme = f.ProgrammeFactory(provider=world.provider)
    version = f.VersionFactory(programme=programme, published=True)
    offer = f.OfferFactory(version=version, source=world.source.term, price=Decimal(price))
    group = f.group(version, starts_on=STARTS, capacity=capacity)
    return Scene(world, membership.user, offer, group)


def taken(group: Group) -> int:
    """Places taken, read again."""
    return Group.objects.values_list("taken", flat=True).get(pk=group.pk)
