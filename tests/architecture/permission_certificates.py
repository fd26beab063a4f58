"""Rows and services of certificates for the permission matrix."""

from __future__ import annotations

from typing import Any

from enrolments.models import CertificateTemplate
from enrolments.platform_files import Platform, Report
from enrolments.services import certificates
from stars.common.permissions import SYSTEM

TEXT = {"heading_lv": "Apliecība", "heading_en": "Certificate", "signatory": "Anna Egle"}


def build(world: Any) -> None:
    """The owner's completion has a certificate."""
    CertificateTemplate.objects.create(provider=world.provider, name="Apliecība", **TEXT)
    world.rows["certificate"] = certificates.issue(
        participation_id=world.rows["participation"].pk, actor=SYSTEM, at=world.at
    )


SERVICES: dict[str, Any] = {
    "enrolments.services.certificates.use_template": (
        (),  # its administrators
        lambda w: {"template_id": w.provider.certificate_templates.get().pk, "active": True},
    ),
    "enrolments.services.completion_import.look": (
        ("staff",),
        lambda w: {
            "group_id": w.rows["participation"].group_id,
            "report": Report(Platform.MOODLE, []),
            "course": "",
            "first_number": "",
        },
    ),
    "enrolments.services.completion_import.take": (
        ("staff",),
        lambda w: {"group_id": w.rows["participation"].group_id, "people": []},
    ),
    "enrolments.services.completion_import.save_names": (
        ("staff",),
        lambda w: {"group_id": w.rows["participation"].group_id, "names": {}},
    ),
    "enrolments.services.certificates.issue": (
        ("staff",),
        lambda w: {"participation_id": w.rows["participation"].pk},
    ),
    "enrolments.services.certificates.withdraw": (
        ("staff",),
        lambda w: {"certificate_id": w.rows["certificate"].pk, "reason": "Kļūda"},
    ),
    "enrolments.services.certificates.save_template": (
        (),  # its administrators (tests/enrolments/test_certificates.py)
        lambda w: {"provider_id": w.provider.pk, "values": TEXT},
    ),
}


def keys(world: Any, name: str) -> dict[str, Any]:
    """What may stand in the address. The text is the rival's, whose administrator asks for it."""
    found: dict[str, Any] = {"certificate_id": world.rows["certificate"].pk}
    if name == "enrolments:certificate_template":
        rival = world.users["rival"].memberships.get().organisation
        found["provider_id"] = rival.provider.pk
    elif name == "enrolments:provider_certificates":
        found["group_id"] = world.rows["participation"].group_id
    elif name == "enrolments:certificate_check":
        found["code"] = world.rows["certificate"].code
    return found


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """Answers that the forms ask for."""
    return {
        "enrolments:certificate_template": TEXT,
        "enrolments:certificate_withdraw": {"reason": "Kļūda"},
    }
