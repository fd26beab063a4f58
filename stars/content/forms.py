"""Forms of visitors and of editors."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from stars.common.errors import Invalid
from stars.content.models import Picture
from stars.content.services.pictures import redraw


class SubscribeForm(forms.Form):
    """An e-mail address for news."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("Write the address like this: name@example.com"),
        },
    )


class ReportForm(forms.Form):
    """What is not accessible, where, and whom to answer."""

    LONGEST_PAGE = 500

    text = forms.CharField(
        label=_("What does not work?"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_(
            "What did you want to do, and what happened? What do you use: a phone, a screen"
            " reader, only the keyboard?"
        ),
        error_messages={"required": _("Write what does not work.")},
    )
    page = forms.CharField(
        label=_("Address of the page (if you know it)"), max_length=LONGEST_PAGE, required=False
    )
    name = forms.CharField(
        label=_("Your name (if you want)"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address (if you want an answer)"),
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": _("Write the address like this: name@example.com")},
    )


class PictureForm(forms.ModelForm):
    """A new picture with its words."""

    # The theme's own box: its script expects one at every choice of a file.
    upload = forms.FileField(
        label=_("Picture (PNG or JPEG, up to 10 MB)"), widget=UnfoldAdminFileFieldWidget
    )

    class Meta:
        model = Picture
        fields: ClassVar[list[str]] = ["alt_lv", "alt_en"]

    def clean_upload(self) -> Any:
        """A picture that can be drawn."""
        upload = self.cleaned_data["upload"]
        try:
            redraw(upload.name, upload)
        except Invalid as error:
            raise forms.ValidationError(str(error)) from error
        upload.seek(0)
        return upload


class Version(forms.Form):
    """To which version to go back."""

    version = forms.IntegerField(label=_("Number of the version"), min_value=1)
