"""The page of one programme: conditions, calendar, data for machines, what is over."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.enums import FactKind, FactSource
from accounts.models import PersonFact
from catalogue.enums import Recommender
from catalogue.models import Group, Offer, TemporaryStatus
from catalogue.services.addresses import change_programme_slug
from catalogue.services.groups import finish_group, start_group
from catalogue.services.temporary import end_temporary_status
from enrolments.services import applications
from funding.enums import SchemeKind
from funding.models import Scheme
from learning_accounts.models import LearningAccount
from stars.common.dates import RIGA
from stars.common.permissions import SYSTEM
from stars.vocabularies.models import Term
from tests import factories as f
from tests.funding import build
from tests.web.scene import Scene
from tests.web.test_account import page, words

Queries = Callable[..., AbstractContextManager[object]]


def url(offer: Offer) -> str:
    """The page of the programme behind an offer."""
    return reverse("web:programme", args=[offer.version.programme.slug])


def conditions(soup: BeautifulSoup) -> dict[str, str]:
    """The check list: sentence with what to do → answer."""
    lines = [words(line) for line in soup.select("main .ruled-list > li")]
    return {text: answer for answer, _colon, text in (line.partition(": ") for line in lines)}


def levels() -> dict[str, Term]:
    """Three levels of education."""
    book = f.VocabularyFactory(code="education_level")
    return {
        code: Term.objects.create(
            vocabulary=book,
            code=code,
            name_lv=code,
            name_en=code,
            order=order,
            extra={"lki": lki},
        )
        for order, (code, lki) in enumerate({"basic": 2, "general": 4, "vocational": 4}.items())
    }


def educated(account: LearningAccount, level: str, scene: Scene) -> None:
    """What the person said about their education."""
    PersonFact.objects.create(
        person=account.person,
        kind=FactKind.EDUCATION,
        value=level,
        source=FactSource.DECLARATION,
        observed_at=scene.at,
    )


# --- what it says --------------------------------------------------------------------------


def test_every_structured_field_is_shown(scene: Scene, client: Client) -> None:
    book = f.VocabularyFactory(code="qualification")
    offer = scene.offer(
        about_en="First paragraph.\n\nSecond <b>paragraph</b>.",
        topics=[{"lv": "Tēma", "en": "A topic"}],
        audience_en="For everybody",
        prior_knowledge_en="Nothing",
        equipment_en="A computer",
        final_test_en="A small work of your own",
        education=levels()["general"],
        qualification=f.TermFactory(vocabulary=book, code="q", name_en="Programmer"),
        digcomp_area=f.TermFactory(
            vocabulary=f.VocabularyFactory(code="digcomp_area"), code="3", name_en="Content"
        ),
        digcomp_level=2,
        language="en",
    )
    scene.group(offer, teacher="Izdomāta Skolotāja", place="Ielas iela 1, Cēsis", mode="on_site")
    soup = page(client, url(offer))
    said = words(soup.main)
    for text in (
        "First paragraph.",
        "Second <b>paragraph</b>.",
        "A topic",
        "For everybody",
        "Nothing",
        "A computer",
        "A small work of your own",
        "At least: general",
        "Programmer",
        "Content",
        "Basic: you do simple things, sometimes with help. That is level 2 of 8",
        "English",
        "Izdomāta Skolotāja",
        "certificate",
    ):
        assert text in said, text
    provider = soup.select_one(f'a[href="{reverse("web:provider", args=[_slug(offer)])}"]')
    assert provider is not None
    map_link = soup.select_one('a[href^="https://www.openstreetmap.org/search?query="]')
    assert map_link is not None
    assert "noopener" in map_link["rel"]


def _slug(offer: Offer) -> str:
    return str(offer.version.programme.provider.slug)


def test_an_online_group_has_no_map(scene: Scene, client: Client) -> None:
    offer = scene.offer(city="Valmiera")
    scene.group(offer, place="Zoom")
    assert "openstreetmap" not in str(page(client, url(offer)))


def test_nothing_is_loaded_from_others(scene: Scene, client: Client) -> None:
    offer = scene.offer(mode="on_site", city="Cēsis")
    scene.group(offer)
    soup = page(client, url(offer))
    loaded = [tag.get("src") for tag in soup.select("[src]")]
    loaded += [tag.get("href") for tag in soup.select("link[rel=stylesheet], link[rel=icon]")]
    assert loaded
    assert all(str(address).startswith("/") for address in loaded)


# --- conditions ----------------------------------------------------------------------------


def test_visitors_see_what_is_asked_and_nothing_is_known(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    scene.group(offer)
    soup = page(client, url(offer))
    assert conditions(soup) == {
        "You are at least 18 years old": "Not known",
        "You have a learning account": "Not known",
        "Your profile is filled in": "Not known",
    }
    sign_in = soup.select_one("main .ruled-list + p a")
    assert sign_in is not None
    assert str(sign_in["href"]).endswith(f"?next={url(offer)}")


def test_the_list_is_checked_for_the_person(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    scene.group(offer)
    client.force_login(scene.learner().person.user)
    found = conditions(page(client, url(offer)))
    assert found["You are at least 18 years old"] == "Yes"
    assert found["There is money on your account"] == "Yes"
    assert found["You have not applied for this training yet"] == "Yes"
    assert set(found.values()) == {"Yes"}


def test_what_is_missing_says_what_to_do(scene: Scene, client: Client) -> None:
    scheme = Scheme.objects.create(
        source=scene.source,
        kind=SchemeKind.FULL_COVER,
        code="now-full",
        programme_types=["further_education"],
        order=0,
    )
    build.policy(
        scheme,
        build.FULL_TERMS,
        [*build.ADULT, {"criterion": "learning_path"}, {"criterion": "employed"}],
    )
    kind = f.ProgrammeTypeFactory(further_education=True)
    offer = scene.offer(type=kind, hours=960, practice_hours=240)
    scene.group(offer)
    young = scene.learner(money=False, person__young=True)
    client.force_login(young.person.user)
    found = conditions(page(client, url(offer)))
    no = [text for text, answer in found.items() if answer == "No"]
    assert any("18 years" in text and "pay yourself" in text for text in no)
    assert any("learning path" in text and "in one step" in text for text in no)
    unknown = [text for text, answer in found.items() if answer == "Not known"]
    assert unknown == ["Tell us whether you are working now See what is known about you"]


@pytest.mark.parametrize(
    ("has", "answer"), [("vocational", "Yes"), ("basic", "No"), ("", "Not known")]
)
def test_education_is_compared_by_level(
    scene: Scene, client: Client, has: str, answer: str
) -> None:
    offer = scene.offer(education=levels()["general"])
    scene.group(offer)
    account = scene.learner()
    if has:
        educated(account, has, scene)
    client.force_login(account.person.user)
    found = conditions(page(client, url(offer)))
    (text,) = [line for line in found if "ducation" in line or "general" in line]
    assert found[text] == answer


def test_a_person_without_an_account_is_told_to_open_one(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    scene.group(offer)
    client.force_login(f.PersonFactory().user)
    soup = page(client, url(offer))
    assert conditions(soup)["You have a learning account Open a learning account"] == "No"
    assert soup.select_one(f"main a[href='{reverse('web:opening')}']") is not None


def test_having_applied_is_in_the_list(scene: Scene, client: Client) -> None:
    offer = scene.offer("400.00")
    group = scene.group(offer)
    account = scene.learner()
    me = account.person.user
    draft = applications.start_draft(
        account_id=account.pk, offer_id=offer.pk, group_id=group.pk, actor=me, at=scene.at
    )
    client.force_login(me)
    assert "You have not applied for this training yet" in conditions(page(client, url(offer)))
    applications.update_draft(
        application_id=draft.pk,
        use_support=True,
        payer="person",
        knows_consequences=True,
        actor=me,
        at=scene.at,
    )
    applications.submit(
        application_id=draft.pk,
        expected_group_id=group.pk,
        expected_support=Decimal("400.00"),
        actor=me,
        at=scene.at,
    )
    found = conditions(page(client, url(offer)))
    applied = "You have applied for this training See your application in your account"
    assert found[applied] == "No"


def test_price_and_list_come_from_one_quote(scene: Scene, client: Client) -> None:
    """A programme without support asks for an account only, and says that nobody helps to pay."""
    offer = scene.offer(supported=False)
    scene.group(offer)
    soup = page(client, url(offer))
    assert conditions(soup) == {"You have a learning account": "Not known"}
    assert "no public support" in words(soup.select_one("[data-price-box]"))


# --- for machines --------------------------------------------------------------------------


def course_of(soup: BeautifulSoup) -> dict[str, Any]:
    """The JSON-LD of the page."""
    script = soup.select_one('script[type="application/ld+json"]')
    assert script is not None
    found: dict[str, Any] = json.loads(str(script.string))
    return found


def test_course_data_says_what_the_page_says(scene: Scene, client: Client) -> None:
    offer = scene.offer("592.00", mode="on_site", city="Cēsis", hours=50)
    group = scene.group(offer, teacher="Izdomāta Skolotāja", place="Ielas iela 1")
    found = course_of(page(client, url(offer)))
    assert found["@type"] == "Course"
    assert found["name"] == offer.version.title_en
    assert found["provider"]["name"] == offer.version.programme.provider.name
    assert found["url"].endswith(url(offer))
    assert [(o["price"], o["priceCurrency"]) for o in found["offers"]] == [("592.00", "EUR")]
    (instance,) = found["hasCourseInstance"]
    assert instance["@type"] == "CourseInstance"
    assert instance["startDate"] == group.starts_on.isoformat()
    assert instance["courseMode"] == "onsite"
    assert instance["courseWorkload"] == "PT37H30M"
    assert instance["instructor"]["name"] == "Izdomāta Skolotāja"
    assert "aggregateRating" not in found


def test_texts_cannot_end_the_script(scene: Scene, client: Client) -> None:
    evil = "</script><script>alert(1)</script><!-- & \u2028"
    offer = scene.offer(summary_en=evil, title_en=evil)
    scene.group(offer, teacher="</script>")
    client.cookies["django_language"] = "en"
    body = client.get(url(offer)).content.decode()
    assert "<script>alert" not in body
    soup = BeautifulSoup(body, "html.parser")
    assert course_of(soup)["description"] == evil
    assert course_of(soup)["hasCourseInstance"][0]["instructor"]["name"] == "</script>"


def test_calendar_of_a_group(scene: Scene, client: Client) -> None:
    offer = scene.offer(title_lv="Ķīmija, fizika; un \\ citi")
    group = scene.group(offer, place="Ielas iela 1, Cēsis", mode="on_site", teacher="Skolotāja X")
    address = reverse("web:calendar", args=[offer.version.programme.slug, group.pk])
    response = client.get(address)
    assert response["Content-Type"].startswith("text/calendar")
    assert "attachment" in response["Content-Disposition"]
    found = Calendar.from_ical(response.content)
    zones = found.walk("VTIMEZONE")
    assert [str(zone["TZID"]) for zone in zones] == ["Europe/Riga"]
    events = found.walk("VEVENT")
    sessions = list(group.sessions.order_by("number"))
    assert len(events) == len(sessions) == 4
    for event, session in zip(events, sessions, strict=True):
        assert event["SUMMARY"] == "Ķīmija, fizika; un \\ citi"
        assert event["DTSTART"].dt.astimezone(RIGA) == session.starts_at
        assert event["DTSTART"].params["TZID"] == "Europe/Riga"
        assert event["DTEND"].dt.astimezone(RIGA) == session.ends_at
        assert event["LOCATION"] == "Ielas iela 1, Cēsis"
        assert str(event["URL"]).endswith(url(offer))
    uids = [str(event["UID"]) for event in events]
    assert len(set(uids)) == 4
    # The same file again, line for line: calendars move what they know instead of doubling it.
    assert client.get(address).content == response.content
    sessions[0].delete()
    assert uids[1] in client.get(address).content.decode().replace("\r\n ", "")


def test_a_group_without_timetable_is_whole_days(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    group = scene.group(offer, sessions=0)
    address = reverse("web:calendar", args=[offer.version.programme.slug, group.pk])
    (event,) = Calendar.from_ical(client.get(address).content).walk("VEVENT")
    assert event["DTSTART"].dt == group.starts_on
    assert event["DTEND"].dt == group.ends_on + timedelta(days=1)


def test_drafts_have_no_calendar(scene: Scene, client: Client) -> None:
    offer, other = scene.offer(), scene.offer()
    draft, foreign = scene.group(offer, opened=False), scene.group(other)
    for group in (draft, foreign):
        for name in ("web:calendar", "web:sessions"):
            address = reverse(name, args=[offer.version.programme.slug, group.pk])
            assert client.get(address).status_code == 404


def test_what_those_who_share_it_see(scene: Scene, client: Client) -> None:
    offer = scene.offer(summary_lv='Par "visu" <b>', summary_en="About all")
    soup = page(client, url(offer), language="lv")
    head = {str(tag["property"]): tag["content"] for tag in soup.select("meta[property]")}
    assert head["og:title"] == offer.version.title_lv
    assert head["og:description"] == 'Par "visu" <b>'
    assert head["og:locale"] == "lv_LV"
    assert str(head["og:image"]).endswith(".png")
    canonical = str(soup.select_one("link[rel=canonical]")["href"])  # type: ignore[index]
    assert canonical.endswith(url(offer))
    assert head["og:url"] == canonical
    languages = {tag["hreflang"]: tag["href"] for tag in soup.select("link[hreflang]")}
    assert languages == {
        "lv": canonical,
        "en": f"{canonical}?lang=en",
        "x-default": canonical,
    }
    # What one only chose in the address makes no page of its own.
    chosen = page(client, f"{url(offer)}?group=x&p=cits&utm=1", language="lv")
    assert chosen.select_one("link[rel=canonical]")["href"] == canonical  # type: ignore[index]


def test_an_address_for_each_language(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    english = client.get(f"{url(offer)}?lang=en")
    assert english["Content-Language"] == "en"
    soup = BeautifulSoup(english.content, "html.parser")
    assert str(soup.select_one("link[rel=canonical]")["href"]).endswith("?lang=en")  # type: ignore[index]
    assert client.get(f"{url(offer)}?lang=xx")["Content-Language"] == "lv"
    # Choosing a language wins over the one in the address.
    switched = client.post(
        reverse("set_language"), {"language": "lv", "next": f"{url(offer)}?lang=en&group=1"}
    )
    assert switched["Location"] == f"{url(offer)}?group=1"


# --- what is over --------------------------------------------------------------------------


def test_a_former_address_leads_to_the_new_one(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    group = scene.group(offer)
    old = url(offer)
    programme = offer.version.programme
    change_programme_slug(programme_id=programme.pk, slug="jauna-adrese", actor=SYSTEM, at=scene.at)
    response = client.get(old)
    assert response.status_code == 301
    assert response["Location"] == "/macibas/jauna-adrese/"
    for rest in (f"nodarbibas/{group.pk}/", f"nodarbibas/{group.pk}/kalendars.ics"):
        response = client.get(old + rest)
        assert (response.status_code, response["Location"]) == (
            301,
            f"/macibas/jauna-adrese/{rest}",
        )
        assert client.get(response["Location"]).status_code == 200
    response = client.get(f"{old}pieteikties/", {"group": str(group.pk)})
    assert response["Location"] == reverse("enrolments:apply", args=[group.pk])


def test_what_is_gone_leads_to_what_is_near(scene: Scene, client: Client) -> None:
    field = f.TermFactory(code="cooking")
    gone = scene.offer(field=field, title_lv="Maizes cepšana")
    alike = scene.offer(field=field, title_lv="Maizes cepšana mājās", title_en="Bread at home")
    other = scene.offer(field=field, title_lv="Zupas", title_en="Soups")
    far = scene.offer(title_lv="Maizes cepšana", title_en="Far away")
    for offer in (gone, alike, other, far):
        scene.group(offer)
    gone.version.move("archive", by=None, at=scene.at)
    soup = page(client, url(gone))
    assert "not offered any more" in words(soup.main)
    assert [words(title) for title in soup.select(".programme-card h3")] == [
        "Bread at home",
        "Soups",
    ]
    assert not conditions(soup)
    assert course_of(soup)["name"] == gone.version.title_en


def test_sessions_of_a_group_that_is_over_stay(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    group = scene.group(offer)
    Group.objects.filter(pk=group.pk).update(
        starts_on=scene.today - timedelta(days=60),
        ends_on=scene.today - timedelta(days=30),
        apply_until=scene.today - timedelta(days=61),
    )
    start_group(group_id=group.pk, actor=SYSTEM, at=scene.at)
    finish_group(group_id=group.pk, actor=SYSTEM, at=scene.at)
    address = reverse("web:sessions", args=[offer.version.programme.slug, group.pk])
    said = words(page(client, address).main)
    assert "This group is over." in said
    assert "4 sessions" in said
    offer.version.move("archive", by=None, at=scene.at)
    assert client.get(address).status_code == 200


# --- cost ----------------------------------------------------------------------------------


@pytest.mark.parametrize("signed_in", [False, True])
def test_queries_of_the_page_do_not_grow(
    scene: Scene,
    client: Client,
    signed_in: bool,
    django_assert_num_queries: Queries,
    django_assert_max_num_queries: Queries,
) -> None:
    offer = scene.offer(education=levels()["general"])
    scene.group(offer)
    if signed_in:
        account = scene.learner()
        educated(account, "vocational", scene)
        client.force_login(account.person.user)
    address = url(offer)
    with django_assert_max_num_queries(26 if signed_in else 9) as few:
        client.get(address)
    for number in range(12):
        scene.group(offer, in_days=20 + number)
        scene.group(scene.offer())
    with django_assert_num_queries(len(few)):  # type: ignore[arg-type]
        client.get(address)


def test_queries_of_a_gone_page_do_not_grow(
    scene: Scene, client: Client, django_assert_num_queries: Queries
) -> None:
    gone = scene.offer()
    for _ in range(3):
        scene.group(scene.offer())
    gone.version.move("archive", by=None, at=scene.at)
    address = url(gone)
    with django_assert_num_queries(8):
        client.get(address)
    for _ in range(6):
        scene.group(scene.offer())
    with django_assert_num_queries(8):
        client.get(address)


def tried_out(scene: Scene, offer: Offer, *, days: int = 30) -> TemporaryStatus:
    """Temporary status of the offer's programme, reviewed in so many days."""
    made: TemporaryStatus = TemporaryStatus.objects.create(
        programme=offer.version.programme,
        recommender=Recommender.EMPLOYER,
        recommended_by="SIA Nosaukums",
        recommendation="Trūkst.",
        starts_on=scene.today - timedelta(days=300),
        review_on=scene.today + timedelta(days=days),
    )
    return made


def test_an_experimental_programme_says_so(scene: Scene, client: Client) -> None:
    offer, other = scene.offer(), scene.offer()
    for each in (offer, other):
        scene.group(each)
    status = tried_out(scene, offer)
    said = words(page(client, url(offer)).main)
    assert "This training is new and is being tried out" in said
    assert "An employer recommends it. It is tried out until" in said
    assert "SIA Nosaukums" not in said
    assert "tried out" not in words(page(client, url(other)).main)
    cards = page(client, reverse("web:catalogue")).select(".programme-card")
    marked = [words(card.h3) for card in cards if "New, being tried out" in words(card)]
    assert marked == [offer.version.title_en]
    TemporaryStatus.objects.update(review_on=scene.today)
    assert "We are looking at its ratings now" in words(page(client, url(offer)).main)
    end_temporary_status(status_id=status.pk, note="Labi", actor=SYSTEM, at=scene.at)
    assert "tried out" not in words(page(client, url(offer)).main)
