"""Providers, archive, support, comparing, and what search engines read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.urls import reverse

from catalogue.enums import ProviderState
from catalogue.models import Offer, Programme
from catalogue.services.addresses import change_programme_slug, change_provider_slug
from enrolments.services import outcomes
from funding.criteria import CRITERIA
from funding.enums import SchemeKind
from funding.models import FundingSource, PolicyVersion, Scheme
from funding.rules.terms import Terms
from stars.common.dates import add_months
from stars.common.permissions import SYSTEM
from stars.web import sitemap
from tests import factories as f
from tests.enrolments import scene as learned
from tests.funding import build
from tests.web.scene import Scene
from tests.web.test_account import page, words

Queries = Callable[..., AbstractContextManager[object]]


def slug_of(offer: Offer) -> str:
    """The programme's slug."""
    return str(offer.version.programme.slug)


def titles(soup: BeautifulSoup) -> list[str]:
    """Titles of the cards, in order."""
    return [words(title) for title in soup.select(".programme-card h3")]


def listed_titles(soup: BeautifulSoup) -> list[str]:
    """Titles of a list of links."""
    return [words(title) for title in soup.select(".things h3")]


# --- comparing -----------------------------------------------------------------------------


def compared(client: Client, *slugs: str, more: str = "") -> BeautifulSoup:
    """The comparison of these."""
    query = "&".join(f"p={slug}" for slug in slugs)
    return page(client, f"/macibas/salidzinat/?{query}{more}")


def rows(soup: BeautifulSoup) -> dict[str, list[str]]:
    """The table of differences: term → one text for each programme."""
    return {
        words(row.th): [words(cell) for cell in row.select("td")]
        for row in soup.select("table tbody tr")
    }


def test_what_differs_stands_apart_from_what_is_the_same(scene: Scene, client: Client) -> None:
    first = scene.offer("592.00", hours=40, prior_knowledge_en="Nothing")
    second = scene.offer("400.00", hours=50, prior_knowledge_en="Nothing")
    scene.group(first, in_days=5)
    scene.group(second, in_days=9, capacity=4)
    soup = compared(client, slug_of(first), slug_of(second))
    found = rows(soup)
    assert found["With support"] == ["92 €", "0 €"]
    assert found["Price of learning"] == ["592 €", "400 €"]
    assert found["Hours"][1].startswith("50 academic hours")
    assert found["Places"] == ["12 places free", "4 places free"]
    same = words(soup.select_one("main .section dl.facts"))
    assert "Nothing" in same
    assert "What you need to know" not in found
    # On a phone fact by fact, what one pays first, with the same texts.
    stacked = soup.select("main .phone-only dl")
    heads = [words(each) for each in soup.select("main .phone-only > h3")]
    assert heads == list(found)
    assert heads[:3] == ["With support", "Price of learning", "Next start"]
    assert [words(each) for each in stacked[0].select("dt")] == [
        first.version.title_en,
        second.version.title_en,
    ]
    assert [words(each) for each in stacked[0].select("dd")] == ["92 €", "0 €"]


def test_the_heading_says_what_the_sources_do(scene: Scene, client: Client) -> None:
    first, second = scene.offer("592.00"), scene.offer("300.00", supported=False)
    third = scene.offer("450.00", supported=False)
    for offer in (first, second, third):
        scene.group(offer)
    alone = rows(compared(client, slug_of(second), slug_of(third)))
    assert alone["You pay"] == ["300 €", "450 €"]
    mixed = rows(compared(client, slug_of(first), slug_of(second)))
    assert mixed["You pay"] == ["92 € with support", "300 €, nobody supports it"]
    assert "With support" not in {**alone, **mixed}


def test_the_price_is_the_persons_own(scene: Scene, client: Client) -> None:
    offer = scene.offer("592.00")
    scene.group(offer)
    client.force_login(scene.learner(money=False).person.user)
    assert rows(compared(client, slug_of(offer)))["You pay"] == ["592 €"]


def test_the_choice_is_in_the_address(scene: Scene, client: Client) -> None:
    offers = [scene.offer() for _ in range(6)]
    slugs = [slug_of(offer) for offer in offers]
    soup = compared(client, *slugs)
    heads = [str(a["href"]) for a in soup.select("thead a[href^='/macibas/']:not(.text-link)")]
    assert heads == [f"/macibas/{slug}/" for slug in slugs[:4]]
    removes = soup.select("thead a.text-link")
    assert parse_qs(urlsplit(str(removes[1]["href"])).query) == {"p": [slugs[0], *slugs[2:4]]}
    assert "Four is the most" in words(soup.main)
    link = page(client, f"/macibas/{slugs[5]}/?p={slugs[0]}&p={slugs[1]}").select_one(
        ".pay a[data-compare]"
    )
    assert parse_qs(urlsplit(str(link["href"])).query) == {  # type: ignore[index]
        "p": [slugs[0], slugs[1], slugs[5]]
    }
    full = page(client, f"/macibas/{slugs[5]}/?" + "&".join(f"p={s}" for s in slugs[:4]))
    link = full.select_one(".pay a[data-compare]")
    address = str(link["href"])  # type: ignore[index]
    assert parse_qs(urlsplit(address).query)["p"] == [*slugs[:4], slugs[5]]
    # The fifth is refused in words; nobody is thrown out for it.
    fifth = page(client, address)
    assert f"“{offers[5].version.title_en}” was not added" in words(fifth.main)
    assert [str(a["href"]) for a in fifth.select("thead th > a:first-child")] == heads
    assert "was not added" not in words(compared(client, *slugs[:4], slugs[0]).main)


def test_the_way_back_keeps_the_search(scene: Scene, client: Client) -> None:
    first, second = scene.offer(), scene.offer()
    found = "/macibas/?q=programma&mode=remote"
    here = f"/macibas/salidzinat/?p={slug_of(first)}&p={slug_of(second)}"
    client.cookies["django_language"] = "en"
    came = client.get(here, headers={"Referer": f"http://testserver{found}"})
    soup = BeautifulSoup(came.content, "html.parser")
    assert soup.select_one(".back-link")["href"] == found  # type: ignore[index]
    remove = str(soup.select_one("thead a.text-link")["href"])  # type: ignore[index]
    assert page(client, remove).select_one(".back-link")["href"] == found  # type: ignore[index]
    plain = page(client, f"{here}&list=mode%3Dteleport").select_one(".back-link")
    assert plain["href"] == "/macibas/"  # type: ignore[index]


def test_another_is_added_by_a_search(scene: Scene, client: Client) -> None:
    first = scene.offer(title_en="Bread baking", title_lv="Maizes cepšana")
    second = scene.offer(title_en="Baking cakes", title_lv="Kūku cepšana")
    soup = compared(client, slug_of(first), more="&q=cepšana")
    assert titles(soup) == ["Baking cakes"]
    add = soup.select_one(".programme-card a[data-compare]")
    query = parse_qs(urlsplit(str(add["href"])).query)  # type: ignore[index]
    assert query == {"p": [slug_of(first), slug_of(second)]}
    assert "Nothing was found" in words(compared(client, more="q=kvantu fizika").main)


def test_cards_add_to_what_stands_in_the_address(scene: Scene, client: Client) -> None:
    first, second = scene.offer(), scene.offer()
    soup = page(client, f"/macibas/?p={slug_of(first)}")
    links = {
        words(card.h3): str(card.select_one("a[data-compare]")["href"])  # type: ignore[index]
        for card in soup.select(".programme-card")
    }
    query = parse_qs(urlsplit(links[second.version.title_en]).query)
    assert query == {"p": [slug_of(first), slug_of(second)]}


def test_what_is_over_or_has_moved_can_be_compared(scene: Scene, client: Client) -> None:
    gone, moved = scene.offer(), scene.offer()
    gone.version.move("archive", by=None, at=scene.at)
    old = slug_of(moved)
    change_programme_slug(
        programme_id=moved.version.programme.pk, slug="cita-vieta", actor=SYSTEM, at=scene.at
    )
    draft = f.VersionFactory().programme.slug
    soup = compared(client, slug_of(gone), old, "cita-vieta", draft, "nav-tadas")
    assert [words(a) for a in soup.select("thead th > a:first-child")] == [
        gone.version.title_en,
        moved.version.title_en,
    ]


@pytest.mark.parametrize(
    "query",
    [
        *("", "p=", "p=%00", "p=../../x", "p=" + "a" * 5000, "p=A&p=ā&p='", "q=%00"),
        *("p=a&q=%27%25", "&".join(f"p=x{n}" for n in range(500))),
    ],
)
def test_bad_comparison_is_an_empty_one(scene: Scene, client: Client, query: str) -> None:
    soup = page(client, f"/macibas/salidzinat/?{query}")
    assert not soup.select("table")
    assert soup.select_one("#compare-q")


def test_queries_of_the_comparison_do_not_grow(
    scene: Scene,
    client: Client,
    django_assert_num_queries: Queries,
    django_assert_max_num_queries: Queries,
) -> None:
    slugs = []
    for _ in range(4):
        offer = scene.offer()
        scene.group(offer)
        slugs.append(slug_of(offer))
    address = "/macibas/salidzinat/?p="
    with django_assert_max_num_queries(7) as few:
        client.get(address + slugs[0])
    with django_assert_num_queries(len(few)):  # type: ignore[arg-type]
        client.get(address + "&p=".join(slugs))


# --- providers -----------------------------------------------------------------------------


def test_providers_are_listed_with_what_they_offer(scene: Scene, client: Client) -> None:
    first, second = scene.offer(), scene.offer()
    f.VersionFactory(programme__provider=first.version.programme.provider, published=True)
    f.ProviderFactory(name="Nobody yet")
    ended = scene.offer().version.programme.provider
    ended.state = ProviderState.ENDED
    ended.save()
    Programme.objects.filter(pk=first.version.programme.pk).update(
        rating_average="4.50", rating_count=10
    )
    soup = page(client, "/sniedzeji/")
    said = words(soup.select_one(".things"))
    assert said.count("2 programmes") == 1
    assert "4.5 · 10 answers" in said
    assert len(listed_titles(soup)) == 2
    assert ended.name not in said
    name = second.version.programme.provider.name
    assert listed_titles(page(client, f"/sniedzeji/?q={name.upper()}")) == [name]
    assert "Nobody was found" in words(page(client, "/sniedzeji/?q=zzz").main)


def test_provider_says_who_it_is(scene: Scene, client: Client) -> None:
    offer = scene.offer(mode="on_site", city="Cēsis")
    provider = offer.version.programme.provider
    provider.about_en = "We teach."
    provider.city = "Cēsis"
    provider.accreditation_en = "Vocational education"
    provider.accredited_until = scene.today + timedelta(days=400)
    provider.save()
    scene.group(offer, place="Ielas iela 1")
    scene.group(offer, place="Ielas iela 1", in_days=20)
    over = f.VersionFactory(programme__provider=provider, published=True, title_en="It was")
    over.move("archive", by=None, at=scene.at)
    soup = page(client, reverse("web:provider", args=[provider.slug]))
    said = words(soup.main)
    for text in ("We teach.", "Takes part in STARS", "Vocational education", "In force until"):
        assert text in said, text
    assert said.count("Ielas iela 1") == 1
    assert titles(soup) == [offer.version.title_en]
    assert listed_titles(soup) == ["It was"]
    provider.accredited_until = scene.today - timedelta(days=1)
    provider.save()
    assert "Ended on" in words(page(client, reverse("web:provider", args=[provider.slug])).main)


def test_provider_that_left_keeps_its_page(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    provider = offer.version.programme.provider
    provider.state = ProviderState.ENDED
    provider.save()
    old = reverse("web:provider", args=[provider.slug])
    change_provider_slug(provider_id=provider.pk, slug="cits-vards", actor=SYSTEM, at=scene.at)
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, "/sniedzeji/cits-vards/")
    soup = page(client, "/sniedzeji/cits-vards/")
    assert "Took part in STARS before" in words(soup.main)
    assert titles(soup) == []
    assert listed_titles(soup) == [offer.version.title_en]
    assert client.get("/sniedzeji/nav/").status_code == 404
    only_draft = f.VersionFactory().programme.provider
    assert client.get(reverse("web:provider", args=[only_draft.slug])).status_code == 404


def test_rating_of_a_provider_is_over_all_answers(scene: Scene, client: Client) -> None:
    first = scene.offer().version.programme
    provider = first.provider
    second = f.VersionFactory(programme__provider=provider, published=True).programme
    Programme.objects.filter(pk=first.pk).update(rating_average="5.00", rating_count=1)
    Programme.objects.filter(pk=second.pk).update(rating_average="4.00", rating_count=3)
    said = words(page(client, reverse("web:provider", args=[provider.slug])).main)
    # (5 + 3 × 4) / 4 = 4.25
    assert "4.3" in said or "4.2" in said
    assert "4 answers" in said


@pytest.mark.parametrize("query", ["page=abc", "page=0", "page=99", "q=%00", "q=" + "a" * 3000])
def test_bad_queries_of_lists_are_never_errors(scene: Scene, client: Client, query: str) -> None:
    provider = scene.offer().version.programme.provider
    for path in ("/sniedzeji/", f"/sniedzeji/{provider.slug}/", "/macibas/arhivs/"):
        assert client.get(f"{path}?{query}").status_code == 200
    for odd in ("%00", "ā", "x" * 500):
        assert client.get(f"/macibas/arhivs/?provider={odd}").status_code == 200


def test_queries_of_providers_do_not_grow(
    scene: Scene,
    client: Client,
    django_assert_num_queries: Queries,
    django_assert_max_num_queries: Queries,
) -> None:
    offer = scene.offer()
    scene.group(offer)
    provider = offer.version.programme.provider
    own = reverse("web:provider", args=[provider.slug])
    with django_assert_max_num_queries(3) as few_listed:
        client.get("/sniedzeji/")
    with django_assert_max_num_queries(11) as few:
        client.get(own)
    for number in range(8):
        scene.group(scene.offer())
        version = f.VersionFactory(programme__provider=provider, published=True)
        f.OfferFactory(version=version, source=scene.source.term)
        f.group(version, starts_on=scene.today + timedelta(days=9), place=f"Iela {number}")
        over = f.VersionFactory(programme__provider=provider, published=True)
        over.move("archive", by=None, at=scene.at)
    with django_assert_num_queries(len(few_listed)):  # type: ignore[arg-type]
        client.get("/sniedzeji/")
    # The list of past programmes is read once there are any.
    with django_assert_num_queries(len(few)):  # type: ignore[arg-type]
        client.get(own)


# --- archive -------------------------------------------------------------------------------


def test_archive_keeps_programmes_and_their_ratings(
    scene: Scene, client: Client, django_assert_max_num_queries: Queries
) -> None:
    here, gone = scene.offer(), scene.offer()
    scene.group(gone)
    Programme.objects.filter(pk=gone.version.programme.pk).update(
        rating_average="3.00", rating_count=7
    )
    gone.version.move("archive", by=None, at=scene.at)
    soup = page(client, "/macibas/arhivs/")
    assert listed_titles(soup) == [gone.version.title_en]
    assert "7 answers" in words(soup.main)
    for _ in range(5):
        scene.offer().version.move("archive", by=None, at=scene.at)
    with django_assert_max_num_queries(3):
        client.get("/macibas/arhivs/")
    of = gone.version.programme.provider.slug
    soup = page(client, f"/macibas/arhivs/?provider={of}")
    assert listed_titles(soup) == [gone.version.title_en]
    of = here.version.programme.provider.slug
    assert listed_titles(page(client, f"/macibas/arhivs/?provider={of}")) == []


def learned_by(scene: learned.Scene, **of: Any) -> None:
    """Somebody finished, and both sides have said so."""
    participation = scene.completed(**of)
    outcomes.confirm_completion(
        participation_id=participation.pk,
        actor=participation.application.account.person.user,
        at=learned.ENDED,
    )


def test_finished_projects_stay_with_what_they_paid_for(client: Client, db: None) -> None:
    scene = learned.scene()
    learned_by(scene)
    FundingSource.objects.update(ends_on=date(2026, 9, 30))
    source = scene.world.source
    assert source.term.name in words(page(client, "/macibas/arhivs/").main)
    said = words(page(client, reverse("web:source", args=[source.code])).main)
    assert "What it paid for" in said
    assert scene.offer.version.title_en in said
    # One training would tell of one person.
    assert "of support" not in said
    for _ in range(4):
        offer, group = scene.another_offer()
        learned_by(scene, offer=offer, group=group)
    said = words(page(client, reverse("web:source", args=[source.code])).main)
    assert "5 finished trainings, 2 500 € of support" in said


# --- support -------------------------------------------------------------------------------


def test_rules_are_said_from_the_policy_alone(scene: Scene, client: Client) -> None:
    build.term("region", "latgale")
    book = f.VocabularyFactory(code="employment_status")
    f.TermFactory(vocabulary=book, code="unemployed", name_en="Registered as unemployed")
    f.ProgrammeTypeFactory(code="study_course", plain_en="A university course", study_course=True)
    scheme = Scheme.objects.create(
        source=scene.source,
        kind=SchemeKind.COFUNDED,
        code="new",
        programme_types=["study_course"],
        order=9,
    )
    PolicyVersion.objects.create(
        scheme=scheme,
        number=1,
        valid_from=scene.today,
        terms={
            "share": "0.85",
            "share_for_exempt": "1.00",
            "exempt": ["low_income", "disability"],
            "attendance_required": "0.70",
        },
        criteria=[
            {"criterion": "minimum_age", "years": 21},
            {"criterion": "employment_status", "any_of": ["unemployed"]},
            {"criterion": "region", "any_of": ["latgale"]},
        ],
    )
    said = words(page(client, "/atbalsts/now/").main)
    for text in (
        "The project pays 85% of the price; the rest is yours to pay.",
        "The project pays everything if one of these holds: you have low-income status; you have"
        " a recognised disability.",
        "It pays for: a university course.",
        "Be there for at least 70% of the hours.",
        "You are at least 21 years old",
        "Your work: Registered as unemployed",
        "You live in: latgale",
        # The 500 € of the scene.
        "You get 500 € on your learning account",
        "You have 6 months to choose and apply.",
        "at most 2 times",
        "never more than 1 000 €",
    ):
        assert text in said, text


def test_two_refunds_are_told_apart_by_what_they_pay_for(scene: Scene, client: Client) -> None:
    for covers in ("certificate", "assessment"):
        scheme = Scheme.objects.create(
            source=scene.source, kind=SchemeKind.REIMBURSEMENT, code=covers, order=5
        )
        PolicyVersion.objects.create(
            scheme=scheme,
            number=1,
            valid_from=scene.today,
            terms={"share": "1.00", "refund_kind": covers},
        )
    soup = page(client, "/atbalsts/now/")
    titles = [words(h2) for h2 in soup.select("main h2")]
    assert "Costs of a certificate paid back" in titles
    assert "Costs of having your skills assessed paid back" in titles
    first = [words(section.li) for section in soup.select("main section:has(> .halves)")]
    assert len(set(first)) == len(first) == 3
    fits = words(page(client, "/kads-atbalsts/?age=&goal=").main)
    assert "Costs paid back" not in fits


def test_costs_that_nobody_knows_are_refused() -> None:
    with pytest.raises(ValueError, match="holidays"):
        Terms.read({"refund_kind": "holidays"})


def test_rules_to_come_are_said_with_their_day(scene: Scene, client: Client) -> None:
    begins = scene.today + timedelta(days=30)
    # The application's role may only add policies, so the first one ends with a second scheme.
    scheme = Scheme.objects.create(
        source=scene.source, kind=SchemeKind.STIPEND, code="later", order=5
    )
    PolicyVersion.objects.create(
        scheme=scheme, number=1, valid_from=begins, terms={"amount": "100.00"}
    )
    said = words(page(client, "/atbalsts/now/").main)
    assert "You get 100 € for each month of learning." in said
    assert f"From {begins.day}" in said
    assert "Money on the learning account" in said


def test_every_criterion_is_said_plainly() -> None:
    for cls in CRITERIA.values():
        assert str(cls.need) and cls.need != cls.no, cls


def test_support_is_listed_by_what_one_can_do_with_it(
    scene: Scene,
    client: Client,
    django_assert_num_queries: Queries,
) -> None:
    def source(code: str, starts: date, ends: date) -> None:
        FundingSource.objects.create(
            term=f.TermFactory(
                vocabulary=f.VocabularyFactory(code="funding-source"), code=code, name_en=code
            ),
            code=code,
            full_name_lv=code,
            full_name_en=code,
            starts_on=starts,
            ends_on=ends,
        )

    with django_assert_num_queries(4):
        client.get("/atbalsts/")
    source("over", add_months(scene.today, -20), add_months(scene.today, -10))
    source("coming", add_months(scene.today, 2), add_months(scene.today, 10))
    soup = page(client, "/atbalsts/")
    found = {words(part.h2): listed_titles(part) for part in soup.select("main section")}
    assert found == {
        "Open now": ["now"],
        "Still to come": ["coming"],
        "Finished projects": ["over"],
    }
    assert "You get 500 €" in words(soup.main)
    with django_assert_num_queries(4):
        client.get("/atbalsts/")
    assert client.get("/atbalsts/nav-tada/").status_code == 404


def test_empty_portal_has_these_pages(client: Client, db: None) -> None:
    for path in ("/sniedzeji/", "/atbalsts/", "/macibas/arhivs/", "/macibas/salidzinat/"):
        assert len(page(client, path).select("h1")) == 1


# --- search engines ------------------------------------------------------------------------


def locations(client: Client, path: str) -> list[str]:
    """Paths in a part of the sitemap or its index; all under the portal's own name."""
    response = client.get(path)
    assert response["Content-Type"] == "application/xml"
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    found = [str(loc.text) for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert all(address.startswith(settings.SITE_URL + "/") for address in found)
    return [address.removeprefix(settings.SITE_URL) for address in found]


def test_sitemap_names_every_public_page(scene: Scene, client: Client) -> None:
    here, gone = scene.offer(), scene.offer()
    gone.version.move("archive", by=None, at=scene.at)
    draft = f.VersionFactory()
    found = [path for part in locations(client, "/sitemap.xml") for path in locations(client, part)]
    assert len(found) == len(set(found))
    for path in (
        "/",
        "/macibas/",
        "/sniedzeji/",
        "/atbalsts/",
        "/macibas/arhivs/",
        "/atbalsts/now/",
        f"/macibas/{slug_of(here)}/",
        f"/macibas/{slug_of(gone)}/",
        f"/sniedzeji/{here.version.programme.provider.slug}/",
    ):
        assert path in found, path
    assert f"/macibas/{draft.programme.slug}/" not in found
    for path in found:
        if path not in ("/noteikumi/", "/privatums/"):  # texts are published later
            assert client.get(path).status_code == 200, path


def test_sitemap_is_divided_and_reads_no_more_than_it_shows(
    scene: Scene,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Queries,
) -> None:
    for _ in range(7):
        scene.offer()
    monkeypatch.setattr(sitemap.Programmes, "limit", 3)
    parts = [p for p in locations(client, "/sitemap.xml") if "macibas" in p]
    assert parts == [
        "/sitemap-macibas.xml",
        "/sitemap-macibas.xml?p=2",
        "/sitemap-macibas.xml?p=3",
    ]
    sizes = [len(locations(client, part)) for part in parts]
    assert sizes == [3, 3, 1]
    with django_assert_num_queries(2) as asked:
        client.get("/sitemap-macibas.xml?p=2")
    assert "LIMIT 3 OFFSET 3" in asked.captured_queries[-1]["sql"]  # type: ignore[attr-defined]
    for bad in ("/sitemap-macibas.xml?p=99", "/sitemap-macibas.xml?p=x", "/sitemap-nav.xml"):
        assert client.get(bad).status_code == 404


def test_robots_know_the_sitemap(client: Client, db: None) -> None:
    body = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in body.splitlines()
    assert "Disallow: /konts/" in body.splitlines()
