"""By which names other systems know a person's rows: such a name may be anything, even a code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from enrolments.models import Application, Attendance, Participation
from stars.api.models import ExternalId
from stars.audit import erasure


def _erase(subject: erasure.Subject, actor: Any, at: datetime) -> erasure.Erased:
    mine = Q()
    for model, path in (
        (Application, "account__person"),
        (Participation, "account__person"),
        (Attendance, "participation__account__person"),
    ):
        mine |= Q(object_id__in=model.objects.filter(**{path: subject.person_id}).values("pk"))
    return erasure.Erased(rows=ExternalId.objects.filter(mine).delete()[0])


def register() -> None:
    """Called once when the app is ready."""
    erasure.register(erasure.Part("api", _erase))
