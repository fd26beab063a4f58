"""An organisation registers and the agency decides (PRO-1, PRO-2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.enums import OrganisationKind, Role
from accounts.models import Invitation, Organisation, User
from accounts.services import invitations
from catalogue.enums import RegistrationState
from catalogue.models import CatalogueLog, Provider, ProviderRegistration
from catalogue.permissions import acts_for
from catalogue.services import registrations
from stars.common.dates import RIGA
from stars.common.errors import Conflict, DomainError, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.notifications import kinds
from stars.notifications.models import Message
from tests import factories as f
from tests.accounts.conftest import sandbox, start_sandbox
from tests.sandbox.support import Running

__all__ = ["sandbox", "start_sandbox"]

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 12, 0, tzinfo=RIGA)
VALUES = {
    "name": "SIA “Digitālā darbnīca”",
    "registration_number": "00000 000022",
    "city": "Valmiera",
    "email": "birojs@darbnica.example",
    "phone": "+371 60000000",
    "about_lv": "Mācām strādāt ar datoru.",
    "accreditation": "Profesionālā pilnveide",
    "accredited_until": date(2028, 1, 1),
    "runs": [
        {"title": "Datu analīze", "year": 2025, "graduates": 14},
        {"title": "Grāmatvedība", "year": 2024, "graduates": 11},
    ],
    "no_exclusion": True,
}


@pytest.fixture
def register(settings: Any, sandbox: Running) -> None:
    settings.ENTERPRISE_REGISTER_URL = f"{sandbox.issuer}/registers/enterprises"


@pytest.fixture
def person() -> User:
    return f.PersonFactory().user


@pytest.fixture
def officer() -> User:
    return f.MembershipFactory(administrator=True).user


def sent(person: User, **changes: Any) -> ProviderRegistration:
    row = registrations.write(values={**VALUES, **changes}, actor=person, at=AT)
    return registrations.submit(registration_id=row.pk, actor=person, at=AT)


def outcomes(row: ProviderRegistration) -> dict[str, str]:
    return {finding["criterion"]: finding["outcome"] for finding in row.findings}


def test_everything_is_found_out_at_sending(register: None, person: User) -> None:
    row = sent(person)
    row.refresh_from_db()
    assert row.state == RegistrationState.SUBMITTED
    assert row.registration_number == "00000000022"
    assert set(outcomes(row).values()) == {"yes"}
    assert all(finding["at"] == AT.isoformat() for finding in row.findings)
    log = CatalogueLog.objects.filter(object_id=row.pk).order_by("pk")
    assert [entry.transition for entry in log] == ["create", "submit"]


@pytest.mark.parametrize(
    ("number", "criterion", "expected"),
    [
        ("00000000033", "age", "no"),
        ("00000000044", "registered", "no"),
        ("00000000055", "no_exclusion", "no"),
        ("00000000000", "registered", "no"),
        ("00000000099", "registered", "unknown"),
    ],
)
def test_what_the_register_says(
    register: None, person: User, number: str, criterion: str, expected: str
) -> None:
    assert outcomes(sent(person, registration_number=number))[criterion] == expected


def test_approved(register: None, person: User, officer: User) -> None:
    row = registrations.approve(registration_id=sent(person).pk, actor=officer, at=AT)
    provider = Provider.objects.get(registration=row)
    assert provider.slug == "sia-digitala-darbnica"
    assert provider.organisation.registration_number == "00000000022"
    assert provider.organisation.kind == OrganisationKind.PROVIDER
    assert provider.about_en == provider.about_lv
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == (VALUES["email"], Role.PROVIDER_ADMIN)
    user = invitations.accept(
        token=invitations.token_of(invitation.pk), password="correct horse battery", at=AT
    )
    assert acts_for(user, provider, (Role.PROVIDER_ADMIN,))
    message = Message.objects.get(user=person)
    with translation.override("en"):
        words = kinds.render(message.kind, [message.params])[0]
    assert words is not None
    assert "provider" in words.title


def test_an_unknown_fact_needs_a_reason(person: User, officer: User) -> None:
    row = sent(person)  # nobody answers
    assert outcomes(row)["registered"] == "unknown"
    with pytest.raises(Invalid) as refused:
        registrations.approve(registration_id=row.pk, actor=officer, at=AT)
    assert refused.value.field == "note"
    assert not Provider.objects.exists()
    registrations.approve(
        registration_id=row.pk, actor=officer, at=AT, note="Skatījos reģistrā pati."
    )
    assert Provider.objects.count() == 1


def test_the_register_is_asked_again(
    settings: Any, sandbox: Running, person: User, officer: User
) -> None:
    row = sent(person)
    settings.ENTERPRISE_REGISTER_URL = f"{sandbox.issuer}/registers/enterprises"
    row = registrations.check_again(registration_id=row.pk, actor=officer, at=AT)
    assert set(outcomes(row).values()) == {"yes"}


def test_returned_mended_and_sent_again(person: User, officer: User) -> None:
    row = sent(person)
    with pytest.raises(Conflict):
        registrations.write(values={"city": "Rīga"}, actor=person, at=AT)
    with pytest.raises(Invalid):
        registrations.send_back(registration_id=row.pk, actor=officer, at=AT, note=" ")
    registrations.send_back(registration_id=row.pk, actor=officer, at=AT, note="Kur mācāt?")
    again = sent(person, city="Rīga")
    assert again.pk == row.pk
    assert again.city == "Rīga"
    assert again.state == RegistrationState.SUBMITTED


def test_refused_and_begun_anew(person: User, officer: User) -> None:
    row = sent(person)
    registrations.refuse(registration_id=row.pk, actor=officer, at=AT, note="Nav pieredzes.")
    with pytest.raises(Conflict):
        registrations.approve(registration_id=row.pk, actor=officer, at=AT, note="tomēr")
    assert sent(person).pk != row.pk


def test_withdrawn(person: User) -> None:
    row = sent(person)
    registrations.withdraw(registration_id=row.pk, actor=person, at=AT)
    assert registrations.open_of(person.pk) is None
    latest = registrations.latest_of(person.pk)
    assert latest is not None
    assert latest.state == RegistrationState.WITHDRAWN


@pytest.mark.parametrize("missing", registrations.REQUIRED)
def test_incomplete(person: User, missing: str) -> None:
    with pytest.raises(Invalid) as refused:
        sent(person, **{missing: ""})
    assert refused.value.field == missing


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("registration_number", "123"),
        ("registration_number", "0000000002x"),
        ("name", "x" * 201),
        ("about_lv", "x" * 3001),
        ("city", "a\x00b"),
    ],
)
def test_wrong_texts(person: User, name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        sent(person, **{name: value})
    assert refused.value.field == name


def test_an_organisation_that_is_here_already(register: None, person: User, officer: User) -> None:
    f.OrganisationFactory(registration_number="00000000022")
    row = sent(person)
    assert outcomes(row)["new_here"] == "no"
    with pytest.raises(Conflict):
        registrations.approve(registration_id=row.pk, actor=officer, at=AT, note="tomēr")
    assert Organisation.objects.filter(registration_number="00000000022").count() == 1
    row.refresh_from_db()
    assert row.state == RegistrationState.SUBMITTED


def test_the_same_name_gets_another_address(register: None, person: User, officer: User) -> None:
    f.ProviderFactory(slug="sia-digitala-darbnica")
    row = registrations.approve(registration_id=sent(person).pk, actor=officer, at=AT)
    assert row.provider is not None
    assert row.provider.slug == "sia-digitala-darbnica-2"


def test_who_may(person: User, officer: User) -> None:
    row = sent(person)
    stranger = f.PersonFactory().user
    staff = f.MembershipFactory(admin=True).user
    auditor = f.MembershipFactory(auditor=True).user
    with pytest.raises(NotAllowed):
        registrations.write(values=VALUES, actor=staff, at=AT)
    for actor in (stranger, staff, officer):
        with pytest.raises(NotAllowed):
            registrations.withdraw(registration_id=row.pk, actor=actor, at=AT)
        with pytest.raises(NotAllowed):
            registrations.submit(registration_id=row.pk, actor=actor, at=AT)
    for actor in (person, stranger, staff, auditor):
        for decide in (registrations.approve, registrations.send_back, registrations.refuse):
            with pytest.raises(NotAllowed):
                decide(registration_id=row.pk, actor=actor, at=AT, note="tā")


def test_four_eyes_in_the_database(person: User) -> None:
    row = sent(person)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderRegistration.objects.filter(pk=row.pk).update(decided_by=person)


def test_one_open_registration(person: User) -> None:
    sent(person)
    with pytest.raises(DomainError):
        registrations.write(values=VALUES, actor=person, at=AT)
    assert registrations.withdraw(
        registration_id=ProviderRegistration.objects.get().pk, actor=SYSTEM, at=AT
    )
