"""Forms about attendance; what is allowed is said by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrolments.enums import AbsenceReason
from enrolments.services.excuses import LETTERS

_TOO_LONG = _("Write at most %(limit_value)d letters; now there are %(show_value)d.")
_DAY = {"required": _("Choose the day."), "invalid": _("Choose the day.")}


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DAY,
    )


class _Files(forms.FileInput):
    """Several at once; the service looks at each."""

    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """A list of files; each is looked at by itself."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(_FilesField, self).clean(each, initial) for each in data or []]


class ExcuseForm(forms.Form):
    """Why somebody was or will be away."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=AbsenceReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why."), "invalid_choice": _("Choose why.")},
    )
    first_day = _day(_("First day"))
    last_day = _day(_("Last day"))
    note = forms.CharField(
        label=_("What the provider should know (optional)"),
        required=False,
        max_length=LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _TOO_LONG},
    )
    file = _FilesField(
        label=_("Documents (optional)"),
        help_text=_(
            "PDF, PNG or JPEG, at most three files of 10 MB. Only who decides sees them; they are"
            " erased 30 days after the answer."
        ),
        required=False,
        allow_empty_file=True,  # the service says what is wrong with it
        widget=_Files(attrs={"accept": ".pdf,.png,.jpg,.jpeg", "multiple": True}),
    )


class ExcuseDecisionForm(forms.Form):
    """The provider's answer."""

    decision = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("accept", _("Accept")), ("refuse", _("Do not accept"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two answers.")},
    )
    note = forms.CharField(
        label=_("Reason"),
        help_text=_("The person will read it. Needed when you do not accept."),
        required=False,
        max_length=LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _TOO_LONG},
    )


class CodeForm(forms.Form):
    """The digits that the teacher shows."""

    code = forms.CharField(
        label=_("Code that the teacher shows"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": _("Write the code."), "max_length": _("Write the code.")},
    )
