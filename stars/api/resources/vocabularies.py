"""Codes that rows may hold."""

from __future__ import annotations

from catalogue.enums import LANGUAGES, Mode
from catalogue.fields import VOCABULARIES
from catalogue.services.drafts import SOURCES
from stars.vocabularies.models import ProgrammeType, Term


def classifications() -> dict[str, list[dict[str, str]]]:
    """Codes with their names in the language of the answer, by field of a row: two queries."""
    fields = {**VOCABULARIES, "source": SOURCES}
    found: dict[str, list[dict[str, str]]] = {
        "type": [_named(row.code, row.name) for row in ProgrammeType.objects.order_by("order")],
        "mode": [_named(code, str(name)) for code, name in Mode.choices],
        "language": [_named(code, str(name)) for code, name in LANGUAGES.items()],
        **{name: [] for name in fields},
    }
    terms = Term.objects.filter(
        vocabulary__current=True, vocabulary__code__in=fields.values()
    ).select_related("vocabulary")
    names = {code: name for name, code in fields.items()}
    for term in terms.order_by("vocabulary__code", "order", "code"):
        found[names[term.vocabulary.code]].append(_named(term.code, term.name))
    return found


def _named(code: str, name: str) -> dict[str, str]:
    return {"code": code, "name": name}
