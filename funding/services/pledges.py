"""Employers' promises to pay a share of what their people pay (FUN-9, L3286).

The agency records them. Employees are known by the keyed hash of their personal code only; a
person who has the employer's code joins its list with their own.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.enums import OrganisationKind
from accounts.models import Organisation, PersonCode
from funding.models import Pledge, PledgeEmployee
from funding.selectors_pledges import pledges_for
from learning_accounts.models import LearningAccount
from stars.audit import services as audit
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.money import euro
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

MAX_EMPLOYEES = 5000
# No letter or figure that looks like another one; 10 of them are 2^49 codes.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 10


class UnknownCode(Invalid):
    """Nobody has promised anything under this code, or no longer."""

    code = "pledge_code"

    def __init__(self) -> None:
        super().__init__(
            _("This code is not known or no longer holds. Ask your employer."), field="code"
        )


@dataclass(frozen=True)
class Recorded:
    """A new pledge; its code is told this once and cannot be read again ("" where none)."""

    pledge: Pledge
    code: str


def code_hash(code: str) -> str:
    """For `Pledge.code_hash`: of no use without the key. Spaces and dashes do not count."""
    plain = re.sub(r"[\s-]", "", code).upper()
    key = settings.PERSONAL_CODE_HASH_KEY.encode()
    return hmac.digest(key, f"pledge code {plain}".encode(), "sha256").hex()


def lock_promises(account: LearningAccount, at: datetime) -> set[UUID]:
    """Lock what is promised to this person; the caller holds the learning account's lock.

    A pledge with a total is shared by colleagues: two of them may not both get the last euros.
    """
    rows = Pledge.objects.filter(pk__in=pledges_for(account, riga_date(at)).values("pk"))
    return {row.pk for row in rows.order_by("pk").select_for_update(no_key=True)}


@service
def record(
    *,
    employer_id: UUID,
    source_id: UUID | None,
    share: Decimal,
    per_person: Decimal | None,
    total: Decimal | None,
    valid_from: date,
    valid_to: date,
    employees: Iterable[str] = (),
    with_code: bool = False,
    actor: Any,
    at: datetime,
) -> Recorded:
    """Write down that an employer pays `share` (0-1) of its people's own part.

    At most `per_person` and in all `total` EUR (None: no limit), for applications sent from
    `valid_from` to `valid_to` (both inclusive), under one source or all. `employees` are personal
    codes. Raises `Invalid` (with field) for anything that does not fit, naming the line of a bad
    personal code and never the code.
    """
    require(actor, "funding.record_pledge", None)
    employer = Organisation.objects.filter(pk=employer_id, kind=OrganisationKind.EMPLOYER).first()
    if employer is None:
        raise Invalid(_("Choose an employer."), code="employer", field="employer")
    if not Decimal(0) < share <= Decimal(1):
        raise Invalid(_("The share is more than 0 and at most 100 %."), code="share", field="share")
    for name, limit in (("per_person", per_person), ("total", total)):
        if limit is not None and euro(limit) <= 0:
            raise Invalid(_("A limit is more than 0."), code=name, field=name)
    if valid_to < valid_from:
        raise Invalid(_("The last day is before the first day."), code="valid_to", field="valid_to")
    lookups = _lookups(employees)
    if not lookups and not with_code:
        raise Invalid(
            _("Write the employees' personal codes, or ask for a code."),
            code="employees",
            field="employees",
        )
    plain = "".join(secrets.choice(_LETTERS) for _letter in range(_LENGTH)) if with_code else ""
    pledge = Pledge.objects.create(
        employer=employer,
        source_id=source_id,
        share=share,
        per_person=per_person,
        total=total,
        code_hash=code_hash(plain) if plain else "",
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_by=actor_or_none(actor),
    )
    PledgeEmployee.objects.bulk_create(
        PledgeEmployee(pledge=pledge, lookup=lookup) for lookup in lookups
    )
    _log("pledge_recorded", pledge, {"valid_to": (None, valid_to)}, actor, at)
    return Recorded(pledge, f"{plain[:5]}-{plain[5:]}" if plain else "")


@service
def add_employees(*, pledge_id: UUID, employees: Iterable[str], actor: Any, at: datetime) -> int:
    """Add people (personal codes) to a pledge's list; returns how many were not in it yet."""
    require(actor, "funding.record_pledge", None)
    pledge = Pledge.objects.select_for_update(no_key=True, of=("self",)).get(pk=pledge_id)
    _refuse_ended(pledge)
    lookups = _lookups(employees)
    if not lookups:
        raise Invalid(_("Write at least one personal code."), code="employees", field="employees")
    known = set(pledge.employees.values_list("lookup", flat=True))
    new = [lookup for lookup in lookups if lookup not in known]
    if len(known) + len(new) > MAX_EMPLOYEES:
        raise _too_many()
    PledgeEmployee.objects.bulk_create(
        PledgeEmployee(pledge=pledge, lookup=lookup) for lookup in new
    )
    _log("pledge_extended", pledge, {}, actor, at)
    return len(new)


@service
def end(*, pledge_id: UUID, actor: Any, at: datetime) -> Pledge:
    """End a pledge: new applications get nothing more; what is promised already stays."""
    require(actor, "funding.record_pledge", None)
    pledge = Pledge.objects.select_for_update(no_key=True, of=("self",)).get(pk=pledge_id)
    _refuse_ended(pledge)
    pledge.ended_at = at
    pledge.save(update_fields=["ended_at", "updated_at"])
    _log("pledge_ended", pledge, {}, actor, at)
    return pledge


@service
def use_code(*, account_id: UUID, code: str, actor: Any, at: datetime) -> Pledge:
    """A person joins the list of the employer whose code they have; repeating it changes nothing.

    Raises `UnknownCode` without saying whether the code is wrong, ended or not yet valid. How
    often one may try is the view's business (stars.common.limits).
    """
    account = (
        LearningAccount.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person")
        .get(pk=account_id)
    )
    require(actor, "funding.use_own_money", account)
    today = riga_date(at)
    pledge = (
        Pledge.objects.select_for_update(no_key=True, of=("self",))
        .filter(
            code_hash=code_hash(code),
            valid_from__lte=today,
            valid_to__gte=today,
            ended_at__isnull=True,
        )
        .exclude(code_hash="")
        .select_related("employer")
        .first()
    )
    own = PersonCode.objects.filter(person=account.person_id).order_by("kind", "pk").first()
    if pledge is None or own is None:
        raise UnknownCode()
    if pledge.employees.count() >= MAX_EMPLOYEES:
        raise _too_many()
    PledgeEmployee.objects.bulk_create(
        [PledgeEmployee(pledge=pledge, lookup=own.lookup)], ignore_conflicts=True
    )
    _log("pledge_joined", pledge, {}, actor, at)
    return pledge


def _refuse_ended(pledge: Pledge) -> None:
    if pledge.ended_at is not None:
        raise Conflict(_("This promise has ended."), code="pledge_ended")


def _too_many() -> Invalid:
    return Invalid(
        _("A list has at most 5000 people. Record another promise for the rest."),
        code="employees",
        field="employees",
    )


def _lookups(employees: Iterable[str]) -> list[str]:
    """Keyed hashes of personal codes, each once. A wrong one is named by its line, not shown."""
    found: dict[str, None] = {}
    for number, text in enumerate(employees, start=1):
        if not text.strip():
            continue
        try:
            found[codes.lookup(codes.normalise(text))] = None
        except Invalid as error:
            raise Invalid(
                _("Line %(number)d: %(what)s") % {"number": number, "what": error.message},
                code="employees",
                field="employees",
            ) from error
    if len(found) > MAX_EMPLOYEES:
        raise _too_many()
    return list(found)


def _log(
    action: str, pledge: Pledge, changes: dict[str, tuple[Any, Any]], actor: Any, at: datetime
) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="funding.pledge",
        object_id=pledge.pk,
        changes=changes,
        at=at,
    )
