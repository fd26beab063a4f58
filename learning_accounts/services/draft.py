"""Keeping what somebody typed while opening an account: a slow typist loses nothing (ILA-2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Person
from learning_accounts.models import LearningAccount, OpeningDraft
from learning_accounts.privacy import DRAFTS
from stars.common.permissions import require
from stars.common.transactions import service

# More than any answer of the form; a draft is no place to store things.
LONGEST = 400
MOST = 20


@service
def save_draft(*, person_id: UUID, answers: Mapping[str, Any], actor: Any, at: datetime) -> None:
    """Keep the answers typed so far (text, or lists of it), instead of those kept before.

    They are not checked: that is for when they are sent. Whoever has an account needs no draft.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    require(actor, "accounts.act_for_oneself", person)
    if LearningAccount.objects.filter(person=person).exists():
        return
    kept = {
        name: [_cut(part) for part in value[:MOST]] if isinstance(value, list) else _cut(value)
        for name, value in answers.items()
    }
    OpeningDraft.objects.update_or_create(person=person, defaults={"answers": kept, "saved_at": at})


def _cut(text: str) -> str:
    # PostgreSQL keeps no NUL in JSON.
    return text.replace("\x00", "")[:LONGEST]


def draft_of(person_id: UUID) -> dict[str, Any]:
    """The answers kept for the person; empty where there are none."""
    draft = OpeningDraft.objects.filter(person=person_id).first()
    return dict(draft.answers) if draft else {}


def forget_drafts(*, at: datetime) -> int:
    """Remove drafts that nobody touched for 30 days; returns how many."""
    old = OpeningDraft.objects.filter(saved_at__lt=DRAFTS.ago(at))
    return old.delete()[0]
