"""One person, whatever code they come with."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import ProtectedError

from accounts import codes
from accounts.claims import Claims
from accounts.enums import CodeKind, FactKind, FactSource
from accounts.models import Person, PersonCode, User
from accounts.services.identity import Deceased, SeveralPersons, find, identify
from stars.audit import selectors as audit
from stars.common.dates import RIGA

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 12, 0, tzinfo=RIGA)
LATER = AT + timedelta(days=30)
OLD, NEW, OTHER = "000462-90317", "003241-70825", "004417-90263"


def claims(code: str = NEW, *historical: str, **changes: Any) -> Claims:
    values = {
        "given_name": "Skaidrīte",
        "family_name": "Vītola",
        "birth_date": date(1964, 1, 2),
        "code": code,
        "historical_codes": historical,
        **changes,
    }
    return Claims(**values)


def kinds(person: Person) -> dict[str, str]:
    return {codes.decrypt(row.encrypted): row.kind for row in person.codes.all()}


def test_the_first_time() -> None:
    person = identify(claims=claims(NEW, OLD), at=AT, language="en")
    assert person.full_name == "Skaidrīte Vītola"
    assert person.user is not None
    assert (person.user.language, person.user.email) == ("en", None)
    assert not person.user.has_usable_password()
    assert kinds(person) == {NEW: CodeKind.CURRENT, OLD: CodeKind.HISTORIC}
    (fact,) = person.facts.all()
    assert (fact.kind, fact.value, fact.source, fact.observed_at) == (
        FactKind.BIRTH_DATE,
        "1964-01-02",
        FactSource.IDENTITY,
        AT,
    )


def test_no_code_can_be_read_in_the_database() -> None:
    identify(claims=claims(NEW, OLD), at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT encrypted, lookup FROM accounts_personcode")
        stored = b"".join(bytes(part) for row in cursor for part in (row[0], row[1].encode()))
    for code in (NEW, OLD):
        assert code.encode() not in stored
        assert code.replace("-", "").encode() not in stored


def test_again_changes_nothing() -> None:
    first = identify(claims=claims(), at=AT)
    second = identify(claims=claims(), at=LATER)
    assert first == second
    assert Person.objects.count() == User.objects.count() == PersonCode.objects.count() == 1
    assert first.facts.count() == 1
    assert not audit.changes_of(first.pk).exists()


def test_case_21_first_under_the_older_code_then_under_the_new_one() -> None:
    first = identify(claims=claims(OLD), at=AT)
    assert kinds(first) == {OLD: CodeKind.CURRENT}
    second = identify(claims=claims(NEW, OLD), at=LATER)
    assert second == first
    assert kinds(first) == {NEW: CodeKind.CURRENT, OLD: CodeKind.HISTORIC}


def test_the_older_code_leads_to_the_same_person() -> None:
    person = identify(claims=claims(NEW, OLD), at=AT)
    again = identify(claims=claims(OLD, family_name="Agrāk"), at=LATER)
    assert again == person
    # An answer under a former code does not take anything back.
    again.refresh_from_db()
    assert again.family_name == "Vītola"
    assert kinds(person) == {NEW: CodeKind.CURRENT, OLD: CodeKind.HISTORIC}


def test_a_third_code() -> None:
    person = identify(claims=claims(NEW, OLD), at=AT)
    assert identify(claims=claims(OTHER, OLD), at=LATER) == person
    assert kinds(person) == {
        OTHER: CodeKind.CURRENT,
        NEW: CodeKind.HISTORIC,
        OLD: CodeKind.HISTORIC,
    }


def test_a_new_name_and_a_corrected_birth_date() -> None:
    person = identify(claims=claims(), at=AT)
    identify(claims=claims(family_name="Ozola", birth_date=date(1964, 2, 1)), at=LATER)
    person.refresh_from_db()
    assert (person.family_name, person.birth_date) == ("Ozola", date(1964, 2, 1))
    dates = person.facts.filter(kind=FactKind.BIRTH_DATE).order_by("observed_at")
    assert [(fact.value, fact.observed_at) for fact in dates] == [
        ("1964-01-02", AT),
        ("1964-02-01", LATER),
    ]
    (entry,) = audit.changes_of(person.pk)
    assert entry.changes == {"family_name": None, "birth_date": None}


def test_same_name_and_birth_date_are_not_the_same_person() -> None:
    assert identify(claims=claims(NEW), at=AT) != identify(claims=claims(OTHER), at=AT)


def test_codes_of_two_people() -> None:
    one, other = identify(claims=claims(NEW), at=AT), identify(claims=claims(OLD), at=AT)
    with pytest.raises(SeveralPersons) as caught:
        identify(claims=claims(NEW, OLD), at=LATER)
    assert set(caught.value.person_ids) == {one.pk, other.pk}
    for person in (one, other):
        (entry,) = audit.changes_of(person.pk)
        assert entry.action == "sign_in_several_persons"
        assert person.codes.count() == 1


def test_a_person_whom_a_coordinator_registered() -> None:
    person = Person.objects.create(
        given_name="Skaidrīte", family_name="Vītola", birth_date=date(1964, 1, 2)
    )
    PersonCode.objects.create(
        person=person,
        kind=CodeKind.CURRENT,
        encrypted=codes.encrypt(NEW),
        lookup=codes.lookup(NEW),
        recorded_at=AT,
    )
    assert identify(claims=claims(), at=AT) == person
    person.refresh_from_db()
    assert person.user is not None


def test_the_dead_do_not_sign_in() -> None:
    with pytest.raises(Deceased):
        identify(claims=claims(deceased=True), at=AT)
    assert not Person.objects.exists()


def test_somebody_who_died_after_signing_in() -> None:
    person = identify(claims=claims(NEW, OLD), at=AT)
    for at in (LATER, LATER + timedelta(days=1)):
        with pytest.raises(Deceased):
            identify(claims=claims(deceased=True), at=at)
    # An older identity that says otherwise is not believed.
    with pytest.raises(Deceased):
        identify(claims=claims(OLD), at=LATER)
    person.refresh_from_db()
    assert person.deceased
    fact = person.facts.get(kind=FactKind.DECEASED)
    assert (fact.value, fact.observed_at) == ("yes", LATER)


def test_a_death_recorded_by_mistake() -> None:
    person = identify(claims=claims(), at=AT)
    with pytest.raises(Deceased):
        identify(claims=claims(deceased=True), at=AT)
    assert identify(claims=claims(), at=LATER) == person
    assert (
        list(
            person.facts.filter(kind=FactKind.DECEASED)
            .order_by("id")
            .values_list("value", flat=True)
        ).count("no")
        == 1
    )


def test_find() -> None:
    person = identify(claims=claims(NEW, OLD), at=AT)
    assert find("00046290317") == find(NEW) == person
    assert find(OTHER) is None


def test_a_person_is_never_deleted_with_what_hangs_on_them() -> None:
    person = identify(claims=claims(), at=AT)
    with pytest.raises(ProtectedError):
        person.delete()
