"""Forms with which an organisation registers; what is allowed is said by the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import ProviderRegistration
from catalogue.rules.provider import GRADUATES, RUNS
from stars.common.forms import DayInput

# Rows for earlier runs; two are asked for.
ROWS = 3
_FILL = {"required": _("Fill this in.")}


class OrganisationForm(forms.Form):
    """Step 1: who it is and how one reaches it."""

    registration_number = forms.RegexField(
        r"^\s*(\d\s*){11}$",
        label=_("Registration number"),
        help_text=_("11 digits, as in the enterprise register."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={**_FILL, "invalid": _("A registration number has 11 digits.")},
    )
    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages=_FILL,
    )
    city = forms.CharField(
        label=_("Town"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        error_messages=_FILL,
    )
    email = forms.EmailField(
        label=_("E-mail of the organisation"),
        help_text=_(
            "We send the invitation to the workspace here. Learners see it, so take no private one."
        ),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={**_FILL, "invalid": _("Write an e-mail address.")},
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        error_messages=_FILL,
    )
    about_lv = forms.CharField(
        label=_("Who you are and what you teach, in Latvian"),
        help_text=_("Two or three plain sentences. They stand on your page."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=_FILL,
    )
    about_en = forms.CharField(
        label=_("The same in English, if you like"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ExperienceForm(forms.Form):
    """Step 2: what the criteria ask about."""

    accreditation = forms.CharField(
        label=_("What you are accredited or licensed for"),
        help_text=_("For example: vocational upskilling programmes in information technology."),
        max_length=300,
        required=False,
    )
    accredited_until = forms.DateField(
        label=_("Last day of the accreditation"),
        required=False,
        widget=DayInput(),
        error_messages={"invalid": _("Write a day.")},
    )
    no_exclusion = forms.BooleanField(
        label=_(
            "No ground for exclusion stands against us: no insolvency or liquidation, no tax debt,"
            " no judgment for fraud or corruption"
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, ROWS + 1):
            self.fields[f"title_{number}"] = forms.CharField(
                label=_("Programme"), max_length=200, required=False
            )
            self.fields[f"year_{number}"] = forms.IntegerField(
                label=_("Year"), min_value=1991, max_value=2100, required=False
            )
            self.fields[f"graduates_{number}"] = forms.IntegerField(
                label=_("Graduates in one group"), min_value=0, max_value=1000, required=False
            )

    @property
    def runs(self) -> list[list[forms.BoundField]]:
        """The three fields of each earlier run."""
        names = ("title", "year", "graduates")
        return [[self[f"{name}_{n}"] for name in names] for n in range(1, ROWS + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in range(1, ROWS + 1):
            names = [f"{name}_{number}" for name in ("title", "year", "graduates")]
            filled = [data.get(name) not in (None, "") for name in names]
            if any(filled) and not all(filled):
                for name, full in zip(names, filled, strict=True):
                    if not full and name not in self.errors:
                        self.add_error(name, _("Fill in all three, or none."))
        return data

    def values(self) -> dict[str, Any]:
        """What the service keeps, as far as it is right."""
        data = self.cleaned_data
        kept = ("accreditation", "accredited_until", "no_exclusion")
        values = {name: data[name] for name in kept if name in data}
        runs = []
        for number in range(1, ROWS + 1):
            one = {name: data.get(f"{name}_{number}") for name in ("title", "year", "graduates")}
            if all(value not in (None, "") for value in one.values()):
                runs.append(one)
        return {**values, "runs": runs}


def organisation_initial(row: ProviderRegistration | None) -> dict[str, Any]:
    """What was written before, for step 1."""
    return {name: getattr(row, name) for name in OrganisationForm.base_fields} if row else {}


def experience_initial(row: ProviderRegistration) -> dict[str, Any]:
    """What was written before, for step 2."""
    found: dict[str, Any] = {
        "accreditation": row.accreditation,
        "accredited_until": row.accredited_until,
        "no_exclusion": row.no_exclusion,
    }
    for number, run in enumerate(row.runs[:ROWS], start=1):
        found |= {f"{name}_{number}": run[name] for name in ("title", "year", "graduates")}
    return found


EXPERIENCE_ASKS = {"runs": RUNS, "graduates": GRADUATES}
