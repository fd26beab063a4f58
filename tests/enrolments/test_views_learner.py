"""Applying, withdrawing and confirming in the browser: pages work without JavaScript.

Pages ask for the present moment, so this scene lies around today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from catalogue.models import Group, Offer
from enrolments.enums import ApplicationState
from enrolments.models import Application
from enrolments.services import decisions
from funding import selectors as money
from learning_accounts.models import LearningAccount
from stars.common import formats
from stars.common.dates import add_working_days, now, today
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.enrolments.scene import Scene
from tests.enrolments.test_views_provider import browser
from tests.funding import build

pytestmark = pytest.mark.django_db


@dataclass
class Here:
    """A learner with 500 €, signed in, and a programme of 570 € that begins in a month."""

    account: LearningAccount
    offer: Offer
    group: Group
    client: Client

    def draft(self) -> Application:
        """Step 1 done."""
        answer = self.client.post(self.page("apply", self.group.pk), {"group": self.group.pk})
        assert answer.status_code == 302, answer.content.decode()
        return Application.objects.get(state=ApplicationState.DRAFT)

    def page(self, name: str, key: object) -> str:
        return reverse(f"enrolments:{name}", args=[key])

    def ready(self) -> Application:
        """Steps 1–3 done."""
        draft = self.draft()
        answer = self.client.post(
            self.page("apply_support", draft.pk),
            {"funding": "support", "payer": "person"},
        )
        assert answer.status_code == 302, answer.content.decode()
        answer = self.client.post(
            self.page("apply_data", draft.pk),
            {"email": "jauns@stars.example", "phone": "", "understood": "on"},
        )
        assert answer.status_code == 302, answer.content.decode()
        return draft

    def send(self, draft: Application, support: str = "500.00", group: object = None):
        return self.client.post(
            self.page("apply_check", draft.pk),
            {"group": str(group or self.group.pk), "support": support},
        )


@pytest.fixture
def here(db: None) -> Here:
    world = build.world()
    world.source.ends_on = today() + timedelta(days=400)
    world.source.save()
    round_now = world.rounds[2]
    type(round_now).objects.filter(pk=round_now.pk).update(
        due_on=today() - timedelta(days=30), ends_at=now() + timedelta(days=150), previous=None
    )
    account = build.person(world, opened=now() - timedelta(days=60), asked=now())
    round_now.refresh_from_db()
    build.run(world, 2, now())
    programme = f.ProgrammeFactory(provider=world.provider)
    version = f.VersionFactory(programme=programme, published=True)
    offer = f.OfferFactory(version=version, source=world.source.term, price=Decimal("570.00"))
    group = f.group(version, starts_on=today() + timedelta(days=30), at=now())
    user = account.person.user
    assert user is not None
    return Here(account, offer, group, browser(user))


def text_of(answer) -> str:
    return answer.content.decode()


def test_four_steps_and_sent(here: Here) -> None:
    first = here.client.get(here.page("apply", here.group.pk))
    assert first.status_code == 200
    assert not Application.objects.exists()  # looking writes nothing
    draft = here.draft()
    support = text_of(here.client.get(here.page("apply_support", draft.pk)))
    assert "70" in support
    assert "500" in support
    here.ready()
    data = text_of(here.client.get(here.page("apply_data", draft.pk)))
    assert here.account.person.family_name in data
    check = here.client.get(here.page("apply_check", draft.pk))
    assert check.status_code == 200
    sent = here.send(draft)
    assert (sent.status_code, sent.headers["Location"]) == (302, here.page("application", draft.pk))
    draft.refresh_from_db()
    assert draft.state == ApplicationState.SUBMITTED
    assert money.money(here.account, now()).held == Decimal(500)
    page = here.client.get(sent.headers["Location"])
    assert page.status_code == 200
    here.account.person.refresh_from_db()
    assert here.account.person.email == "jauns@stars.example"


def test_a_draft_is_resumed_where_it_was(here: Here) -> None:
    draft = here.draft()
    here.client.post(
        here.page("apply_support", draft.pk),
        {"funding": "own", "payer": "employer"},
    )
    draft.refresh_from_db()
    assert (draft.use_support, draft.payer) == (False, "employer")
    answer = here.client.get(here.page("application", draft.pk))
    assert answer.headers["Location"] == here.page("apply_data", draft.pk)
    page = text_of(here.client.get(here.page("apply_support", draft.pk)))
    assert 'value="employer" id' in page or 'value="employer"' in page
    # Beginning again at the programme leads to the same draft.
    here.draft()
    assert Application.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"payer": "person"},
        {"funding": "support"},
        {"funding": "own"},
        {"funding": "gold", "payer": "person"},
        {"funding": "support", "payer": "uncle"},
    ],
)
def test_step_two_says_what_is_missing(here: Here, fields: dict[str, str]) -> None:
    draft = here.draft()
    answer = here.client.post(here.page("apply_support", draft.pk), fields)
    assert answer.status_code == 400
    assert "error-summary" in text_of(answer)
    assert "?:" not in text_of(answer)
    draft.refresh_from_db()
    assert not draft.knows_consequences


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "", "phone": ""},
        {"email": "nav adrese", "phone": ""},
        {"email": "", "phone": "123"},
        {"email": "", "phone": "abcdefgh"},
        {"email": "jauns@stars.example", "phone": "", "understood": ""},
    ],
)
def test_step_three_says_what_is_missing(here: Here, fields: dict[str, str]) -> None:
    draft = here.draft()
    answer = here.client.post(here.page("apply_data", draft.pk), {"understood": "on", **fields})
    assert answer.status_code == 400
    assert "error-summary" in text_of(answer)
    draft.refresh_from_db()
    assert not draft.knows_consequences


@pytest.mark.parametrize(
    "fields",
    [{}, {"group": "x", "support": "500.00"}, {"group": "", "support": "1.234"}],
)
def test_step_four_with_a_spoiled_form_sends_nothing(here: Here, fields: dict[str, str]) -> None:
    draft = here.ready()
    answer = here.client.post(here.page("apply_check", draft.pk), fields)
    assert answer.status_code == 400
    draft.refresh_from_db()
    assert draft.state == ApplicationState.DRAFT


def test_sending_twice_ends_at_the_same_page(here: Here) -> None:
    draft = here.ready()
    first, second = here.send(draft), here.send(draft)
    assert first.headers["Location"] == second.headers["Location"]
    assert Group.objects.get(pk=here.group.pk).taken == 1
    # The steps of an application that was sent lead to it.
    for name in ("apply_change", "apply_support", "apply_data", "apply_check"):
        answer = here.client.get(here.page(name, draft.pk))
        assert answer.headers["Location"] == here.page("application", draft.pk), name


def test_what_is_chosen_is_kept_without_going_on(here: Here) -> None:
    draft = here.draft()
    answer = here.client.post(
        here.page("apply_keep", draft.pk), {"funding": "support", "payer": "family"}
    )
    assert "Saved" in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.payer, draft.knows_consequences) == ("family", False)

    half = {"email": "jauns@", "phone": "", "later": "1"}
    answer = here.client.post(here.page("apply_keep", draft.pk), half)
    assert answer["Location"] == reverse("web:account")
    here.client.post(
        here.page("apply_keep", draft.pk),
        {"email": "jauns@stars.example", "phone": "", "understood": "on"},
    )
    draft.refresh_from_db()
    assert draft.knows_consequences
    here.account.person.refresh_from_db()
    assert here.account.person.email == "jauns@stars.example"

    for spoiled in ({"funding": "?", "payer": "?"}, {}, {"later": "1"}):
        assert here.client.post(here.page("apply_keep", draft.pk), spoiled).status_code < 400
    draft.refresh_from_db()
    assert draft.payer == "family"


def test_a_finished_draft_goes_on_at_the_last_step(here: Here) -> None:
    draft = here.ready()
    answer = here.client.get(here.page("application", draft.pk))
    assert answer.headers["Location"] == here.page("apply_check", draft.pk)


def test_the_last_step_says_the_day_of_the_answer_and_what_clashes(here: Here) -> None:
    draft = here.ready()
    where = here.page("apply_check", draft.pk)
    page = text_of(here.client.get(where))
    by = add_working_days(today(), 5)
    assert formats.until(by, "en", today=today()) in page
    assert "at the same time" not in page
    programme = f.ProgrammeFactory(provider=here.offer.version.programme.provider)
    version = f.VersionFactory(programme=programme, published=True)
    other = f.OfferFactory(version=version)
    group = f.group(version, starts_on=here.group.starts_on, at=now())
    Application.objects.create(
        account=here.account,
        offer=other,
        group=group,
        state=ApplicationState.SUBMITTED,
        submitted_at=now(),
        decide_by=today(),
    )
    assert "at the same time" in text_of(here.client.get(where))


def test_the_page_says_what_comes_next_with_its_days(here: Here) -> None:
    draft = here.ready()
    here.send(draft)
    page, where = here.page("application", draft.pk), formats.day
    draft.refresh_from_db()
    assert draft.decide_by == add_working_days(today(), 5)
    text = text_of(here.client.get(page))
    assert "What comes next" in text
    assert "The last day for the provider" in text
    assert where(draft.decide_by, "en") in text
    assert "The training begins." in text
    decisions.approve(application_id=draft.pk, actor=SYSTEM, at=now())
    text = text_of(here.client.get(page))
    assert "The last day for the provider" not in text
    assert "The last day of the training." in text
    assert "By this day the provider records how it ended." in text
    decisions.withdraw(application_id=draft.pk, actor=SYSTEM, at=now())
    text = text_of(here.client.get(page))
    assert "What comes next" not in text
    assert "What has happened" in text


def test_the_programme_says_that_one_has_applied(here: Here) -> None:
    page = reverse("web:programme", args=[here.offer.version.programme.slug])
    assert "price-box" in here.client.get(page).content.decode()
    ready = here.ready()
    here.send(ready)
    text = here.client.get(page).content.decode()
    assert here.page("application", ready.pk) in text
    assert "price-box" not in text


def test_a_withdrawn_application_shows_no_sum_any_more(here: Here) -> None:
    ready = here.ready()
    here.send(ready)
    page = here.page("application", ready.pk)
    assert "price-box" in here.client.get(page).content.decode()
    decisions.withdraw(application_id=ready.pk, actor=SYSTEM, at=now())
    assert "price-box" not in here.client.get(page).content.decode()


def test_two_windows_with_different_groups(here: Here) -> None:
    other = f.group(here.offer.version, starts_on=today() + timedelta(days=60), at=now())
    draft = here.ready()
    here.client.post(here.page("apply_change", draft.pk), {"group": str(other.pk)})
    answer = here.send(draft)
    assert answer.status_code == 409
    assert "another window" in text_of(answer)
    # The page now shows the other group, and confirming that works.
    assert here.send(draft, group=other.pk).status_code == 302


def test_the_sum_changed_since_it_was_seen(here: Here) -> None:
    draft = here.ready()
    answer = here.send(draft, support="570.00")
    assert answer.status_code == 409
    text = text_of(answer)
    assert "has changed" in text
    assert 'value="500.00"' in text
    draft.refresh_from_db()
    assert draft.state == ApplicationState.DRAFT


def test_the_group_filled_up(here: Here) -> None:
    draft = here.ready()
    Group.objects.filter(pk=here.group.pk).update(taken=12)
    answer = here.send(draft)
    assert answer.status_code == 409
    assert "just taken" in text_of(answer)
    # In step 1 it is still shown, and cannot be chosen again.
    again = here.client.post(here.page("apply", here.group.pk), {"group": str(here.group.pk)})
    assert again.status_code == 409


def test_the_group_closed_while_one_was_reading(here: Here) -> None:
    draft = here.ready()
    Group.objects.filter(pk=here.group.pk).update(apply_until=today() - timedelta(days=1))
    answer = here.send(draft)
    assert answer.status_code == 409
    assert "last day for applying" in text_of(answer)
    assert here.client.get(here.page("apply", here.group.pk)).status_code in (200, 409)


def test_applying_again_leads_to_the_first_application(here: Here) -> None:
    draft = here.ready()
    here.send(draft)
    answer = here.client.post(here.page("apply", here.group.pk), {"group": str(here.group.pk)})
    assert answer.headers["Location"] == here.page("application", draft.pk)


@pytest.mark.parametrize("group", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_group_that_is_none(here: Here, group: str) -> None:
    answer = here.client.post(here.page("apply", here.group.pk), {"group": group})
    assert answer.status_code in (400, 404)
    assert not Application.objects.exists()


def test_withdrawing_says_first_what_happens(here: Here) -> None:
    draft = here.ready()
    here.send(draft)
    address = here.page("withdraw", draft.pk)
    question = here.client.get(address)
    assert question.status_code == 200
    assert "500" in text_of(question)
    draft.refresh_from_db()
    assert draft.state == ApplicationState.SUBMITTED
    assert here.client.post(address).status_code == 302
    draft.refresh_from_db()
    assert draft.state == ApplicationState.WITHDRAWN
    assert money.free_money(here.account, now()) == Decimal(500)
    assert here.client.post(address).status_code == 302
    assert here.client.get(address).status_code == 302
    assert here.client.get(here.page("application", draft.pk)).status_code == 200


def test_withdrawing_after_the_start(here: Here) -> None:
    draft = here.ready()
    here.send(draft)
    decisions.approve(application_id=draft.pk, actor=SYSTEM, at=now())
    Group.objects.filter(pk=here.group.pk).update(starts_on=today())
    answer = here.client.post(here.page("withdraw", draft.pk))
    assert answer.status_code == 409
    assert "has begun" in text_of(answer)


def test_confirming_a_completion(scene: Scene) -> None:
    participation = scene.completed()
    client = browser(participation.account.person.user)
    page = reverse("enrolments:application", args=[participation.application_id])
    confirm = reverse("enrolments:confirm", args=[participation.application_id])
    assert confirm in text_of(client.get(page))
    assert client.get(confirm).status_code == 405
    assert client.post(confirm).status_code == 302
    participation.refresh_from_db()
    assert participation.confirmed_by == "learner"
    assert confirm not in text_of(client.get(page))
    assert client.post(confirm).status_code == 302


@pytest.mark.parametrize("state", ["applied", "admitted", "learning", "completed"])
def test_the_page_of_an_application_in_every_state(scene: Scene, state: str) -> None:
    made = getattr(scene, state)()
    application = made if isinstance(made, Application) else made.application
    client = browser(application.account.person.user)
    for language in ("lv", "en"):
        client.cookies["django_language"] = language
        answer = client.get(reverse("enrolments:application", args=[application.pk]))
        assert answer.status_code == 200


def test_others_get_in_nowhere(scene: Scene) -> None:
    application = scene.applied()
    draft = scene.draft(scene.learner())
    stranger = browser(scene.learner().person.user)
    staff = browser(scene.staff)
    administrator = browser(f.MembershipFactory(administrator=True).user)
    names = (
        *("application", "withdraw", "confirm", "apply_change", "apply_support", "apply_data"),
        *("apply_check", "apply_path"),
    )
    for name in names:
        for row in (application, draft):
            address = reverse(f"enrolments:{name}", args=[row.pk])
            for client in (stranger, staff, administrator):
                assert client.get(address).status_code in (404, 405), name
                assert client.post(address, {}).status_code in (404, 405), name
            assert Client().get(address).status_code == 302, name


def test_staff_without_an_account_cannot_apply(scene: Scene) -> None:
    answer = browser(scene.staff).get(reverse("enrolments:apply", args=[scene.group.pk]))
    assert answer.status_code == 403
