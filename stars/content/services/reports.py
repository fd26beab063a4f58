"""What people say does not work for them: taken from anybody, answered by the agency, forgotten.

Cabinet Regulation No. 445 asks for a way to report what is not accessible. Nobody has to say who
they are; a name and an address are kept only for the answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from stars.audit import services as audit
from stars.common.errors import Conflict
from stars.common.limits import at_most
from stars.common.permissions import require
from stars.common.transactions import service
from stars.content.models import AccessibilityReport
from stars.content.privacy import REPORT_CONTACTS, REPORTS

MOST_PER_HOUR = 10  # from one network address


def limit(*, network_address: str) -> None:
    """Raise `limits.TooMany` at the eleventh report from a network address within an hour.

    What is counted under is a keyed hash; the address itself is kept nowhere.
    """
    who = salted_hmac("stars.content.reports", network_address, algorithm="sha256").hexdigest()
    at_most(MOST_PER_HOUR, seconds=3600, action="report", who=who[:32])


@service
def send(
    *, text: str, page: str, name: str, email: str, language: str, at: datetime
) -> AccessibilityReport:
    """Keep what somebody says does not work. All but `text` may be empty."""
    report: AccessibilityReport = AccessibilityReport.objects.create(
        text=text.strip(),
        page=page.strip(),
        name=name.strip(),
        email=email.strip(),
        language=language,
        sent_at=at,
    )
    return report


@service
def settle(*, report_id: UUID, note: str, actor: Any, at: datetime) -> None:
    """Write down what was done and answered. Raises `NotAllowed`, and `Conflict` for the second."""
    report = AccessibilityReport.objects.select_for_update().get(pk=report_id)
    require(actor, "content.settle_report", report)
    if report.settled_at is not None:
        raise Conflict(_("This report is settled already."), code="settled")
    report.settled_at, report.note = at, note.strip()
    report.save(update_fields=["settled_at", "note"])
    audit.record(
        actor=actor,
        action="accessibility_report_settled",
        object_type=report._meta.label_lower,
        object_id=report.pk,
        at=at,
    )


def forget(*, at: datetime) -> int:
    """Take names and addresses away a month after the answer, and whole reports after a year.

    Returns how many reports were deleted. The daily task.
    """
    AccessibilityReport.objects.filter(
        ~Q(name="") | ~Q(email=""), settled_at__lt=REPORT_CONTACTS.ago(at)
    ).update(name="", email="")
    count, _rows = AccessibilityReport.objects.filter(sent_at__lt=REPORTS.ago(at)).delete()
    return count
