"""Who is told what, once, and in which words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from enrolments import messages, tasks
from enrolments.models import Application
from enrolments.services import decisions, outcomes
from stars.common.errors import Invalid
from stars.notifications import kinds
from stars.notifications.models import Message, OutboxEmail
from tests import factories as f
from tests.enrolments.scene import DECIDED, ENDED, Scene, riga

pytestmark = pytest.mark.django_db


def told(user: Any) -> list[str]:
    return list(
        Message.objects.filter(user=user)
        .order_by("created_at", "pk")
        .values_list("kind", flat=True)
    )


def test_sending_tells_the_learner_and_the_whole_staff_of_the_provider(scene: Scene) -> None:
    provider = scene.world.provider.organisation
    colleague = f.MembershipFactory(organisation=provider, admin=True).user
    former = f.MembershipFactory(organisation=provider, ended=True).user
    stranger = f.MembershipFactory(admin=True).user
    application = scene.applied()
    assert "application_submitted" in told(application.account.person.user)
    assert told(scene.staff) == told(colleague) == ["application_received"]
    assert told(former) == told(stranger) == []
    # The staff look into the workspace; only the learner gets an e-mail.
    kinds_of_mail = set(OutboxEmail.objects.values_list("message__kind", flat=True))
    assert "application_received" not in kinds_of_mail
    assert "application_submitted" in kinds_of_mail


def test_somebody_with_two_roles_is_told_once(scene: Scene) -> None:
    f.MembershipFactory(
        user=scene.staff, organisation=scene.world.provider.organisation, admin=True
    )
    scene.applied()
    assert told(scene.staff) == ["application_received"]


def test_each_answer_has_its_words(scene: Scene) -> None:
    approved = scene.admitted().application
    rejected = scene.applied()
    decisions.reject(application_id=rejected.pk, actor=scene.staff, at=DECIDED, note="Nē.")
    lapsed = scene.applied()
    decisions.lapse_overdue(at=riga(2026, 2, 10))
    with override("en"):
        for application, words in (
            (approved, "You are admitted"),
            (rejected, "could not admit"),
            (lapsed, "did not answer"),
        ):
            message = Message.objects.get(
                kind="application_decided", user=application.account.person.user
            )
            (context,) = messages.in_words([message.params])
            assert context is not None
            assert words in context["decision"]
            assert context["title"] == scene.offer.version.title_en
    with override("lv"):
        (context,) = messages.in_words([message.params])
        assert context is not None
        assert context["title"] == scene.offer.version.title_lv


def test_messages_name_nobody(scene: Scene) -> None:
    application = scene.applied()
    person = application.account.person
    for message in Message.objects.all():
        assert person.family_name not in str(message.params)
        assert person.given_name not in str(message.params)
        subject = str(kinds.get(message.kind).subject)
        assert "%(" not in subject


def test_many_messages_cost_one_query(scene: Scene, django_assert_num_queries) -> None:
    batch = [{"application_id": str(scene.applied().pk)} for _ in range(3)]
    gone = {"application_id": "00000000-0000-4000-8000-000000000000"}
    with django_assert_num_queries(1):
        words = messages.in_words([*batch, gone])
    assert words[-1] is None
    assert all(words[:-1])


def test_reminders_three_days_and_one_day_before(scene: Scene) -> None:
    participation = scene.admitted()
    user = participation.account.person.user
    assert messages.remind_of_starts(at=riga(2026, 2, 27)) == 0
    assert messages.remind_of_starts(at=riga(2026, 2, 28)) == 1
    assert messages.remind_of_starts(at=riga(2026, 2, 28)) == 0
    assert messages.remind_of_starts(at=riga(2026, 3, 2)) == 1
    assert told(user).count("group_starts") == 2


def test_nobody_is_reminded_of_a_group_they_left(scene: Scene) -> None:
    participation = scene.admitted()
    decisions.withdraw(
        application_id=participation.application_id,
        actor=participation.account.person.user,
        at=DECIDED,
    )
    assert messages.remind_of_starts(at=riga(2026, 2, 28)) == 0
    assert told(scene.staff)[-1] == "application_withdrawn"


def test_completion_asks_to_confirm_and_an_early_end_is_told(scene: Scene) -> None:
    first, second = scene.admitted(), scene.completed()
    first.refresh_from_db()
    assert "completion_recorded" in told(second.account.person.user)
    outcomes.interrupt(
        participation_id=first.pk,
        on=date(2026, 3, 20),
        note="Pārtrauca.",
        actor=scene.staff,
        at=ENDED,
    )
    assert "ended_early" in told(first.account.person.user)


def test_somebody_without_sign_in_is_not_told(scene: Scene) -> None:
    application = scene.applied()
    person = application.account.person
    person.user = None
    person.save()
    decisions.approve(application_id=application.pk, actor=scene.staff, at=DECIDED)
    assert not Message.objects.filter(kind="application_decided").exists()


def test_nothing_is_told_when_nothing_happened(scene: Scene) -> None:
    application = scene.applied()
    before = Message.objects.count()
    with pytest.raises(Invalid):
        decisions.reject(application_id=application.pk, actor=scene.staff, at=DECIDED, note="")
    assert Message.objects.count() == before


def test_the_daily_task_does_everything_and_may_be_repeated(scene: Scene) -> None:
    """With the clock of today, everything of the scene lies in the past."""
    waiting = scene.applied()
    draft = scene.draft(scene.learner())
    participation = scene.admitted()
    for _ in range(2):
        tasks.daily()
    for row in (waiting, draft, participation):
        row.refresh_from_db()
    assert waiting.state == "lapsed"
    assert draft.state == "lapsed"
    assert participation.state == "learning"
    scene.group.refresh_from_db()
    assert scene.group.state == "running"
    assert Application.objects.count() == 3


def test_the_button_of_every_message_leads_somewhere(scene: Scene) -> None:
    key = str(scene.applied().pk)
    for kind in kinds.all_kinds():
        assert reverse(kind.url_name, kwargs=dict.fromkeys(kind.url_kwargs, key)), kind.code
