"""The one page that says why a sign-in did not succeed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# code → heading, sentence, status. What the person can do about it comes first.
REASONS: dict[str, tuple[str | Promise, str | Promise, int]] = {
    "expired": (
        _("Sign in once more"),
        _(
            "This attempt to sign in is too old or was already used: ten minutes passed, the page "
            "was reloaded, or you began in another tab. Nothing happened to your account."
        ),
        400,
    ),
    "cancelled": (
        _("You stopped signing in"),
        _("Nothing was passed on to us. You can sign in whenever you like."),
        400,
    ),
    "refused": (
        _("Latvija.lv did not confirm the sign-in"),
        _("Try once more. If it happens again, try another bank or way of signing in."),
        400,
    ),
    "unavailable": (
        _("Latvija.lv does not answer"),
        _("This is not your fault. Try again in a few minutes."),
        502,
    ),
}


def known(request: HttpRequest, code: str) -> HttpResponse:
    """The page for one of `REASONS`."""
    heading, text, status = REASONS[code]
    return page(request, heading=heading, text=text, status=status)


def page(
    request: HttpRequest, *, heading: str | Promise, text: str | Promise, status: int
) -> HttpResponse:
    """The page, in the language of the request."""
    return render(
        request,
        "socialaccount/authentication_error.html",
        {"heading": heading, "text": text},
        status=status,
    )
