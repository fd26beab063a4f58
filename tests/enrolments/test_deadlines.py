"""Deadlines that run by themselves: results within two working days, and the table of all."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from catalogue.models import Group
from enrolments.enums import ParticipationState
from enrolments.messages_results import remind_of_results
from enrolments.models import Participation
from enrolments.rules import results_due, results_due_through
from stars.common.dates import riga_date, today
from stars.notifications.kinds import render
from stars.notifications.models import Message, OutboxEmail
from tests import factories as f
from tests.enrolments.scene import STARTED, Scene, riga
from tests.enrolments.test_views_provider import browser
from tests.signin import as_staff

DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    "last,due",
    [
        (date(2026, 3, 31), date(2026, 4, 2)),  # Tuesday: Thursday
        (date(2026, 4, 1), date(2026, 4, 7)),  # before Easter: the holidays do not count
        (date(2026, 5, 8), date(2026, 5, 12)),  # Friday: Tuesday
        (date(2026, 5, 9), date(2026, 5, 12)),  # Saturday
    ],
)
def test_two_working_days(last: date, due: date) -> None:
    assert results_due(last) == due


@given(DAYS)
def test_what_is_due_through_a_day_is_exactly_that(day: date) -> None:
    last = results_due_through(day)
    assert results_due(last) <= day < results_due(last + timedelta(days=1))


# --- the provider is asked ------------------------------------------------------------------------


def asked() -> list[Message]:
    return list(Message.objects.filter(kind="results_due").order_by("pk"))


@pytest.mark.django_db
def test_asked_from_the_last_day_on_once_a_day_and_on_working_days(scene: Scene) -> None:
    scene.learning()
    assert scene.group.ends_on == date(2026, 3, 31)
    assert remind_of_results(at=riga(2026, 4, 1, 8)) == 0
    for _again in range(2):
        assert remind_of_results(at=riga(2026, 4, 2, 8)) == 1
    assert len(asked()) == 1
    for day in (3, 4, 5, 6):  # Good Friday to Easter Monday
        assert remind_of_results(at=riga(2026, 4, day, 8)) == 0
    assert remind_of_results(at=riga(2026, 4, 7, 8)) == 1
    assert [message.user for message in asked()] == [scene.staff, scene.staff]
    assert OutboxEmail.objects.filter(message__in=asked()).count() == 2


@pytest.mark.django_db
def test_nobody_is_asked_once_everybody_has_a_result(scene: Scene) -> None:
    scene.completed()
    assert remind_of_results(at=riga(2026, 4, 7, 8)) == 0
    assert asked() == []


@pytest.mark.django_db
def test_many_groups_are_one_message_to_each_who_works_there(scene: Scene) -> None:
    colleague = f.MembershipFactory(organisation=scene.world.provider.organisation).user
    f.MembershipFactory()  # works elsewhere
    scene.learning()
    offer, group = scene.another_offer("60.00")
    scene.learning(offer=offer, group=group, support="60.00")
    assert remind_of_results(at=riga(2026, 4, 7, 8)) == 1
    assert {message.user for message in asked()} == {scene.staff, colleague}
    with override("en"):
        (words,) = render("results_due", [asked()[0].params])
    assert words is not None
    assert "1 more group waits." in words.text and "2\xa0April" in words.text


# --- and sees the clock ---------------------------------------------------------------------------


def text_at(scene: Scene, name: str) -> str:
    page = browser(scene.staff).get(reverse(name, args=[scene.group.pk]))
    assert page.status_code == 200
    return BeautifulSoup(page.content, "html.parser").get_text(" ", strip=True)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["provider_group", "provider_completion"])
def test_the_pages_show_until_when(scene: Scene, page: str) -> None:
    scene.learning()
    assert "The two working days for results are over." in text_at(scene, f"enrolments:{page}")
    Group.objects.update(ends_on=today())
    assert "within two working days" in text_at(scene, f"enrolments:{page}")


@pytest.mark.django_db
def test_no_clock_where_nothing_waits(scene: Scene) -> None:
    scene.admitted()
    assert "two working days" not in text_at(scene, "enrolments:provider_group")


@pytest.mark.django_db
def test_the_agency_sees_groups_that_are_late(client: Client, scene: Scene) -> None:
    scene.learning()
    boss = f.MembershipFactory(administrator=True).user
    as_staff(client, boss)
    boss.is_staff = True
    boss.save()
    client.cookies["django_language"] = "en"

    def line() -> str:
        soup = BeautifulSoup(client.get("/admin/").content, "html.parser")
        found = soup.find("a", string=None, href=re.compile("ends_on__lte"))
        assert found is not None
        return found.get_text(" ", strip=True) + "|" + str(found["href"])

    text, _sep, address = line().partition("|")
    assert text == "Groups whose results are overdue 1"
    assert scene.group.code in client.get(address).content.decode()
    Participation.objects.update(state=ParticipationState.COMPLETED, outcome_on=riga_date(STARTED))
    assert line().startswith("Groups whose results are overdue 0")


# --- the page of what happens by itself -----------------------------------------------------------


def test_every_task_that_the_page_names_is_in_the_schedule() -> None:
    page = Path(settings.BASE_DIR, "docs/operations.md").read_text(encoding="utf-8")
    part = page.partition("## What happens by itself")[2].partition("## Logs")[0]
    named = set(re.findall(r"`(enrolments\.tasks\.\w+)`", part))
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named == {
        f"enrolments.tasks.{name}" for name in ("daily", "pass_places_on", "attendance")
    }
    assert named <= planned
    times = re.findall(r"\b(\d\d):(\d\d)\b", part)
    crontabs = {
        (min(entry["schedule"].hour), min(entry["schedule"].minute))
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if entry["task"] in named and len(entry["schedule"].hour) == 1
    }
    assert {(int(hour), int(minute)) for hour, minute in times} == crontabs
