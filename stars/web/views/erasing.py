"""Erasing one's data for good: what stands in the way or what follows, then the last word."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.services.erasure import Standing, erase_person, subject_of
from enrolments.forms import posted, refuse
from stars.audit import erasure
from stars.common.errors import DomainError, NotAllowed
from stars.web.viewer import viewer


class ForGood(forms.Form):
    """Nobody comes back from this, so nobody comes here by a slip of the finger."""

    sure = forms.BooleanField(
        label=gettext_lazy("I understand that this cannot be taken back"),
        error_messages={"required": gettext_lazy("Tick the box if you want to erase your data.")},
    )


@never_cache
@require_http_methods(["GET", "POST"])
def erasing(request: HttpRequest) -> HttpResponse:
    """The person's own erasure (/konts/dati/dzesana/, ILA-13)."""
    who = viewer(request)
    person = who.person
    if person is None:
        raise NotAllowed(gettext_lazy("This page belongs to learners."))
    form, status = ForGood(posted(request)), 200
    subject = subject_of(person)
    standing = erasure.obstacles(subject, who.at)
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                erase_person(person_id=person.pk, actor=request.user, at=who.at)
            except Standing as error:
                standing, status = error.obstacles, error.status
            except DomainError as error:
                status = refuse(form, error)
            else:
                return _gone(request)
    context: dict[str, Any] = {
        "back": {"url": reverse("web:data"), "text": _("My data")},
        "standing": standing,
        "consequences": [] if standing else [*_always(), *erasure.consequences(subject, who.at)],
        "form": form,
        "nav": "account",
    }
    return render(request, "web/erasing.html", context, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    """Signed out; the session that said who it was is gone with everything else."""
    logout(request)
    messages.success(request, _("Your data are erased. You are signed out."))
    return redirect("web:home")


def _always() -> list[erasure.Consequence]:
    return [
        erasure.Consequence(
            "person",
            _("Your name, personal code, e-mail and telephone number are erased"),
            _("So is what you told us about yourself, with every document you added."),
        ),
        erasure.Consequence(
            "sign-out",
            _("You are signed out at once"),
            _("If you come back one day, we do not know you."),
        ),
    ]
