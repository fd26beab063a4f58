"""The PDF of a certificate: made once from what was frozen, then always the same bytes (DOC-1)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import segno
from django.conf import settings
from django.urls import reverse

from enrolments.files_certificates import CERTIFICATE
from enrolments.models import Certificate
from stars.common import pdf
from stars.files import papers
from stars.files import services as files
from stars.files.models import StoredFile

# The document is in the language of the state; English stands below.
LANGUAGE = "lv"


def paper_of(certificate_id: UUID) -> StoredFile | None:
    """The stored PDF; None as long as it is not made."""
    return papers.paper_of(CERTIFICATE, certificate_id)


def address_of(code: str) -> str:
    """Where anybody can see whether a certificate is true; it stands in the QR code."""
    return urljoin(settings.SITE_URL, reverse("enrolments:certificate_check", args=[code]))


def print_certificate(*, certificate_id: UUID, at: datetime) -> StoredFile:
    """The PDF of a certificate, made now where it is not there yet; outside any transaction."""
    certificate = Certificate.objects.get(pk=certificate_id)

    def make() -> bytes:
        said = certificate.content
        context = {**page(certificate), "logo": _logo(said)}
        return pdf.render(
            "pdf/certificate.html", context, language=LANGUAGE, title=said["title_lv"]
        )

    return papers.keep_once(
        certificate, kind=CERTIFICATE, name="apliecinajums.pdf", make=make, at=at
    )


def print_missing(*, at: datetime) -> int:
    """PDFs that a task did not make, for instance because its worker died; returns how many."""
    valid = Certificate.objects.filter(withdrawn_at__isnull=True).exclude(content={})
    missing = papers.without_paper(valid, CERTIFICATE)
    for key in missing:
        print_certificate(certificate_id=key, at=at)
    return len(missing)


def _logo(said: Mapping[str, Any]) -> str:
    """The frozen logo as a part of the document; "" without one."""
    file = StoredFile.objects.filter(pk=said["logo"]).first() if said.get("logo") else None
    if file is None:
        return ""
    with files.storage().open(file.key) as stored:
        drawn = b64encode(stored.read()).decode()
    return f"data:{file.content_type};base64,{drawn}"


def page(certificate: Certificate) -> dict[str, Any]:
    """What the paper and the page that proves it show, from the frozen content alone."""
    said = certificate.content
    address = address_of(certificate.code)
    return {
        "said": said,
        "address": address,
        "code": certificate.code,
        # A picture of squares: nothing is fetched, and it stays sharp on paper.
        "qr": segno.make(address, error="m").svg_data_uri(border=0, dark="#111"),
        "completed_on": date.fromisoformat(said["completed_on"]),
        "issued_on": date.fromisoformat(said["issued_on"]),
    }
