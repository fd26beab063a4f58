"""The provider's workspace: what it is paid, for what, and where to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import is_provider_admin_of
from catalogue.models import Provider
from enrolments.forms import BankForm
from enrolments.views import list_files
from enrolments.views.lists import file_asked, tools
from enrolments.views.workspace import providers_of_visitor, work
from funding.enums import PaymentState
from funding.models import Payment, Statement
from funding.rules.iban import grouped, tail
from funding.selectors_settlement import (
    came_back,
    payments_of,
    statements_of,
    waiting_for_statement,
)
from funding.services import bank_accounts, papers
from stars.common import formats
from stars.common.dates import now
from stars.common.errors import DomainError
from stars.files import services as files

TONES = {
    PaymentState.PAID: "done",
    PaymentState.HELD: "wait",
    PaymentState.READY: "info",
    PaymentState.SENT: "info",
    PaymentState.REJECTED: "error",
}


def state_of_payment(payment: Payment | None) -> dict[str, str]:
    """What has become of the money, in a word."""
    if payment is None:
        return {"text": pgettext("statement", "Nothing to pay"), "tone": ""}
    if payment.state == PaymentState.READY and came_back(payment):
        return {"text": pgettext("payment", "Came back, will be paid again"), "tone": "wait"}
    return {"text": payment.get_state_display(), "tone": TONES.get(PaymentState(payment.state), "")}


@require_GET
def statements(request: HttpRequest) -> HttpResponseBase:
    """All statements, what comes next, and the account number (?q=&file=)."""
    providers = providers_of_visitor(request)
    rows = list(statements_of([one.pk for one in providers])[:200])
    payments = payments_of(rows)
    language = formats.language()
    words = request.GET.get("q", "").strip()[:60].lower()
    rows = [row for row in rows if words in f"{row.number} {row.month:%Y-%m}".lower()]
    if kind := file_asked(request):
        return list_files.statements(kind, rows, payments, language == "en")
    context: dict[str, Any] = {
        "work": work(request, providers, "statements"),
        "q": words,
        "tools": tools(request, "enrolments:provider_statements"),
        "waiting": waiting_for_statement([one.pk for one in providers]),
        "accounts": [_account(request, one) for one in providers],
        "rows": [
            {
                "url": reverse("enrolments:provider_statement", args=[row.pk]),
                "number": row.number,
                "month": formats.month_and_year(row.month, language),
                "source": row.source.full_name_en if language == "en" else row.source.full_name_lv,
                "total": row.total,
                "state": state_of_payment(payments.get(row.pk)),
            }
            for row in rows
        ],
    }
    return render(request, "enrolments/provider_statements.html", context)


def _account(request: HttpRequest, provider: Provider) -> dict[str, Any]:
    account = bank_accounts.current(organisation_id=provider.organisation_id)
    may_change = _administers(request, provider)
    return {
        "provider": provider.name,
        "tail": tail(account.iban) if account else "",
        "holder": account.holder if account else "",
        "since": account.recorded_at if account else None,
        "url": reverse("enrolments:provider_bank", args=[provider.pk]) if may_change else "",
    }


def _administers(request: HttpRequest, provider: Provider) -> bool:
    return bool(is_provider_admin_of(request.user, provider.organisation))


def _own(request: HttpRequest, statement_id: UUID) -> Statement:
    """A statement of the visitor's provider; anybody else's does not exist for them."""
    providers = providers_of_visitor(request)
    return get_object_or_404(statements_of([one.pk for one in providers]), pk=statement_id)


@require_GET
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """One statement with its lines, as it was frozen."""
    providers = providers_of_visitor(request)
    row = _own(request, statement_id)
    payment = payments_of([row]).get(row.pk)
    language = formats.language()
    context = {
        **papers.page(row),
        "work": work(request, providers, "statements"),
        "month_words": formats.month_and_year(row.month, language),
        "state": state_of_payment(payment),
        "payment": payment,
        "came_back": came_back(payment),
        "in_latvian": language == "lv",
        "paper_url": (
            reverse("enrolments:provider_statement_paper", args=[row.pk])
            if papers.paper_of(row.pk)
            else ""
        ),
    }
    return render(request, "enrolments/provider_statement.html", context)


@require_GET
def paper(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """The stored document, by a link that is good for five minutes."""
    row = _own(request, statement_id)
    stored = papers.paper_of(row.pk)
    if stored is None:
        messages.info(request, _("The document is being made. Try again in a minute."))
        return redirect("enrolments:provider_statement", statement_id=row.pk)
    return redirect(files.link(file=stored, actor=request.user))


@require_http_methods(["GET", "POST"])
def bank(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """Where the provider is paid from now on; its administrators hear of every change."""
    providers = providers_of_visitor(request)
    provider = get_object_or_404(
        Provider.objects.select_related("organisation"),
        Q(pk__in=[one.pk for one in providers if _administers(request, one)]),
        pk=provider_id,
    )
    form = BankForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            bank_accounts.record(
                organisation_id=provider.organisation_id,
                iban=form.cleaned_data["iban"],
                holder=form.cleaned_data["holder"],
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("The account number is saved."))
            return redirect("enrolments:provider_statements")
    held = bank_accounts.current(organisation_id=provider.organisation_id)
    context = {
        "work": work(request, providers, "statements"),
        "provider": provider.name,
        "form": form,
        "iban": grouped(held.iban) if held else "",
    }
    return render(request, "enrolments/provider_bank.html", context)
