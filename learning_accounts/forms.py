"""The registration form: short, and nothing asked that is known (ILA-2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learning_accounts.enums import HeardFrom, Reason
from learning_accounts.services.account import Profile
from stars.vocabularies.models import Term


def terms(vocabulary: str) -> list[tuple[str, str]]:
    """Codes and words of a vocabulary's present version, in the language of the page."""
    rows = Term.objects.filter(vocabulary__code=vocabulary, vocabulary__current=True)
    return [(term.code, term.name) for term in rows.order_by("order", "code")]


class ProfileForm(forms.Form):
    """The two facts that support asks for."""

    education = forms.ChoiceField(
        label=_("Your highest completed education"),
        error_messages={"required": _("Choose your education.")},
    )
    employment = forms.ChoiceField(
        label=_("What you do now"),
        error_messages={"required": _("Choose what you do now.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty = [("", _("Choose"))]
        for name, vocabulary in (
            ("education", "education_level"),
            ("employment", "employment_status"),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*empty, *terms(vocabulary)]


class OpeningForm(ProfileForm):
    """Contacts, the two facts for support, and the tick for the money."""

    field_order = ("email", "phone", "education", "employment")
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We write when you get money and when training begins."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("Write the whole e-mail address, for example anna@epasts.lv."),
        },
    )
    phone = forms.RegexField(
        r"^\+?[0-9 ]{8,19}$",
        label=_("Telephone, if you like"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"invalid": _("Write all 8 digits of the telephone number.")},
    )
    wish = forms.CharField(
        label=_("What would you like to learn?"),
        help_text=_("A few words; you can leave it empty."),
        required=False,
        max_length=300,
    )
    reasons = forms.MultipleChoiceField(
        label=_("Why do you open an account?"),
        choices=Reason.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    heard_from = forms.MultipleChoiceField(
        label=_("Where did you hear of STARS?"),
        choices=HeardFrom.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    money = forms.BooleanField(
        label=_("I want the 500 € for training, now and in later periods"), required=False
    )
    accepted = forms.BooleanField(
        label=_("I have read and accept the terms of use and the privacy notice"),
        error_messages={"required": _("Read the terms and the privacy notice and tick the box.")},
    )

    def profile(self) -> Profile:
        """The valid form's answers."""
        data = self.cleaned_data
        return Profile(
            email=data["email"],
            phone=data["phone"],
            education=data["education"],
            employment=data["employment"],
            wish=data["wish"],
            reasons=tuple(data["reasons"]),
            heard_from=tuple(data["heard_from"]),
        )
