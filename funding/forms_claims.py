"""Forms of a claim for a refund. Every field may stay empty while it is a draft; what is missing
is said when the person goes on, and what is allowed is said by the services."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from stars.common.errors import DomainError, Invalid
from stars.common.forms import DayInput
from stars.common.money import euro

DAY = DayInput()
ACCEPT = ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"
_TOO_LONG = _("Write at most %(limit_value)d letters; now there are %(show_value)d.")
_NO_DAY = {"invalid": _("Write a day of the calendar.")}


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the fields that were sent, even if none were; None for a look."""
    return request.POST if request.method == "POST" else None


def refuse(form: forms.Form, error: DomainError) -> int:
    """Say a domain error at its field, or above the form; returns the status of the page."""
    form.is_valid()
    form.add_error(error.field if error.field in form.fields else None, str(error.message))
    return error.status


class AmountField(forms.CharField):
    """EUR as people write it: "92,50", "92.50", "1 200 €"."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        plain = "".join(text.replace("€", "").replace("EUR", "").split()).replace(",", ".")
        try:
            amount = euro(plain)
        except Invalid as error:
            raise forms.ValidationError(str(error.message)) from error
        if amount <= 0:
            raise forms.ValidationError(_("Write an amount above zero."))
        return amount


class WhatForm(forms.Form):
    """Screen 1: what was earned, and when."""

    what = forms.ChoiceField(
        label=_("What do you want paid back?"),
        error_messages={
            "required": _("Choose something from the list."),
            "invalid_choice": _("Choose something from the list."),
        },
    )
    earned_on = forms.DateField(
        label=_("The day on which you earned it"),
        help_text=_("It stands on the certificate or on the result of the assessment."),
        required=False,
        widget=DAY,
        error_messages=_NO_DAY,
    )
    document_number = forms.CharField(
        label=_("Number of the certificate"),
        help_text=_("If it has one."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _TOO_LONG},
    )

    def __init__(self, *args: Any, choices: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["what"]
        field.choices = [("", _("Choose from the list")), *choices]


class PapersForm(forms.Form):
    """Screen 2: the proof, the invoice, and where the money goes."""

    proof_file = forms.FileField(
        label=_("Certificate or result of the assessment"),
        help_text=_("PDF, PNG or JPEG, at most 10 MB."),
        required=False,
        allow_empty_file=True,  # the service says what is wrong with it
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    invoice_file = forms.FileField(
        label=_("Invoice or receipt"),
        help_text=_("PDF, PNG or JPEG, at most 10 MB."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    invoice_issuer = forms.CharField(
        label=_("Who issued the invoice"),
        help_text=_("The registration number of the firm if there is one, or its name."),
        required=False,
        max_length=120,
        error_messages={"max_length": _TOO_LONG},
    )
    invoice_number = forms.CharField(
        label=_("Number of the invoice"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _TOO_LONG},
    )
    invoiced_on = forms.DateField(
        label=_("Day of the invoice"), required=False, widget=DAY, error_messages=_NO_DAY
    )
    amount = AmountField(label=_("How much you paid, EUR"), required=False)
    iban = forms.CharField(
        label=_("Your bank account"),
        help_text=_("The number (IBAN) of your own account. The money is sent there."),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _TOO_LONG},
    )
    holder = forms.CharField(
        label=_("Holder of the account"),
        required=False,
        max_length=140,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": _TOO_LONG},
    )


class AccountForm(forms.Form):
    """Where the money goes, for a claim that was sent."""

    iban = PapersForm.base_fields["iban"]
    holder = PapersForm.base_fields["holder"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["iban"].required = self.fields["holder"].required = True


class SendForm(forms.Form):
    """Screen 3: which money, and that nobody else has paid it."""

    expected = forms.DecimalField(widget=forms.HiddenInput)
    money = forms.ChoiceField(
        label=_("Which money do you want to use?"),
        choices=[("project", _("The project's")), ("own", _("From my account"))],
        widget=forms.RadioSelect,
        required=False,
    )
    declared = forms.BooleanField(
        label=_("I paid this myself, and nobody else has paid it back to me"),
        error_messages={"required": _("Confirm that nobody else has paid it back to you.")},
    )
