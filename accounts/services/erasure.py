"""Erasing a person for good: names, codes, contacts, sign-in, and what every other app holds.

What stays of them are random keys with amounts, days and hours, for the audits of what was paid
(ILA-13, FUN-13, NFR-5). Each app does its own part (`stars.audit.erasure`).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import ErasedCode, Person, PersonCode, SavedFilter, User
from accounts.services.identity import lock_codes
from stars.audit import erasure
from stars.audit import services as audit
from stars.common.errors import Conflict
from stars.common.permissions import require
from stars.common.transactions import service

# Why → what the audit log says was done: the person did it, asked by letter, or has died.
GROUNDS = {
    "page": "person_erased",
    "letter": "person_erased_by_letter",
    "died": "person_erased_after_death",
}


class Standing(Conflict):
    """Something has to end first; `obstacles` says what and where."""

    code = "standing"

    def __init__(self, obstacles: Iterable[erasure.Obstacle]) -> None:
        self.obstacles = list(obstacles)
        said = " ".join(str(each.text) for each in self.obstacles)
        super().__init__(_("Your data cannot be erased yet. %(why)s") % {"why": said})


def subject_of(person: Person) -> erasure.Subject:
    """Keys and addresses under which every app finds what belongs to the person."""
    addresses = {person.email}
    if person.user is not None:
        mine = EmailAddress.objects.filter(user=person.user)
        addresses |= {person.user.email or "", *mine.values_list("email", flat=True)}
    return erasure.Subject(person.pk, person.user_id, frozenset(addresses - {""}))


@service
def erase_person(
    *, person_id: UUID, actor: Any, at: datetime, ground: str = "page"
) -> erasure.Erased:
    """Erase everything about a person that the law lets go; it cannot be taken back.

    The person, or an administrator of the agency for one who cannot; `ground` is one of GROUNDS,
    for the audit log. Raises `Standing` while an
    application, training, payment, question or debt is open, or the person has a role here. A
    second time does nothing more.
    """
    lookups = list(PersonCode.objects.filter(person=person_id).values_list("lookup", flat=True))
    lock_codes(lookups)
    people = Person.objects.select_for_update(of=("self",)).select_related("user")
    person = people.get(pk=person_id)
    require(actor, "accounts.erase", person)
    subject = subject_of(person)
    erasure.lock(subject)
    if obstacles := erasure.obstacles(subject, at):
        raise Standing(obstacles)
    done = erasure.erase(subject, actor, at)
    if done.again_from:
        for lookup in lookups:
            ErasedCode.objects.update_or_create(
                lookup=_hash(lookup), defaults={"again_from": done.again_from}
            )
    audit.record(
        actor=actor,
        action=GROUNDS[ground],
        object_type="accounts.person",
        object_id=person.pk,
        at=at,
    )
    return done


def again_from(person: Person) -> date | None:
    """The first day on which somebody who was erased may have an account; None: any day."""
    lookups = person.codes.values_list("lookup", flat=True)
    known = ErasedCode.objects.filter(lookup__in=[_hash(lookup) for lookup in lookups])
    day: date | None = known.aggregate(day=Max("again_from"))["day"]
    return day


def forget_codes(*, on: date) -> int:
    """Remove hashes whose day has come by the day `on`; returns how many. Nightly."""
    return ErasedCode.objects.filter(again_from__lte=on).delete()[0]


def _hash(lookup: str) -> str:
    """Another hash than that of living people: the two tables cannot be laid side by side."""
    key = settings.PERSONAL_CODE_HASH_KEY.encode()
    return hmac.digest(key, f"erased:{lookup}".encode(), "sha256").hex()


def _obstacles(subject: erasure.Subject, at: datetime) -> list[erasure.Obstacle]:
    if subject.user_id is None:
        return []
    if not User.objects.filter(pk=subject.user_id, memberships__isnull=False).exists():
        return []
    text = _("You sign in here for an organisation too. Write to us, and we will sort it out.")
    return [erasure.Obstacle("role", text)]


def _erase(subject: erasure.Subject, actor: Any, at: datetime) -> erasure.Erased:
    person = Person.objects.get(pk=subject.person_id)
    person.given_name = person.family_name = person.email = person.phone = ""
    # The year is enough to tell an auditor that somebody was of age.
    person.birth_date = person.birth_date.replace(month=1, day=1)
    person.user = None
    person.save()
    rows = PersonCode.objects.filter(person=person).delete()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_forget(%s)", [person.pk])
        rows += cursor.fetchone()[0]
    if subject.user_id is not None:
        rows += _end_signing_in(subject.user_id, at)
    return erasure.Erased(rows=rows + 1)


def _end_signing_in(user_id: UUID, at: datetime) -> int:
    """Links to Latvija.lv, addresses, second factors, saved filters and open sessions."""
    rows = sum(
        model.objects.filter(user=user_id).delete()[0]
        for model in (SocialAccount, EmailAddress, Authenticator, SavedFilter)
    )
    user = User.objects.get(pk=user_id)
    user.email, user.last_login, user.language = None, None, "lv"
    user.is_active = False
    user.set_unusable_password()
    user.save()
    return rows + end_sessions(user_id, at)


def end_sessions(user_id: UUID, at: datetime) -> int:
    """Delete every session of a user; what is in them says whose they are."""
    living = Session.objects.filter(expire_date__gte=at).iterator(chunk_size=500)
    mine = [each.pk for each in living if each.get_decoded().get(SESSION_KEY) == str(user_id)]
    return Session.objects.filter(pk__in=mine).delete()[0]


def register() -> None:
    """Called once when the app is ready."""
    erasure.register(erasure.Part("accounts", _erase, obstacles=_obstacles))
