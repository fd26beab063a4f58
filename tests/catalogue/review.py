"""A provider and an agency around one programme, for tests of the review."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from catalogue.enums import VersionState as S
from catalogue.models import Call, ProgrammeVersion
from catalogue.services import calls, drafts, versions
from stars.common.dates import RIGA
from stars.common.permissions import SYSTEM
from stars.vocabularies.models import Term
from tests import factories as f

NOW = datetime(2026, 2, 2, 12, tzinfo=RIGA)
DAY = date(2026, 2, 2)
OFFERED = {"open_from": DAY, "open_until": date(2026, 12, 31)}


def later(days: int) -> datetime:
    """So many days after NOW."""
    return NOW + timedelta(days=days)


def source(code: str = "imk") -> Term:
    """A source of funding."""
    return f.TermFactory(vocabulary=f.VocabularyFactory(code="funding_source"), code=code)


def call(**more: Any) -> Call:
    """A call that is open on the day."""
    values = {
        "code": "pirmais",
        "title_lv": "Pirmais",
        "title_en": "First",
        "source_id": source().pk,
        "opens_on": DAY,
        "closes_on": DAY + timedelta(days=20),
        **more,
    }
    return calls.save_call(**values, actor=SYSTEM, at=NOW)


@dataclass
class Stage:
    """Who acts, and a version that is filled in and costs something."""

    staff: User = field(init=False)
    reviewer: User = field(init=False)
    version: ProgrammeVersion = field(init=False)

    def __post_init__(self) -> None:
        programme = f.ProgrammeFactory()
        organisation = programme.provider.organisation
        self.staff = f.MembershipFactory(organisation=organisation).user
        self.reviewer = f.MembershipFactory(administrator=True).user
        self.version = self.another(programme=programme)

    def another(self, price: str = "100.00", **more: Any) -> ProgrammeVersion:
        """Another version; of a programme of the same provider unless one is given."""
        if "programme" not in more:
            more["programme"] = f.ProgrammeFactory(provider=self.version.programme.provider)
        version: ProgrammeVersion = f.VersionFactory(complete=True, **more)
        f.OfferFactory(version=version, price=Decimal(price))
        return version

    def supported(self, price: str = "100.00") -> None:
        """Let a source pay for the version too."""
        drafts.set_offer(
            version_id=self.version.pk,
            source_id=source().pk,
            price=Decimal(price),
            **OFFERED,
            actor=self.staff,
            at=NOW,
        )

    def do(self, service: Callable[..., Any], actor: Any = None, **more: Any) -> Any:
        """Call a service on the version; by the provider what is the provider's."""
        own = service in (versions.submit, drafts.edit_draft, drafts.set_offer, drafts.drop_offer)
        who = actor or (self.staff if own else self.reviewer)
        done = service(version_id=self.version.pk, actor=who, at=more.pop("at", NOW), **more)
        self.version.refresh_from_db()
        return done

    def bring_to(self, state: str) -> None:
        """By the services alone."""
        match state:
            case S.SUBMITTED:
                self.do(versions.submit)
            case S.IN_REVIEW:
                self.bring_to(S.SUBMITTED)
                self.do(versions.take_in_review)
            case S.RETURNED | S.APPROVED | S.REJECTED:
                self.bring_to(S.IN_REVIEW)
                decide = {
                    S.RETURNED: versions.return_with_remarks,
                    S.APPROVED: versions.approve,
                    S.REJECTED: versions.reject,
                }
                self.do(decide[S(state)], note="Tāpēc")
            case S.PUBLISHED:
                self.bring_to(S.APPROVED)
                self.do(versions.publish_version)
            case S.SUSPENDED | S.ARCHIVED:
                self.bring_to(S.PUBLISHED)
                service = versions.suspend if state == S.SUSPENDED else versions.archive
                self.do(service, note="Tāpēc")
        assert self.version.state == state
