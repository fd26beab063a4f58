"""What somebody left under an e-mail address without an account: news, reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models.functions import Lower

from stars.audit import erasure
from stars.content.models import AccessibilityReport, Subscriber


def _erase(subject: erasure.Subject, actor: Any, at: datetime) -> erasure.Erased:
    emails = [address.lower() for address in subject.emails if address]
    news = Subscriber.objects.alias(to=Lower("email")).filter(to__in=emails)
    reports = AccessibilityReport.objects.alias(to=Lower("email")).filter(to__in=emails)
    rows = news.delete()[0]
    rows += reports.filter(settled_at__isnull=False).delete()[0]
    # What does not work still has to be mended: it is kept as if nobody had signed it.
    return erasure.Erased(rows=rows + reports.update(name="", email=""))


def register() -> None:
    """Called once when the app is ready."""
    erasure.register(erasure.Part("content", _erase))
