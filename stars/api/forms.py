"""The form that makes a key."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from stars.api.scopes import Scope
from stars.api.services.keys import MOST_MONTHS, NAME_LETTERS
from stars.common.dates import add_months

_FILL = {"required": _("Fill this in.")}
MONTHS = (
    ("3", _("3 months")),
    ("6", _("6 months")),
    (str(MOST_MONTHS), _("One year")),
)


class KeyForm(forms.Form):
    """A name, what the key may do, and for how long."""

    name = forms.CharField(
        label=_("What the key is for"),
        help_text=_("For example: our timetable system. You will know the key by this name."),
        max_length=NAME_LETTERS,
        error_messages=_FILL,
    )
    scopes = forms.MultipleChoiceField(
        label=_("What the key may do"),
        help_text=_("Choose only what the system needs. Whoever may write may read as well."),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the key may do.")},
    )
    months = forms.ChoiceField(
        label=_("For how long"),
        choices=MONTHS,
        initial="6",
        widget=forms.RadioSelect,
        error_messages=_FILL,
    )

    def expires_on(self, today: date) -> date:
        """The last day of the key."""
        return add_months(today, int(self.cleaned_data["months"]))
