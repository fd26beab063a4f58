"""Opening a learning account: active at once, one for each person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.enums import FactKind, FactSource
from accounts.models import Acceptance, Person
from accounts.services.consent import current_texts
from learning_accounts.enums import AccountState
from learning_accounts.exceptions import NotAlive, TooYoung
from learning_accounts.models import AccountLog, LearningAccount, OpeningDraft
from learning_accounts.services.account import Profile, open_account
from learning_accounts.services.draft import draft_of, forget_drafts, save_draft
from learning_accounts.tasks import forget_drafts as forget_drafts_task
from stars.common.dates import RIGA
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.notifications import selectors as notifications
from stars.notifications.models import Message
from stars.notifications.services import send_outbox
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 12, 0, tzinfo=RIGA)
PROFILE = Profile(
    email="liga@stars.example",
    phone="20 000 000",
    education="master",
    employment="employed",
    wish="Python",
    reasons=("support", "find"),
    heard_from=("search",),
)


def open_for(person: Person, profile: Profile = PROFILE, **changes: Any) -> LearningAccount:
    arguments = {
        "accepted_text_ids": [text.pk for text in current_texts()],
        "actor": person.user,
        "at": AT,
        **changes,
    }
    return open_account(person_id=person.pk, profile=profile, **arguments)


def test_active_at_once(ready: None) -> None:
    person = PersonFactory(without_contact=True)
    account = open_for(person)
    assert (account.state, account.opened_at) == (AccountState.ACTIVE, AT)
    assert account.profile_completed_at == AT
    assert (account.wish, account.reasons) == ("Python", ["support", "find"])
    person.refresh_from_db()
    assert (person.email, person.phone) == ("liga@stars.example", "20 000 000")
    known = {fact.kind: fact for fact in person.facts.all()}
    assert known[FactKind.EDUCATION].value == "master"
    assert known[FactKind.EMPLOYMENT].source == FactSource.DECLARATION
    assert Acceptance.objects.filter(person=person, at=AT).count() == 2
    (row,) = AccountLog.objects.filter(object_id=account.pk)
    assert (row.transition, row.to_state, row.by, row.at) == ("create", "active", person.user, AT)


def test_the_person_is_told(ready: None) -> None:
    person = PersonFactory(user__language="en")
    open_for(person)
    with translation.override("en"):
        (item,) = notifications.inbox(person.user.pk)
    assert item.words.title == "Your learning account is open"
    assert send_outbox(at=AT).sent == 1
    (letter,) = mail.outbox
    assert letter.to == ["liga@stars.example"]
    assert person.given_name not in letter.subject


def test_again_leads_to_the_same_account(ready: None) -> None:
    person = PersonFactory()
    first = open_for(person)
    again = open_for(person, replace(PROFILE, wish="Other"), at=AT + timedelta(days=1))
    assert again == first
    first.refresh_from_db()
    assert first.wish == "Python"
    assert (LearningAccount.objects.count(), Message.objects.count()) == (1, 1)


def test_at_seventeen(ready: None) -> None:
    assert open_for(PersonFactory(young=True)).state == AccountState.ACTIVE


@pytest.mark.parametrize(
    ("person", "error"),
    [
        ({"birth_date": date(2010, 5, 7)}, TooYoung),
        ({"birth_date": date(2011, 1, 1)}, TooYoung),
        ({"deceased": True}, NotAlive),
    ],
)
def test_refused(ready: None, person: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        open_for(PersonFactory(**person))
    assert not LearningAccount.objects.exists()
    assert not Acceptance.objects.exists()


def test_sixteen_at_midnight_in_riga(ready: None) -> None:
    """Not at midnight in Greenwich."""
    person = PersonFactory(birth_date=date(2010, 5, 7))
    with pytest.raises(TooYoung):
        open_for(person, at=datetime(2026, 5, 6, 23, 59, 59, tzinfo=RIGA))
    assert open_for(person, at=datetime(2026, 5, 7, 0, 0, tzinfo=RIGA))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"accepted_text_ids": []}, Conflict),
        ({"profile": replace(PROFILE, education="rocket")}, Invalid),
        ({"profile": replace(PROFILE, employment="")}, Invalid),
    ],
)
def test_nothing_is_half_written(
    ready: None, changes: dict[str, Any], error: type[Exception]
) -> None:
    person = PersonFactory(without_contact=True)
    with pytest.raises(error):
        open_for(person, **changes)
    person.refresh_from_db()
    assert person.email == ""
    assert not LearningAccount.objects.exists()
    assert not Acceptance.objects.exists()
    assert not Message.objects.exists()
    assert person.facts.count() == 1


def test_nobody_opens_anothers_account(ready: None) -> None:
    with pytest.raises(NotAllowed):
        open_for(PersonFactory(), actor=PersonFactory().user)
    assert open_for(PersonFactory(), actor=SYSTEM)


def test_the_database_keeps_one_account_for_each_person(ready: None) -> None:
    account = open_for(PersonFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        LearningAccount.objects.create(person=account.person, opened_at=AT)


def test_a_draft(ready: None) -> None:
    person = PersonFactory()
    assert draft_of(person.pk) == {}
    save_draft(
        person_id=person.pk,
        answers={"email": "li", "reasons": ["support"]},
        actor=person.user,
        at=AT,
    )
    save_draft(
        person_id=person.pk,
        answers={"email": "liga\x00@" + "x" * 999, "reasons": ["support"] * 99},
        actor=person.user,
        at=AT,
    )
    kept = draft_of(person.pk)
    assert kept["email"].startswith("liga@")
    assert (len(kept["email"]), len(kept["reasons"])) == (400, 20)
    open_for(person)
    assert draft_of(person.pk) == {}
    save_draft(person_id=person.pk, answers={"email": "late"}, actor=person.user, at=AT)
    assert draft_of(person.pk) == {}


def test_nobody_writes_anothers_draft(ready: None) -> None:
    with pytest.raises(NotAllowed):
        save_draft(person_id=PersonFactory().pk, answers={}, actor=PersonFactory().user, at=AT)


def test_old_drafts_are_forgotten(ready: None) -> None:
    for days in (29, 31):
        person = PersonFactory()
        save_draft(
            person_id=person.pk,
            answers={"wish": str(days)},
            actor=person.user,
            at=AT - timedelta(days=days),
        )
    assert forget_drafts(at=AT) == 1
    assert OpeningDraft.objects.get().answers == {"wish": "29"}
    assert forget_drafts_task() in (0, 1)
