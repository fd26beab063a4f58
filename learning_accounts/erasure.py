"""The person's own things: account, path, history, what they saved and waited for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from learning_accounts.models import (
    AlertMatch,
    Favourite,
    LearningAccount,
    LearningPath,
    LearningRecord,
    OpeningDraft,
    PathStep,
    SearchAlert,
)
from stars.audit import erasure
from stars.common.permissions import actor_or_none


def _account(subject: erasure.Subject) -> LearningAccount | None:
    return LearningAccount.objects.filter(person=subject.person_id).first()


def _lock(subject: erasure.Subject) -> None:
    """One person's money, applications and path stand still."""
    accounts = LearningAccount.objects.select_for_update(of=("self",), no_key=True)
    accounts.filter(person=subject.person_id).first()


def _consequences(subject: erasure.Subject, at: datetime) -> list[erasure.Consequence]:
    if _account(subject) is None:
        return []
    return [
        erasure.Consequence(
            "card",
            _("Your learning account is closed"),
            _(
                "Your learning history, plan, saved training and messages are gone for good."
                " Download first what you want to keep, such as certificates."
            ),
        )
    ]


def _erase(subject: erasure.Subject, actor: Any, at: datetime) -> erasure.Erased:
    rows = OpeningDraft.objects.filter(person=subject.person_id).delete()[0]
    account = _account(subject)
    if account is None:
        return erasure.Erased(rows=rows)
    for things in (
        AlertMatch.objects.filter(alert__account=account),
        SearchAlert.objects.filter(account=account),
        Favourite.objects.filter(account=account),
        PathStep.objects.filter(path__account=account),
        LearningPath.objects.filter(account=account),
        LearningRecord.objects.filter(account=account),
    ):
        rows += things.delete()[0]
    account.wish, account.reasons, account.heard_from = "", [], []
    account.suggestions = False
    account.save(update_fields=["wish", "reasons", "heard_from", "suggestions", "updated_at"])
    if account.can("close"):
        account.move("close", by=actor_or_none(actor), at=at, also=("updated_at",))
    with connection.cursor() as cursor:
        cursor.execute("SELECT learning_accounts_forget(%s)", [account.pk])
        rows += cursor.fetchone()[0]
    return erasure.Erased(rows=rows + 1)


def register() -> None:
    """Called once when the app is ready."""
    part = erasure.Part("learning_accounts", _erase, consequences=_consequences, lock=_lock)
    erasure.register(part)
