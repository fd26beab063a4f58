"""Forms from application to completion; what is allowed is said by the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from funding.enums import PayerKind
from stars.common.errors import DomainError
from stars.common.forms import DayInput
from stars.files.forms import FilesField


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the fields that were sent, even if none were; None for a look."""
    return request.POST if request.method == "POST" else None


def refuse(form: forms.Form, error: DomainError) -> int:
    """Say a domain error at its field, or above the form; returns the status of the page."""
    form.is_valid()
    form.add_error(error.field if error.field in form.fields else None, str(error.message))
    return error.status


def carry_out(
    request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], HttpResponse]
) -> tuple[HttpResponse | None, int]:
    """Do what a form asks for: the answer of `act` once it is filled in rightly and nothing is in
    the way; else None, with the status of the page that shows the form again."""
    if request.method != "POST":
        return None, 200
    if not form.is_valid():
        return None, 400
    try:
        return act(form.cleaned_data), 200
    except DomainError as error:
        return None, refuse(form, error)


APPROVE, REJECT = "approve", "reject"
# What a provider writes to a person.
NOTE_LETTERS = 1000
_TOO_LONG = _("Write at most %(limit_value)d letters; now there are %(show_value)d.")


class DecisionForm(forms.Form):
    """The provider's answer to an application."""

    decision = forms.ChoiceField(
        label=_("Your answer"),
        choices=[(APPROVE, _("Admit to the group")), (REJECT, _("Reject"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two answers.")},
    )
    note = forms.CharField(
        label=_("Reason"),
        help_text=_("The person will read it. Needed when you reject."),
        required=False,
        max_length=NOTE_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _TOO_LONG},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == REJECT and not data.get("note", "").strip():
            self.add_error("note", _("Write the reason: the person will read it."))
        return data


class DayForm(forms.Form):
    """A day whose session is looked for."""

    day = forms.DateField(
        label=_("Day of the session"),
        widget=DayInput(),
        error_messages={
            "required": _("Choose a day of the group."),
            "invalid": _("Choose a day of the group."),
        },
    )


class ResultForm(forms.Form):
    """What belongs to one person's result: the document, or why not, and the day."""

    detail = forms.CharField(
        label=_("Document number, or the reason if not completed"),
        required=False,
        max_length=NOTE_LETTERS,
        error_messages={"max_length": _TOO_LONG},
    )
    on = forms.DateField(label=_("Day"), required=False, widget=DayInput())
    grade = forms.TypedChoiceField(
        label=_("Grade"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *((n, str(n)) for n in range(10, 0, -1))],
        error_messages={"invalid_choice": _("Write the grade, from 1 to 10.")},
    )


class GroupForm(forms.Form):
    """Step 1: the group."""

    group = forms.UUIDField(
        label=_("Group"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a group."),
            "invalid": _("Choose one of these groups."),
        },
    )


class SupportForm(forms.Form):
    """Step 2: with support or without, and who pays the rest."""

    funding = forms.ChoiceField(
        label=_("How will you pay for learning?"),
        choices=[("support", _("With support")), ("own", _("Without support"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you will pay.")},
    )
    payer = forms.ChoiceField(
        label=_("Who pays your part?"),
        choices=PayerKind.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose who pays the rest.")},
    )


class ContactForm(forms.Form):
    """How the provider reaches the person."""

    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": _("Write the whole e-mail address, for example anna@epasts.lv.")
        },
    )
    phone = forms.RegexField(
        r"^\+?[0-9 ]{8,19}$",
        label=_("Telephone"),
        help_text=_("8 digits"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"invalid": _("Write all 8 digits of the telephone number.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("email") or data.get("phone")):
            self.add_error(
                "email", _("Write an e-mail address or a telephone number: one is enough.")
            )
        return data


class AgreementForm(ContactForm):
    """Step 3: contacts, and that the conditions are known."""

    understood = forms.BooleanField(
        label=_("I know what happens with the money if I withdraw or stop"),
        error_messages={"required": _("Confirm that you know what happens if you stop.")},
    )


class PathForm(forms.Form):
    """A goal, which full support asks for (money-rules.md 12)."""

    goal = forms.CharField(
        label=_("What do you want to become or learn to do?"),
        help_text=_("For example: to work as a computer systems technician."),
        max_length=200,
        error_messages={"required": _("Write your goal in a few words.")},
    )


class SendForm(forms.Form):
    """Step 4: what was seen when confirming, so that nothing else is sent."""

    group = forms.UUIDField(widget=forms.HiddenInput)
    support = forms.DecimalField(max_digits=12, decimal_places=2, widget=forms.HiddenInput)
    employer = forms.DecimalField(
        max_digits=12, decimal_places=2, required=False, widget=forms.HiddenInput
    )


class PledgeCodeForm(forms.Form):
    """A code with which an employer pays a part for its people (FUN-9)."""

    code = forms.CharField(
        label=_("Code from your employer"),
        help_text=_("Letters and figures, for example ABCDE-23456."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the code.")},
    )


class OwnPartForm(forms.Form):
    """What the provider writes down when one share of an own part was paid."""

    paid_on = forms.DateField(
        label=_("Paid on"),
        widget=DayInput(),
        error_messages={
            "required": _("Write the day of the payment."),
            "invalid": _("Write the day of the payment."),
        },
    )
    proof = forms.CharField(
        label=_("Number of the payment order or invoice"),
        max_length=60,
        error_messages={
            "required": _("Write the number of the payment order or invoice."),
            "max_length": _TOO_LONG,
        },
    )
    file = FilesField(
        label=_("Payment orders (PDF, PNG or JPEG, several at once, if you have them)"),
        required=False,
    )


class CorrectionForm(forms.Form):
    """An own part that was recorded wrongly."""

    paid = forms.ChoiceField(
        label=_("Was it paid?"),
        choices=[("yes", _("Yes, but the day or the number is another one")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
    paid_on = forms.DateField(label=_("Paid on"), required=False, widget=DayInput())
    proof = forms.CharField(
        label=_("Number of the payment order or invoice"),
        required=False,
        max_length=60,
        error_messages={"max_length": _TOO_LONG},
    )
    reason = forms.CharField(
        label=_("Why you change it"),
        max_length=NOTE_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write why you change it."), "max_length": _TOO_LONG},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("paid") == "no":
            data |= {"paid_on": None, "proof": ""}
        elif not self.errors:
            if not data.get("paid_on"):
                self.add_error("paid_on", _("Write the day of the payment."))
            if not data.get("proof"):
                self.add_error("proof", _("Write the number of the payment order or invoice."))
        return data


class OwnPartListForm(forms.Form):
    """A list of own parts, as downloaded and filled in."""

    file = forms.FileField(
        label=_("List of own parts (CSV or XLSX)"),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("The file is empty. Choose it again."),
        },
    )


class BankForm(forms.Form):
    """Where a provider is paid."""

    iban = forms.CharField(
        label=_("Account number (IBAN)"),
        max_length=42,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the account number.")},
    )
    holder = forms.CharField(
        label=_("Holder of the account"),
        max_length=140,
        help_text=_("As the bank knows you."),
        error_messages={"required": _("Write the holder of the account as the bank knows them.")},
    )


def _line(label: Any, *, required: bool = True, most: int = 120, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=most,
        error_messages={
            "required": _("Fill this in: it stands on the certificate."),
            "max_length": _TOO_LONG,
        },
    )


class CertificateForm(forms.Form):
    """What a provider's certificates say besides the facts."""

    name = _line(
        _("Name of the template"),
        required=False,
        most=80,
        hint=_("For yourself; it does not stand on the certificate."),
    )
    heading_lv = _line(_("Heading in Latvian"))
    heading_en = _line(_("Heading in English"))
    text_lv = forms.CharField(
        label=_("Text in Latvian"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _TOO_LONG},
    )
    text_en = forms.CharField(
        label=_("Text in English"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _TOO_LONG},
    )
    signatory = _line(_("Who signs"), hint=_("Name and family name."))
    position_lv = _line(_("Their position in Latvian"), required=False)
    position_en = _line(_("Their position in English"), required=False)
    logo = forms.FileField(
        label=_("Logo (PNG or JPEG)"),
        required=False,
        error_messages={"empty": _("The file is empty. Choose it again.")},
    )
    logo_alt = _line(
        _("What the logo shows, in words"),
        required=False,
        most=200,
        hint=_("For people who hear the certificate. Without these words no logo is drawn."),
    )


class WithdrawCertificateForm(forms.Form):
    """Why a certificate is no longer valid."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The person will read it."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Write the reason: the person will read it."),
            "max_length": _TOO_LONG,
        },
    )
