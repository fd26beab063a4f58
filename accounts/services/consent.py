"""Texts that people accept, and who accepted which version when (ILA-1).

Acceptance shows that a person has read how their data are used; it is not the legal basis of
that use, which is a public task (reading 5).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.enums import TextKind
from accounts.models import Acceptance, LegalText, Person
from accounts.texts import VERSIONS
from stars.common.errors import Conflict
from stars.common.permissions import require
from stars.common.transactions import service


def current_texts() -> list[LegalText]:
    """The newest version of each kind of text, terms before privacy notice; one query."""
    newest = LegalText.objects.order_by("kind", "-version").distinct("kind")
    order = {kind: number for number, kind in enumerate(TextKind.values)}
    return sorted(newest, key=lambda text: order[text.kind])


@service
def accept(
    *, person_id: UUID, text_ids: Collection[UUID], actor: Any, at: datetime
) -> list[Acceptance]:
    """The person accepts the texts they were shown; accepting the same version again is nothing.

    Raises `Conflict` unless these are exactly the texts that hold now: a newer version may have
    come while the page was open.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    require(actor, "accounts.act_for_oneself", person)
    current = {text.pk for text in current_texts()}
    if not current or set(text_ids) != current:
        raise Conflict(
            _("The terms or the privacy notice have changed. Read them again."), code="texts"
        )
    Acceptance.objects.bulk_create(
        (Acceptance(person=person, text_id=key, at=at) for key in current), ignore_conflicts=True
    )
    return list(person.acceptances.filter(text__in=current))


@service
def publish_texts(*, at: datetime) -> int:
    """Make the versions of `accounts.texts` known; returns how many are new. Idempotent."""
    known = set(LegalText.objects.values_list("kind", "version"))
    new = [
        LegalText(
            kind=text.kind,
            version=text.version,
            body_lv=text.lv,
            body_en=text.en,
            published_at=at,
        )
        for text in VERSIONS
        if (text.kind, text.version) not in known
    ]
    LegalText.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
