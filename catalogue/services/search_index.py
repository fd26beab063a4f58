"""Writing what the search reads, in the transaction that changes the offer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from catalogue.models import Programme, ProgrammeVersion, Provider, SearchWord, Suggestion
from catalogue.search import in_part, quoted
from catalogue.words import fold, is_function_word, lexemes, tokens

BATCH = 500
# A longer word is no word; the column holds no more.
LONGEST_WORD = 100
# A title of many words may begin at so many of them while somebody types.
KEYS_OF_A_TEXT = 6

_WRITE = """
INSERT INTO catalogue_searchrow (
    programme_id, version_id, provider_id, listed, document, type_code, field_code, mode, city,
    language, entry_code, qualification_code, area_code, level, hours, key_lv, key_en,
    offer_source_id, offer_price, offer_from, offer_until, others_until
)
SELECT p.id, v.id, p.provider_id, false, d.document::tsvector, kind.code, field.code, v.mode,
    v.city, v.language, coalesce(entry.code, ''), coalesce(qualification.code, ''),
    coalesce(area.code, ''), coalesce(v.digcomp_level, 0), v.hours, lv_key(v.title_lv),
    lv_key(v.title_en), o.source_id, o.price, o.open_from, o.open_until, o.others_until
FROM unnest(%s::uuid[], %s::text[]) AS d (programme_id, document)
JOIN catalogue_programme p ON p.id = d.programme_id
JOIN catalogue_programmeversion v ON v.id = p.current_id
JOIN vocabularies_programmetype kind ON kind.id = v.type_id
JOIN vocabularies_term field ON field.id = v.field_id
LEFT JOIN vocabularies_term entry ON entry.id = v.entry_level_id
LEFT JOIN vocabularies_term qualification ON qualification.id = v.qualification_id
LEFT JOIN vocabularies_term area ON area.id = v.digcomp_area_id
LEFT JOIN LATERAL catalogue_last_offer(v.id) o ON true
ORDER BY p.id
ON CONFLICT (programme_id) DO UPDATE SET
    version_id = excluded.version_id, provider_id = excluded.provider_id,
    document = excluded.document, type_code = excluded.type_code,
    field_code = excluded.field_code, mode = excluded.mode, city = excluded.city,
    language = excluded.language, entry_code = excluded.entry_code,
    qualification_code = excluded.qualification_code, area_code = excluded.area_code,
    level = excluded.level, hours = excluded.hours, key_lv = excluded.key_lv,
    key_en = excluded.key_en, offer_source_id = excluded.offer_source_id,
    offer_price = excluded.offer_price, offer_from = excluded.offer_from,
    offer_until = excluded.offer_until, others_until = excluded.others_until
"""


class _Document:
    """A tsvector in the making, and the words that stand in it.

    Where a word stands is part of a lexeme of its own ("dati/a" beside "dati"), and no weight of
    it: the index answers for such lexemes alone, while weights are read from every row's text.
    """

    def __init__(self) -> None:
        self._lexemes: set[str] = set()
        self.samples: dict[str, str] = {}

    def add(self, text: str, language: str, part: str = "") -> None:
        """The words of a text; `part` is one of PARTS, empty for the rest."""
        for word in tokens(text):
            if is_function_word(word):
                continue
            for lexeme in lexemes(word[:LONGEST_WORD], language):
                self._lexemes |= {lexeme, in_part(lexeme, part)} if part else {lexeme}
                self.samples.setdefault(lexeme, word[:LONGEST_WORD])

    def __str__(self) -> str:
        return " ".join(map(quoted, sorted(self._lexemes)))


def _document(programme: Programme, version: ProgrammeVersion) -> _Document:
    """Title, then what it is about and who teaches it, then what one learns, then the rest."""
    made = _Document()
    made.add(version.title_lv, "lv", "a")
    made.add(version.title_en, "en", "a")
    made.add(programme.provider.name, "", "b")
    for end in ("lv", "en"):
        made.add(getattr(version, f"summary_{end}"), end, "b")
        for topic in version.topics:
            made.add(str(topic.get(end, "")), end, "b")
        made.add(getattr(version.field, f"name_{end}"), end, "c")
        if version.qualification is not None:
            made.add(getattr(version.qualification, f"name_{end}"), end, "b")
        for outcome in version.outcomes:
            made.add(str(outcome.get(end, "")), end, "c")
        made.add(getattr(version, f"about_{end}"), end)
    made.add(version.city, "lv")
    return made


def keys(text: str) -> Iterator[tuple[str, bool]]:
    """What one may begin to type to get a text, and whether it is the text's own beginning."""
    words = text.split()
    given = 0
    for number, word in enumerate(words):
        plain = fold(word).lstrip("„“”\"'(")
        if number and (not plain or is_function_word(plain)):
            continue
        yield fold(" ".join(words[number:])).lstrip("„“”\"'(")[:80], number == 0
        given += 1
        if given == KEYS_OF_A_TEXT:
            return


def _suggestions(text: str, language: str, kind: str, **owner: Any) -> list[Suggestion]:
    return [
        Suggestion(kind=kind, language=language, key=key, text=text[:200], first=first, **owner)
        for key, first in dict(keys(text)).items()
    ]


def _of_programme(programme: Programme, version: ProgrammeVersion) -> list[Suggestion]:
    made: list[Suggestion] = []
    for end in ("lv", "en"):
        title = getattr(version, f"title_{end}")
        made += _suggestions(title, end, Suggestion.Kind.PROGRAMME, programme=programme)
        topics = [str(topic.get(end, "")) for topic in version.topics]
        for topic in {*topics, getattr(version.field, f"name_{end}")} - {""}:
            made += _suggestions(topic, end, Suggestion.Kind.TOPIC)
    return made


def write(programme_ids: Iterable[UUID]) -> int:
    """Write the rows of programmes that have something to show; returns how many.

    Called by the services that change what is shown, in their transaction, and by loaders.
    """
    ids = sorted(set(programme_ids))
    return sum(_write_batch(ids[at : at + BATCH]) for at in range(0, len(ids), BATCH))


def _write_batch(ids: Collection[UUID]) -> int:
    programmes = list(
        Programme.objects.filter(pk__in=ids, current__isnull=False)
        .select_related("provider", "current__field", "current__qualification")
        .order_by("pk")
    )
    documents: list[str] = []
    samples: dict[str, str] = {}
    suggestions: list[Suggestion] = []
    for programme in programmes:
        assert programme.current is not None
        document = _document(programme, programme.current)
        documents.append(str(document))
        samples = document.samples | samples
        suggestions += _of_programme(programme, programme.current)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [[p.pk for p in programmes], documents])
    _write_words(samples)
    Suggestion.objects.filter(programme__in=[p.pk for p in programmes]).delete()
    _write_suggestions(suggestions)
    _write_providers({p.provider_id: p.provider for p in programmes}.values())
    return len(programmes)


def _write_words(samples: dict[str, str]) -> None:
    """In one order, so that two writers never wait for each other in a circle."""
    SearchWord.objects.bulk_create(
        [SearchWord(lexeme=lexeme, sample=samples[lexeme]) for lexeme in sorted(samples)],
        ignore_conflicts=True,
    )


def _write_suggestions(made: list[Suggestion]) -> None:
    made.sort(key=lambda row: (row.kind, row.language, row.key, row.text))
    Suggestion.objects.bulk_create(made, ignore_conflicts=True)


def _write_providers(providers: Iterable[Provider]) -> None:
    made: list[Suggestion] = []
    for provider in providers:
        for end in ("lv", "en"):
            made += _suggestions(provider.name, end, Suggestion.Kind.PROVIDER, provider=provider)
    _write_suggestions(made)


def write_provider(provider: Provider) -> int:
    """A provider has another name: its suggestions and its programmes' rows; returns how many."""
    provider.suggestions.all().delete()
    _write_providers([provider])
    return write(provider.programmes.values_list("pk", flat=True))


def rebuild() -> int:
    """Everything anew, after a change of this code; returns the number of programmes.

    Words and topics that no programme uses any more go away only here.
    """
    SearchWord.objects.all().delete()
    Suggestion.objects.all().delete()
    return write(Programme.objects.filter(current__isnull=False).values_list("pk", flat=True))
