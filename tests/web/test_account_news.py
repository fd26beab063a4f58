"""What the account page says above the money: what is missing, what is owed, whom to ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import PersonFact
from funding.enums import SchemeKind
from funding.models import AllocationRound, Commitment, Grant, PolicyVersion, Scheme
from funding.services import cover, rounds
from funding.services.reminders import remind
from learning_accounts.models import LearningPath
from stars.common.dates import now, riga_date, start_of_day
from stars.common.permissions import SYSTEM
from stars.vocabularies.models import Term
from tests.funding import aid as aids
from tests.funding import build
from tests.web.scene import Scene
from tests.web.test_account import page, words

PROFILE = "/konts/profils/"


def answers() -> dict[str, str]:
    """A code of each list, whatever they hold."""
    found = {}
    for field, code in (("education", "education_level"), ("employment", "employment_status")):
        row = Term.objects.filter(vocabulary__code=code, vocabulary__current=True).first()
        found[field] = (row or build.term(code, f"{field}-x")).code
    return found


LATGALE = [{"criterion": "region", "any_of": ["latgale"]}]


def rules(scene: Scene, criteria: Any = build.ADULT, **terms: Any) -> PolicyVersion:
    """Rules of another scheme of the same source: a version is never edited."""
    number = Scheme.objects.count()
    scheme = Scheme.objects.create(
        source=scene.source, kind=SchemeKind.ALLOCATION, code=f"other-{number}", order=9
    )
    return build.policy(scheme, {**build.ALLOCATION_TERMS, **terms}, criteria)


class TestProfile:
    def test_what_is_missing_is_said_and_filled_in(self, scene: Scene, client: Client) -> None:
        account = scene.learner(money=False, profile_completed_at=None)
        client.force_login(account.person.user)
        notice = page(client, "/konts/").select_one(".notice")
        assert "Fill in your profile" in words(notice)
        assert "on its way" not in words(notice)
        link = notice.select_one("a") if notice else None
        assert link and link["href"] == PROFILE
        assert client.post(PROFILE, answers()).status_code == 302
        account.refresh_from_db()
        assert account.profile_completed_at is not None
        said = PersonFact.objects.filter(person=account.person, source="declaration")
        assert {fact.kind for fact in said} == {"education", "employment"}
        assert "on its way" in words(page(client, "/konts/").main)
        rounds.run(code=scene.round.code, at=now(), actor=SYSTEM)
        assert Grant.objects.filter(account=account).exists()

    @pytest.mark.parametrize("wrong", [{}, {"education": "x", "employment": "\x00"}])
    def test_bad_answers_are_said_at_their_fields(
        self, scene: Scene, client: Client, wrong: dict[str, str]
    ) -> None:
        account = scene.learner(money=False, profile_completed_at=None)
        client.force_login(account.person.user)
        answer = client.post(PROFILE, wrong)
        assert answer.status_code == 400
        soup = BeautifulSoup(answer.content, "html.parser")
        hrefs = [str(link["href"]) for link in soup.select(".error-summary a")]
        assert hrefs == ["#id_education", "#id_employment"]
        account.refresh_from_db()
        assert account.profile_completed_at is None

    def test_a_profile_that_is_complete_keeps_its_day(self, scene: Scene, client: Client) -> None:
        account = scene.learner()
        before = account.profile_completed_at
        client.force_login(account.person.user)
        assert client.post(PROFILE, answers()).status_code == 302
        account.refresh_from_db()
        assert account.profile_completed_at == before


class TestNoGrant:
    def link(self, client: Client) -> str:
        link = page(client, "/konts/").select_one(".notice a")
        assert link is not None
        return str(link["href"])

    def test_a_condition_that_is_not_met_can_be_put_before_a_person(
        self, scene: Scene, client: Client
    ) -> None:
        scene.round.policy = rules(scene, criteria=LATGALE)
        scene.round.save(update_fields=["policy"])
        account = scene.learner(money=False)
        client.force_login(account.person.user)
        assert "You do not receive the money" in words(page(client, "/konts/"))
        assert self.link(client) == f"/konts/iebildums/?par=round:{scene.round.pk}"
        assert client.get(self.link(client)).status_code == 200

    def test_the_young_can_ask_as_well(self, scene: Scene, client: Client) -> None:
        born = scene.today - timedelta(days=365 * 17)
        account = scene.learner(money=False, person__birth_date=born)
        client.force_login(account.person.user)
        assert "from the age of 18" in words(page(client, "/konts/").select_one(".notice"))
        assert client.get(self.link(client)).status_code == 200

    def test_a_later_round_that_fits_is_waited_for(self, scene: Scene, client: Client) -> None:
        """A round for others does not say no to somebody who gets the next one."""
        other = rules(scene, criteria=LATGALE)
        AllocationRound.objects.create(
            code="others",
            policy=other,
            due_on=scene.today - timedelta(days=60),
            ends_at=start_of_day(scene.today + timedelta(days=60)),
        )
        account = scene.learner(money=False)
        client.force_login(account.person.user)
        assert "on its way" in words(page(client, "/konts/").select_one(".notice"))


def ends_in(grant: Grant, days: int) -> None:
    grant.ends_at = start_of_day(riga_date(now()) + timedelta(days=days + 1))
    grant.save(update_fields=["ends_at"])


def test_money_that_is_kept_by_itself_does_not_threaten(scene: Scene, client: Client) -> None:
    scene.round.policy = rules(
        scene,
        at_end="accumulate",
        accumulate_times=1,
        accumulate_months=6,
        accumulate_parts=["whole", "rest"],
    )
    scene.round.save(update_fields=["policy"])
    account = scene.learner()
    grant = Grant.objects.get()
    ends_in(grant, 7)
    client.force_login(account.person.user)
    soup = page(client, "/konts/")
    assert "is extended by itself" in words(soup.select_one(".notice"))
    assert "leave your account unless" not in words(soup.main)
    assert soup.select(".notice-wait") == []
    assert remind(at=now()) == 0
    # Under other rules the same grant ends.
    grant.policy = rules(scene)
    grant.save(update_fields=["policy"])
    assert "leave your account unless" in words(page(client, "/konts/").main)
    assert remind(at=now()) == 1


def covered() -> Commitment:
    """Somebody who learns with full cover now, and no longer has a learning path."""
    w = build.world(full={"withdraw_when_cover_is_lost": True, "cover_notice_days": 14})
    w.source.ends_on = w.source.ends_on.replace(year=2035)
    w.source.save(update_fields=["ends_on"])
    account = build.person(w)
    path = LearningPath.objects.create(account=account, goal="x", begun_at=aids.HELD)
    what = build.offer(w, "2127.19", "further_education")
    held = build.hold(account, what, now() - timedelta(days=30), support="2127.19")
    path.delete()
    return held


@pytest.mark.django_db
def test_full_cover_that_is_lost_is_said_with_the_sum(client: Client) -> None:
    held = covered()
    client.force_login(held.account.person.user)
    assert "may end" not in words(page(client, "/konts/"))
    cover.review(at=now() - timedelta(days=2))
    soup = page(client, "/konts/")
    assert "may end" in words(soup.select_one(".notice-wait"))
    # As if the days were over.
    cover.review(at=now() + timedelta(days=20))
    notice = page(client, "/konts/").select_one(".notice-error")
    assert "You owe the project 2 127.19 €" in words(notice)
    assert notice is not None
    link = notice.select_one("a")
    assert link is not None
    decision = page(client, str(link["href"]))
    assert decision.select(f"a[href='/konts/iebildums/?par=commitment:{held.pk}']")
    cover.keep(held, now())
    assert page(client, "/konts/").select(".notice-error") == []


@pytest.mark.django_db
def test_monthly_aid_that_can_be_asked_for_is_on_the_account_page(client: Client) -> None:
    w = build.world()
    w.source.ends_on = w.source.ends_on.replace(year=2035)
    w.source.save(update_fields=["ends_on"])
    aids.with_aid(w)
    aids.with_aid(w, "transport", "50.00")
    held = aids.learner(w)
    client.force_login(held.account.person.user)
    link = f"main a[href='{reverse('funding:aid', args=[held.pk])}']"
    soup = page(client, "/konts/")
    assert "You can ask for monthly support" in words(soup.main)
    assert len(soup.select(link)) == 1
    aids.ask(held, at=now())
    aids.ask(held, "transport", monthly=40, at=now())
    soup = page(client, "/konts/")
    assert "You can ask for monthly support" not in words(soup.main)
    assert len(soup.select(link)) == 2
