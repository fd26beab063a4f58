""" "This was not me": by the link of the letter, without signing in, and from one's own page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from enrolments import dispute_links, selectors
from enrolments.exceptions import LinkWrong
from enrolments.forms import posted, refuse
from enrolments.models import Application
from enrolments.selectors_disputes import application_of, may_dispute
from enrolments.services import disputes
from stars.common.dates import now
from stars.common.errors import DomainError
from stars.common.permissions import SYSTEM


class NotMe(forms.Form):
    """What the person knows about it."""

    note = forms.CharField(
        label=gettext_lazy("What do you know about it?"),
        help_text=gettext_lazy("Only the agency reads it. You may leave it empty."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page with the button, and its answer (public, by the signed link of the letter).

    Programs that check letters open links; only the button, which they do not press, counts. The
    page says nothing about the person, the training or the money.
    """
    commitment_id = dispute_links.read(token)
    if request.method != "POST":
        return render(request, "enrolments/not_me.html", {"done": False})
    dispute_links.limit(network_address=get_adapter().get_client_ip(request))
    application_id = application_of(commitment_id)
    if application_id is None:
        raise LinkWrong()
    disputes.open_case(application_id=application_id, actor=SYSTEM, at=now())
    return render(request, "enrolments/not_me.html", {"done": True})


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """The same for somebody who is signed in, from the application's page."""
    row = get_object_or_404(
        Application.objects.visible_to(request.user)
        .filter(account__person__user=request.user.pk)
        .select_related(*selectors.WITH_PROGRAMME, "commitment"),
        pk=application_id,
    )
    form = NotMe(posted(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            disputes.open_case(
                application_id=row.pk,
                note=form.cleaned_data["note"],
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            status = refuse(form, error)
        else:
            messages.success(request, _("Thank you for telling us. The money is frozen."))
            return redirect("enrolments:application", application_id=row.pk)
    elif request.method == "POST":
        status = 400
    elif not may_dispute(row):
        return redirect("enrolments:application", application_id=row.pk)
    context: dict[str, Any] = {
        "back": {
            "url": reverse("enrolments:application", args=[row.pk]),
            "text": row.offer.version.title,
        },
        "heading": _("Did somebody else apply in your name?"),
        "consequences": [
            {
                "icon": "card",
                "title": _("The money stays where it is"),
                "text": _("Nothing of it is paid or given back until the agency has decided."),
            },
            {
                "icon": "people",
                "title": _("The agency finds out who applied"),
                "text": _(
                    "If it was not you, the application ends and the money comes back. If it was"
                    " you, everything goes on."
                ),
            },
        ],
        "form": form,
        "action_text": _("This was not me"),
        "danger": True,
    }
    return render(request, "enrolments/confirm.html", context, status=status)
