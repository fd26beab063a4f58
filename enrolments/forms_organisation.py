"""Forms of a provider's organisation, places, teachers and staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role

_FILL = {"required": _("Fill this in.")}
_LONG = forms.Textarea(attrs={"rows": 5})
NOBODY_SAID, YES, NO = "", "yes", "no"


class AboutForm(forms.Form):
    """What everybody reads about the provider."""

    about_lv = forms.CharField(
        label=_("Who you are and what you teach, in Latvian"),
        help_text=_("Two or three plain sentences. They stand on your page."),
        max_length=3000,
        required=False,
        widget=_LONG,
    )
    about_en = forms.CharField(
        label=_("The same in English"), max_length=3000, required=False, widget=_LONG
    )
    city = forms.CharField(label=_("Town"), max_length=80, error_messages=_FILL)
    email = forms.EmailField(
        label=_("E-mail for questions"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Write an e-mail address.")},
    )
    phone = forms.CharField(
        label=_("Telephone for questions"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class VenueForm(forms.Form):
    """A house in which one teaches."""

    name = forms.CharField(
        label=_("What you call the place"),
        help_text=_("For example: the house in Brīvības iela."),
        max_length=120,
        error_messages=_FILL,
    )
    street = forms.CharField(
        label=_("Street and number"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages=_FILL,
    )
    city = forms.CharField(label=_("Town"), max_length=80, error_messages=_FILL)
    step_free = forms.ChoiceField(
        label=_("Can people in a wheelchair get in without steps?"),
        choices=[(YES, _("Yes")), (NO, _("No")), (NOBODY_SAID, _("I do not know"))],
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_step_free(self) -> bool | None:
        said: str = self.cleaned_data["step_free"]
        return {YES: True, NO: False}.get(said)


class RoomForm(forms.Form):
    """A room of a place."""

    name = forms.CharField(label=_("Room"), max_length=60, error_messages=_FILL)
    seats = forms.IntegerField(label=_("Seats"), required=False, min_value=1, max_value=2000)


class TeacherForm(forms.Form):
    """Somebody who teaches."""

    name = forms.CharField(label=_("Name and surname"), max_length=120, error_messages=_FILL)
    about_lv = forms.CharField(
        label=_("What they know about, in Latvian"),
        help_text=_("One sentence. Learners see it."),
        max_length=300,
        required=False,
    )
    about_en = forms.CharField(label=_("The same in English"), max_length=300, required=False)


class ActiveMixin(forms.Form):
    """What is put away stays with the groups that had it, and is offered no more."""

    active = forms.BooleanField(label=_("In use: can be chosen for new groups"), required=False)


class VenueEdit(VenueForm, ActiveMixin):
    """An existing place."""


class RoomEdit(RoomForm, ActiveMixin):
    """An existing room."""


class TeacherEdit(TeacherForm, ActiveMixin):
    """An existing teacher."""


class InviteForm(forms.Form):
    """Somebody who is to work in the workspace."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send a link. Whoever opens it chooses a password and a second factor."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={**_FILL, "invalid": _("Write an e-mail address.")},
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (Role.PROVIDER_USER, _("Staff: groups, attendance, results")),
            (Role.PROVIDER_ADMIN, _("Administrator: the same, and the organisation and its staff")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role.")},
    )


def step_free_initial(value: bool | None) -> str:
    """How the answer about steps stands in the form."""
    return {True: YES, False: NO}.get(value, NOBODY_SAID)  # type: ignore[arg-type]


def initial(row: Any, names: Any) -> dict[str, Any]:
    """Fields of a row for a form."""
    return {name: getattr(row, name) for name in names if name != "step_free"}
