"""The one written order of locks: account, group, application, participation (docs/locking.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.models import Group
from catalogue.services.groups import lock_group
from enrolments.models import Application, Participation
from learning_accounts.models import LearningAccount
from stars.common.errors import Conflict


@dataclass(frozen=True)
class Locked:
    """What one application touches, every row locked until the transaction ends."""

    account: LearningAccount
    group: Group
    application: Application
    participation: Participation | None


def lock_account(account_id: UUID) -> LearningAccount:
    """A learning account; its lock serialises one person's money."""
    return (
        LearningAccount.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person__user")
        .get(pk=account_id)
    )


def lock_accounts(ids: Iterable[UUID]) -> None:
    """Several learning accounts, by primary key."""
    rows = LearningAccount.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=list(ids)).order_by("pk").values_list("pk", flat=True))


def lock_for_application(application_id: UUID) -> Locked:
    """Everything an application touches, in the written order.

    The ids are read without a lock first, so they are compared once the locks are held.
    """
    ids = Application.objects.values("account_id", "group_id").get(pk=application_id)
    account = lock_account(ids["account_id"])
    group = lock_group(ids["group_id"])
    application = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("offer__version__type", "commitment__policy")
        .get(pk=application_id)
    )
    if application.group_id != group.pk:
        raise Conflict(
            _("This was already changed by someone else. Look at it again."), code="state"
        )
    participation = (
        Participation.objects.select_for_update(of=("self",), no_key=True)
        .filter(application=application)
        .first()
    )
    # One object for each row: what a caller changes, every other reference sees.
    application.account = account
    application.group = group
    if participation is not None:
        participation.account = account
        participation.group = group
        participation.application = application
    return Locked(account, group, application, participation)


def lock_for_participation(participation_id: UUID) -> tuple[Locked, Participation]:
    """The same, coming from a participation; it is returned beside, since it certainly exists."""
    application_id = Participation.objects.values_list("application_id", flat=True).get(
        pk=participation_id
    )
    locked = lock_for_application(application_id)
    assert locked.participation is not None
    return locked, locked.participation


def lock_participations(ids: Iterable[UUID], group: Group) -> list[Participation]:
    """Participations of a locked group, by primary key."""
    rows = (
        Participation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account__person__user")
        .filter(pk__in=list(ids), group=group)
        .order_by("pk")
    )
    participations = list(rows)
    for participation in participations:
        participation.group = group
    return participations
