"""The learning history."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from learning_accounts.enums import RecordSource
from learning_accounts.models import LearningRecord


def write_record(
    *,
    account_id: UUID,
    title_lv: str,
    title_en: str,
    provider_name: str,
    hours: int | None,
    completed_on: date,
    document_number: str = "",
    source: str = RecordSource.STARS,
    participation_id: UUID | None = None,
) -> LearningRecord:
    """Add something learned to the history (ILA-9); once per participation."""
    values = {
        "account_id": account_id,
        "title_lv": title_lv,
        "title_en": title_en,
        "provider_name": provider_name,
        "hours": hours,
        "completed_on": completed_on,
        "document_number": document_number,
        "source": source,
    }
    if participation_id is None:
        return LearningRecord.objects.create(**values)
    return LearningRecord.objects.get_or_create(participation_id=participation_id, defaults=values)[
        0
    ]
