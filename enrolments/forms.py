"""Forms from application to completion; what is allowed is said by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

APPROVE, REJECT = "approve", "reject"


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
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == REJECT and not data.get("note", "").strip():
            self.add_error("note", _("Write the reason: the person will read it."))
        return data


class ResultForm(forms.Form):
    """One person's result: completed with a document, or why not."""

    outcome = forms.ChoiceField(
        choices=[("completed", _("Completed")), ("interrupted", _("Not completed"))],
        required=False,
    )
    detail = forms.CharField(
        label=_("Document number, or the reason if not completed"), required=False, max_length=500
    )
    on = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
