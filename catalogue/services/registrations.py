"""An organisation asks to become a provider, and the agency decides (PRO-1, PRO-2, L1349).

The enterprise register is asked over HTTP, so before the transaction that writes what it said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Organisation
from accounts.registers import enterprise
from accounts.services.invitations import invite
from accounts.services.organisations import record_provider
from catalogue import messages
from catalogue.enums import RegistrationState
from catalogue.models import FormerSlug, Provider, ProviderRegistration
from catalogue.rules.provider import Finding, Registered, Run, Stated, judge
from stars.audit.services import record
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

DIGITS = 11
MOST_RUNS = 6
PURPOSE = "provider_registration"
OPEN = (RegistrationState.DRAFT, RegistrationState.SUBMITTED, RegistrationState.RETURNED)
WRITABLE = (RegistrationState.DRAFT, RegistrationState.RETURNED)
TEXTS = {
    "name": 200,
    "registration_number": 20,
    "city": 80,
    "email": 254,
    "phone": 20,
    "about_lv": 3000,
    "about_en": 3000,
    "accreditation": 300,
}
REQUIRED = ("registration_number", "name", "city", "email", "phone", "about_lv")


@service
def write(*, values: Mapping[str, Any], actor: Any, at: datetime) -> ProviderRegistration:
    """Keep what the person wrote of their organisation so far; the first time it is begun.

    `values` are fields of the registration: texts, `accredited_until` (a day or None), `runs`
    (title, year, graduates) and `no_exclusion`. Raises `Invalid` (with field) for a text that is
    too long, `Conflict` where it was sent.
    """
    require(actor, "catalogue.register_provider", None)
    row = open_of(actor.pk, lock=True)
    if row is None:
        row = _begin(actor, at)
    require(actor, "catalogue.write_registration", row)
    if row.state not in WRITABLE:
        raise Conflict(_("It is with the agency now."), code="state")
    for name, value in values.items():
        if name in TEXTS:
            setattr(row, name, _text(name, str(value)))
        elif name == "accredited_until":
            row.accredited_until = value
        elif name == "no_exclusion":
            row.no_exclusion = bool(value)
        elif name == "runs":
            row.runs = [_run(one) for one in list(value)[:MOST_RUNS]]
        else:
            raise ValueError(f"A registration has no field {name}.")
    row.save()
    return row


def submit(*, registration_id: UUID, actor: Any, at: datetime) -> ProviderRegistration:
    """Send the registration: criteria are checked at once, with what the register says (PRO-2).

    Raises `Invalid` (with field) for what is missing. A criterion that does not hold stops nobody
    from sending; the agency decides.
    """
    row = ProviderRegistration.objects.get(pk=registration_id)
    require(actor, "catalogue.write_registration", row)
    check_complete(row)
    answer = enterprise.ask(registration_number=row.registration_number, purpose=PURPOSE, at=at)
    return _send(row.pk, row.registration_number, answer, actor, at)


@service
def _send(
    registration_id: UUID, number: str, answer: enterprise.Answer, actor: Any, at: datetime
) -> ProviderRegistration:
    row = _locked(registration_id)
    require(actor, "catalogue.write_registration", row)
    check_complete(row)
    if row.registration_number != number:
        raise Conflict(_("It was changed in another window. Check it and send it again."))
    _write_findings(row, answer, actor, at)
    row.submitted_at = at
    row.move("submit", by=actor_or_none(actor), at=at, also=("findings", "submitted_at"))
    return row


def check_again(*, registration_id: UUID, actor: Any, at: datetime) -> ProviderRegistration:
    """Ask the register once more about a registration that waits, for instance after a failure."""
    row = ProviderRegistration.objects.get(pk=registration_id)
    require(actor, "catalogue.decide_registration", row)
    answer = enterprise.ask(registration_number=row.registration_number, purpose=PURPOSE, at=at)
    return _check_again(row.pk, answer, actor, at)


@service
def _check_again(
    registration_id: UUID, answer: enterprise.Answer, actor: Any, at: datetime
) -> ProviderRegistration:
    row = _locked(registration_id)
    require(actor, "catalogue.decide_registration", row)
    if row.state != RegistrationState.SUBMITTED:
        raise Conflict(_("It does not wait for a decision."), code="state")
    _write_findings(row, answer, actor, at)
    row.save(update_fields=["findings", "updated_at"])
    return row


@service
def withdraw(*, registration_id: UUID, actor: Any, at: datetime) -> ProviderRegistration:
    """The person takes it back before the decision."""
    row = _locked(registration_id)
    require(actor, "catalogue.write_registration", row)
    row.move("withdraw", by=actor_or_none(actor), at=at)
    return row


@service
def approve(
    *, registration_id: UUID, actor: Any, at: datetime, note: str = ""
) -> ProviderRegistration:
    """Let the organisation in: it becomes a provider, and its address is invited to administer it.

    A criterion that does not hold or is unknown needs a reason in `note`. Raises `Invalid` for a
    missing reason, `Conflict` where another organisation has the name or number, `NotAllowed` for
    whoever registered it.
    """
    row = _decided(registration_id, actor)
    row.WORKFLOW.target("approve", row.state)
    if any(finding["outcome"] != "yes" for finding in row.findings) and not note.strip():
        raise Invalid(
            _("Not everything is fulfilled or known. Write why it is approved all the same."),
            code="note",
            field="note",
        )
    organisation = record_provider(
        name=row.name, registration_number=row.registration_number, actor=actor, at=at
    )
    row.provider = Provider.objects.create(
        organisation=organisation,
        slug=_free_slug(row.name),
        name=row.name,
        city=row.city,
        email=row.email,
        phone=row.phone,
        about_lv=row.about_lv,
        about_en=row.about_en or row.about_lv,
        accreditation_lv=row.accreditation,
        accreditation_en=row.accreditation,
        accredited_until=row.accredited_until,
    )
    _decide(row, "approve", actor, at, note, "provider")
    invite(
        organisation_id=organisation.pk,
        email=row.email,
        role=Role.PROVIDER_ADMIN,
        actor=actor,
        at=at,
        language=row.applicant.language,
    )
    return row


@service
def send_back(
    *, registration_id: UUID, actor: Any, at: datetime, note: str
) -> ProviderRegistration:
    """Return it to be mended. Raises `Invalid` without a reason."""
    row = _decided(registration_id, actor)
    return _decide(row, "return", actor, at, _reason(note))


@service
def refuse(*, registration_id: UUID, actor: Any, at: datetime, note: str) -> ProviderRegistration:
    """Refuse it; the organisation may register anew. Raises `Invalid` without a reason."""
    row = _decided(registration_id, actor)
    return _decide(row, "refuse", actor, at, _reason(note))


def check_complete(row: ProviderRegistration) -> None:
    """Whether everything the agency needs is there. Raises `Invalid` naming the first field."""
    for name in REQUIRED:
        if not getattr(row, name):
            raise Invalid(_("Fill this in."), code="missing", field=name)
    if not _is_number(row.registration_number):
        raise Invalid(
            _("A registration number has 11 digits."), code="number", field="registration_number"
        )


def findings_of(row: ProviderRegistration, answer: enterprise.Answer, day: date) -> list[Finding]:
    """Every criterion of PRO-2 over what was stated and what the register said: one query."""
    stated = Stated(
        name=row.name,
        accreditation=row.accreditation,
        accredited_until=row.accredited_until,
        runs=[Run(**one) for one in row.runs],
        no_exclusion=row.no_exclusion,
        known_here=Organisation.objects.filter(
            registration_number=row.registration_number
        ).exists(),
    )
    said = answer.enterprise
    register = None
    if said is not None:
        register = Registered(
            name=said.name,
            active=said.status == enterprise.ACTIVE,
            registered_on=said.registered_on,
            insolvency=said.insolvency,
            tax_debt=said.tax_debt,
        )
    return judge(stated, register=register, answered=answer.answered, day=day)


def open_of(user_id: UUID, *, lock: bool = False) -> ProviderRegistration | None:
    """The registration of a person that is not over yet; `lock` locks its row."""
    rows = ProviderRegistration.objects.filter(applicant=user_id, state__in=OPEN)
    return (rows.select_for_update(no_key=True) if lock else rows).first()


def latest_of(user_id: UUID) -> ProviderRegistration | None:
    """The latest registration of a person, whatever became of it."""
    mine = ProviderRegistration.objects.filter(applicant=user_id)
    return mine.select_related("provider").order_by("-created_at").first()


def _begin(actor: Any, at: datetime) -> ProviderRegistration:
    try:
        with transaction.atomic():
            row = ProviderRegistration.objects.create(applicant=actor)
    except IntegrityError:  # the same press a moment ago
        return ProviderRegistration.objects.select_for_update(no_key=True).get(
            applicant=actor, state__in=OPEN
        )
    row.log_birth(by=actor, at=at)
    return row


def _locked(registration_id: UUID) -> ProviderRegistration:
    return (
        ProviderRegistration.objects.select_for_update(no_key=True, of=("self",))
        .select_related("applicant")
        .get(pk=registration_id)
    )


def _decided(registration_id: UUID, actor: Any) -> ProviderRegistration:
    """The row to decide about. Raises `NotAllowed` for whoever registered it (four eyes)."""
    row = _locked(registration_id)
    require(actor, "catalogue.decide_registration", row)
    if actor.pk == row.applicant_id:
        raise NotAllowed(_("Somebody else has to decide about what you put forward."))
    return row


def _decide(
    row: ProviderRegistration, move: str, actor: Any, at: datetime, note: str, *also: str
) -> ProviderRegistration:
    row.decided_by, row.decided_at = actor_or_none(actor), at
    row.decision_note = note.strip()
    written = ("decided_by", "decided_at", "decision_note", *also)
    row.move(move, by=actor_or_none(actor), at=at, note=note.strip(), also=written)
    messages.registration_decided(row, at=at)
    return row


def _write_findings(
    row: ProviderRegistration, answer: enterprise.Answer, actor: Any, at: datetime
) -> None:
    found = findings_of(row, answer, riga_date(at))
    row.findings = [{**asdict(finding), "at": answer.at.isoformat()} for finding in found]
    record(
        actor=actor,
        action="enterprise_register_asked",
        object_type="catalogue.providerregistration",
        object_id=row.pk,
        changes={"findings": None},
        at=answer.at,
    )


def _reason(note: str) -> str:
    if not note.strip():
        raise Invalid(_("Write the reason: the organisation will read it."), field="note")
    return note


def _text(name: str, value: str) -> str:
    value = value.strip()
    if name == "registration_number":
        value = "".join(value.split())
    elif name not in ("about_lv", "about_en"):
        value = " ".join(value.split())
    if len(value) > TEXTS[name] or "\x00" in value:
        raise Invalid(_("This text is too long."), code="too_long", field=name)
    return value


def _run(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": " ".join(str(one["title"]).split())[:200],
        "year": int(one["year"]),
        "graduates": int(one["graduates"]),
    }


def _is_number(number: str) -> bool:
    return len(number) == DIGITS and number.isascii() and number.isdecimal()


def _free_slug(name: str) -> str:
    """An address of the provider's page that nobody has or had."""
    wanted = slugify(name)[:70].strip("-") or "sniedzejs"
    taken = set(Provider.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    taken |= set(
        FormerSlug.objects.filter(slug__startswith=wanted, provider__isnull=False).values_list(
            "slug", flat=True
        )
    )
    number = 1
    slug = wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
