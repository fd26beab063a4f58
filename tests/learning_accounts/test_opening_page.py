"""The page on which one opens an account (step 3 of the journey, bad input of section 6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.enums import TextKind
from accounts.models import Acceptance, LegalText, Person
from accounts.services.consent import current_texts
from funding.models import StandingRequest
from learning_accounts.models import LearningAccount
from learning_accounts.services.draft import draft_of
from stars.common.dates import add_months, now, today
from tests.factories import LearningAccountFactory, MembershipFactory, PersonFactory
from tests.signin import as_resident, as_staff

pytestmark = pytest.mark.django_db
ADDRESS = "/konts/atvert/"


@pytest.fixture
def person(ready: None) -> Person:
    return PersonFactory(given_name="Līga", family_name="Kalniņa", without_contact=True)


@pytest.fixture
def client(person: Person) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    as_resident(client, person)
    return client


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "texts": ",".join(str(text.pk) for text in current_texts()),
        "email": "liga@stars.example",
        "phone": "",
        "education": "master",
        "employment": "employed",
        "accepted": "on",
        **changes,
    }


def page(response: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def test_the_address() -> None:
    assert reverse("web:opening") == ADDRESS


def test_what_is_known_is_not_asked(client: Client) -> None:
    response = client.get(ADDRESS)
    assert response.status_code == 200
    shown = page(response)
    assert "Līga Kalniņa" in shown.text
    assert "The learning account is yours" in shown.text
    assert "Your data are processed" in shown.text
    assert not shown.select("[name=given_name], [name=birth_date], [name=personal_code]")
    box = shown.select_one("[name=accepted]")
    assert box
    assert "checked" not in box.attrs
    assert shown.select_one("[name=email]")["autocomplete"] == "email"  # type: ignore[index]


def test_opening(client: Client, person: Person) -> None:
    response = client.post(ADDRESS, answers())
    assert (response.status_code, response["Location"]) == (302, reverse("web:account"))
    account = LearningAccount.objects.get(person=person)
    assert account.profile_completed_at
    assert not StandingRequest.objects.exists()


@pytest.mark.parametrize(
    ("came_from", "to"),
    [
        ("http://testserver/macibas/valodas/", "/macibas/valodas/"),
        ("http://testserver/macibas/", ""),
        ("http://testserver/macibas/valodas/x/", ""),
        ("http://elsewhere.example/macibas/valodas/", ""),
        ("//[", ""),
    ],
)
def test_on_to_the_programme_that_was_to_be_applied_for(
    client: Client, came_from: str, to: str
) -> None:
    shown = page(client.get(ADDRESS, headers={"referer": came_from}))
    box = shown.select_one("form[hx-post] [name=next]")
    assert (box["value"] if box else "") == to
    wrong = page(client.post(ADDRESS, answers(education="", next=to)))
    again = wrong.select_one("form[hx-post] [name=next]")
    assert (again["value"] if again else "") == to
    done = client.post(ADDRESS, answers(next=to))
    assert done["Location"] == (to or reverse("web:account"))


@pytest.mark.parametrize("next_", ["https://bad.example/", "//bad.example/macibas/x/", "/admin/"])
def test_nowhere_else(client: Client, next_: str) -> None:
    assert client.post(ADDRESS, answers(next=next_))["Location"] == reverse("web:account")


def test_one_tick_asks_for_the_money(client: Client, person: Person) -> None:
    client.post(ADDRESS, answers(money="on"))
    assert StandingRequest.objects.get().account.person == person


def test_sent_twice(client: Client) -> None:
    for _ in range(2):
        assert client.post(ADDRESS, answers(money="on")).status_code == 302
    assert (LearningAccount.objects.count(), StandingRequest.objects.count()) == (1, 1)


def test_whoever_has_an_account_is_led_to_it(client: Client, person: Person) -> None:
    LearningAccountFactory(person=person)
    assert client.get(ADDRESS)["Location"] == reverse("web:account")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": ""}, "Write your e-mail address."),
        ({"email": "liga@"}, "Write the whole e-mail address"),
        ({"phone": "12"}, "Write all 8 digits"),
        ({"education": ""}, "Choose your education."),
        ({"education": "rocket"}, "rocket"),
        ({"employment": "master"}, "master"),
        ({"accepted": ""}, "Read the terms and the privacy notice"),
        ({"reasons": ["support", "nonsense"]}, "nonsense"),
        ({"wish": "x" * 301}, "300"),
        ({"wish": "a\x00b"}, "Null characters"),
    ],
    ids=str,
)
def test_bad_input(client: Client, changes: dict[str, Any], words: str) -> None:
    response = client.post(ADDRESS, answers(**changes))
    assert response.status_code == 400
    shown = page(response)
    summary = shown.select_one(".error-summary")
    assert summary
    assert words in shown.text
    assert shown.title
    assert shown.title.text.startswith("Error:")
    assert "Traceback" not in shown.text
    assert not LearningAccount.objects.exists()
    assert not Acceptance.objects.exists()


@pytest.mark.parametrize("texts", ["", "x", ",,", "00000000-0000-4000-8000-000000000000"])
def test_made_up_texts(client: Client, texts: str) -> None:
    response = client.post(ADDRESS, answers(texts=texts))
    assert response.status_code == 409
    assert "have changed. Read them again" in response.content.decode()
    assert not LearningAccount.objects.exists()


def test_texts_that_changed_meanwhile(client: Client) -> None:
    sent = answers(reasons=["support", "find"])
    LegalText.objects.create(
        kind=TextKind.TERMS, version=2, body_lv="Jauni.", body_en="Brand new.", published_at=now()
    )
    response = client.post(ADDRESS, sent)
    assert response.status_code == 409
    shown = page(response)
    assert "Brand new." in shown.text
    assert "checked" not in shown.select_one("[name=accepted]").attrs  # type: ignore[union-attr]
    assert len(shown.select("[name=reasons][checked]")) == 2
    assert client.post(ADDRESS, answers()).status_code == 302


def test_at_seventeen(ready: None, client: Client) -> None:
    young = PersonFactory(birth_date=add_months(today(), -17 * 12))
    as_resident(client, young)
    assert "Money for training is given from the age of 18." in page(client.get(ADDRESS)).text
    assert client.post(ADDRESS, answers(money="on")).status_code == 302
    assert StandingRequest.objects.filter(account__person=young).exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"birth_date": add_months(today(), -16 * 12) + timedelta(days=1)},
            "You can open a learning account from the age of 16.",
        ),
        ({"birth_date": date(1950, 1, 1), "deceased": True}, "this person has died"),
    ],
)
def test_refused_in_plain_words(
    ready: None, client: Client, changes: dict[str, Any], words: str
) -> None:
    as_resident(client, PersonFactory(**changes))
    for response in (client.get(ADDRESS), client.post(ADDRESS, answers())):
        assert response.status_code == 403
        assert words in page(response).text
        assert ("That will be on" in page(response).text) is ("deceased" not in changes)
    assert not LearningAccount.objects.exists()


def test_staff_have_no_account_to_open(ready: None) -> None:
    client = Client()
    as_staff(client, MembershipFactory(auditor=True).user)
    assert client.get(ADDRESS).status_code == 403


def test_strangers_sign_in_first(ready: None) -> None:
    response = Client().get(ADDRESS)
    assert response["Location"] == f"/accounts/login/?next={ADDRESS}"


def test_a_slow_typist_loses_nothing(client: Client, person: Person) -> None:
    half = {
        "email": "liga@st",
        "education": "basic",
        "reasons": ["find", "career"],
        "money": "on",
        "accepted": "on",
        "texts": "x",
    }
    assert client.post(reverse("web:opening_draft"), half).status_code == 204
    # The session ended; the person comes back on another computer.
    other = Client()
    as_resident(other, person)
    shown = page(other.get(ADDRESS))
    assert shown.select_one("[name=email]")["value"] == "liga@st"  # type: ignore[index]
    assert shown.select_one("[name=education] [selected]")["value"] == "basic"  # type: ignore[index]
    assert [box["value"] for box in shown.select("[name=reasons][checked]")] == ["find", "career"]
    assert shown.select("[name=money][checked]")
    # What has to be given once, for what was read, is not kept.
    assert not shown.select("[name=accepted][checked]")
    other.post(ADDRESS, answers())
    assert draft_of(person.pk) == {}


def test_drafts_are_posted(client: Client) -> None:
    assert client.get(reverse("web:opening_draft")).status_code == 405
    assert Client().post(reverse("web:opening_draft")).status_code == 302
