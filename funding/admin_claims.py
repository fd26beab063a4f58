"""Claims for refunds and the list of what is paid back, as the agency works with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import rules
from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from funding import decision_words, refundable_list, selectors_claims
from funding.enums import ClaimState, RefundKind
from funding.forms_claims import DAY, AmountField
from funding.models import Claim, Decision, Refundable
from funding.services import claims, refundables
from learning_accounts.models import LearningAccount
from stars.common import export, formats
from stars.common.admin import (
    Action,
    AgencyAdmin,
    Link,
    Section,
    StatefulAdmin,
    add_section,
    link_to,
    transitions,
)
from stars.common.dates import now
from stars.common.errors import DomainError
from stars.common.names import columns
from stars.files import services as files
from stars.files.models import StoredFile

# Claims that can still be decided.
_OPEN = (ClaimState.SUBMITTED, ClaimState.WAITING)


# --- Claims ---------------------------------------------------------------------------------------


class Yes(forms.Form):
    """How much, and why it is less."""

    amount = AmountField(label=_("Amount, EUR"), help_text=_("Less than is held: say why."))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person reads it. Needed where you pay less."),
    )


class No(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person reads it."),
    )


def _approve(request: HttpRequest, row: Claim, answers: dict[str, Any]) -> Any:
    claim = claims.approve(claim_id=row.pk, **answers, actor=request.user, at=now())
    assert claim.commitment is not None
    return _("Approved: %(sum)s wait for the next payment file.") % {
        "sum": formats.money(claim.commitment.support, formats.language(), cents=True)
    }


def _reject(request: HttpRequest, row: Claim, answers: dict[str, Any]) -> Any:
    claims.reject(claim_id=row.pk, **answers, actor=request.user, at=now())
    return _("Rejected. The money is free again, and the person was told why.")


def _papers(request: HttpRequest, row: Claim) -> Section:
    """What the person added, each under a link that is good for five minutes."""

    def line(what: Any, file: StoredFile) -> list[Any]:
        url = files.link(file=file, actor=request.user)
        return [what, Link(file.name, url), file.uploaded_at]

    return Section(
        _("Papers"),
        columns("What", "File", "Added"),
        [line(_("Proof"), file) for file in selectors_claims.proofs(row.pk)]
        + [line(_("Invoice"), file) for file in selectors_claims.invoices(row.pk)],
        note=_("A link is good for five minutes and for you alone. Each opening is logged."),
    )


def _whose(request: HttpRequest, row: Claim) -> Section:
    """The name that has to stand on the papers, for whoever compares them and as long as they do;
    the number of the bank account is seen by those who pay (NFR-4)."""
    compares = row.state in _OPEN and rules.has_perm("funding.decide_claim", request.user, row)
    if not compares:
        note = _("The name is shown to whoever decides, until it is decided.")
        return Section(_("Whose it is"), [], [], note=note)
    return Section(
        _("Whose it is"),
        columns("Full name", "Holder"),
        [[row.account.person.full_name, row.bank_account.holder if row.bank_account else ""]],
        note=_("This name has to stand on the papers, and the bank account has to be theirs."),
    )


def _hints(request: HttpRequest, row: Claim) -> Section:
    """Signs that the same was paid before."""
    return Section(
        _("Look at this before you decide"),
        columns("Sign", "Claim", "State", "Amount", "Sent"),
        [
            [
                hint.text,
                link_to(hint.other),
                hint.other.get_state_display(),
                hint.other.amount,
                hint.other.submitted_at,
            ]
            for hint in selectors_claims.hints(row)
        ],
        note=_("A sign is no proof. Whether the same was paid twice, the papers say."),
    )


def _reasons(request: HttpRequest, row: Claim) -> Section:
    """The decision about eligibility with the facts it rests on."""
    decision = Decision.objects.filter(reference=f"claim:{row.pk}").first()
    said = decision_words.lines(decision.lines, decision_words.names()) if decision else []
    return Section(
        _("Why the person may ask for it"),
        columns("Condition", "Fact", "Day"),
        [[line.text, line.value, line.observed_on] for line in said],
    )


@admin.register(Claim)
class ClaimAdmin(StatefulAdmin):
    """Costs that people want back: the oldest first. Drafts are nobody else's business."""

    list_display = ("title", "state", "amount", "earned_on", "submitted_at", "decided_at")
    list_filter = ("state", "scheme", "what")
    list_select_related = ("what",)
    search_fields = ("=invoice_number", "=invoice_issuer")
    search_keys = ("pk", "account_id", "commitment_id")
    ordering = ("submitted_at", "pk")
    sections = (_hints, _papers, _whose, _reasons, transitions)
    acts = (
        Action(
            code="approve",
            label=_("Approve"),
            explains=_(
                "The money that is held becomes owed to the person. It is paid with the next"
                " payment file, which two other people let go."
            ),
            permission="funding.decide_claim",
            run=_approve,
            form=Yes,
            when=lambda row: row.state == ClaimState.SUBMITTED,
            initial=lambda row: {"amount": row.commitment.support if row.commitment else None},
        ),
        Action(
            code="reject",
            label=_("Reject"),
            explains=_("The person reads the reason and can put it before another person."),
            permission="funding.decide_claim",
            run=_reject,
            form=No,
            when=lambda row: row.state in _OPEN,
        ),
    )

    @admin.display(description=_("What is paid back"), ordering="what__name_lv")
    def title(self, row: Claim) -> str:
        """The name of the certificate or assessment; it leads to the claim."""
        return row.title

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        sent = super().get_queryset(request).exclude(state=ClaimState.DRAFT)
        return sent.select_related("account__person", "bank_account", "commitment", "what")

    def persons_of(self, row: Claim) -> Iterable[UUID]:
        return [row.account.person_id]


def claims_of_person(request: HttpRequest, account: LearningAccount) -> Section:
    """What the person asked to have paid back."""
    rows = selectors_claims.claims_of(account.pk).exclude(state=ClaimState.DRAFT)
    return Section(
        _("Refunds"),
        columns("What", "State", "Amount", "Sent"),
        [
            [
                link_to(row),
                row.get_state_display(),
                row.amount,
                row.submitted_at,
            ]
            for row in rows[:50]
        ],
    )


add_section(LearningAccount, claims_of_person)


# --- The list -------------------------------------------------------------------------------------


class Entry(forms.Form):
    """What may change of an entry; its code stays."""

    name_lv = forms.CharField(label=_("Name in Latvian"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    issuer = forms.CharField(label=_("Who gives it"), max_length=200, required=False)
    ceiling = AmountField(
        label=_("At most for one claim, EUR"),
        required=False,
        help_text=_("Empty: the policy alone sets a limit."),
    )
    valid_from = forms.DateField(label=_("Earned on this day at the earliest"), widget=DAY)
    valid_to = forms.DateField(
        label=_("Earned on this day at the latest"), required=False, widget=DAY
    )


class NewEntry(Entry):
    """A new entry."""

    field_order = ("kind", "code")
    kind = forms.ChoiceField(label=_("Kind"), choices=RefundKind)
    code = forms.SlugField(
        label=_("Code"), max_length=60, help_text=_("Small letters, figures and dashes.")
    )


class ListFile(forms.Form):
    """A CSV file whose every row is looked at before anything is written."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Columns: %(columns)s. All rows are taken over, or none.")
        % {"columns": ", ".join(refundable_list.COLUMNS)},
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> bytes:
        """The bytes; each row that is wrong is an error of its own."""
        content: bytes = self.cleaned_data["file"].read(refundable_list.MOST_BYTES + 1)
        try:
            found = refundable_list.problems(refundable_list.read(content))
        except refundable_list.ListRefused as error:
            found = error.problems
        except DomainError as error:
            raise forms.ValidationError(str(error.message)) from error
        if found:
            raise forms.ValidationError([str(one) for one in found[:100]])
        return content


class Kind(forms.Form):
    """As which file."""

    kind = forms.ChoiceField(
        label=_("File"),
        choices=[(export.CSV, "CSV"), (export.XLSX, "XLSX")],
        widget=forms.RadioSelect,
    )


def _new(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    refundables.save(refundable_id=None, values=answers, actor=request.user, at=now())
    return _("The list has a new entry.")


def _edit(request: HttpRequest, row: Refundable, answers: dict[str, Any]) -> Any:
    refundables.save(refundable_id=row.pk, values=answers, actor=request.user, at=now())
    return _("The entry is changed.")


def _import(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    counts = refundables.import_list(content=answers["file"], actor=request.user, at=now())
    return _("New: %(new)s, changed: %(update)s, the same: %(skip)s.") % counts


def _export(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    table = refundables.export_list(actor=request.user, at=now())
    return export.response(answers["kind"], table.headers or [], table, name="atmaksas-saraksts")


_OF_LIST: dict[str, Any] = {"permission": refundables.PERMISSION, "of_row": False}


@admin.register(Refundable)
class RefundableAdmin(AgencyAdmin):
    """What is paid back, from when to when, and how much at most. Kept with LIKTA."""

    list_display = ("name_lv", "kind", "code", "issuer", "ceiling", "valid_from", "valid_to")
    list_filter = ("kind",)
    search_fields = ("code", "name_lv", "name_en", "issuer")
    ordering = ("kind", "name_lv")
    acts = (
        Action(
            code="new",
            label=_("New entry"),
            explains=_("People can ask for it from its first day on."),
            run=_new,
            form=NewEntry,
            **_OF_LIST,
        ),
        Action(
            code="import",
            label=_("Take over a file"),
            explains=_("Entries are known by their code. What is not in the file stays."),
            run=_import,
            form=ListFile,
            **_OF_LIST,
        ),
        Action(
            code="export",
            label=_("Save as a file"),
            explains=_("The whole list, in the form in which it can be taken over again."),
            run=_export,
            form=Kind,
            **_OF_LIST,
        ),
        Action(
            code="edit",
            label=_("Change"),
            explains=_("Claims that were sent keep what they were promised."),
            permission=refundables.PERMISSION,
            run=_edit,
            form=Entry,
            initial=lambda row: {name: getattr(row, name) for name in Entry.base_fields},
        ),
    )
