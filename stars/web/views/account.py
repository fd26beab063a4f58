"""The person's account: money, what happens next, what has been learned, and its few decisions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from enrolments.selectors import applications_of, living_of
from funding import selectors as funding
from funding.selectors import LotView
from funding.services import grants, requests
from funding.views import claim_words as claims
from learning_accounts.models import LearningAccount
from stars.common import formats
from stars.common.dates import riga_date
from stars.common.errors import Conflict, DomainError, NotAllowed
from stars.notifications.selectors import inbox
from stars.web import account as shown
from stars.web import learning, suggest
from stars.web.viewer import Viewer, home_of, viewer
from stars.web.wording import language

LETTERS = 3
APPLICATIONS = 20


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The account page (GET /konts/); whoever has no account is led to where they belong."""
    who = viewer(request)
    if who.has_closed_account:
        raise NotAllowed(gettext_lazy("Your learning account is closed."), code="closed")
    if who.account is None:
        return redirect(home_of(who))
    mine, today = who.account, riga_date(who.at)
    money = funding.money(mine, who.at)
    rows = shown.movement_rows(funding.movements(mine))
    items = learning.timeline(list(living_of(mine)), who.at) + shown.money_ends(money.lots)
    context = {
        "first_name": mine.person.given_name,
        "notices": shown.notices(funding.no_grant_yet(mine, who.at), today),
        "money": shown.money_card(money, today),
        "timeline": shown.in_order(items),
        "applications": learning.application_rows(applications_of(mine)[:APPLICATIONS], today),
        "refunds": claims.rows(mine.pk),
        "path": shown.path(mine.pk),
        "records": shown.records(mine.pk),
        "movements": rows[: shown.MOVEMENTS_SHOWN],
        "all_movements_url": reverse("web:movements") if len(rows) > shown.MOVEMENTS_SHOWN else "",
        "letters": [
            {
                "title": item.words.title,
                "day": riga_date(item.created_at),
                "url": reverse("web:inbox"),
                "unread": item.unread,
            }
            for item in inbox(who.user.pk, limit=LETTERS)
        ],
        "letters_url": reverse("web:inbox"),
        "request_for_grants": {"url": reverse("web:asking"), "on": money.asked},
        "for_you": suggest.for_you(who, suggest.FEW),
        "money_actions": shown.money_actions(money.lots, today),
        "nav": "account",
    }
    return render(request, "web/account.html", context)


@require_safe
def movements(request: HttpRequest) -> HttpResponse:
    """Every change of the money (GET /konts/nauda/)."""
    rows = shown.movement_rows(funding.movements(_mine(viewer(request))))
    return render(request, "web/movements.html", {"movements": rows, "nav": "account"})


@require_POST
def asking(request: HttpRequest) -> HttpResponse:
    """Ask for money in each period (POST on=yes), or stop asking."""
    who = viewer(request)
    mine = _mine(who)
    if request.POST.get("on"):
        requests.ask(account_id=mine.pk, actor=who.user, at=who.at)
        messages.success(request, _("You have asked for money now and in later periods."))
    else:
        requests.end(account_id=mine.pk, actor=who.user, at=who.at)
        messages.success(request, _("You do not ask for money any more. What you have stays."))
    return redirect("web:account")


def accumulate(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Keep what is left of a lot for one more period: says what follows, then does it (rule 5)."""
    who = viewer(request)
    lot = _lot(who, grant_id)
    if request.method == "POST":
        return _do(request, grants.accumulate, grant_id, _("You keep the money for longer."))
    if not lot.may_accumulate:
        raise Conflict(gettext_lazy("This money cannot be kept for another period."))
    today = riga_date(who.at)
    words = {
        "amount": formats.money(lot.free, language()),
        "now": formats.until(lot.last_day, language(), today=today),
        "then": formats.until(funding.last_day_if_kept(lot.grant), language(), today=today),
    }
    context = {
        "heading": _("Keep %(amount)s for one more period?") % words,
        "consequences": [
            {
                "icon": "calendar",
                "title": _("You can use the money %(then)s") % words,
                "text": _("Without this it can be used %(now)s.") % words,
            },
            {
                "icon": "info",
                "title": _("This can be done once"),
                "text": _("When the new term ends, what is left leaves your account."),
            },
        ],
        "action_text": _("Keep the money"),
    }
    return _confirm(request, context)


def decline(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Give an unused lot back: says what follows, then does it (rule 3)."""
    who = viewer(request)
    lot = _lot(who, grant_id)
    if request.method == "POST":
        return _do(request, grants.decline, grant_id, _("You gave the money back."))
    if not lot.may_decline:
        raise Conflict(gettext_lazy("A part of this money is already used for training."))
    words = {"amount": formats.money(lot.free, language())}
    context = {
        "heading": _("Give %(amount)s back?") % words,
        "consequences": [
            {
                "icon": "euro",
                "title": _("%(amount)s leave your account at once") % words,
                "text": _("Somebody else can learn with them. You cannot take them back."),
            },
            {
                "icon": "calendar",
                "title": _("This does not count as your first money"),
                "text": _("You can still receive money in a later period, if you ask for it."),
            },
        ],
        "action_text": _("Give the money back"),
        "danger": True,
    }
    return _confirm(request, context)


def _mine(who: Viewer) -> LearningAccount:
    if who.account is None:
        raise Http404
    return who.account


def _lot(who: Viewer, grant_id: UUID) -> LotView:
    """The person's own living lot; 404 for anybody else's."""
    lots = funding.money(_mine(who), who.at).lots
    lot = next((lot for lot in lots if lot.grant.pk == grant_id), None)
    if lot is None:
        raise Http404
    return lot


def _do(request: HttpRequest, service: Any, grant_id: UUID, done: str) -> HttpResponse:
    """Call the service; what it refuses is said on the account page."""
    who = viewer(request)
    try:
        service(grant_id=grant_id, actor=who.user, at=who.at)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, done)
    return redirect("web:account")


def _confirm(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    back = {"url": reverse("web:account"), "text": _("Your learning account")}
    context |= {"back": back, "form": None, "nav": "account"}
    return render(request, "enrolments/confirm.html", context)
