"""Saved programmes (CAT-7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.enums import VersionState
from catalogue.models import Programme
from learning_accounts.models import Favourite, LearningAccount
from stars.common.errors import Conflict
from stars.common.permissions import require
from stars.common.transactions import service

# Nobody reads a longer list; it also keeps suggestions quick.
MOST_SAVED = 200


def _locked(account_id: UUID, actor: Any) -> LearningAccount:
    """The account, locked and allowed."""
    accounts = LearningAccount.objects.select_for_update(of=("self",), no_key=True)
    account = accounts.select_related("person").get(pk=account_id)
    require(actor, "learning_accounts.use", account)
    return account


@service
def save_programme(*, account_id: UUID, slug: str, actor: Any, at: datetime) -> bool:
    """Put a programme that was ever published on the account's list; False where it stands there.

    Raises `Programme.DoesNotExist` for a slug nobody has, `Conflict` where the list is full.
    """
    account = _locked(account_id, actor)
    published = Programme.objects.exclude(current__state=VersionState.DRAFT)
    programme = published.get(slug=slug, current__isnull=False)
    saved = Favourite.objects.filter(account=account)
    if saved.filter(programme=programme).exists():
        return False
    if saved.count() >= MOST_SAVED:
        raise Conflict(
            _("You have saved very many programmes. Take some off the list first."), code="full"
        )
    Favourite.objects.create(account=account, programme=programme, saved_at=at)
    return True


@service
def remove_programme(*, account_id: UUID, slug: str, actor: Any) -> bool:
    """Take a programme off the list; False where it does not stand there."""
    account = _locked(account_id, actor)
    return bool(Favourite.objects.filter(account=account, programme__slug=slug).delete()[0])


@service
def switch_suggestions(*, account_id: UUID, on: bool, actor: Any) -> None:
    """Whether training is suggested to the person; off, they are not counted for others either."""
    account = _locked(account_id, actor)
    account.suggestions = on
    account.save(update_fields=["suggestions", "updated_at"])
