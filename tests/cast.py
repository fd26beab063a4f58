"""One learner with a whole journey behind them, and everybody who may or may not look at it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.test import Client

from accounts.enums import Role
from accounts.models import User
from enrolments.models import Participation
from enrolments.services import outcomes
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningAccount
from tests import factories as f
from tests import signin
from tests.enrolments import scene as scenes

ROLES = (
    "anonymous",
    "learner",
    "other_learner",
    "provider",
    "other_provider",
    "administrator",
    "finance_officer",
    "auditor",
)
AGENCY = (Role.ADMINISTRATOR, Role.FINANCE_OFFICER, Role.AUDITOR)


def enter(cast: Cast, role: str) -> Client:
    """A browser in which somebody of this role is signed in as they really would be."""
    client = Client()
    if role in ("learner", "other_learner"):
        signin.as_resident(client, cast.users[role].person)
    elif role != "anonymous":
        signin.as_staff(client, cast.users[role])
    return client


@dataclass
class Cast:
    """`users` by role; the learner's own rows; the scene they stand in."""

    scene: scenes.Scene
    account: LearningAccount
    participation: Participation
    users: dict[str, User] = field(default_factory=dict)


def cast() -> Cast:
    """Build it."""
    scene = scenes.scene()
    account = scene.learner(with_path=True)
    participation = scene.completed(account)
    outcomes.confirm_completion(
        participation_id=participation.pk, actor=account.person.user, at=scenes.CONFIRMED
    )
    reconcile(at=scenes.CONFIRMED)
    made = Cast(scene, account, participation)
    other = scene.learner(money=False)
    made.users = {
        "learner": account.person.user,
        "other_learner": other.person.user,
        "provider": scene.staff,
        "other_provider": f.MembershipFactory().user,
    }
    for role in AGENCY:
        user = f.MembershipFactory(**{role.value: True}).user
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        made.users[role] = user
    return made
