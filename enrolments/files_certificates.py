"""Certificates as files: the person's own, and the provider's who issued them; its logos."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import rules

from enrolments.models import Certificate, CertificateTemplate
from stars.files import owners
from stars.files.enums import FileType

CERTIFICATE = "certificate"
LOGO = "certificate_logo"


def _certificate(key: UUID) -> Certificate | None:
    return (
        Certificate.objects.select_related(
            "participation__account__person", "participation__group__version__programme__provider"
        )
        .filter(pk=key)
        .first()
    )


def _may_read(actor: Any, key: UUID) -> bool:
    certificate = _certificate(key)
    participation = certificate.participation if certificate else None
    return bool(rules.has_perm("enrolments.view_certificate", actor, participation))


def _may_write_template(actor: Any, key: UUID) -> bool:
    template = CertificateTemplate.objects.select_related("provider").filter(pk=key).first()
    return template is not None and bool(
        rules.has_perm("enrolments.write_certificate_template", actor, template.provider)
    )


def _nobody(actor: Any, key: UUID) -> bool:
    """Only the system writes these."""
    return False


def _looked_at(actor: Any, key: UUID) -> UUID | None:
    certificate = _certificate(key)
    person = certificate.participation.account.person if certificate else None
    return person.pk if person and person.user_id != actor.pk else None


def _about_nobody(actor: Any, key: UUID) -> UUID | None:
    """A logo says nothing of a person."""
    return None


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    owners.register(
        owners.OwnerKind(
            LOGO,
            may_read=_may_write_template,
            may_write=_may_write_template,
            looked_at=_about_nobody,
            purpose="certificate",
            types=(FileType.PNG, FileType.JPEG),
        )
    )
    owners.register(
        owners.OwnerKind(
            CERTIFICATE,
            may_read=_may_read,
            may_write=_nobody,
            looked_at=_looked_at,
            purpose="certificate",
            types=(FileType.PDF,),
        )
    )
