"""The first page of the workspace: what waits, with few rows and with many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.enums import VersionState
from catalogue.models import Group
from enrolments import selectors_dashboard as selectors
from enrolments.models import Participation
from stars.common.dates import now, start_of_day
from tests import factories as f
from tests.enrolments.scene import ENDED, STARTED, STARTS, Scene
from tests.enrolments.test_views_provider import browser
from tests.signin import as_staff

pytestmark = pytest.mark.django_db
HOME = "/darbvieta/"


def page(client: Client) -> str:
    response = client.get(HOME)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


def test_applications_and_groups_that_begin(scene: Scene) -> None:
    scene.applied()
    providers = [scene.world.provider]
    found = selectors.answers(providers)
    assert found.count == 1
    assert found.first_day is not None
    soon = start_of_day(STARTS - timedelta(days=14))
    assert selectors.starting(providers, soon) == [scene.group]
    assert selectors.starting(providers, soon - timedelta(minutes=1)) == []
    assert selectors.starting(providers, start_of_day(STARTS + timedelta(days=1))) == []


def test_attendance_that_is_missing(scene: Scene) -> None:
    one, other = scene.admitted(), scene.learning()
    one.refresh_from_db()
    providers = [scene.world.provider]
    assert selectors.to_mark(providers, STARTED).count == 0
    everything = selectors.to_mark(providers, ENDED)
    assert everything.count == scene.group.sessions.count()
    assert everything.rows[0].number == 1
    scene.attend(one, True)
    assert selectors.to_mark(providers, ENDED).count == everything.count  # the other is not marked
    scene.attend(other, False)
    assert selectors.to_mark(providers, ENDED).count == everything.count - 1


def test_results_within_two_working_days(scene: Scene) -> None:
    scene.learning()
    providers = [scene.world.provider]
    group = Group.objects.get(pk=scene.group.pk)
    assert selectors.to_complete(providers, start_of_day(group.ends_on) - timedelta(hours=1)) == []
    (due,) = selectors.to_complete(providers, start_of_day(group.ends_on))
    assert (due.people, due.overdue) == (1, False)
    assert due.due_on > group.ends_on
    (late,) = selectors.to_complete(providers, start_of_day(due.due_on + timedelta(days=1)))
    assert late.overdue
    Participation.objects.update(state="completed", outcome_on=group.ends_on)
    assert selectors.to_complete(providers, ENDED) == []


def test_the_page_says_it(scene: Scene) -> None:
    scene.applied()
    scene.learning()
    version = f.VersionFactory(programme=f.ProgrammeFactory(provider=scene.world.provider))
    for state in (VersionState.SUBMITTED, VersionState.IN_REVIEW, VersionState.RETURNED):
        version.state = state
        version.save(update_fields=["state"])
    text = page(browser(scene.staff))
    assert "Answer 1 application" in text
    assert "Mark attendance in" in text
    assert "The two working days are over." in text
    assert "Mend the programme that came back" in text
    assert "Begin here" not in text


def test_a_new_provider_learns_where_to_begin() -> None:
    provider = f.ProviderFactory()
    text = page(browser(f.MembershipFactory(organisation=provider.organisation).user))
    assert "Begin here" in text
    assert "Write your first programme" in text


def test_nothing_of_another_provider(scene: Scene) -> None:
    scene.applied()
    scene.learning()
    other = f.ProviderFactory()
    rival = Client()
    rival.cookies["django_language"] = "en"
    as_staff(rival, f.MembershipFactory(organisation=other.organisation).user)
    text = page(rival)
    assert "Answer" not in text
    assert "Mark attendance" not in text
    assert scene.group.code not in text


def test_queries_do_not_grow(scene: Scene) -> None:
    scene.applied()
    scene.learning()
    client = browser(scene.staff)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(HOME)
        return len(caught)

    few = queries()
    for _n in range(4):
        offer, group = scene.another_offer("60.00")
        scene.learning(offer=offer, group=group, support="60.00")
    f.group(scene.offer.version, starts_on=now().date() + timedelta(days=5), at=now())
    assert queries() == few
    assert few <= 25


def test_a_group_whose_first_day_has_come_waits_to_be_started(scene: Scene) -> None:
    scene.admitted()
    providers = [scene.world.provider]
    assert selectors.to_start(providers, start_of_day(STARTS) - timedelta(minutes=1)) == []
    assert selectors.to_start(providers, start_of_day(STARTS)) == [scene.group]
    assert selectors.to_start([], STARTED) == []
    scene.learning()
    assert selectors.to_start(providers, STARTED) == []
