"""What the steps of an application share: the draft, its price, and keeping what was begun."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.services.contacts import set_contacts
from enrolments.enums import UNSENT
from enrolments.forms import ContactForm
from enrolments.models import Application
from enrolments.services import applications
from funding.enums import PayerKind, SchemeKind
from funding.services.quote import Quote, Quoter
from stars.common import formats
from stars.common.dates import RIGA, now
from stars.common.errors import Invalid


def own_draft(request: HttpRequest, application_id: UUID) -> Application:
    """One's own application; anybody else's does not exist."""
    return get_object_or_404(
        Application.objects.visible_to(request.user)
        .filter(account__person__user=request.user.pk)
        .select_related(
            "account__person__user",
            "offer__version__type",
            "offer__version__programme__provider",
            "offer__source",
            "group",
        ),
        pk=application_id,
    )


def sent(request: HttpRequest, draft: Application) -> HttpResponse | None:
    """Where to go with an application that is no draft any more, in this window or another."""
    if draft.state in UNSENT:
        return None
    return redirect("enrolments:application", application_id=draft.pk)


def page_language() -> str:
    """The page's language, "lv" or "en"."""
    return formats.language()


def quote_of(draft: Application) -> Quote:
    """What the draft would cost now, as chosen in it."""
    return Quoter(draft.account, now()).quote(draft.offer, use_support=draft.use_support)


def price_box(quote: Quote) -> dict[str, Any]:
    """Arguments of components/price_box.html."""
    return {
        "price": quote.price,
        "support": quote.support,
        "own_part": quote.rest,
        "employer_part": quote.employer_part,
        "employer": quote.employer.employer if quote.employer else "",
        "why": quote.reason,
        "support_text": support_words(quote.scheme_kind),
    }


def support_words(scheme_kind: str | None) -> str:
    """Whose money the support is: the person's 500 € or the project's own (rule 12)."""
    if scheme_kind in (None, SchemeKind.ALLOCATION):
        return _("From your account")
    return _("The project pays")


@require_POST
def keep(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """What is chosen or typed so far, complete or not: nobody loses a step (ENR-1).

    With "later" the person leaves for the account, otherwise the page only hears when it was saved.
    """
    draft = own_draft(request, application_id)
    if answer := sent(request, draft):
        return answer
    if "funding" in request.POST:
        payer = request.POST.get("payer", "")
        draft = applications.update_draft(
            application_id=draft.pk,
            use_support=request.POST["funding"] == "support",
            payer=payer if payer in PayerKind.values else None,
            actor=request.user,
            at=now(),
        )
    contacts = ContactForm(request.POST)
    if "email" in request.POST:
        applications.update_draft(
            application_id=draft.pk,
            knows_consequences="understood" in request.POST,
            actor=request.user,
            at=now(),
        )
    if "email" in request.POST and contacts.is_valid():
        with contextlib.suppress(Invalid):
            set_contacts(
                person_id=draft.account.person_id,
                email=contacts.cleaned_data["email"],
                phone=contacts.cleaned_data["phone"],
                actor=request.user,
                at=now(),
            )
    if "later" in request.POST:
        return redirect("web:account")
    return render(request, "components/saved.html", {"text": saved_at(now())})


def saved_at(at: datetime) -> str:
    """ "Saved 10.24" in Riga's time."""
    return _("Saved %(time)s") % {"time": formats.clock(at.astimezone(RIGA), page_language())}
