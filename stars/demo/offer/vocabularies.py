"""Vocabularies and programme types."""

from __future__ import annotations

from typing import Any

from stars.demo.offer.data import Tally, load
from stars.vocabularies.models import ProgrammeType, Term, Vocabulary

TYPES = "programme_type"  # a table of its own: its hour rules are checked
# What has a column; everything else of a term is kept in `extra`.
COLUMNS = frozenset({"code", "name", "plain", "parent"})
# Terms whose parent stands in another vocabulary.
PARENTS = {"field": ("sector", "sector")}


def _texts(term: dict[str, Any]) -> dict[str, Any]:
    plain = term.get("plain") or {"lv": "", "en": ""}
    return {
        "code": term["code"],
        "name_lv": term["name"]["lv"],
        "name_en": term["name"]["en"],
        "plain_lv": plain["lv"],
        "plain_en": plain["en"],
    }


def load_types(tally: Tally) -> dict[str, ProgrammeType]:
    """The seven programme types with their hour rules (CAT-9), by code."""
    known = {t.code: t for t in ProgrammeType.objects.all()}
    entries = next(v for v in load("vocabularies")["vocabularies"] if v["code"] == TYPES)["terms"]
    new = [
        ProgrammeType(
            **_texts(term),
            hours_min=term["hours_min"],
            hours_max=term["hours_max"],
            practice_hours=term["practice_hours"],
            has_credit_points=term["hours_per_credit_point"] is not None,
            has_grade=term.get("has_grade", False),
            document_lv=term["outcome_document"]["lv"],
            document_en=term["outcome_document"]["en"],
            order=order,
        )
        for order, term in enumerate(entries, start=1)
        if term["code"] not in known
    ]
    ProgrammeType.objects.bulk_create(new)
    tally.add("programme types", created=len(new), kept=len(entries) - len(new))
    return {**known, **{t.code: t for t in new}}


def load_terms(tally: Tally) -> dict[tuple[str, str], Term]:
    """Every other vocabulary of the file; terms by (vocabulary, code)."""
    result: dict[tuple[str, str], Term] = {}
    for entry in load("vocabularies")["vocabularies"]:
        if entry["code"] != TYPES:
            result.update(_load_vocabulary(entry, result, tally))
    return result


def _load_vocabulary(
    entry: dict[str, Any], known: dict[tuple[str, str], Term], tally: Tally
) -> dict[tuple[str, str], Term]:
    vocabulary = Vocabulary.objects.filter(code=entry["code"], version=entry["version"]).first()
    tally.add("vocabularies", created=vocabulary is None, kept=vocabulary is not None)
    if vocabulary is None:
        Vocabulary.objects.filter(code=entry["code"], current=True).update(current=False)
        vocabulary = Vocabulary.objects.create(
            code=entry["code"], version=entry["version"], source=entry["source"]
        )
    there = {t.code: t for t in vocabulary.terms.all()}
    parent_vocabulary, parent_key = PARENTS.get(entry["code"], ("", ""))
    new = [
        Term(
            vocabulary=vocabulary,
            **_texts(term),
            parent=known.get((parent_vocabulary, term.get(parent_key, ""))),
            order=order,
            extra={k: v for k, v in term.items() if k not in COLUMNS},
        )
        for order, term in enumerate(entry["terms"], start=1)
        if term["code"] not in there
    ]
    Term.objects.bulk_create(new)
    tally.add("terms", created=len(new), kept=len(entry["terms"]) - len(new))
    return {(entry["code"], t.code): t for t in (*there.values(), *new)}
