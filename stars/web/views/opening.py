"""Opening a learning account, with one tick that asks for the money (ILA-1, money-rules.md 1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import TextKind
from accounts.models import LegalText, Person
from accounts.services.consent import current_texts
from accounts.services.erasure import again_from
from funding.services import requests
from learning_accounts.exceptions import NotAlive, TooSoon, TooYoung
from learning_accounts.forms import OpeningForm
from learning_accounts.models import LearningAccount
from learning_accounts.rules import old_enough, opens_on
from learning_accounts.services.account import open_account
from learning_accounts.services.draft import draft_of, save_draft
from stars.common.dates import age_on, now, riga_date
from stars.common.errors import DomainError

# Everything but the acceptance, which is given once, for what was read.
DRAFT_FIELDS = (
    *("email", "phone", "education", "employment", "wish", "reasons", "heard_from", "money"),
)
SEVERAL = ("reasons", "heard_from")


def _person(request: HttpRequest) -> Person:
    """The resident who is signed in; staff have no account to open."""
    person = Person.objects.filter(user=request.user.pk).first()
    if person is None:
        raise PermissionDenied
    return person


@never_cache
@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest) -> HttpResponse:
    """The short form (/konts/atvert/); whoever has an account is led to it."""
    person = _person(request)
    if LearningAccount.objects.filter(person=person).exists():
        messages.info(request, _("You already have a learning account. Here it is."))
        return redirect("web:account")
    back = _wish(request)
    at = now()
    if person.deceased:
        return _refused(request, person, NotAlive())
    if not old_enough(person.birth_date, riga_date(at)):
        return _refused(request, person, TooYoung())
    if (opens := again_from(person)) and opens > riga_date(at):
        return _refused(request, person, TooSoon(opens))
    texts = current_texts()
    form = OpeningForm(request.POST or None, initial=_initial(request, person))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                _open(request, person, form, at)
                return redirect(back or "web:account")
            except DomainError as error:
                _say(request, form, error)
                status = error.status
    context = {
        "form": form,
        "person": person,
        "texts": [_text(text) for text in texts],
        "text_ids": ",".join(str(text.pk) for text in texts),
        "under_18": age_on(person.birth_date, riga_date(at)) < 18,
        "draft_url": reverse("web:opening_draft"),
        "back": back,
    }
    return render(request, "web/opening.html", context, status=status)


def _came_from(request: HttpRequest) -> str:
    """The path of this site's page that led here; empty for any other."""
    try:
        said = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    return said.path if said.netloc == request.get_host() else ""


def _wish(request: HttpRequest) -> str:
    """What the person wanted before there was an account; empty for nothing.

    Said by `next`, or by the programme's page from which somebody pressed "Apply".
    """
    address = request.POST.get("next") or request.GET.get("next", "")
    if not address:
        address = _came_from(request)
    path = address.partition("?")[0]
    if path == reverse("web:asked"):
        return address
    try:
        return path if resolve(path).view_name == "web:programme" else ""
    except Resolver404:
        return ""


def _open(request: HttpRequest, person: Person, form: OpeningForm, at: datetime) -> None:
    known = {str(key): key for key in LegalText.objects.values_list("pk", flat=True)}
    shown = request.POST.get("texts", "").split(",")
    with transaction.atomic():
        account = open_account(
            person_id=person.pk,
            accepted_text_ids=[known[part] for part in shown if part in known],
            profile=form.profile(),
            actor=request.user,
            at=at,
        )
        if form.cleaned_data["money"]:
            requests.ask(account_id=account.pk, actor=request.user, at=at)
    messages.success(request, _("Your learning account is open."))


def _say(request: HttpRequest, form: OpeningForm, error: DomainError) -> None:
    """Show the refusal at its field; texts that changed have to be accepted anew."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
    if error.code == "texts":
        data = request.POST.copy()
        data["accepted"] = ""
        form.data = data


def _initial(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What is known, and over it what was typed before."""
    return {"email": person.email, "phone": person.phone, **draft_of(person.pk)}


def _text(text: LegalText) -> dict[str, str]:
    url = reverse("web:terms" if text.kind == TextKind.TERMS else "web:privacy")
    return {"title": text.get_kind_display(), "body": text.body, "url": url}


def _refused(request: HttpRequest, person: Person, error: DomainError) -> HttpResponse:
    """Why there is no account, and the day on which there can be one."""
    opens = None
    if isinstance(error, TooYoung):
        opens = opens_on(person.birth_date)
    elif isinstance(error, TooSoon):
        opens = error.opens
    context = {"message": error.message, "opens": opens}
    return render(request, "web/opening_refused.html", context, status=error.status)


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what was typed so far (POST, 204): a slow typist loses nothing."""
    answers = {
        name: request.POST.getlist(name) if name in SEVERAL else request.POST[name]
        for name in DRAFT_FIELDS
        if name in request.POST
    }
    save_draft(person_id=_person(request).pk, answers=answers, actor=request.user, at=now())
    return HttpResponse(status=204)
