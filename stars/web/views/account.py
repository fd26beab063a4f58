"""The person's account: money, what happens next, what has been learned, and its few decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from enrolments.selectors import applications_of, living_of
from funding import selectors as funding
from funding import selectors_account, selectors_movements, selectors_statement
from funding.selectors_account import LotStory
from funding.selectors_statement import AccountStatement
from funding.services import grants, requests
from funding.views import claim_words as claims
from learning_accounts.models import LearningAccount
from stars.audit.services import look
from stars.common.dates import riga_date
from stars.common.errors import Conflict, DomainError, NotAllowed
from stars.common.limits import at_most
from stars.common.permissions import require
from stars.notifications.selectors import inbox
from stars.web import account as shown
from stars.web import account_cover as cover_shown
from stars.web import account_lots as lots_shown
from stars.web import account_more, account_statement, learning, suggest
from stars.web.viewer import Viewer, home_of, viewer

LETTERS = 3
APPLICATIONS = 20
# A document takes a second of work; more than this nobody makes by hand.
DOCUMENTS: dict[str, int] = {"times": 30, "seconds": 3600}


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
    lots = selectors_account.lots(mine, who.at)
    rows = shown.movement_rows(selectors_movements.movements(mine))
    items = learning.timeline(list(living_of(mine)), who.at) + shown.money_ends(lots)
    context = {
        "first_name": mine.person.given_name,
        "notices": [
            *cover_shown.notices(mine, today),
            *(
                shown.in_line(funding.place_in_line(mine))
                or shown.notices(funding.no_grant_yet(mine, who.at), today)
            ),
            *lots_shown.nothing_left(lots),
            *lots_shown.ends_soon(lots, today),
        ],
        "money": shown.money_card(money, today),
        "timeline": shown.in_order(items),
        "applications": learning.application_rows(applications_of(mine)[:APPLICATIONS], today),
        "refunds": claims.rows(mine.pk),
        "more": account_more.rows(mine, who.at),
        "path": shown.path(mine.pk),
        "records": shown.records(mine.pk),
        "movements": rows[: shown.MOVEMENTS_SHOWN],
        "all_movements_url": reverse("web:movements"),
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
        "lots": lots_shown.cards(lots, today),
        "lots_ended": lots_shown.ended(lots),
        "nav": "account",
    }
    return render(request, "web/account.html", context)


@require_safe
def movements(request: HttpRequest) -> HttpResponse:
    """Every change of the money, or those of a period (GET /konts/nauda/?first=…&last=…)."""
    who = viewer(request)
    mine, today = _mine(who), riga_date(who.at)
    form = account_statement.period(request.GET, mine, today)
    made = account_statement.statement(form, mine, today) if form.is_bound else None
    context = {
        "form": form,
        "pdf_url": reverse("web:statement"),
        "statement": made,
        "days": account_statement.days(made) if made else "",
        "movements": _rows(mine, made, asked=form.is_bound),
        "nav": "account",
    }
    status = 400 if form.errors else 200
    return render(request, "web/movements.html", context, status=status)


def _rows(
    mine: LearningAccount, made: AccountStatement | None, *, asked: bool
) -> list[dict[str, Any]]:
    """Newest first: of the period that was asked for, else all."""
    if made is not None:
        return account_statement.rows(made)[::-1]
    return [] if asked else shown.movement_rows(selectors_movements.movements(mine))


@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """The statement as a PDF (GET /konts/nauda/izraksts.pdf?first=…&last=…)."""
    who = viewer(request)
    mine, today = _mine(who), riga_date(who.at)
    form = account_statement.period(request.GET, mine, today)
    if not form.is_bound:
        form = account_statement.Period(form.initial)
    made = account_statement.statement(form, mine, today)
    if made is None:
        # The page says what is wrong with these days.
        return redirect(f"{reverse('web:movements')}?{request.GET.urlencode()}")
    at_most(**DOCUMENTS, action="statement", who=who.user.pk)
    return _pdf(mine, made, who.at)


@require_safe
def statement_of(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Somebody's statement for the agency, all there has been; the person sees who looked."""
    who = viewer(request)
    require(who.user, "agency.view_people")
    theirs = get_object_or_404(LearningAccount.objects.select_related("person"), pk=account_id)
    today = riga_date(who.at)
    made = selectors_statement.account_statement(
        theirs, first=riga_date(theirs.opened_at), last=today, today=today
    )
    at_most(**DOCUMENTS, action="statement", who=who.user.pk)
    look(
        actor=who.user,
        person_ids=[theirs.person_id],
        what="account_statement",
        purpose="agency_work",
        at=who.at,
    )
    return _pdf(theirs, made, who.at)


def _pdf(mine: LearningAccount, made: AccountStatement, at: datetime) -> HttpResponse:
    response = HttpResponse(
        account_statement.document(mine, made, at), content_type="application/pdf"
    )
    name = account_statement.file_name(made)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
    story = _lot(who, grant_id)
    if request.method == "POST":
        return _do(request, grants.accumulate, grant_id, _("You keep the money for longer."))
    if not story.keep.possible:
        raise Conflict(gettext_lazy("This money cannot be kept for another period."))
    heading = _("Keep %(amount)s for one more period?") % {"amount": lots_shown.eur(story.free)}
    context = {
        "heading": heading,
        "consequences": lots_shown.keeping(
            story, riga_date(who.at), selectors_account.grants_before(story.grant)
        ),
        "action_text": _("Keep the money"),
    }
    return _confirm(request, context)


def decline(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Give an unused lot back: says what follows, then does it (rule 3)."""
    who = viewer(request)
    story = _lot(who, grant_id)
    if request.method == "POST":
        return _do(request, grants.decline, grant_id, _("You gave the money back."))
    if not story.give_back.possible:
        raise Conflict(gettext_lazy("A part of this money is already used for training."))
    context = {
        "heading": _("Give %(amount)s back?") % {"amount": lots_shown.eur(story.free)},
        "consequences": lots_shown.giving_back(story, riga_date(who.at)),
        "action_text": _("Give the money back"),
        "danger": True,
    }
    return _confirm(request, context)


def _mine(who: Viewer) -> LearningAccount:
    if who.account is None:
        raise Http404
    return who.account


def _lot(who: Viewer, grant_id: UUID) -> LotStory:
    """The person's own living lot; 404 for anybody else's."""
    story = selectors_account.lot(_mine(who), grant_id, who.at)
    if story is None:
        raise Http404
    return story


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
