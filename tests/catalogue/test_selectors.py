"""The catalogue as visitors see it: search, filters, order, and how many queries it costs."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection

from catalogue import selectors
from catalogue.enums import Mode, ProviderState
from catalogue.models import Group, Programme, SearchRow
from catalogue.selectors_find import Filters, catalogue_page, choices, find
from catalogue.services import groups
from stars.common.dates import RIGA
from stars.common.permissions import SYSTEM
from tests import factories as f

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 2, 2, 12, tzinfo=RIGA)


@pytest.fixture
def programmes() -> dict[str, Programme]:
    """Three programmes: one with free places, one full, one without a group."""
    riga = f.ProviderFactory(organisation__name="Rīgas Šūpoļu skola", slug="rigas")
    cesis = f.ProviderFactory(organisation__name="Cēsu kursi", slug="cesis")
    texts = {
        "ai": ("Mākslīgais intelekts ikdienā", "Artificial intelligence in daily life"),
        "book": ("Grāmatvedības pamati", "Basics of accounting"),
        "zoo": ("Ādas kopšana dzīvniekiem", "Skin care of animals"),
    }
    made = {}
    for key, (lv, en) in texts.items():
        programme = f.ProgrammeFactory(provider=cesis if key == "book" else riga, slug=key)
        version = f.VersionFactory(
            programme=programme,
            title_lv=lv,
            title_en=en,
            summary_lv="Mācies ar AI rīkiem." if key == "ai" else "Mācies darot.",
            mode=Mode.ON_SITE if key == "book" else Mode.REMOTE,
            city="Cēsis" if key == "book" else "",
            published=True,
        )
        f.OfferFactory(version=version)
        made[key] = programme
        programme.refresh_from_db()
    f.group(made["ai"].current, starts_on=date(2026, 3, 3))
    full = f.group(made["book"].current, starts_on=date(2026, 2, 16), capacity=1)
    Group.objects.filter(pk=full.pk).update(taken=1)
    return made


def found(query: str = "", filters: Filters | None = None, **kwargs) -> list[str]:
    page = catalogue_page(query=query, filters=filters, at=NOW, **kwargs)
    return [card.programme.slug for card in page.object_list]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("mākslīgais", ["ai"]),
        ("maksligais", ["ai"]),
        ("MĀKSLĪGAIS INTELEKTS", ["ai"]),
        ("mākslīgā intelekta", ["ai"]),
        ("makslīgs intelekst", ["ai"]),
        ("intelligence", ["ai"]),
        ("gramatvediba", ["book"]),
        ("grāmatvedība", ["book"]),
        ("gramatvediiba", ["book"]),
        ("ai", ["ai"]),
        ("AI rīki", ["ai"]),
        ("cesu", ["book"]),
        ("Rīgas intelekts", ["ai"]),
        ("Cēsu intelekts", []),
        ("kvantu fizika", []),
        ("", ["book", "ai", "zoo"]),
        ("  ,;!  ", ["book", "ai", "zoo"]),
        ("100% _ \\ ' \" ( [", []),
        ("a" * 5000, []),
    ],
)
def test_search(programmes, query: str, expected: list[str]) -> None:
    assert found(query) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"ai", "book", "zoo"}),
        (Filters(modes=("on_site",)), {"book"}),
        (Filters(modes=("on_site", "remote")), {"ai", "book", "zoo"}),
        (Filters(types=("non_formal",)), {"ai", "book", "zoo"}),
        (Filters(types=("study_course",)), set()),
        (Filters(cities=("Cēsis",)), {"book"}),
        (Filters(providers=("rigas",)), {"ai", "zoo"}),
        (Filters(free_places=True), {"ai"}),
        (Filters(starts_within_weeks=3), {"book"}),
        (Filters(starts_within_weeks=5), {"ai", "book"}),
        (Filters(starts_within_weeks=3, free_places=True), set()),
    ],
)
def test_filters(programmes, filters: Filters, expected: set[str]) -> None:
    assert set(found(filters=filters)) == expected
    assert bool(filters) is (filters != Filters())


def test_search_and_filter_together(programmes) -> None:
    assert found("mācies", Filters(providers=("rigas",), free_places=True)) == ["ai"]


def test_order_by_next_start_and_then_by_the_latvian_alphabet(programmes) -> None:
    cesis = programmes["book"].provider
    for title in ("Čaklie", "Cukurs", "Dators", "Āboli"):
        f.VersionFactory(
            programme=f.ProgrammeFactory(provider=cesis, slug=title), title_lv=title, published=True
        )
    assert found() == ["book", "ai", "Āboli", "zoo", "Cukurs", "Čaklie", "Dators"]


def test_what_nobody_may_see_is_not_listed(programmes) -> None:
    f.VersionFactory(title_lv="Melnraksts")
    provider = programmes["book"].provider
    provider.state = ProviderState.SUSPENDED
    provider.save()
    assert found() == ["ai", "zoo"]
    with pytest.raises(Programme.DoesNotExist):
        selectors.programme_page("melnraksts", at=NOW)


def test_what_was_once_offered_keeps_its_page(programmes) -> None:
    provider = programmes["book"].provider
    provider.state = ProviderState.SUSPENDED
    provider.save()
    page = selectors.programme_page("book", at=NOW)
    assert (page.is_listed, page.offers, page.groups) == (False, [], [])
    programmes["ai"].current.move("archive", by=None, at=NOW)
    assert selectors.programme_page("ai", at=NOW).is_listed is False


def test_cards_show_the_next_group_with_a_place(programmes) -> None:
    version = programmes["book"].current
    card = next(c for c in catalogue_page(at=NOW).object_list if c.programme.slug == "book")
    assert (card.starts_on, card.places_left) == (date(2026, 2, 16), 0)
    f.group(version, starts_on=date(2026, 3, 10), code="vēlāk")
    card = next(c for c in catalogue_page(at=NOW).object_list if c.programme.slug == "book")
    assert (card.starts_on, card.places_left) == (date(2026, 3, 10), 12)
    assert card.offer is not None
    assert card.offer.version_id == version.pk


def test_a_page_costs_seven_queries_however_long(programmes, django_assert_num_queries) -> None:
    for _ in range(2):
        with django_assert_num_queries(7):
            page = catalogue_page(query="mācies", at=NOW)
            for card in page.object_list:
                assert card.programme.provider.name
                assert card.version.title
                assert card.version.type.name
                assert card.offer is None or card.offer.version.type.code
        for n in range(5):
            made = f.VersionFactory(title_lv=f"Mācies labi {n}", published=True)
            f.OfferFactory(version=made)
            f.group(made, starts_on=date(2026, 4, 6))


def test_pages(programmes) -> None:
    page = catalogue_page(at=NOW, page=2, page_size=2)
    assert [card.programme.slug for card in page.object_list] == ["zoo"]
    assert page.paginator.count == 3
    for nonsense in ("99", "x", "", "-1"):
        assert catalogue_page(at=NOW, page=nonsense, page_size=2).object_list


def test_the_programme_page(programmes, django_assert_num_queries) -> None:
    later = f.group(programmes["ai"].current, starts_on=date(2026, 4, 7))
    f.group(programmes["ai"].current, starts_on=date(2026, 4, 8), opened=False, code="melnraksts")
    closed = f.group(programmes["ai"].current, starts_on=date(2026, 4, 9), code="slēgta")
    groups.close_group(group_id=closed.pk, actor=SYSTEM, at=NOW)
    with django_assert_num_queries(3):
        page = selectors.programme_page("ai", at=NOW)
        assert [choice.group.starts_on for choice in page.groups] == [
            date(2026, 3, 3),
            later.starts_on,
            closed.starts_on,
        ]
        assert [choice.is_open for choice in page.groups] == [True, True, False]
        assert all(choice.offer == page.offers[0] for choice in page.groups)
        assert page.groups[0].session_count == 4


def test_groups_of_an_earlier_version_stay_open(programmes) -> None:
    programme = programmes["ai"]
    second = f.VersionFactory(programme=programme, number=2, published=True)
    f.OfferFactory(version=second)
    page = selectors.programme_page("ai", at=NOW)
    assert page.version == second
    assert [choice.group.version_id for choice in page.groups] == [programme.current_id]
    assert page.groups[0].offer.version_id == programme.current_id
    assert selectors.next_groups(second.pk, at=NOW) == []


def test_the_soonest_with_a_free_place(programmes, django_assert_num_queries) -> None:
    with django_assert_num_queries(3):
        cards = selectors.soonest(3, at=NOW)
    assert [card.programme.slug for card in cards] == ["ai"]


def counted(query: str = "", **filters) -> dict[str, dict[str, int]]:
    made = find(query=query, filters=Filters(**filters), at=NOW, names=choices()).facets
    return {name: {facet.value: facet.count for facet in facets} for name, facets in made.items()}


def test_facets_count_what_matches(programmes) -> None:
    counts = counted()
    assert counts["modes"] == {"on_site": 1, "remote": 2}
    assert counts["types"] == {"non_formal": 3}
    assert counts["cities"] == {"Cēsis": 1}
    assert counts["providers"] == {"cesis": 1, "rigas": 2}
    assert counts["starts"] == {"2": 1, "6": 2}
    assert counts["free"] == {"1": 1}
    assert counts["after_work"] == {"1": 2}
    assert {day for day, n in counts["weekdays"].items() if n} == {"1", "2"}
    found = counted("intelekts")
    assert found["providers"] == {"rigas": 1}
    assert (found["starts"], found["free"]) == ({"2": 0, "6": 1}, {"1": 1})
    nothing = counted("kvantu fizika")
    assert (nothing["modes"], nothing["starts"]) == ({}, {"2": 0, "6": 0})


def test_a_filter_does_not_hide_its_own_other_values(programmes) -> None:
    counts = counted(modes=("remote",), free_places=True)
    assert counts["modes"] == {"remote": 1}  # the one on site is full
    assert counts["free"] == {"1": 1}
    assert counts["providers"] == {"rigas": 1}
    counts = counted(modes=("on_site",))
    assert counts["modes"] == {"on_site": 1, "remote": 2}
    assert counts["providers"] == {"cesis": 1}


def test_what_there_would_be_without_a_filter(programmes) -> None:
    wish = Filters(modes=("on_site",), free_places=True)
    found = find(filters=wish, at=NOW)
    assert found.page.paginator.count == 0
    assert found.without == {"modes": 1, "free": 1}
    assert found.nearest[0].programme.slug == "book"


def test_order(programmes) -> None:
    Programme.objects.filter(slug="zoo").update(rating_average="4.60", rating_count=3)
    assert found(order="rating") == ["zoo", "book", "ai"]
    assert found(order="title") == ["zoo", "book", "ai"]
    assert found("mācies", order="soon") == ["book", "ai", "zoo"]


def test_the_index_serves_the_search(programmes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "search_document" in SearchRow.objects.filter(document="intelekt").explain()
