"""Small worlds for tests of money: a source with policies, rounds, people and offers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from accounts.enums import FactKind, FactSource, OrganisationKind
from accounts.models import Organisation, Person, PersonFact, User
from catalogue.models import Offer, Programme, ProgrammeVersion, Provider
from funding.enums import SchemeKind
from funding.models import (
    AllocationRound,
    Commitment,
    FundingSource,
    Grant,
    PolicyVersion,
    Scheme,
    StandingRequest,
)
from funding.rules.grants import window_end
from funding.services import commitments, rounds, sources
from learning_accounts.models import LearningAccount
from stars.common.dates import RIGA, start_of_day, today
from stars.common.permissions import SYSTEM
from stars.vocabularies.models import ProgrammeType, Term, Vocabulary

ALLOCATION_TERMS = {
    "amount": "500.00",
    "term_months": 6,
    "max_grants": 2,
    "accumulate_times": 1,
    "accumulate_months": 6,
    "ceiling": "1000.00",
    "replacement_days": 60,
    "attendance_required": "0.80",
}
FULL_TERMS = {"share": "1.00", "attendance_required": "0.80"}
ADULT: list[dict[str, Any]] = [
    {"criterion": "minimum_age", "years": 18},
    {"criterion": "account_open"},
    {"criterion": "profile_complete"},
]
DUE = (date(2024, 12, 9), date(2025, 6, 9), date(2025, 12, 9))
_numbers = itertools.count(1)


def riga(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment in Riga."""
    return datetime(year, month, day, hour, minute, tzinfo=RIGA)


ASKED = riga(2024, 12, 5)


@dataclass
class World:
    """One source with the pilot's two policies and three rounds."""

    source: FundingSource
    allocation: PolicyVersion
    full: PolicyVersion
    rounds: list[AllocationRound]
    provider: Provider
    types: dict[str, ProgrammeType]
    study_field: Term
    people: list[LearningAccount] = field(default_factory=list)


def term(vocabulary: str, code: str) -> Term:
    """A term of a vocabulary, made where missing."""
    book, _ = Vocabulary.objects.get_or_create(code=vocabulary, version="1")
    return Term.objects.get_or_create(
        vocabulary=book, code=code, defaults={"name_lv": code, "name_en": code}
    )[0]


def policy(scheme: Scheme, terms: dict[str, Any], criteria: list[dict[str, Any]]) -> PolicyVersion:
    """Version 1 of a scheme's rules."""
    return PolicyVersion.objects.create(
        scheme=scheme, number=1, valid_from=date(2024, 1, 1), terms=terms, criteria=criteria
    )


def world(
    *,
    authorised: str = "100000.00",
    cap: str | None = None,
    full: dict[str, Any] | None = None,
    **terms: Any,
) -> World:
    """A source that runs from 2024 to 30.06.2026 with EUR `authorised` in its pool.

    `terms` come on top of those of the 500 €, `full` on top of those of full cover.
    """
    n = next(_numbers)
    source = FundingSource.objects.create(
        term=term("funding-source", f"src{n}"),
        code=f"src{n}",
        full_name_lv="Avots",
        full_name_en="Source",
        starts_on=date(2024, 1, 1),
        ends_on=date(2026, 6, 30),
    )
    of_full, allocation = _policies(source, n, terms, full or {})
    rounds_made: list[AllocationRound] = []
    for due in DUE:
        rounds_made.append(
            AllocationRound.objects.create(
                code=f"r{n}-{due:%Y-%m}",
                policy=allocation,
                previous=rounds_made[-1] if rounds_made else None,
                due_on=due,
                ends_at=window_end(due, 6, source.ends_on),
                cap=Decimal(cap) if cap else None,
            )
        )
    sources.authorise(
        source_id=source.pk,
        origin="eu",
        amount=Decimal(authorised),
        key="budget",
        actor=SYSTEM,
        at=riga(2024, 1, 2),
    )
    organisation = Organisation.objects.create(
        kind=OrganisationKind.PROVIDER, name=f"Izdomāta skola {n}", invented=True
    )
    return World(
        source=source,
        allocation=allocation,
        full=of_full,
        rounds=rounds_made,
        provider=Provider.objects.create(
            organisation=organisation, slug=f"skola-{n}", name=organisation.name
        ),
        types={code: programme_type(code) for code in ("study_course", "further_education")},
        study_field=term("study-field", "ict"),
    )


def _policies(
    source: FundingSource, n: int, terms: dict[str, Any], more: dict[str, Any]
) -> tuple[PolicyVersion, PolicyVersion]:
    """Full cover and the 500 €."""
    full = Scheme.objects.create(
        source=source,
        kind=SchemeKind.FULL_COVER,
        code=f"full{n}",
        programme_types=["further_education"],
        order=1,
    )
    allocation = Scheme.objects.create(
        source=source, kind=SchemeKind.ALLOCATION, code=f"alloc{n}", order=2
    )
    return (
        policy(full, {**FULL_TERMS, **more}, [*ADULT, {"criterion": "learning_path"}]),
        policy(allocation, {**ALLOCATION_TERMS, **terms}, ADULT),
    )


def programme_type(code: str) -> ProgrammeType:
    """A programme type with the widest hours, made where missing."""
    return ProgrammeType.objects.get_or_create(
        code=code,
        defaults={
            "name_lv": code,
            "name_en": code,
            "hours_min": 1,
            "hours_max": 960,
            "document_lv": "apliecība",
            "document_en": "certificate",
        },
    )[0]


def person(
    w: World | None = None,
    *,
    born: date = date(1990, 5, 1),
    asked: datetime | None = ASKED,
    opened: datetime = ASKED,
    profile: bool = True,
) -> LearningAccount:
    """A learning account; `asked` None means no standing request."""
    user = User.objects.create_user()
    who = Person.objects.create(
        user=user, given_name="Izdoma", family_name="Pārbaude", birth_date=born, email="a@b.example"
    )
    PersonFact.objects.create(
        person=who,
        kind=FactKind.BIRTH_DATE,
        value=born.isoformat(),
        source=FactSource.IDENTITY,
        observed_at=opened,
    )
    account = LearningAccount.objects.create(
        person=who, opened_at=opened, profile_completed_at=opened if profile else None
    )
    if asked:
        StandingRequest.objects.create(account=account, asked_at=asked)
    if w:
        w.people.append(account)
    return account


def offer(w: World, price: str, kind: str = "study_course") -> Offer:
    """An offer of a new programme under the world's source at `price` EUR."""
    n = next(_numbers)
    programme = Programme.objects.create(provider=w.provider, code=f"p{n}", slug=f"kurss-{n}")
    version = ProgrammeVersion.objects.create(
        programme=programme,
        number=1,
        type=w.types[kind],
        field=w.study_field,
        title_lv=f"Programma {n}",
        title_en=f"Programme {n}",
        summary_lv="Iemācīsies.",
        summary_en="You will learn.",
        hours=60,
        mode="remote",
    )
    return Offer.objects.create(
        version=version,
        source=w.source.term,
        price=Decimal(price),
        open_from=date(2024, 1, 1),
        open_until=date(2026, 12, 31),
    )


def run(w: World, number: int, at: datetime | None = None, **kwargs: Any) -> rounds.Result:
    """Run the world's round `number` (0, 1, 2) on its due date, or at `at`."""
    this = w.rounds[number]
    return rounds.run(code=this.code, at=at or start_of_day(this.due_on), actor=SYSTEM, **kwargs)


def open_today(this: AllocationRound) -> AllocationRound:
    """The round moved, so that its window is open now."""
    this.due_on = today() - timedelta(days=3)
    this.ends_at = window_end(this.due_on, 6, today() + timedelta(days=400))
    this.save(update_fields=["due_on", "ends_at"])
    return this


def hold(
    account: LearningAccount,
    what: Offer,
    at: datetime,
    *,
    support: str,
    application_id: UUID | None = None,
) -> Commitment:
    """Hold EUR `support` for `what`; the rest is paid by the person."""
    made = commitments.hold(
        account_id=account.pk,
        offer_id=what.pk,
        application_id=application_id or uuid4(),
        expected_support=Decimal(support),
        payer="person",
        use_support=True,
        actor=SYSTEM,
        at=at,
    )
    assert made is not None
    return made


def lot(account: LearningAccount, number: int = 0) -> Grant:
    """The account's grant number `number`, by time, read again."""
    return Grant.objects.filter(account=account).order_by("granted_at", "ends_at")[number]
