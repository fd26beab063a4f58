"""The account page, its decisions and the messages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from enrolments.services import applications
from funding.models import Grant, StandingRequest
from funding.selectors import last_usable_day
from funding.services.grants import accumulate
from learning_accounts.models import LearningAccount
from learning_accounts.services.record import write_record
from stars.audit.services import look
from stars.common.dates import add_months, birthday, now
from stars.notifications.models import Message
from tests import factories as f
from tests.signin import as_staff
from tests.web.scene import Scene

Queries = Callable[..., AbstractContextManager[object]]


def page(client: Client, url: str, status: int = 200, language: str = "en") -> BeautifulSoup:
    """The parsed page, in English unless told otherwise."""
    client.cookies["django_language"] = language
    response = client.get(url)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def words(element: object) -> str:
    """Text with single spaces."""
    return " ".join(element.get_text(" ").split())  # type: ignore[attr-defined]


@pytest.fixture
def learner(scene: Scene, client: Client) -> LearningAccount:
    """Somebody with 500 € who is signed in."""
    account = scene.learner()
    client.force_login(account.person.user)
    return account


def test_account_is_for_those_who_are_signed_in(client: Client, db: None) -> None:
    response = client.get(reverse("web:account"))
    assert response["Location"] == f"{reverse('account_login')}?next=/konts/"


def test_money_is_first_with_its_last_day(learner: LearningAccount, client: Client) -> None:
    soup = page(client, "/konts/")
    card = words(soup.select_one(".money-card"))
    assert "500 €" in card
    grant = Grant.objects.get()
    last = last_usable_day(grant.ends_at)
    assert f"until {last.day} {last:%B}" in card
    assert "days left" in card
    assert [h.get_text() for h in soup.select("h2")][:1] == ["What happens next"]


def test_money_in_the_corner(learner: LearningAccount, client: Client) -> None:
    assert "500 €" in words(page(client, "/").select_one(".pill"))


def test_two_terms_are_told_apart(scene: Scene, client: Client) -> None:
    account = scene.learner()
    kept = Grant.objects.get()
    accumulate(grant_id=kept.pk, actor=account.person.user, at=scene.at)
    scene.next_round()
    client.force_login(account.person.user)
    card = words(page(client, "/konts/").select_one(".money-card"))
    assert card.count("500 €") == 2
    assert "1,000 €" in card or "1 000 €" in card


def test_under_age_is_told_why_and_when(scene: Scene, client: Client) -> None:
    born = add_months(scene.today, -12 * 17 - 3)
    account = scene.learner(money=False, person__birth_date=born)
    client.force_login(account.person.user)
    text = words(page(client, "/konts/").select_one(".notice"))
    assert "from the age of 18" in text
    assert str(birthday(born, 18).day) in text


def test_asking_for_money_and_stopping(scene: Scene, client: Client) -> None:
    account = scene.learner(asked=False, money=False)
    client.force_login(account.person.user)
    soup = page(client, "/konts/")
    assert "You have not asked for money yet" in words(soup)
    assert client.get(reverse("web:asking")).status_code == 405
    response = client.post(reverse("web:asking"), {"on": "yes"}, follow=True)
    assert "You have asked for money" in response.content.decode()
    client.post(reverse("web:asking"), {"on": "yes"})
    assert StandingRequest.objects.filter(account=account, ended_at__isnull=True).count() == 1
    client.post(reverse("web:asking"), {"on": ""})
    assert not StandingRequest.objects.filter(account=account, ended_at__isnull=True).exists()


def test_keeping_money_says_what_follows_before_it_does_it(
    learner: LearningAccount, client: Client
) -> None:
    grant = Grant.objects.get()
    url = reverse("web:accumulate", args=[grant.pk])
    assert url in str(page(client, "/konts/"))
    said = words(page(client, url).main)
    assert "Keep 500 € for one more period?" in said
    assert "This can be done once" in said
    grant.refresh_from_db()
    assert grant.state == "active"
    client.post(url)
    ends = grant.ends_at
    grant.refresh_from_db()
    assert grant.state == "accumulated"
    assert grant.ends_at > ends
    again = page(client, url, status=409)
    assert "cannot be kept" in words(again.main)
    assert "cannot be kept" in client.post(url, follow=True).content.decode()
    assert url not in str(page(client, "/konts/"))


@pytest.mark.parametrize(
    ("last", "says"),
    [
        (date(2026, 9, 8), "13. februāris 8. septembris"),
        (date(2027, 9, 8), "2026. gada 13. februāris 2027. gada 8. septembris"),
    ],
)
def test_the_ends_of_a_long_term_have_their_years(last: date, says: str) -> None:
    money = {"free": Decimal(500), "first": date(2026, 2, 13), "last": last, "days_left": 9}
    with translation.override("lv"):
        text = render_to_string(
            "components/money_card.html", {"money": money | {"passed": 50, "held": 0, "spent": 0}}
        )
    ends = BeautifulSoup(text, "html.parser").select_one(".row-between")
    assert words(ends) == says


def test_giving_money_back(learner: LearningAccount, client: Client) -> None:
    grant = Grant.objects.get()
    url = reverse("web:decline", args=[grant.pk])
    assert "You cannot take it back" in words(page(client, url).main)
    client.post(url)
    grant.refresh_from_db()
    assert grant.state == "declined"
    history = words(page(client, "/konts/").select_one("table"))
    assert "You gave this money back." in history
    assert client.post(url).status_code == 404


@pytest.mark.parametrize("name", ["web:accumulate", "web:decline"])
def test_money_of_others_cannot_be_touched(scene: Scene, client: Client, name: str) -> None:
    scene.learner()
    theirs = Grant.objects.get()
    other = scene.learner(money=False)
    client.force_login(other.person.user)
    for grant_id in (theirs.pk, uuid4()):
        url = reverse(name, args=[grant_id])
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "active"


def test_draft_is_the_urgent_thing(scene: Scene, learner: LearningAccount, client: Client) -> None:
    offer = scene.offer()
    group = scene.group(offer)
    draft = applications.start_draft(
        account_id=learner.pk,
        offer_id=offer.pk,
        group_id=group.pk,
        actor=learner.person.user,
        at=now(),
    )
    soup = page(client, "/konts/")
    urgent = soup.select(".timeline .is-urgent")
    assert len(urgent) == 1
    assert "Finish the application" in words(urgent[0])
    assert urgent[0].select_one("a.button")["href"] == reverse(
        "enrolments:application", args=[draft.pk]
    )
    assert "Not sent yet" in words(soup.main)


def test_queries_do_not_grow_with_the_history(
    scene: Scene, learner: LearningAccount, client: Client, django_assert_max_num_queries: Queries
) -> None:
    def some(n: int) -> None:
        for _ in range(n):
            offer = scene.offer()
            applications.start_draft(
                account_id=learner.pk,
                offer_id=offer.pk,
                group_id=scene.group(offer).pk,
                actor=learner.person.user,
                at=now(),
            )
            write_record(
                account_id=learner.pk,
                title_lv="Iemācītais",
                title_en="What was learned",
                provider_name="Skola",
                hours=40,
                completed_on=scene.today,
            )

    some(1)
    with django_assert_max_num_queries(40) as few:
        client.get("/konts/")
    some(5)
    with django_assert_max_num_queries(len(few)):  # type: ignore[arg-type]
        client.get("/konts/")


def test_movements_read_as_sentences(learner: LearningAccount, client: Client) -> None:
    rows = page(client, "/konts/nauda/").select("tbody tr")
    assert [words(row).endswith("+500 € 500 €") for row in rows] == [True]


# --- messages ------------------------------------------------------------------------------


def test_messages_are_read_by_post_only(learner: LearningAccount, client: Client) -> None:
    message = Message.objects.get(kind="money_granted")
    soup = page(client, "/konts/zinas/")
    assert "You received 500 € for training" in words(soup.main)
    assert words(soup.select_one(".site-header .count")) == "1"
    message.refresh_from_db()
    assert message.read_at is None
    response = client.post(reverse("web:read_one", args=[message.pk]))
    assert response["Location"] == reverse("web:account")
    message.refresh_from_db()
    assert message.read_at is not None
    assert page(client, "/konts/zinas/").select_one(".site-header .count") is None


def test_all_messages_are_read_at_once(learner: LearningAccount, client: Client) -> None:
    client.post(reverse("web:read_all"))
    assert not Message.objects.filter(read_at__isnull=True).exists()


def test_messages_of_others_do_not_exist(scene: Scene, client: Client) -> None:
    scene.learner()
    theirs = Message.objects.get()
    client.force_login(scene.learner(money=False).person.user)
    assert client.post(reverse("web:read_one", args=[theirs.pk])).status_code == 404
    assert "500" not in words(page(client, "/konts/zinas/").main)
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_empty_inbox_says_what_will_come(scene: Scene, client: Client) -> None:
    client.force_login(scene.learner(money=False).person.user)
    assert "No messages yet" in words(page(client, "/konts/zinas/").main)


# --- after sign-in -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trait", "name"),
    [
        ({}, "enrolments:provider_home"),
        ({"admin": True}, "enrolments:provider_home"),
        ({"administrator": True}, "admin:index"),
        ({"finance_officer": True}, "admin:index"),
        ({"auditor": True}, "admin:index"),
    ],
)
def test_staff_come_to_their_work(
    db: None, client: Client, trait: dict[str, bool], name: str
) -> None:
    as_staff(client, f.MembershipFactory(**trait).user)
    assert client.get(reverse("web:after_signin"))["Location"] == reverse(name)
    assert client.get(reverse("web:account"))["Location"] == reverse(name)


def test_resident_without_an_account_is_led_to_opening_one(db: None, client: Client) -> None:
    client.force_login(f.PersonFactory().user)
    assert client.get(reverse("web:after_signin"))["Location"] == reverse("web:opening")
    assert client.get(reverse("web:account"))["Location"] == reverse("web:opening")


def test_closed_account_says_so(learner: LearningAccount, client: Client) -> None:
    learner.move("close", by=None, at=now())
    assert "is closed" in words(page(client, "/konts/", status=403).main)


def test_learner_comes_to_the_account(learner: LearningAccount, client: Client) -> None:
    assert client.get(reverse("web:after_signin"))["Location"] == "/konts/"


def test_own_data_contacts_and_who_looked(scene: Scene, client: Client) -> None:
    account = scene.learner()
    person = account.person
    client.force_login(person.user)
    client.cookies["django_language"] = "en"
    url = reverse("web:data")
    assert "Nobody yet." in client.get(url).content.decode()

    staff = f.UserFactory()
    look(actor=staff, person_ids=[person.pk], what="group", purpose="run_group", at=now())
    look(actor=person.user, person_ids=[person.pk], what="group", purpose="run_group", at=now())
    text = client.get(url).content.decode()
    assert text.count("To run your group") == 1

    assert client.post(url, {"email": "nav", "phone": ""}).status_code == 400
    answer = client.post(url, {"email": "cita@stars.example", "phone": ""})
    assert answer["Location"] == url
    person.refresh_from_db()
    assert person.email == "cita@stars.example"
