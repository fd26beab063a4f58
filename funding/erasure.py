"""Money and forgetting a person: what stands in the way, what goes back, what has to stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding.services import erasure as money
from funding.services import grants, retention
from learning_accounts.models import LearningAccount
from stars.audit import erasure
from stars.common import formats
from stars.common.formats import language
from stars.common.money import ZERO


def _account(subject: erasure.Subject) -> LearningAccount | None:
    return LearningAccount.objects.filter(person=subject.person_id).first()


def _training(row: Any) -> dict[str, str]:
    return {"title": row.title}


def _claim(row: Any) -> dict[str, str]:
    return {"title": row.title or "–"}


def _nothing(row: Any) -> dict[str, str]:
    return {}


# What to say of each kind, and where it can be ended.
_SAID: dict[str, tuple[Any, Callable[[Any], dict[str, str]], Callable[[Any], str]]] = {
    "held": (
        gettext_lazy("Money is held for “%(title)s”. It has to be paid or given back first."),
        _training,
        lambda row: reverse(
            "enrolments:application", kwargs={"application_id": row.application_id}
        ),
    ),
    "owed": (
        gettext_lazy("“%(title)s” is not paid yet. Wait until the provider has its money."),
        _training,
        lambda row: reverse(
            "enrolments:application", kwargs={"application_id": row.application_id}
        ),
    ),
    "claim": (
        gettext_lazy("Your claim for “%(title)s” is not settled. Wait for it or withdraw it."),
        _claim,
        lambda row: reverse("funding:claim", kwargs={"claim_id": row.pk}),
    ),
    "appeal": (
        gettext_lazy("You asked the agency about a decision. Wait for the answer or withdraw it."),
        _nothing,
        lambda row: reverse("funding:appeal_answer", kwargs={"appeal_id": row.pk}),
    ),
    "aid": (
        gettext_lazy("Your request for monthly aid is not settled yet."),
        _nothing,
        lambda row: reverse("funding:aid", kwargs={"commitment_id": row.commitment_id}),
    ),
    "payment": (
        gettext_lazy("A payment to you is on its way. Wait until it has arrived."),
        _nothing,
        lambda row: reverse("web:account"),
    ),
    "debt": (
        gettext_lazy("You owe the project what it paid for “%(title)s”. Write to us."),
        _training,
        lambda row: reverse("content:contacts"),
    ),
}


def _obstacles(subject: erasure.Subject, at: datetime) -> list[erasure.Obstacle]:
    account = _account(subject)
    found = money.standing(account.pk, at) if account else []
    said = []
    for each in found:
        words, values, url = _SAID[each.code]
        said.append(erasure.Obstacle(each.code, words % values(each.row), url(each.row)))
    return said


def _consequences(subject: erasure.Subject, at: datetime) -> list[erasure.Consequence]:
    account = _account(subject)
    if account is None:
        return []
    found = []
    free = grants.free_lots(account.pk).aggregate(sum=Sum("ledger_account__balance"))["sum"] or ZERO
    if free:
        title = _("%(amount)s on your account go back to the project")
        text = _("You cannot use them any more.")
        amount = {"amount": formats.money(free, language())}
        found.append(erasure.Consequence("euro", title % amount, text))
    if day := money.again_from(account.pk, at):
        found.append(
            erasure.Consequence(
                "calendar",
                _("You can open a new account from %(day)s")
                % {"day": formats.day(day, language(), "genitive", year=True)},
                _("Money that you used for this period is not given a second time."),
            )
        )
    if kept := retention.kept_of(account.pk, at):
        words = _(
            "The European Union asks us to keep amounts, days and hours, and of refunds the bill"
            " and the account number. Your name and personal code are not among them."
        )
        last = formats.day(max(kept.values()), language(), "dative", year=True)
        title = _("Papers of what was paid for you stay until %(day)s")
        found.append(erasure.Consequence("document", title % {"day": last}, words))
    return found


def _erase(subject: erasure.Subject, actor: Any, at: datetime) -> erasure.Erased:
    account = _account(subject)
    if account is None:
        return erasure.Erased()
    done = money.forget(account_id=account.pk, actor=actor, at=at)
    return erasure.Erased(done.rows, done.papers, done.rest_until, done.again_from)


def register() -> None:
    """Called once when the app is ready."""
    part = erasure.Part("funding", _erase, obstacles=_obstacles, consequences=_consequences)
    erasure.register(part)
