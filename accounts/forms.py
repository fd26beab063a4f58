"""Forms of signing in: allauth's, with our words and without placeholders."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.utils.translation import gettext_lazy as _

# Digits from an app or from paper; pasting and filling in by the phone both work.
_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "off"}


def _plain(field: forms.Field, **attrs: str) -> None:
    """A label always visible says it all; a placeholder would be read as a value."""
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class LoginForm(account.LoginForm):
    """E-mail and password of staff."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        # "username" is what password managers look for, whatever it is made of.
        _plain(self.fields["login"], autocomplete="username")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        _plain(self.fields["password"])


class ReauthenticateForm(account.ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        _plain(self.fields["password"])


class _CodeForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Six-digit code")
        # What the error summary says (components/error_summary.html).
        self.fields["code"].error_summary = _("Type the next code from the app")  # type: ignore[attr-defined]
        _plain(self.fields["code"], **_CODE)


class CodeForm(_CodeForm, mfa.AuthenticateForm):
    """The second factor while signing in."""


class CodeAgainForm(_CodeForm, mfa.ReauthenticateForm):
    """The second factor once more."""


class FirstCodeForm(_CodeForm, totp.ActivateTOTPForm):
    """The first code of a new second factor."""

    @property
    def secret_in_groups(self) -> str:
        """For those who type it: four letters at a time; apps ignore the spaces."""
        return " ".join(self.secret[n : n + 4] for n in range(0, len(self.secret), 4))
