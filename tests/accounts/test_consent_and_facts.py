"""Texts are accepted version by version; people declare only what they may."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import translation

from accounts import selectors
from accounts.enums import FactKind, FactSource, TextKind
from accounts.models import Acceptance, LegalText, PersonFact
from accounts.services import consent, facts
from stars.common.dates import RIGA
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests.factories import PersonFactory, TermFactory, VocabularyFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 12, 0, tzinfo=RIGA)
LATER = AT + timedelta(days=1)


def test_our_texts() -> None:
    assert consent.current_texts() == []
    assert consent.publish_texts(at=AT) == 2
    assert consent.publish_texts(at=LATER) == 0
    terms, privacy = consent.current_texts()
    assert (terms.kind, privacy.kind) == (TextKind.TERMS, TextKind.PRIVACY)
    with translation.override("lv"):
        assert terms.body.startswith("Mācību konts ir tavs")
    with translation.override("en"):
        assert privacy.body.startswith("Your data are processed")


def newer(kind: TextKind) -> LegalText:
    return LegalText.objects.create(
        kind=kind, version=2, body_lv="Jauni.", body_en="New.", published_at=LATER
    )


def test_accepting() -> None:
    consent.publish_texts(at=AT)
    person = PersonFactory()
    shown = [text.pk for text in consent.current_texts()]
    first = consent.accept(person_id=person.pk, text_ids=shown, actor=person.user, at=AT)
    again = consent.accept(person_id=person.pk, text_ids=shown, actor=person.user, at=LATER)
    assert {a.at for a in first} == {a.at for a in again} == {AT}
    assert Acceptance.objects.count() == 2


def test_a_newer_version_came_while_the_page_was_open() -> None:
    consent.publish_texts(at=AT)
    person = PersonFactory()
    shown = [text.pk for text in consent.current_texts()]
    new = newer(TextKind.TERMS)
    with pytest.raises(Conflict):
        consent.accept(person_id=person.pk, text_ids=shown, actor=person.user, at=LATER)
    assert not Acceptance.objects.exists()
    assert consent.current_texts()[0] == new


@pytest.mark.parametrize("count", [0, 1])
def test_all_of_them(count: int) -> None:
    consent.publish_texts(at=AT)
    person = PersonFactory()
    some = [text.pk for text in consent.current_texts()][:count]
    with pytest.raises(Conflict):
        consent.accept(person_id=person.pk, text_ids=some, actor=person.user, at=AT)


def test_nobody_accepts_for_somebody_else() -> None:
    consent.publish_texts(at=AT)
    shown = [text.pk for text in consent.current_texts()]
    with pytest.raises(NotAllowed):
        consent.accept(
            person_id=PersonFactory().pk, text_ids=shown, actor=PersonFactory().user, at=AT
        )


@pytest.mark.parametrize("model", [LegalText, Acceptance, PersonFact])
def test_what_was_said_stays_said(model: type) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        model.objects.all().delete()  # type: ignore[attr-defined]
        model.objects.update(id=None)  # type: ignore[attr-defined]


@pytest.fixture
def words() -> None:
    for code, terms in {
        "employment_status": ["employed", "unemployed"],
        "education_level": ["master"],
    }.items():
        vocabulary = VocabularyFactory(code=code)
        for term in terms:
            TermFactory(vocabulary=vocabulary, code=term)


def test_declaring(words: None, django_assert_num_queries: object) -> None:
    person = PersonFactory()
    said = {"person_id": person.pk, "kind": FactKind.EMPLOYMENT, "actor": person.user}
    first = facts.declare(**said, value="employed", at=AT)
    assert facts.declare(**said, value="employed", at=LATER) == first
    second = facts.declare(**said, value="unemployed", at=LATER)
    third = facts.declare(**said, value="employed", at=LATER + timedelta(days=1))
    assert len({first.pk, second.pk, third.pk}) == 3
    with django_assert_num_queries(1):  # type: ignore[operator]
        known = selectors.facts(person)
    assert known[FactKind.EMPLOYMENT] == third
    assert known[FactKind.BIRTH_DATE].source == FactSource.IDENTITY
    assert set(known) == {FactKind.EMPLOYMENT, FactKind.BIRTH_DATE}


def test_saying_the_same_as_a_register_is_still_saying_it(words: None) -> None:
    person = PersonFactory()
    PersonFact.objects.create(
        person=person,
        kind=FactKind.EDUCATION,
        value="master",
        source=FactSource.REGISTER,
        observed_at=AT,
    )
    fact = facts.declare(
        person_id=person.pk, kind=FactKind.EDUCATION, value="master", actor=person.user, at=LATER
    )
    assert fact.source == FactSource.DECLARATION


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FactKind.EMPLOYMENT, "astronaut"),
        (FactKind.EMPLOYMENT, ""),
        (FactKind.EDUCATION, "employed"),
        (FactKind.BIRTH_DATE, "1900-01-01"),
        (FactKind.LOW_INCOME, "yes"),
        (FactKind.DISABILITY, "yes"),
        (FactKind.DECEASED, "no"),
    ],
)
def test_what_cannot_be_declared(words: None, kind: FactKind, value: str) -> None:
    person = PersonFactory()
    with pytest.raises(Invalid):
        facts.declare(person_id=person.pk, kind=kind, value=value, actor=person.user, at=AT)


def test_words_of_an_older_vocabulary_are_gone(words: None) -> None:
    person = PersonFactory()
    vocabulary = TermFactory(vocabulary=VocabularyFactory(code="employment_status")).vocabulary
    vocabulary.current = False
    vocabulary.save()
    with pytest.raises(Invalid):
        facts.declare(
            person_id=person.pk, kind=FactKind.EMPLOYMENT, value="employed", actor=SYSTEM, at=AT
        )


def test_nobody_declares_for_somebody_else(words: None) -> None:
    with pytest.raises(NotAllowed):
        facts.declare(
            person_id=PersonFactory().pk,
            kind=FactKind.EMPLOYMENT,
            value="employed",
            actor=PersonFactory().user,
            at=AT,
        )


def test_person_of() -> None:
    person = PersonFactory()
    assert selectors.person_of(person.user) == person
