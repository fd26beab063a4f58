"""What is offered while somebody types: topics, programmes, providers (CAT-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from catalogue.models import Suggestion
from catalogue.words import fold

SHORTEST = 2
LONGEST = 60
# So many of each kind, in this order.
MOST = {Suggestion.Kind.TOPIC: 3, Suggestion.Kind.PROGRAMME: 5, Suggestion.Kind.PROVIDER: 2}
# As many keys are read in their order; among more, a longer beginning has to be typed.
READ = 200

# The keys are a range of the index on (language, key); joined by keys of what they lead to.
SUGGEST = """
SELECT s.kind, s.text, coalesce(p.slug, o.slug, ''), s.first
FROM (
    SELECT kind, text, first, programme_id, provider_id, key FROM catalogue_suggestion
    WHERE language = %(language)s AND key >= %(from)s AND key < %(until)s
    ORDER BY language, key LIMIT %(read)s
) s
LEFT JOIN catalogue_searchrow r ON r.programme_id = s.programme_id
LEFT JOIN catalogue_programme p ON p.id = r.programme_id AND r.listed
LEFT JOIN catalogue_provider o ON o.id = s.provider_id AND o.state = 'active'
WHERE s.kind = 'topic' OR p.id IS NOT NULL OR o.id IS NOT NULL
"""


@dataclass(frozen=True)
class Suggested:
    """One text to choose; `slug` of the programme or provider, empty for a topic."""

    kind: str
    text: str
    slug: str


def bounds(text: str, language: str) -> dict[str, Any]:
    """The range of keys that begin with a text, as parameters of SUGGEST."""
    start = " ".join(fold(text).split())[:LONGEST]
    return {
        "language": "en" if language == "en" else "lv",
        "from": start,
        "until": start + "\U0010ffff",
        "read": READ,
    }


def suggest(text: str, *, language: str) -> list[Suggested]:
    """Texts in one language with a word at which `text` begins; those that begin so first.

    One query, none for fewer than two letters.
    """
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    values = bounds(text, language)
    if len(values["from"]) < SHORTEST:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SUGGEST, values)
        rows = cursor.fetchall()
    rows.sort(key=lambda row: (not row[3], len(row[1]), row[1]))
    made: list[Suggested] = []
    for kind, most in MOST.items():
        texts: dict[str, Suggested] = {}
        for row_kind, row_text, slug, _first in rows:
            if row_kind == kind and len(texts) < most:
                texts.setdefault(fold(row_text), Suggested(kind, row_text, slug))
        made += texts.values()
    return made
