"""Who signed in: the person behind a set of codes, found or made exactly once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.claims import Claims
from accounts.enums import CodeKind, FactKind, FactSource
from accounts.models import Person, PersonCode, PersonFact, User
from stars.audit import services as audit
from stars.common.errors import Conflict, NotAllowed
from stars.common.permissions import SYSTEM
from stars.common.transactions import service


class Deceased(NotAllowed):
    """The register says that the person is dead."""

    code = "deceased"


class SeveralPersons(Conflict):
    """The codes of one answer belong to two people whom we know as different."""

    code = "several_persons"

    def __init__(self, person_ids: Iterable[UUID]) -> None:
        super().__init__(
            _(
                "Two accounts fit your personal codes, so we cannot tell which is yours. Write to "
                "us and we will join them."
            )
        )
        self.person_ids = tuple(person_ids)


def identify(*, claims: Claims, at: datetime, language: str = "lv") -> Person:
    """The person of the claims, with a user who can sign in.

    Found by any of the codes, present or former, never by name or e-mail (reading 2.7, case 21).
    Names, birth date and which code is the present one follow the newest answer; what changed is
    kept as facts with their source. An unknown person is made, with `language` for their letters.

    Raises `Deceased`, and `SeveralPersons` where the codes lead to two different people; that is
    written to the audit log. Safe when the same person signs in twice at once.
    """
    try:
        person = _identify(claims=claims, at=at, language=language)
    except SeveralPersons as error:
        for person_id in error.person_ids:
            audit.record(
                actor=SYSTEM,
                action="sign_in_several_persons",
                object_type="accounts.person",
                object_id=person_id,
                at=at,
            )
        raise
    if person is None or person.deceased:
        raise Deceased(
            _(
                "The population register says that this person has died, so signing in is not "
                "possible. If that is a mistake, the Office of Citizenship and Migration Affairs "
                "can correct it."
            )
        )
    return person


def find(code: str) -> Person | None:
    """The person who has or had this code; `Invalid` where it is none."""
    lookup = codes.lookup(codes.normalise(code))
    return Person.objects.filter(codes__lookup=lookup).first()


def is_former(code: str) -> bool:
    """Whether this code was somebody's before they got the present one."""
    lookup = codes.lookup(codes.normalise(code))
    return PersonCode.objects.filter(lookup=lookup).exclude(kind=CodeKind.CURRENT).exists()


@service
def _identify(*, claims: Claims, at: datetime, language: str) -> Person | None:
    lookups = {codes.lookup(code): code for code in claims.all_codes}
    lock_codes(lookups)
    known = {row.lookup: row for row in PersonCode.objects.filter(lookup__in=lookups)}
    person_ids = {row.person_id for row in known.values()}
    if len(person_ids) > 1:
        raise SeveralPersons(sorted(person_ids))
    if not person_ids:
        if claims.deceased:
            return None  # nothing to keep about somebody who can never sign in
        person = _create(claims, language)
    else:
        person = Person.objects.select_for_update().get(pk=person_ids.pop())
    # Codes only go from old to new: an answer under a code that we know to be a former one comes
    # from an older identity, and what it says of the name may be as old.
    current = codes.lookup(claims.code)
    is_newest = current not in known or known[current].kind == CodeKind.CURRENT
    if is_newest:
        _update(person, claims, at)
        _retire_codes_except(person, current)
    if person.user is None:  # registered by a coordinator, signs in for the first time
        person.user = User.objects.create_user(language=language)
        person.save(update_fields=["user", "updated_at"])
    unknown = {lookup: code for lookup, code in lookups.items() if lookup not in known}
    _add_codes(person, unknown, current, at)
    if person.deceased != claims.deceased and (is_newest or claims.deceased):
        _note_death(person, claims, at)
    return person


def lock_codes(lookups: Iterable[str]) -> None:
    """Nobody else works on these codes until the end of the transaction.

    Rows cannot be locked before they exist, and two first sign-ins at once must make one person.
    """
    with connection.cursor() as cursor:
        for lookup in sorted(lookups):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lookup])


def _create(claims: Claims, language: str) -> Person:
    return Person.objects.create(
        user=User.objects.create_user(language=language),
        given_name=claims.given_name,
        family_name=claims.family_name,
        birth_date=claims.birth_date,
    )


def _update(person: Person, claims: Claims, at: datetime) -> None:
    new = {
        "given_name": claims.given_name,
        "family_name": claims.family_name,
        "birth_date": claims.birth_date,
    }
    changed = [name for name, value in new.items() if getattr(person, name) != value]
    if changed:
        for name in changed:
            setattr(person, name, new[name])
        person.save(update_fields=[*changed, "updated_at"])
        audit.record(
            actor=SYSTEM,
            action="person_updated",
            object_type="accounts.person",
            object_id=person.pk,
            changes=dict.fromkeys(changed),
            at=at,
        )
    _observe(person, FactKind.BIRTH_DATE, claims.birth_date.isoformat(), at)


def _retire_codes_except(person: Person, lookup: str) -> None:
    current = person.codes.filter(kind=CodeKind.CURRENT).exclude(lookup=lookup)
    current.update(kind=CodeKind.HISTORIC)


def _add_codes(person: Person, unknown: dict[str, str], current: str, at: datetime) -> None:
    PersonCode.objects.bulk_create(
        PersonCode(
            person=person,
            kind=CodeKind.CURRENT if lookup == current else CodeKind.HISTORIC,
            encrypted=codes.encrypt(code),
            lookup=lookup,
            recorded_at=at,
        )
        for lookup, code in unknown.items()
    )


def _note_death(person: Person, claims: Claims, at: datetime) -> None:
    person.deceased = claims.deceased
    person.save(update_fields=["deceased", "updated_at"])
    _observe(person, FactKind.DECEASED, "yes" if claims.deceased else "no", at)


def _observe(person: Person, kind: FactKind, value: str, at: datetime) -> None:
    """Keep what Latvija.lv said, unless it was the last thing it said."""
    last = person.facts.filter(kind=kind, source=FactSource.IDENTITY)
    if last.order_by("-observed_at", "-id").values_list("value", flat=True).first() != value:
        PersonFact.objects.create(
            person=person, kind=kind, value=value, source=FactSource.IDENTITY, observed_at=at
        )
