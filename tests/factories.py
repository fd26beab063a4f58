"""Rows for tests, with traits; what has a life of its own is brought into a state by services.

Numbers of places, names and codes are invented and cannot belong to anybody.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.enums import FactKind, FactSource, OrganisationKind, Role
from accounts.models import Membership, Organisation, Person, PersonFact, User
from catalogue.enums import Mode, VersionState
from catalogue.models import Group, Offer, Programme, ProgrammeVersion, Provider, Session
from catalogue.services import groups as group_services
from catalogue.services import versions as version_services
from learning_accounts.models import LearningAccount, LearningPath, PathStep
from stars.common.dates import RIGA
from stars.common.permissions import SYSTEM
from stars.vocabularies.models import ProgrammeType, Term, Vocabulary

BEGINNING = datetime(2026, 1, 5, 10, 0, tzinfo=RIGA)


class UserFactory(DjangoModelFactory[User]):
    """Somebody who can sign in; `staff` with an e-mail address."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = None

    class Params:
        staff = factory.Trait(email=factory.Sequence(lambda n: f"darbinieks{n}@stars.example"))

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)


class PersonFactory(DjangoModelFactory[Person]):
    """A resident, 36 years old in 2026; `young` is 17."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    given_name = factory.Sequence(lambda n: f"Vārds{n}")
    family_name = factory.Sequence(lambda n: f"Uzvārds{n}")
    birth_date = date(1990, 3, 1)
    email = factory.Sequence(lambda n: f"iedzivotajs{n}@stars.example")

    class Params:
        young = factory.Trait(birth_date=date(2009, 1, 1))
        without_contact = factory.Trait(email="", phone="")

    @factory.post_generation
    def born(self: Person, create: bool, extracted: Any, **kwargs: Any) -> None:  # type: ignore[misc]
        """The birth date as a fact, as sign-in leaves it."""
        PersonFact.objects.create(
            person=self,
            kind=FactKind.BIRTH_DATE,
            value=self.birth_date.isoformat(),
            source=FactSource.IDENTITY,
            observed_at=BEGINNING,
        )


class LearningAccountFactory(DjangoModelFactory[LearningAccount]):
    """An open account with a completed profile; `with_path` has a learning path."""

    class Meta:
        model = LearningAccount
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    opened_at = BEGINNING
    profile_completed_at = BEGINNING

    @factory.post_generation
    def with_path(  # type: ignore[misc]
        self: LearningAccount, create: bool, extracted: Any, **kwargs: Any
    ) -> None:
        """`with_path=True`, or a programme that is the path's first step."""
        if not extracted:
            return
        path = LearningPath.objects.create(account=self, goal="Mērķis", begun_at=BEGINNING)
        PathStep.objects.create(
            path=path,
            order=1,
            title="Pirmais solis",
            programme=extracted if isinstance(extracted, Programme) else None,
        )


class OrganisationFactory(DjangoModelFactory[Organisation]):
    """A provider's organisation; `agency` is the agency."""

    class Meta:
        model = Organisation

    kind = OrganisationKind.PROVIDER
    name = factory.Sequence(lambda n: f"Izdomāta organizācija {n}")
    invented = True

    class Params:
        agency = factory.Trait(kind=OrganisationKind.AGENCY)


class MembershipFactory(DjangoModelFactory[Membership]):
    """Provider staff; traits give the roles of the agency. `ended` was over yesterday."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory, staff=True)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.PROVIDER_USER
    valid_from = date(2024, 1, 1)

    class Params:
        admin = factory.Trait(role=Role.PROVIDER_ADMIN)
        administrator = factory.Trait(
            role=Role.ADMINISTRATOR,
            organisation=factory.SubFactory(OrganisationFactory, agency=True),
        )
        finance_officer = factory.Trait(
            role=Role.FINANCE_OFFICER,
            organisation=factory.SubFactory(OrganisationFactory, agency=True),
        )
        auditor = factory.Trait(
            role=Role.AUDITOR, organisation=factory.SubFactory(OrganisationFactory, agency=True)
        )
        ended = factory.Trait(valid_to=date(2024, 6, 1))


class ProviderFactory(DjangoModelFactory[Provider]):
    """A provider in good standing."""

    class Meta:
        model = Provider

    organisation = factory.SubFactory(OrganisationFactory)
    slug = factory.Sequence(lambda n: f"sniedzejs-{n}")
    name = factory.SelfAttribute("organisation.name")


class VocabularyFactory(DjangoModelFactory[Vocabulary]):
    """A classification."""

    class Meta:
        model = Vocabulary
        django_get_or_create = ("code", "version")

    code = "study-field"
    version = "1"


class TermFactory(DjangoModelFactory[Term]):
    """An entry of a classification."""

    class Meta:
        model = Term
        django_get_or_create = ("vocabulary", "code")

    vocabulary = factory.SubFactory(VocabularyFactory)
    code = "ict"
    name_lv = factory.SelfAttribute("code")
    name_en = factory.SelfAttribute("code")


class ProgrammeTypeFactory(DjangoModelFactory[ProgrammeType]):
    """Non-formal programmes: up to 60 hours; `further_education` 960 with 240 of practice."""

    class Meta:
        model = ProgrammeType
        django_get_or_create = ("code",)

    code = "non_formal"
    name_lv = factory.SelfAttribute("code")
    name_en = factory.SelfAttribute("code")
    hours_min = 1
    hours_max = 60
    document_lv = "apliecība"
    document_en = "certificate"

    class Params:
        further_education = factory.Trait(
            code="further_education", hours_min=960, hours_max=960, practice_hours=240
        )
        study_course = factory.Trait(
            code="study_course", hours_min=50, hours_max=160, has_credit_points=True
        )


class ProgrammeFactory(DjangoModelFactory[Programme]):
    """A programme without a version."""

    class Meta:
        model = Programme

    provider = factory.SubFactory(ProviderFactory)
    code = factory.Sequence(lambda n: f"programma-{n}")
    slug = factory.Sequence(lambda n: f"programma-{n}")


class VersionFactory(DjangoModelFactory[ProgrammeVersion]):
    """A draft; `published=True` is one that the agency approved, published through the service.

    The way to the approval is another test's (tests/catalogue/test_review.py); `complete=True`
    fills in what the agency asks for.
    """

    class Meta:
        model = ProgrammeVersion

    class Params:
        complete = factory.Trait(
            topics=[{"lv": "Pamati", "en": "Basics"}],
            audience_lv="Ikvienam.",
            prior_knowledge_lv="Nekas nav jāzina.",
            final_test_lv="Neliels darbs.",
            entry_level=factory.SubFactory(
                TermFactory,
                vocabulary=factory.SubFactory(VocabularyFactory, code="entry_level"),
                code="none",
            ),
        )

    programme = factory.SubFactory(ProgrammeFactory)
    number = 1
    type = factory.SubFactory(ProgrammeTypeFactory)
    field = factory.SubFactory(TermFactory)
    title_lv = factory.Sequence(lambda n: f"Mācību programma {n}")
    title_en = factory.Sequence(lambda n: f"Training {n}")
    summary_lv = "Iemācīsies darīt."
    summary_en = "You will learn to do."
    outcomes = [{"lv": "Darīt.", "en": "To do."}]
    hours = 40
    mode = Mode.REMOTE

    published = False

    @classmethod
    def _create(
        cls, model_class: type[ProgrammeVersion], *args: Any, published: bool, **kwargs: Any
    ) -> ProgrammeVersion:
        if published:
            kwargs["state"] = VersionState.APPROVED
        version: ProgrammeVersion = super()._create(model_class, *args, **kwargs)
        if published:
            version_services.publish_version(version_id=version.pk, actor=SYSTEM, at=BEGINNING)
            version.refresh_from_db()
        return version


class OfferFactory(DjangoModelFactory[Offer]):
    """An offer that the person pays alone; give `source` for a supported one."""

    class Meta:
        model = Offer

    version = factory.SubFactory(VersionFactory, published=True)
    source = None
    price = Decimal("100.00")
    open_from = date(2024, 1, 1)
    open_until = date(2030, 12, 31)


def group(
    version: ProgrammeVersion,
    *,
    starts_on: date,
    days: int = 28,
    capacity: int = 12,
    sessions: int = 4,
    hours: int = 4,
    code: str | None = None,
    apply_until: date | None = None,
    opened: bool = True,
    at: datetime = BEGINNING,
    **more: Any,
) -> Group:
    """A group with weekly sessions of `hours` academic hours from 18.00, open for applications."""
    blocks = []
    for week in range(sessions):
        day = starts_on + timedelta(weeks=week)
        begins = datetime(day.year, day.month, day.day, 18, tzinfo=RIGA)
        blocks.append(group_services.Block(begins, begins + timedelta(minutes=45 * hours), hours))
    made = group_services.create_group(
        version_id=version.pk,
        code=code or f"G{Group.objects.filter(version=version).count() + 1}",
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=days),
        apply_until=apply_until or starts_on - timedelta(days=1),
        capacity=capacity,
        sessions=blocks,
        actor=SYSTEM,
        at=at,
        **more,
    )
    if opened:
        made = group_services.open_group(group_id=made.pk, actor=SYSTEM, at=at)
    return made


def session(group: Group, number: int) -> Session:
    """The group's session of that number."""
    return Session.objects.get(group=group, number=number)
