"""Who sees what: the same role at another provider sees nothing."""

from __future__ import annotations

import pytest
import rules

from enrolments.models import Application, Participation
from tests import factories as f
from tests.enrolments.scene import Scene

pytestmark = pytest.mark.django_db


def sees(actor) -> tuple[int, int]:
    return (
        Application.objects.visible_to(actor).count(),
        Participation.objects.visible_to(actor).count(),
    )


def test_rows_that_somebody_sees(scene: Scene) -> None:
    own = scene.learner()
    scene.draft(own)
    scene.applied()
    scene.admitted()
    provider = scene.world.provider.organisation

    assert sees(own.person.user) == (1, 0)  # the draft
    assert sees(scene.staff) == (2, 1)  # what was sent
    assert sees(f.MembershipFactory(organisation=provider, admin=True).user) == (2, 1)
    assert sees(f.MembershipFactory(organisation=provider, ended=True).user) == (0, 0)
    elsewhere = f.ProviderFactory().organisation
    assert sees(f.MembershipFactory(organisation=elsewhere).user) == (0, 0)
    assert sees(f.MembershipFactory(organisation=elsewhere, admin=True).user) == (0, 0)
    assert sees(f.UserFactory()) == (0, 0)
    assert sees(scene.learner().person.user) == (0, 0)
    for trait in ("administrator", "finance_officer", "auditor"):
        assert sees(f.MembershipFactory(**{trait: True}).user) == (2, 1)


def test_staff_who_learn_see_their_own_too(scene: Scene) -> None:
    person = f.PersonFactory(user=f.MembershipFactory().user)
    account = scene.learner(person=person)
    scene.draft(account)
    assert sees(person.user) == (1, 0)


ALL = {"own", "staff", "other_staff", "administrator", "finance_officer", "auditor", "stranger"}


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("enrolments.apply", {"own"}),
        ("enrolments.withdraw", {"own"}),
        (
            "enrolments.view_application",
            {"own", "staff", "administrator", "finance_officer", "auditor"},
        ),
        ("enrolments.decide_application", {"staff"}),
    ],
)
def test_what_one_may_do_with_an_application(
    scene: Scene, permission: str, allowed: set[str]
) -> None:
    application = scene.applied()
    actors = {
        "own": application.account.person.user,
        "staff": scene.staff,
        "other_staff": f.MembershipFactory(
            organisation=f.ProviderFactory().organisation, admin=True
        ).user,
        "administrator": f.MembershipFactory(administrator=True).user,
        "finance_officer": f.MembershipFactory(finance_officer=True).user,
        "auditor": f.MembershipFactory(auditor=True).user,
        "stranger": scene.learner().person.user,
    }
    assert set(actors) == ALL
    assert {n for n, a in actors.items() if rules.has_perm(permission, a, application)} == allowed


def test_a_draft_is_seen_by_its_person_only(scene: Scene) -> None:
    draft = scene.draft(scene.learner())
    see = "enrolments.view_application"
    assert rules.has_perm(see, draft.account.person.user, draft)
    assert not rules.has_perm(see, scene.staff, draft)
    assert not rules.has_perm(see, f.MembershipFactory(administrator=True).user, draft)
    assert not rules.has_perm("enrolments.decide_application", scene.staff, draft)


@pytest.mark.parametrize(
    "permission",
    ["enrolments.apply", "enrolments.view_application", "enrolments.view_group"],
)
def test_nothing_is_nobodys(db: None, permission: str) -> None:
    assert not rules.has_perm(permission, f.UserFactory(), None)


def test_an_inactive_user_may_nothing(scene: Scene) -> None:
    application = scene.applied()
    scene.staff.is_active = False
    scene.staff.save()
    staff = type(scene.staff).objects.get(pk=scene.staff.pk)
    assert sees(staff) == (0, 0)
    assert not rules.has_perm("enrolments.decide_application", staff, application)
