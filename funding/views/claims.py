"""Asking for the cost of a certificate or assessment back: three screens, and where it stands."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from funding import selectors_claims as selectors
from funding.enums import ClaimState
from funding.exceptions import QuoteChanged
from funding.files import INVOICE, PROOF
from funding.forms_claims import AccountForm, PapersForm, SendForm, WhatForm, posted, refuse
from funding.models import Claim
from funding.rules.iban import grouped
from funding.services import bank_accounts, claim_drafts
from funding.services import claims as service
from funding.views import claim_words as words
from funding.views.whose import own_account
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError
from stars.common.limits import at_most

# Nobody sends or uploads more than this by hand.
SENDS: dict[str, int] = {"times": 10, "seconds": 24 * 3600}
UPLOADS: dict[str, int] = {"times": 30, "seconds": 3600}
FILES = {"proof_file": PROOF, "invoice_file": INVOICE}
# The fields of the first screen.
WHAT = ("what", "earned_on", "document_number")
PAPERS_PAGE = "funding:claim_papers"


def _own(request: HttpRequest, claim_id: UUID) -> Claim:
    """One's own claim; anybody else's does not exist."""
    return get_object_or_404(
        Claim.objects.filter(account__person__user=request.user.pk).select_related(
            "account__person__user", "what", "bank_account", "commitment", "policy", "scheme"
        ),
        pk=claim_id,
    )


@require_GET
def claims(request: HttpRequest) -> HttpResponse:
    """What is paid back, and one's own claims (GET /konts/atmaksa/)."""
    account, at = own_account(request), now()
    context = {
        "lists": words.lists(selectors.plans(riga_date(at))),
        "claims": [words.row(each) for each in selectors.claims_of(account.pk)[:50]],
        "nav": "account",
    }
    return render(request, "funding/claims.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Screen 1 of a new claim: nothing is kept before it is sent (`?kas=` chooses beforehand)."""
    account, at = own_account(request), now()
    form = _what_form(request, None, at)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                draft = claim_drafts.start_draft(
                    account_id=account.pk,
                    what_id=UUID(form.cleaned_data["what"]),
                    actor=request.user,
                    at=at,
                )
                return _keep_what(request, draft, form, at)
            except DomainError as error:
                status = refuse(form, error)
    context = words.step(1, None, form)
    return render(request, "funding/claim_what.html", context, status=status)


@require_http_methods(["GET", "POST"])
def what(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Screen 1 again."""
    draft, at = _own(request, claim_id), now()
    if answer := _sent(draft):
        return answer
    form = _what_form(request, draft, at)
    status = 200
    if request.method == "POST":
        status = 400
        form.is_valid()
        if "what" in form.cleaned_data:
            try:
                return _keep_what(request, draft, form, at)
            except DomainError as error:
                status = refuse(form, error)
    context = words.step(1, draft, form)
    return render(request, "funding/claim_what.html", context, status=status)


def _what_form(request: HttpRequest, draft: Claim | None, at: datetime) -> WhatForm:
    choices = words.choices(selectors.plans(riga_date(at)))
    initial: dict[str, Any] = {"what": request.GET.get("kas", "")}
    if draft:
        initial = {
            "what": str(draft.what_id or ""),
            "earned_on": draft.earned_on,
            "document_number": draft.document_number,
        }
    return WhatForm(posted(request), initial=initial, choices=choices)


def _keep_what(request: HttpRequest, draft: Claim, form: WhatForm, at: datetime) -> HttpResponse:
    """Keep what is right, and go on where all of it is."""
    draft = _keep(request, draft, form, WHAT, at)
    if "later" in request.POST:
        return redirect("funding:claims")
    if form.is_valid():
        for problem in selectors.assess(draft, at).problems:
            if problem.field in WHAT:
                form.add_error(problem.field, selectors.say(problem))
    if form.errors:
        context = words.step(1, draft, form)
        return render(request, "funding/claim_what.html", context, status=400)
    return redirect(PAPERS_PAGE, claim_id=draft.pk)


def _keep(
    request: HttpRequest, draft: Claim, form: Any, names: tuple[str, ...], at: datetime
) -> Claim:
    """Keep the fields that could be read; the others stay as they were."""
    values = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
    if "what" in values:
        values["what_id"] = UUID(values.pop("what"))
    if values:
        claim_drafts.save_draft(claim_id=draft.pk, values=values, actor=request.user, at=at)
    return _own(request, draft.pk)


@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Screen 2: proof, invoice and the account for the money."""
    draft, at = _own(request, claim_id), now()
    if answer := _sent(draft):
        return answer
    status = 200
    form = _papers_form(request, draft)
    if request.method == "POST":
        if file_id := request.POST.get("remove"):
            _remove(request, draft, file_id, at)
        draft, status = _keep_papers(request, draft, form, at)
        if "later" in request.POST and not form.errors:
            return redirect("funding:claims")
        if "remove" in request.POST:
            return redirect(PAPERS_PAGE, claim_id=draft.pk)
        for problem in selectors.assess(draft, at).problems:
            if problem.field in form.fields and problem.field not in form.errors:
                form.add_error(problem.field, selectors.say(problem))
        if not form.errors:
            return redirect("funding:claim_check", claim_id=draft.pk)
        status = max(status, 400)
    context = words.step(2, draft, form) | {
        "proofs": words.papers(selectors.proofs(draft.pk), request.user),
        "invoices": words.papers(selectors.invoices(draft.pk), request.user),
    }
    return render(request, "funding/claim_papers.html", context, status=status)


def _papers_form(request: HttpRequest, draft: Claim) -> PapersForm:
    to = draft.bank_account or bank_accounts.current(account_id=draft.account_id)
    person = draft.account.person
    initial = {
        "invoice_issuer": draft.invoice_issuer,
        "invoice_number": draft.invoice_number,
        "invoiced_on": draft.invoiced_on,
        "amount": draft.amount,
        "iban": grouped(to.iban) if to else "",
        "holder": to.holder if to else f"{person.given_name} {person.family_name}",
    }
    return PapersForm(posted(request), request.FILES or None, initial=initial)


def _keep_papers(
    request: HttpRequest, draft: Claim, form: PapersForm, at: datetime
) -> tuple[Claim, int]:
    """Keep everything that is right, whatever else is wrong; the worst status."""
    form.is_valid()
    status = 200
    names = ("invoice_issuer", "invoice_number", "invoiced_on", "amount")
    draft = _keep(request, draft, form, names, at)
    if form.cleaned_data.get("iban"):
        try:
            to = bank_accounts.record(
                account_id=draft.account_id,
                iban=form.cleaned_data["iban"],
                holder=form.cleaned_data.get("holder", ""),
                actor=request.user,
                at=at,
            )
            values = {"bank_account_id": to.pk}
            claim_drafts.save_draft(claim_id=draft.pk, values=values, actor=request.user, at=at)
        except DomainError as error:
            status = refuse(form, error)
    for field, kind in FILES.items():
        if file := form.cleaned_data.get(field):
            try:
                at_most(**UPLOADS, action="claim_file", who=request.user.pk)
                claim_drafts.add_file(
                    claim_id=draft.pk,
                    kind=kind,
                    name=file.name,
                    content=file,
                    actor=request.user,
                    at=at,
                )
            except DomainError as error:
                form.add_error(field, str(error.message))
                status = error.status
    return _own(request, draft.pk), status


def _remove(request: HttpRequest, draft: Claim, file_id: str, at: datetime) -> None:
    try:
        key = UUID(file_id)
    except ValueError as error:
        raise Http404 from error
    claim_drafts.remove_file(claim_id=draft.pk, file_id=key, actor=request.user, at=at)


@require_POST
def keep(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """What is typed so far, complete or not: nobody loses a step. Files wait for the button."""
    draft, at = _own(request, claim_id), now()
    if answer := _sent(draft):
        return answer
    first = "what" in request.POST
    form: Any = _what_form(request, draft, at) if first else PapersForm(request.POST)
    form.is_valid()
    names = WHAT if first else ("invoice_issuer", "invoice_number", "invoiced_on", "amount")
    draft = _keep(request, draft, form, names, at)
    if "later" in request.POST:
        return redirect("funding:claims")
    return render(request, "components/saved.html", {"text": words.saved_at(at)})


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Screen 3: look at everything once more and send it."""
    draft, at = _own(request, claim_id), now()
    if elsewhere := _sent(draft):
        return elsewhere
    answer = selectors.assess(draft, at)
    form = SendForm(posted(request), initial={"expected": answer.amount, "money": "project"})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            own = bool(answer.own_money) and form.cleaned_data["money"] == "own"
            try:
                at_most(**SENDS, action="claim", who=request.user.pk)
                return _send(request, draft, answer, own, form.cleaned_data["expected"], at)
            except QuoteChanged as error:
                form = SendForm({**request.POST.dict(), "expected": str(answer.amount)})
                status = refuse(form, error)
            except DomainError as error:
                status = refuse(form, error)
    context = words.step(3, draft, form) | words.check(draft, answer, request.user)
    return render(request, "funding/claim_check.html", context, status=status)


def _send(
    request: HttpRequest,
    draft: Claim,
    answer: selectors.Assessment,
    own: bool,
    expected: Decimal,
    at: datetime,
) -> HttpResponse:
    """The hidden amount is the project's; of one's own money it is as much as there was."""
    claim = service.submit(
        claim_id=draft.pk,
        expected_amount=min(expected, answer.own_money) if own else expected,
        own_money=own,
        actor=request.user,
        at=at,
    )
    done = (
        _("Your claim stands in line.")
        if claim.state == ClaimState.WAITING
        else _("Your claim was sent.")
    )
    messages.success(request, done)
    return redirect("funding:claim", claim_id=claim.pk)


def _sent(draft: Claim) -> HttpResponse | None:
    """Where to go with a claim that is no draft any more, in this window or another."""
    if draft.state == ClaimState.DRAFT:
        return None
    return redirect("funding:claim", claim_id=draft.pk)


@require_GET
def claim(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Where a claim stands, what was decided and why; a draft is taken up where it was left."""
    row = _own(request, claim_id)
    if row.state == ClaimState.DRAFT:
        first = row.earned_on is None
        return redirect("funding:claim_what" if first else PAPERS_PAGE, claim_id=row.pk)
    return render(request, "funding/claim.html", words.page(row, request.user))


@require_http_methods(["GET", "POST"])
def bank_account(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Another account number for a claim whose money has not arrived yet."""
    row, at = _own(request, claim_id), now()
    if row.state not in words.UNPAID:
        return redirect("funding:claim", claim_id=row.pk)
    person = row.account.person
    initial = {"holder": f"{person.given_name} {person.family_name}"}
    form = AccountForm(posted(request), initial=initial)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                bank_accounts.record(
                    account_id=row.account_id, **form.cleaned_data, actor=request.user, at=at
                )
                messages.success(request, _("We have your new account number."))
                return redirect("funding:claim", claim_id=row.pk)
            except DomainError as error:
                status = refuse(form, error)
    context = words.changing_account(row) | {"form": form}
    return render(request, "funding/claim_account.html", context, status=status)


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Withdraw a claim, or delete a draft, after it was said what follows."""
    row, at = _own(request, claim_id), now()
    draft = row.state == ClaimState.DRAFT
    if not draft and not row.can("withdraw"):
        return redirect("funding:claim", claim_id=row.pk)
    status, error_text = 200, ""
    if request.method == "POST":
        try:
            if draft:
                claim_drafts.discard(claim_id=row.pk, actor=request.user, at=at)
                messages.success(request, _("The draft is deleted."))
                return redirect("funding:claims")
            service.withdraw(claim_id=row.pk, actor=request.user, at=at)
            messages.success(request, _("You have withdrawn the claim."))
            return redirect("funding:claim", claim_id=row.pk)
        except DomainError as error:
            status, error_text = error.status, str(error.message)
    context = words.withdrawing(row) | {"errors": [{"text": error_text}] if error_text else []}
    return render(request, "funding/claim_withdraw.html", context, status=status)
