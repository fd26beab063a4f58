"""Issuing and withdrawing certificates, and what a provider's certificates say (DOC-1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.models import Provider
from enrolments.enums import ParticipationState
from enrolments.files_certificates import LOGO
from enrolments.locks import lock_for_participation
from enrolments.models import Certificate, CertificateTemplate, EnrolmentLog, Participation
from enrolments.tasks import print_certificate
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import after_commit, service
from stars.content.services.pictures import redraw
from stars.files import services as files
from stars.files.models import StoredFile
from stars.files.selectors import files_of

# 100 bits: nobody finds another's by trying.
CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 20
# What a provider may write; the form asks for the same.
WRITTEN = (
    *("heading_lv", "heading_en", "text_lv", "text_en", "signatory"),
    *("position_lv", "position_en"),
)


@service
def save_template(
    *,
    provider_id: UUID,
    values: Mapping[str, str],
    actor: Any,
    at: datetime,
    template_id: UUID | None = None,
    new: bool = False,
    logo: tuple[str, IO[bytes]] | None = None,
) -> CertificateTemplate:
    """What a provider's certificates say from now on; those that were issued stay as they are.

    `values` has WRITTEN; heading in both languages and the signatory are needed (`Invalid`), and
    words for the logo where one is sent with its name (PNG or JPEG, at most 10 MB). Without words
    nothing is drawn. Without `template_id` it is the first of the provider's, or with `new` one
    more; its `name` is told apart from the others'. From the first on every completion gets its
    certificate by itself.
    """
    provider = Provider.objects.select_for_update(no_key=True).get(pk=provider_id)
    require(actor, "enrolments.write_certificate_template", provider)
    cleaned = {name: values.get(name, "").strip() for name in WRITTEN}
    for name in ("heading_lv", "heading_en", "signatory"):
        if not cleaned[name]:
            raise Invalid(_("Fill this in: it stands on the certificate."), code=name, field=name)
    alternative = values.get("logo_alt", "").strip()
    if logo is not None and not alternative:
        raise Invalid(_("Say in words what the picture shows."), code="alt", field="logo_alt")
    template = None if new else _template(provider_id, template_id)
    if template is None:
        template = CertificateTemplate(provider=provider)
    name = values.get("name", "").strip() or template.name or cleaned["heading_lv"][:80]
    others = CertificateTemplate.objects.filter(provider=provider, name=name)
    if others.exclude(pk=template.pk).exists():
        raise Invalid(_("Another template has this name."), code="name", field="name")
    for field, text in {**cleaned, "name": name, "logo_alt": alternative}.items():
        setattr(template, field, text)
    template.save()
    if logo is not None:
        _keep_logo(template, *logo, actor=actor, at=at)
    return template


def _template(provider_id: UUID, template_id: UUID | None) -> CertificateTemplate | None:
    """The chosen template of the provider, or its first; `Invalid` for somebody else's."""
    if template_id is None:
        return template_of(provider_id)
    found = CertificateTemplate.objects.filter(provider=provider_id, pk=template_id).first()
    if found is None:
        raise Invalid(_("Choose one of your templates."), code="template", field="template")
    return found


def _keep_logo(
    template: CertificateTemplate, name: str, content: IO[bytes], *, actor: Any, at: datetime
) -> None:
    """The newest picture is the logo; older ones stay, since issued certificates show them."""
    drawn, _size = redraw(name, content)
    files.store(
        actor=actor,
        owner_kind=LOGO,
        owner_id=template.pk,
        name=name,
        content=drawn,
        at=at,
    )


def logo_of(template: CertificateTemplate) -> StoredFile | None:
    """The logo that certificates of this template show; None without one or words for it."""
    return files_of(LOGO, template.pk).last() if template.logo_alt else None


@service
def use_template(*, template_id: UUID, active: bool, actor: Any, at: datetime) -> None:
    """Offer a template for new certificates, or do so no more; issued ones stay."""
    template = CertificateTemplate.objects.select_related("provider").get(pk=template_id)
    provider = Provider.objects.select_for_update(no_key=True).get(pk=template.provider_id)
    require(actor, "enrolments.write_certificate_template", provider)
    CertificateTemplate.objects.filter(pk=template_id).update(active=active)


def templates_of(provider_id: UUID) -> list[CertificateTemplate]:
    """What new certificates of the provider may say; the first is used where none is chosen."""
    templates = CertificateTemplate.objects.filter(provider=provider_id, active=True)
    return list(templates.order_by("created_at", "pk"))


def template_of(provider_id: UUID) -> CertificateTemplate | None:
    """What the provider's certificates say; None where it issues none through the portal."""
    return next(iter(templates_of(provider_id)), None)


@service
def issue(
    *, participation_id: UUID, actor: Any, at: datetime, template_id: UUID | None = None
) -> Certificate:
    """Issue the certificate of a completed training; its PDF is made after the commit.

    It says what `template_id` says, or the provider's first template (`Invalid` for another's).
    Returns the valid one where there is one. Raises `Conflict` where the training is not completed
    or the provider has not said yet what its certificates say.
    """
    _locked, participation = lock_for_participation(participation_id)
    require(actor, "enrolments.record_outcome", participation)
    if participation.state != ParticipationState.COMPLETED:
        raise Conflict(
            _("A certificate is for a completed training."), code="certificate_not_completed"
        )
    made = issue_if_set_up(participation, actor=actor, at=at, template_id=template_id)
    if made is None:
        raise Conflict(_("First write what your certificates say."), code="certificate_not_set_up")
    return made


def issue_if_set_up(
    participation: Participation, *, actor: Any, at: datetime, template_id: UUID | None = None
) -> Certificate | None:
    """The certificate of a completion whose locks are held; None where the provider has none."""
    valid = participation.certificates.filter(withdrawn_at__isnull=True).first()
    if valid is not None:
        return valid
    template = _template(participation.group.version.programme.provider_id, template_id)
    if template is None:
        return None
    certificate = Certificate.objects.create(
        participation=participation,
        template=template,
        code="".join(secrets.choice(CODE_LETTERS) for _each in range(CODE_LENGTH)),
        content=_content(participation, template, at),
        issued_at=at,
        issued_by=actor_or_none(actor),
    )
    _log(participation, "issue_certificate", actor, at)
    after_commit(print_certificate.delay, str(certificate.pk))
    return certificate


def _content(
    participation: Participation, template: CertificateTemplate, at: datetime
) -> dict[str, Any]:
    """Everything that is printed, as it is on this day."""
    version = participation.application.offer.version
    provider = participation.group.version.programme.provider
    assert participation.outcome_on is not None
    logo = logo_of(template)
    return {
        "logo": str(logo.pk) if logo else "",
        "logo_alt": template.logo_alt if logo else "",
        **{name: getattr(template, name) for name in WRITTEN},
        "name": participation.account.person.full_name,
        "title_lv": version.title_lv,
        "title_en": version.title_en,
        "outcomes": version.outcomes,
        "hours": version.hours,
        "type_lv": version.type.name_lv,
        "type_en": version.type.name_en,
        "provider": provider.name,
        "registration_number": provider.organisation.registration_number,
        "grade": participation.grade,
        "number": participation.document_number,
        "completed_on": participation.outcome_on.isoformat(),
        "issued_on": riga_date(at).isoformat(),
    }


@service
def withdraw(*, certificate_id: UUID, reason: str, actor: Any, at: datetime) -> Certificate:
    """Declare a certificate no longer valid; the page behind its QR code says so at once.

    Raises `Invalid` without a reason. Withdrawing it twice changes nothing. The completion stays:
    a corrected certificate can be issued.
    """
    participation_id = Certificate.objects.values_list("participation_id", flat=True).get(
        pk=certificate_id
    )
    _locked, participation = lock_for_participation(participation_id)
    require(actor, "enrolments.record_outcome", participation)
    certificate = Certificate.objects.get(pk=certificate_id)
    if certificate.withdrawn_at is not None:
        return certificate
    reason = reason.strip()
    if not reason:
        raise Invalid(
            _("Write the reason: the person will read it."), code="reason", field="reason"
        )
    certificate.withdrawn_at = at
    certificate.withdrawn_by = actor_or_none(actor)
    certificate.withdraw_reason = reason[:300]
    certificate.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    _log(participation, "withdraw_certificate", actor, at, reason)
    return certificate


def _log(participation: Participation, what: str, actor: Any, at: datetime, note: str = "") -> None:
    EnrolmentLog.objects.create(
        object_type="participation",
        object_id=participation.pk,
        transition=what,
        from_state=participation.state,
        to_state=participation.state,
        by=actor_or_none(actor),
        at=at,
        note=note,
    )
