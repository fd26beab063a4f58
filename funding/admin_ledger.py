"""Sources, grants, what they pay for and the ledger, to be read; services move the money."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funding import admin_co_payments
from funding import admin_sections as sections
from funding.enums import Origin
from funding.models import (
    Commitment,
    FundingSource,
    Grant,
    LedgerAccount,
    Posting,
    ReconciliationRun,
)
from funding.services import reconcile, sources
from learning_accounts.models import LearningAccount
from stars.common.admin import Action, AgencyAdmin, StatefulAdmin, add_section, transitions
from stars.common.dates import now
from stars.common.money import MoneyField


class Authorisation(forms.Form):
    """How much of whose money may be promised, and by which decision."""

    origin = forms.ChoiceField(label=_("Origin"), choices=Origin)
    amount = MoneyField(verbose_name=_("Amount, EUR")).formfield(min_value=0.01)
    key = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{1,58}$",
        label=_("Number of the decision"),
        help_text=_("Small letters, figures and dashes. The same number counts once only."),
    )


def _authorise(request: HttpRequest, source: FundingSource, answers: dict[str, Any]) -> Any:
    sources.authorise(source_id=source.pk, **answers, actor=request.user, at=now())
    return _("The money can be promised now.")


@admin.register(FundingSource)
class FundingSourceAdmin(AgencyAdmin):
    """An EU or state project."""

    list_display = ("called", "project_code", "starts_on", "ends_on", "invented")
    list_select_related = ("term",)
    list_filter = ("invented",)
    search_fields = (
        *("code", "project_code", "full_name_lv", "full_name_en"),
        *("term__plain_lv", "term__plain_en", "term__name_lv", "term__name_en"),
    )
    ordering = ("code",)
    sections = (sections.schemes, sections.budgets)
    acts = (
        Action(
            code="authorise",
            label=_("Make money available"),
            explains=_(
                "Adds to what grants may promise. Cash is another number: grants that lapse never"
                " cost any."
            ),
            permission="funding.authorise",
            run=_authorise,
            form=Authorisation,
        ),
    )

    @admin.display(description=_("Name"), ordering="term__plain_lv")
    def called(self, source: FundingSource) -> str:
        return source.name


@admin.register(Grant)
class GrantAdmin(StatefulAdmin):
    """A lot."""

    list_display = ("id", "round", "state", "amount", "granted_at", "ends_at", "account")
    list_filter = ("state", "round")
    list_select_related = ("round", "account")
    search_fields = ("round__code",)
    search_keys = ("pk", "account_id")
    ordering = ("-granted_at", "pk")
    sections = (sections.uses_of_lot, sections.movements_of_lot, transitions)

    def persons_of(self, row: Grant) -> Iterable[UUID]:
        return [row.account.person_id]


@admin.register(Commitment)
class CommitmentAdmin(StatefulAdmin):
    """Support promised to one application."""

    list_display = ("id", "what", "state", "source", "price", "support", "own_part", "held_at")
    list_filter = ("state", "source")
    list_select_related = ("source__term", "offer__version", "claim__what")
    search_fields = ("offer__version__programme__code",)
    search_keys = ("pk", "account_id", "application_id", "offer_id")
    ordering = ("-held_at", "pk")
    sections = (
        sections.commitment_lines,
        admin_co_payments.of_commitment,
        sections.movements_of_lot,
        transitions,
    )

    @admin.display(description=pgettext_lazy("column", "What"))
    def what(self, row: Commitment) -> str:
        """The training or the certificate that the money is for."""
        return row.title

    def persons_of(self, row: Commitment) -> Iterable[UUID]:
        return [row.account.person_id]


@admin.register(LedgerAccount)
class LedgerAccountAdmin(AgencyAdmin):
    """A place where money is."""

    hidden = ("lock_column",)
    list_display = ("id", "kind", "source", "owner_key", "balance")
    list_filter = ("kind", "source")
    list_select_related = ("source__term",)
    search_fields = ("=owner_key", "=id")
    ordering = ("-id",)
    sections = (sections.movements_of_place,)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        # Its key is a number; what it belongs to is named by a word that may be a whole key.
        return queryset.filter(owner_key=search_term.strip()), False


@admin.register(Posting)
class PostingAdmin(AgencyAdmin):
    """One business event of money."""

    list_display = ("id", "kind", "reference", "effective_at", "booked_at", "by")
    list_select_related = ("by",)
    list_filter = ("kind",)
    # A name for machines: it keeps one event from being written twice.
    hidden = ("idempotency_key",)
    search_fields = ("=reference", "=idempotency_key")
    ordering = ("-booked_at", "pk")
    sections = (sections.lines_of_posting,)


def _prove(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    result = reconcile.reconcile(at=now())
    return _("The ledger proves.") if result.ok else _("The ledger does NOT prove. Act now.")


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(AgencyAdmin):
    """The nightly proof: its last result and the money by source stand above the list."""

    hidden = ("checked", "problems")
    list_display = ("at", "ok", "problem_count")
    list_filter = ("ok",)
    sections = (sections.checks_of,)
    ordering = ("-at", "pk")
    acts = (
        Action(
            code="prove",
            label=_("Prove now"),
            explains=_("Looks at every account, commitment and grant and stores the result."),
            permission="funding.reconcile",
            run=_prove,
            of_row=False,
        ),
    )

    @admin.display(description=_("Problems"))
    def problem_count(self, run: ReconciliationRun) -> int:
        return len(run.problems)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        summary = [sections.last_proof(), sections.sources_in_figures()]
        return super().changelist_view(
            request, {"agency_summary": summary, **(extra_context or {})}
        )


for part in (
    sections.statement_of_person,
    sections.grants_of_person,
    sections.commitments_of_person,
    sections.movements_of_person,
    sections.requests_of_person,
):
    add_section(LearningAccount, part)
