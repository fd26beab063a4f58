"""Two first sign-ins at once make one person."""

from __future__ import annotations

from datetime import date, datetime
from threading import Barrier

import pytest
from django.db import IntegrityError, transaction

from accounts import codes
from accounts.claims import Claims
from accounts.enums import CodeKind
from accounts.models import Person, PersonCode, User
from accounts.services.identity import identify
from stars.common.dates import RIGA
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 5, 6, 12, 0, tzinfo=RIGA)
CODE, OLDER = "003241-70825", "000462-90317"
CLAIMS = Claims("Skaidrīte", "Vītola", date(1964, 1, 2), CODE, (OLDER,))
# The same person in the other of two tabs, who took the older identity there.
OLDER_CLAIMS = Claims("Skaidrīte", "Vītola", date(1964, 1, 2), OLDER)


def test_ten_first_sign_ins_at_once() -> None:
    results = together(10, lambda n: identify(claims=CLAIMS, at=AT))
    assert {type(result) for result in results} == {Person}
    assert len({result.pk for result in results}) == 1
    assert (Person.objects.count(), User.objects.count(), PersonCode.objects.count()) == (1, 1, 2)
    assert PersonCode.objects.get(kind=CodeKind.CURRENT).lookup == codes.lookup(CODE)


def test_older_and_newer_identity_at_once() -> None:
    results = together(10, lambda n: identify(claims=OLDER_CLAIMS if n % 2 else CLAIMS, at=AT))
    assert {type(result) for result in results} == {Person}
    assert Person.objects.count() == 1
    assert PersonCode.objects.get(kind=CodeKind.CURRENT).lookup == codes.lookup(CODE)


def test_control_without_the_lock_they_collide() -> None:
    """Looked up, not found, made: each thread would make a person of its own."""
    looked = Barrier(4)

    def unguarded(number: int) -> Person:
        with transaction.atomic():
            assert not PersonCode.objects.filter(lookup=codes.lookup(CODE)).exists()
            looked.wait(timeout=30)
            person = Person.objects.create(
                given_name="Skaidrīte", family_name="Vītola", birth_date=date(1964, 1, 2)
            )
            PersonCode.objects.create(
                person=person,
                kind=CodeKind.CURRENT,
                encrypted=codes.encrypt(CODE),
                lookup=codes.lookup(CODE),
                recorded_at=AT,
            )
            return person

    results = together(4, unguarded)
    # Only the unique look-up keeps the others out, with an error that the person would see.
    assert sum(isinstance(result, Person) for result in results) == 1
    assert sum(isinstance(result, IntegrityError) for result in results) == 3
