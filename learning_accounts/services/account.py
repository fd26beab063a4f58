"""Opening a learning account: active at once (ILA-1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.enums import FactKind
from accounts.models import Person
from accounts.services.consent import accept
from accounts.services.contacts import set_contacts
from accounts.services.erasure import again_from
from accounts.services.facts import declare
from accounts.services.telling import tell_person
from learning_accounts.exceptions import NotAlive, TooSoon, TooYoung
from learning_accounts.models import LearningAccount, OpeningDraft
from learning_accounts.rules import old_enough
from stars.common.dates import riga_date
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service


@dataclass(frozen=True)
class Profile:
    """What the registration form asks; codes of the vocabularies, all optional but the facts."""

    email: str
    phone: str
    education: str
    employment: str
    wish: str = ""
    reasons: tuple[str, ...] = ()
    heard_from: tuple[str, ...] = ()


@service
def open_account(
    *,
    person_id: UUID,
    accepted_text_ids: Collection[UUID],
    profile: Profile,
    actor: Any,
    at: datetime,
) -> LearningAccount:
    """Open the person's account, with the texts they accepted and what they told about themselves.

    Raises `TooYoung` under 16, `NotAlive`, `TooSoon` after an erasure, `Conflict` where the texts
    changed meanwhile, `Invalid` for a code no vocabulary has. Somebody who has an account gets
    that one back, unchanged.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    require(actor, "accounts.act_for_oneself", person)
    if existing := LearningAccount.objects.filter(person=person).first():
        return existing
    if person.deceased:
        raise NotAlive()
    if not old_enough(person.birth_date, riga_date(at)):
        raise TooYoung()
    if (opens := again_from(person)) and opens > riga_date(at):
        raise TooSoon(opens)
    accept(person_id=person.pk, text_ids=accepted_text_ids, actor=actor, at=at)
    for kind, value in (
        (FactKind.EDUCATION, profile.education),
        (FactKind.EMPLOYMENT, profile.employment),
    ):
        declare(person_id=person.pk, kind=kind, value=value, actor=actor, at=at)
    person = set_contacts(
        person_id=person.pk, email=profile.email, phone=profile.phone, actor=actor, at=at
    )
    account = LearningAccount.objects.create(
        person=person,
        opened_at=at,
        profile_completed_at=at,
        wish=profile.wish,
        reasons=list(profile.reasons),
        heard_from=list(profile.heard_from),
    )
    account.log_birth(by=actor_or_none(actor), at=at)
    OpeningDraft.objects.filter(person=person).delete()
    tell_person(
        person=person, kind="account_opened", params={}, key=f"account_opened:{account.pk}", at=at
    )
    return account


@service
def complete_profile(
    *, account_id: UUID, education: str, employment: str, actor: Any, at: datetime
) -> LearningAccount:
    """Fill in what support asks for, on an account that came without it (criterion
    profile_complete, rule 1).

    Raises `Invalid` for a code no vocabulary has. A profile that is complete keeps its day; the
    answers are declared anew.
    """
    person = Person.objects.select_for_update().get(learning_account=account_id)
    account = LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    require(actor, "accounts.act_for_oneself", person)
    for kind, value in ((FactKind.EDUCATION, education), (FactKind.EMPLOYMENT, employment)):
        declare(person_id=person.pk, kind=kind, value=value, actor=actor, at=at)
    if account.profile_completed_at is None:
        account.profile_completed_at = at
        account.save(update_fields=["profile_completed_at", "updated_at"])
    return account
