"""Somebody who wants to make an organisation a provider: an open request stands in the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalogue.enums import RegistrationState
from catalogue.models import ProviderRegistration
from stars.audit import erasure

OPEN = (RegistrationState.SUBMITTED, RegistrationState.RETURNED)


def _obstacles(subject: erasure.Subject, at: datetime) -> list[erasure.Obstacle]:
    mine = ProviderRegistration.objects.filter(applicant=subject.user_id, state__in=OPEN)
    if subject.user_id is None or not mine.exists():
        return []
    text = _("The registration of your organisation is open. Wait for the answer or withdraw it.")
    return [erasure.Obstacle("registration", text)]


def _erase(subject: erasure.Subject, actor: Any, at: datetime) -> erasure.Erased:
    if subject.user_id is None:
        return erasure.Erased()
    mine = ProviderRegistration.objects.filter(applicant=subject.user_id)
    # An organisation's own words stay; how to reach whoever wrote them does not.
    return erasure.Erased(rows=mine.exclude(email="", phone="").update(email="", phone=""))


def register() -> None:
    """Called once when the app is ready."""
    erasure.register(erasure.Part("catalogue", _erase, obstacles=_obstacles))
