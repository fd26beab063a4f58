""" "Which support fits me?": questions by GET, answers in the address, nothing stored."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.enums import FactKind, FactSource
from accounts.models import PersonFact
from funding.enums import Answer, SchemeKind
from funding.fitting import SchemeFit, SourceFit, Why
from funding.models import FundingSource, Scheme
from funding.rules.terms import Terms
from stars.common.dates import add_months
from stars.vocabularies.models import Term
from stars.web.fit import pays, result
from tests import factories as f
from tests.funding import build
from tests.web.scene import Scene
from tests.web.test_account import page, words

Queries = Callable[..., AbstractContextManager[object]]
WORK = ("employed", "retired")


@pytest.fixture
def support(scene: Scene) -> FundingSource:
    """Beside the 500 €: a share for people who work, all for those with a disability."""
    for code in WORK:
        f.TermFactory(
            vocabulary=f.VocabularyFactory(code="employment_status"), code=code, name_en=code
        )
    f.ProgrammeTypeFactory()
    source = FundingSource.objects.create(
        term=f.TermFactory(
            vocabulary=f.VocabularyFactory(code="funding_source"), code="work", name_en="For work"
        ),
        code="work",
        full_name_lv="Darbam",
        full_name_en="For work",
        starts_on=scene.today - timedelta(days=10),
        ends_on=add_months(scene.today, 12),
    )
    terms: dict[str, Any] = {"share": "0.90", "share_for_exempt": "1.00", "exempt": ["disability"]}
    scheme = Scheme.objects.create(
        source=source, kind=SchemeKind.COFUNDED, code="work", programme_types=["non_formal"]
    )
    build.policy(scheme, terms, [{"criterion": "employed"}])
    return source


def send(client: Client, soup: BeautifulSoup, **chosen: str) -> BeautifulSoup:
    """Send the question's form as a browser does."""
    form = soup.select_one("main form")
    assert form is not None
    pairs = [(str(h["name"]), str(h["value"])) for h in form.select("[type=hidden]")]
    pairs += chosen.items()
    query = "&".join(f"{name}={quote(value)}" for name, value in pairs)
    return page(client, f"{form['action']}?{query}")


def test_questions_one_by_one_and_back(support: FundingSource, client: Client) -> None:
    soup = page(client, "/kads-atbalsts/")
    assert words(soup.h1) == "What do you want to do?"
    assert not soup.select(".back-link")
    soup = send(client, soup, kind="non_formal")
    assert words(soup.h1) == "How old are you?"
    soup = send(client, soup, age="18")
    assert words(soup.h1) == "What do you do now?"
    back = soup.select_one(".back-link")
    assert back is not None
    assert words(page(client, str(back["href"])).h1) == "How old are you?"
    soup = send(client, soup, work="employed")
    assert words(soup.h1) == "Is any of this true of you?"
    soup = send(client, soup)
    assert words(soup.h1) == "Support that fits you"
    text = words(soup.main)
    assert "The project pays 90% of the price" in text
    assert "You receive 500 € in your account" in text
    assert "Open a learning account" in text
    links = [str(a["href"]) for a in soup.select("main .card a.button")]
    assert "/konts/velos/?type=non_formal&support=work" in [
        str(a["href"]) for a in soup.select("main .card a")
    ]
    assert all(client.get(link).status_code == 200 for link in links)


def test_result_has_an_address_that_says_it_all(support: FundingSource, client: Client) -> None:
    address = "/kads-atbalsts/?kind=&age=18&work=retired&about="
    soup = page(client, address)
    no = words(soup.main).split("What does not fit, and why")[1]
    assert "This support is for people who are working: employed" in no
    assert "90" not in no
    assert page(Client(), address).main == soup.main
    change = {words(a): str(a["href"]) for a in soup.select("dl.facts a")}
    soup = page(client, change["Change : Work"])
    assert words(soup.h1) == "What do you do now?"
    # What was answered later is kept, so that one answer leads back to the result.
    assert words(send(client, soup, work="employed").h1) == "Support that fits you"


def test_ticks_change_what_is_paid(support: FundingSource, client: Client) -> None:
    address = "/kads-atbalsts/?kind=&age=18&work=employed&about=&about=disability"
    assert "pays the whole price" in words(page(client, address).main)


def test_the_title_says_what_this_person_gets(support: FundingSource, client: Client) -> None:
    address = "/kads-atbalsts/?kind=&age=18&work=employed&about=&about=disability"
    said = words(page(client, address).main)
    assert "A share of the price" not in said
    assert "The whole price" in said
    assert "A share of the price" in words(page(client, address[:-17]).main)


def test_what_has_to_be_done_first_is_no_promise(
    scene: Scene, support: FundingSource, client: Client
) -> None:
    scheme = Scheme.objects.create(source=support, kind=SchemeKind.FULL_COVER, code="all")
    build.policy(scheme, {"share": "1.00"}, [{"criterion": "learning_path"}])
    stipend = Scheme.objects.create(source=support, kind=SchemeKind.STIPEND, code="aid")
    build.policy(stipend, {"amount": "100.00", "aid_kind": "stipend"}, [])
    said = words(page(client, "/kads-atbalsts/?kind=&age=18&work=retired&about=").main)
    assert "can pay the whole price when you have done" in said
    assert "You pay nothing" not in said
    assert "You can receive 100 € a month" in said


def test_a_stipend_alone_fits_nobody(scene: Scene, support: FundingSource, client: Client) -> None:
    stipend = Scheme.objects.create(source=support, kind=SchemeKind.STIPEND, code="aid")
    build.policy(stipend, {"amount": "100.00", "aid_kind": "stipend"}, [])
    soup = page(client, "/kads-atbalsts/?kind=&age=0&work=retired&about=")
    assert words(soup.h1) == "No support fits you now"
    assert "paid only beside learning" in words(soup.main)


def test_the_button_counts_what_there_is(
    scene: Scene, support: FundingSource, client: Client
) -> None:
    address = "/kads-atbalsts/?kind=&age=18&work=employed&about="
    soup = page(client, address)
    assert "There is no such learning in the list yet" in words(soup.main)
    assert soup.select("main .card a[href^='/konts/velos/?']")
    scene.group(scene.offer())
    button = page(client, address).select_one("main .card a.button")
    assert button is not None
    assert words(button) == "See 1 programme"
    assert "1 programme" in words(page(client, str(button["href"])).h1)


def test_going_on_without_an_answer_is_told(support: FundingSource, client: Client) -> None:
    soup = send(client, page(client, "/kads-atbalsts/"))
    assert words(soup.h1) == "What do you want to do?"
    summary = soup.select_one(".error-summary")
    assert summary is not None
    assert soup.select_one(str(summary.a["href"]))["type"] == "radio"  # type: ignore[index]
    assert str(soup.title).startswith("<title>Error:")
    assert not page(client, "/kads-atbalsts/").select(".error-summary")


def test_passing_over_wins_over_what_was_chosen(support: FundingSource, client: Client) -> None:
    soup = page(client, "/kads-atbalsts/?kind=&age=18&work=employed&work=&about=")
    assert "Tell us whether you are working now" in words(soup.main)


def test_nothing_fits_says_what_can_be_done(support: FundingSource, client: Client) -> None:
    soup = page(client, "/kads-atbalsts/?kind=&age=0&work=retired&about=")
    assert words(soup.h1) == "No support fits you now"
    assert "pay yourself" in words(soup.main)


def test_without_any_support_the_page_stands(client: Client, db: None) -> None:
    assert words(page(client, "/kads-atbalsts/").h1) == "No support fits you now"


def test_account_offers_what_it_knows(scene: Scene, support: FundingSource, client: Client) -> None:
    account = scene.learner()
    for kind, value in ((FactKind.EMPLOYMENT, "employed"), (FactKind.DISABILITY, "yes")):
        PersonFact.objects.create(
            person=account.person,
            kind=kind,
            value=value,
            source=FactSource.DECLARATION,
            observed_at=scene.at,
        )
    client.force_login(account.person.user)
    ask = "/kads-atbalsts/?kind="
    for address, chosen in (
        (ask, "18"),
        (f"{ask}&age=18", "employed"),
        (f"{ask}&age=18&work=", "disability"),
    ):
        soup = page(client, address)
        assert [i["value"] for i in soup.select("main [checked]")] == [chosen]
        assert "what your account says" in words(soup.main)
    # It is only offered: what the address says counts, and what is done is not to be done again.
    soup = page(client, f"{ask}&age=18&work=retired&about=")
    assert "Open a learning account" not in words(soup.main)
    assert "For work" in words(soup.main).split("What does not fit, and why")[1]


@pytest.mark.parametrize(
    "query",
    [
        "age=abc&kind=%00&work=" + "9" * 3000,
        "about=%F0%9F%92%A9&about=",
        "age=18&age=0&kind=&kind=x",
        "age=%FF%FE&work=../..&utm_source=x&=&&",
        quote("'\"\\%_()[]{}") + "=1",
    ],
)
def test_bad_answers_are_passed_over(support: FundingSource, client: Client, query: str) -> None:
    for rest in ("", "&kind=&age=&work=&about="):
        assert client.get(f"/kads-atbalsts/?{query}{rest}").status_code == 200


@pytest.mark.parametrize("signed_in", [False, True])
def test_queries_do_not_grow_with_sources(
    scene: Scene,
    support: FundingSource,
    client: Client,
    signed_in: bool,
    django_assert_max_num_queries: Queries,
    django_assert_num_queries: Queries,
) -> None:
    if signed_in:
        client.force_login(scene.learner().person.user)
    address = "/kads-atbalsts/?kind=&age=18&work=employed&about="
    with django_assert_max_num_queries(15 if signed_in else 4) as few:
        client.get(address)
    for n in range(5):
        source = FundingSource.objects.create(
            term=build.term("funding-source", f"more{n}"),
            code=f"more{n}",
            starts_on=date(2025, 1, 1),
            ends_on=support.ends_on,
        )
        scheme = Scheme.objects.create(source=source, kind=SchemeKind.FULL_COVER, code=f"m{n}")
        build.policy(scheme, {}, [{"criterion": "employed"}])
    with django_assert_num_queries(len(few)):  # type: ignore[arg-type]
        client.get(address)


def test_two_refunds_of_a_source_read_differently() -> None:
    said = {
        kind: pays(
            SchemeFit(
                Scheme(kind=SchemeKind.REIMBURSEMENT),
                Terms(refund_kind=kind),
                Answer.YES,
                Decimal(1),
            )
        )
        for kind in ("certificate", "assessment", "")
    }
    assert len(set(said.values())) == 3
    assert all("100" in text for text in said.values())


def test_one_reason_of_several_schemes_is_said_once() -> None:
    why = Why(Answer.NO, "You are not 18 yet")
    schemes = [
        SchemeFit(
            Scheme(kind=SchemeKind.ALLOCATION, name_lv=name, name_en=name),
            Terms(),
            Answer.NO,
            Decimal(1),
            [why, Why(Answer.NO, name), Why(Answer.YES, "You work")],
        )
        for name in ("First", "Second")
    ]
    source = FundingSource(
        term=Term(code="work", name_lv="Darbam", name_en="For work"),
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 1, 1),
    )
    fits = [SourceFit(source, date(2026, 1, 1), schemes)]
    found = result(fits, [], date(2026, 6, 1), has_account=False, offered={})
    (row,) = found["no"]
    assert row["why_not"] == ["You are not 18 yet", "First", "Second"]
