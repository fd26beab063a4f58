"""The link of an invitation to work for an organisation."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.services import invitations
from stars.common.dates import now
from stars.common.errors import DomainError


class PasswordForm(forms.Form):
    """The password of the user for work, twice."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 14 characters; three or four words are easy to remember."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Write a password.")},
    )
    again = forms.CharField(
        label=gettext_lazy("The password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Write the password again.")},
    )

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("The two passwords are not the same."))
        return again


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take a role: whoever holds the link chooses a password, and signs in with it.

    Whoever has a user for work with this address only says yes. A link that is over answers 410.
    """
    at = now()
    found = invitations.read(token, at)
    known = User.objects.filter(email=found.email).exists()
    form: forms.Form = (forms.Form if known else PasswordForm)(
        request.POST if request.method == "POST" else None
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                password = form.cleaned_data.get("password", "")
                invitations.accept(token=token, password=password, at=at)
            except DomainError as error:
                status = error.status
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                logout(request)  # one's own learning and work are two users
                messages.success(request, _("You can sign in for work now."))
                return redirect("account_login")
    context = {"form": form, "invitation": found, "known": known}
    return render(request, "account/invitation.html", context, status=status)
