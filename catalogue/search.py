"""Words against the catalogue: case, Latvian letters and small slips of the finger do not matter.

Inflection, synonyms and suggestions (CAT-3) come later.
"""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Greatest

from catalogue.functions import TEXT_FIELDS, CatalogueText, PlainText, WordSimilarity
from catalogue.models import Programme

# Longer queries are cut: nobody searches with more, and each word costs a comparison.
MAX_WORDS = 8
# Words this short are looked for whole, otherwise "AI" would be found in every second word.
SHORT = 3


def words(query: str) -> list[str]:
    """The words of a query, letters and digits only."""
    return re.findall(r"\w+", query.lower())[:MAX_WORDS]


def matching(programmes: QuerySet[Programme], query: str) -> QuerySet[Programme]:
    """Programmes in which every word of `query` stands, with how well the title fits (`relevance`).

    A word may stand in title, summary (either language) or the provider's name.
    """
    found = words(query)
    if not found:
        return programmes
    programmes = programmes.alias(
        text=CatalogueText(*(f"current__{name}" for name in TEXT_FIELDS)),
        provider_text=PlainText("provider__name"),
    )
    for word in found:
        if len(word) <= SHORT:
            whole_word = PlainText(Value(rf"\y{word}\y"))
            match = Q(text__regex=whole_word) | Q(provider_text__regex=whole_word)
        else:
            pattern = PlainText(Value(word))
            match = (
                Q(text__contains=pattern)
                | Q(text__trigram_word_similar=pattern)
                | Q(provider_text__trigram_word_similar=pattern)
            )
        programmes = programmes.filter(match)
    query_text = PlainText(Value(" ".join(found)))
    return programmes.annotate(
        relevance=Greatest(
            WordSimilarity(query_text, PlainText("current__title_lv")),
            WordSimilarity(query_text, PlainText("current__title_en")),
        )
    )
