"""Words, slips, synonyms and sentences; what the index is made of and who keeps it."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from catalogue.enums import ProviderState
from catalogue.filters import Filters
from catalogue.models import Programme, SearchRow, SearchWord, Suggestion, Synonyms, UnmetSearch
from catalogue.search import understand
from catalogue.selectors_find import find
from catalogue.selectors_suggest import SUGGEST, bounds, suggest
from catalogue.services import search_index
from catalogue.services.providers import rename_provider
from catalogue.services.unmet import MOST_A_DAY, normalised, record_unmet
from catalogue.wishes import read
from catalogue.words import fold, is_other_word, lexemes, slips, slips_allowed, tokens
from stars.common.dates import RIGA
from stars.common.errors import Invalid, NotAllowed
from tests import factories as f

NOW = datetime(2026, 2, 2, 12, tzinfo=RIGA)
TOWNS = ("Rīga", "Cēsis", "Liepāja", "Daugavpils", "Jēkabpils")


# --- words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mākslīgais", "mākslīgā"),
        ("mākslīgais", "maksligajam"),
        ("intelekts", "intelektu"),
        ("grāmatvedība", "gramatvedibas"),
        ("grāmatvedis", "grāmatveži"),
        ("datori", "datoru"),
        ("lietotne", "lietotņu"),
        ("programmēt", "programmēšana"),
        ("vadīt", "vadība"),
        ("courses", "course"),
        ("бухгалтерия", "бухгалтерии"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert lexemes(one) & lexemes(other)


@pytest.mark.parametrize(
    ("one", "other"), [("programma", "programmēt"), ("kurss", "kurpes"), ("tīkls", "tikai")]
)
def test_other_words_do_not_meet(one: str, other: str) -> None:
    assert not lexemes(one) & lexemes(other)


@given(st.text(max_size=60), st.sampled_from(["", "lv", "en"]))
def test_any_text_has_words(text: str, language: str) -> None:
    for word in tokens(text):
        assert all(lexemes(word, language))


def test_an_abbreviation_is_itself() -> None:
    assert lexemes("ai") == {"ai"}
    assert lexemes("mi", "lv") == {"mi"}


def test_a_short_lemma_does_not_stand_for_a_long_word() -> None:
    assert not lexemes("šūšana") & lexemes("sūta")
    assert lexemes("šūšana") & lexemes("šūšanas")


@pytest.mark.parametrize(
    ("one", "other", "is_other"),
    [
        ("pavar", "pavad", True),
        ("pyton", "python", False),
        ("exec", "exce", False),
        # Neither sounds like it nor lies beside it.
        ("elektrik", "elektrib", True),
        ("intilekt", "intelekt", False),
        ("gramstvedib", "gramatvedib", False),
        # The beginning of a word is typed as it is meant.
        ("metina", "mitina", True),
        ("metinasan", "mitinasana", True),
        ("kbierdrosib", "kiberdrosib", False),
        # A person is no thing; a doubled letter is a slip.
        ("elektrik", "elektri", True),
        ("elektrik", "elektrisk", True),
        ("intelekst", "intelekts", False),
        ("excell", "excel", False),
        ("wordpres", "wordpress", False),
    ],
)
def test_another_letter_makes_another_word(one: str, other: str, is_other: bool) -> None:
    assert is_other_word(one, other) is is_other


def test_tokens() -> None:
    assert tokens("C# un C++, e-paraksts „AI” 3D") == ["c#", "un", "c++", "eparaksts", "ai", "3d"]


@pytest.mark.parametrize(
    ("one", "other", "n"),
    [
        ("intelekst", "intelekts", 1),
        ("pyton", "python", 1),
        ("abc", "abc", 0),
        ("kaķis", "suns", 3),
        ("elektrik", "elektrib", 2),
    ],
)
def test_slips(one: str, other: str, n: int) -> None:
    assert slips(one, other, 2) == n


@given(st.text(st.characters(codec="ascii"), max_size=12))
def test_slips_of_a_word_with_itself(word: str) -> None:
    assert slips(word, word, slips_allowed(word)) == 0
    assert slips(word, word + "x", 1) == 1


# --- sentences -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "words", "filters"),
    [
        (
            "I want to learn artificial intelligence in the evenings in Rīga, free",
            "I want to learn artificial intelligence",
            Filters(cities=("Rīga",), after_work=True, own_price=0),
        ),
        (
            "mākslīgais intelekts vakaros Rīgā, bez maksas",
            "mākslīgais intelekts",
            Filters(cities=("Rīga",), after_work=True, own_price=0),
        ),
        ("excel attālināti sestdienās", "excel", Filters(modes=("remote",), weekdays=(6,))),
        ("kursi Cēsīs", "", Filters(cities=("Cēsis",))),
        (
            "programmēt no nulles Daugavpilī",
            "programmēt",
            Filters(cities=("Daugavpils",), entries=("start",)),
        ),
        ("excel по вечерам в Риге", "excel", Filters(cities=("Rīga",), after_work=True)),
        ("курсы в Лиепае", "", Filters(cities=("Liepāja",))),
        ("python at the weekend", "python", Filters(weekdays=(6, 7))),
        ("Rīgas Tehniskā universitāte", "Rīgas Tehniskā universitāte", Filters()),
        ("kiberdrošība", "kiberdrošība", Filters()),
        ("freelance", "freelance", Filters()),
        ("", "", Filters()),
    ],
)
def test_filters_in_a_sentence(query: str, words: str, filters: Filters) -> None:
    assert read(query, TOWNS) == (words, filters)


@given(st.text(max_size=120))
def test_any_sentence_can_be_read(query: str) -> None:
    words, filters = read(query, TOWNS)
    assert filters or words == query
    assert read(words, TOWNS) is not None


# --- understanding -------------------------------------------------------------------------


@pytest.fixture
def offer(db: None) -> dict[str, Programme]:
    """Two programmes of one provider."""
    provider = f.ProviderFactory(organisation__name="Ezera skola", slug="ezers")
    titles = {"ai": "Mākslīgais intelekts birojā", "net": "Datortīkli mājās"}
    made = {}
    for key, title in titles.items():
        programme = f.ProgrammeFactory(provider=provider, slug=key)
        f.VersionFactory(
            programme=programme,
            title_lv=title,
            title_en=key.upper(),
            topics=[{"lv": "Sarunu rīki", "en": "Chat tools"}],
            about_lv="Stāstām par viedierīcēm.",
            published=True,
        )
        made[key] = programme
    return made


def found(query: str) -> list[str]:
    page = find(query=query, at=NOW).page
    return sorted(card.programme.slug for card in page.object_list)


def test_every_text_is_searched(offer: dict[str, Programme]) -> None:
    assert found("sarunu rīks") == ["ai", "net"]
    assert found("viedierīce") == ["ai", "net"]
    assert found("ezeram") == ["ai", "net"]
    assert found("intelekts") == ["ai"]
    assert found("tīkls") == ["net"]  # inside a longer word


def test_synonyms_hold_from_the_next_search_on(offer: dict[str, Programme]) -> None:
    assert found("MI") == ["ai"]
    assert found("ezīši") == []
    group = Synonyms.objects.create(words="ezīši\nmājas datortīkls")
    assert found("ezīši") == ["net"]
    assert found("ezisu") == ["net"]
    group.words = "ezīši\nvāveres"
    group.save()
    assert found("ezīši") == []


def test_what_was_corrected_is_told(offer: dict[str, Programme]) -> None:
    asked = understand("intelekst birojaa zvirbuļi")
    assert asked.also == ("intelekts",)
    assert asked.unknown == ("zvirbuļi",)
    assert found("intelekst zvirbuļi") == ["ai"]
    assert understand("zvirbuļi").hopeless
    assert found("zvirbuļi") == []


@pytest.mark.parametrize("query", ["'", "\\", "a'b\\c | & ! <-> :* (", "%_%", "''''", "\\' :A"])
def test_signs_of_tsquery_are_letters_like_others(offer: dict[str, Programme], query: str) -> None:
    find(query=f"{query} intelekts {query}", at=NOW)
    SearchWord.objects.create(lexeme=query[:20], sample=query[:20])
    find(query=query, at=NOW)


def test_queries_of_understanding(
    offer: dict[str, Programme], django_assert_num_queries: object
) -> None:
    for query, n in (("", 0), ("intelekts rīki", 2), ("intelekst", 3)):
        with django_assert_num_queries(n):  # type: ignore[operator]
            understand(query)


# --- the index -----------------------------------------------------------------------------


def test_suspended_is_not_listed_whoever_writes_it(offer: dict[str, Programme]) -> None:
    provider = offer["ai"].provider
    provider.state = ProviderState.SUSPENDED
    provider.save()
    assert not SearchRow.objects.filter(listed=True).exists()
    provider.state = ProviderState.ACTIVE
    provider.save()
    assert found("intelekts") == ["ai"]
    offer["ai"].refresh_from_db()
    offer["ai"].current.move("archive", by=None, at=NOW)
    assert found("intelekts") == []


def test_another_version_is_found_by_its_own_words(offer: dict[str, Programme]) -> None:
    f.VersionFactory(programme=offer["ai"], number=2, title_lv="Robotika", published=True)
    assert found("robotika") == ["ai"]
    assert found("intelekts") == []
    assert not Suggestion.objects.filter(programme=offer["ai"], key__startswith="maks").exists()


def test_a_renamed_provider_is_found_by_the_new_name(offer: dict[str, Programme]) -> None:
    provider = offer["ai"].provider
    user = f.MembershipFactory(administrator=True).user
    rename_provider(provider_id=provider.pk, name=" Upes  skola ", actor=user, at=NOW)
    assert found("upe") == ["ai", "net"]
    assert found("ezers") == []
    assert [s.text for s in suggest("upes", language="lv")] == ["Upes skola"]
    assert suggest("ezera", language="lv") == []
    with pytest.raises(Invalid):
        rename_provider(provider_id=provider.pk, name="  ", actor=user, at=NOW)
    own = f.MembershipFactory(organisation=provider.organisation, admin=True).user
    with pytest.raises(NotAllowed):
        rename_provider(provider_id=provider.pk, name="Cits", actor=own, at=NOW)


def test_reindexing_writes_the_same(offer: dict[str, Programme]) -> None:
    before = list(SearchRow.objects.order_by("pk").values())
    SearchRow.objects.all().delete()
    SearchWord.objects.create(lexeme="veclaicīgs", sample="veclaicīgs")
    call_command("reindex_search")
    assert not SearchRow.objects.exists()
    call_command("reindex_search", "--apply")
    assert list(SearchRow.objects.order_by("pk").values()) == before
    assert not SearchWord.objects.filter(lexeme="veclaicīgs").exists()


# --- suggestions ---------------------------------------------------------------------------


def test_suggestions(offer: dict[str, Programme], django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        made = suggest("māksl", language="lv")
    assert [(s.kind, s.text, s.slug) for s in made] == [
        ("programme", "Mākslīgais intelekts birojā", "ai")
    ]
    assert [s.text for s in suggest("MAKSLIGAIS  INT", language="lv")] == [made[0].text]
    assert [s.text for s in suggest("intele", language="lv")] == [made[0].text]
    assert [(s.kind, s.text) for s in suggest("sarunu", language="lv")] == [
        ("topic", "Sarunu rīki")
    ]
    assert [s.kind for s in suggest("ezer", language="lv")] == ["provider"]
    assert suggest("m", language="lv") == []
    assert suggest("xyz", language="lv") == []
    assert suggest("chat", language="lv") == []
    assert suggest("chat", language="en") != []


def test_suggestions_are_answered_from_indexes(offer: dict[str, Programme]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + SUGGEST, bounds("maksl", "lv"))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan, plan
    assert "suggest_key" in plan
    assert "Sort" not in plan.split("Limit")[1], plan


@given(st.text(max_size=200))
def test_keys_are_short_and_folded(text: str) -> None:
    for key, _first in search_index.keys(text):
        assert len(key) <= 80
        assert key == fold(key)


# --- wishes that were not met ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("  Kvantu   FIZIKA ", "kvantu fizika"),
        ("raksti man anna@example.lv šūšana", "raksti man šūšana"),
        ("zvanīt 29 123 456 kursi", "zvanīt kursi"),
        ("320000-00000", ""),
        ("3d druka 2026", "3d druka 2026"),
    ],
)
def test_nothing_personal_is_kept(query: str, kept: str) -> None:
    assert normalised(query) == kept


def test_wishes_are_counted_by_day(db: None) -> None:
    for query in ("Kvantu fizika", "kvantu  fizika", "šūšana", "29123456"):
        record_unmet(query=query, filters="", at=NOW)
    record_unmet(query="", filters="city=Cēsis", at=NOW)
    rows = UnmetSearch.objects.order_by("query").values_list("day", "query", "filters", "times")
    assert list(rows) == [
        (date(2026, 2, 2), "", "city=Cēsis", 1),
        (date(2026, 2, 2), "kvantu fizika", "", 2),
        (date(2026, 2, 2), "šūšana", "", 1),
    ]


def test_a_day_has_an_end(db: None) -> None:
    day = date(2026, 2, 2)
    UnmetSearch.objects.bulk_create(UnmetSearch(day=day, query=f"v{n}") for n in range(MOST_A_DAY))
    record_unmet(query="vēl viens", filters="", at=NOW)
    assert UnmetSearch.objects.count() == MOST_A_DAY


def test_the_first_synonyms_are_there(db: None) -> None:
    groups = [group.phrases for group in Synonyms.objects.all()]
    assert any({"MI", "AI", "mākslīgais intelekts"} <= set(group) for group in groups)
    assert any({"IT", "IKT"} <= set(group) for group in groups)
    assert any({"grāmatvedis", "grāmatvedība"} <= set(group) for group in groups)
