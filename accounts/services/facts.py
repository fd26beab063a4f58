"""What people say about themselves, where no register is asked (FUN-8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.enums import FactKind, FactSource
from accounts.models import Person, PersonFact
from accounts.selectors import facts
from stars.common.errors import Invalid
from stars.common.permissions import require
from stars.common.transactions import service
from stars.vocabularies.models import Term

# What may be declared, and the vocabulary with its words. Everything else needs a register or a
# document: nobody declares their own age, income status or disability.
DECLARED = {
    FactKind.EMPLOYMENT: "employment_status",
    FactKind.EDUCATION: "education_level",
    FactKind.REGION: "region",
}


@service
def declare(*, person_id: UUID, kind: FactKind, value: str, actor: Any, at: datetime) -> PersonFact:
    """The person says that `value` (a code of the kind's vocabulary) holds for them at `at`.

    Saying what they said last is nothing new: the earlier fact comes back. Raises `Invalid` for
    a kind that cannot be declared and for a value that the vocabulary does not have.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    require(actor, "accounts.act_for_oneself", person)
    vocabulary = DECLARED.get(kind)
    if vocabulary is None or not _has_term(vocabulary, value):
        raise Invalid(_("Choose one of the answers."), code="choice", field=str(kind.value))
    newest = facts(person).get(kind)
    if newest and (newest.value, newest.source) == (value, FactSource.DECLARATION):
        return newest
    return PersonFact.objects.create(
        person=person, kind=kind, value=value, source=FactSource.DECLARATION, observed_at=at
    )


def _has_term(vocabulary: str, code: str) -> bool:
    terms = Term.objects.filter(vocabulary__code=vocabulary, vocabulary__current=True)
    return terms.filter(code=code).exists()
