"""A code with which an employer pays a part of what the person pays (FUN-9)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enrolments.forms import PledgeCodeForm, posted, refuse
from enrolments.views.draft import own_draft, sent
from funding.services import pledges
from stars.common.dates import now
from stars.common.errors import DomainError
from stars.common.limits import at_most

# Codes are long, but nobody needs more tries than this in an hour.
TRIES, WITHIN_SECONDS = 10, 3600


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Enter the code; what the employer pays then stands in the price."""
    draft = own_draft(request, application_id)
    if answer := sent(request, draft):
        return answer
    form = PledgeCodeForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                at_most(TRIES, seconds=WITHIN_SECONDS, action="pledge_code", who=draft.account_id)
                pledge = pledges.use_code(
                    account_id=draft.account_id,
                    code=form.cleaned_data["code"],
                    actor=request.user,
                    at=now(),
                )
            except DomainError as error:
                status = refuse(form, error)
            else:
                messages.success(
                    request,
                    _("%(employer)s pays a part for you where it has promised to.")
                    % {"employer": pledge.employer.name},
                )
                return redirect("enrolments:apply_support", application_id=draft.pk)
    return render(
        request,
        "enrolments/confirm.html",
        {
            "form": form,
            "back": {
                "url": reverse("enrolments:apply_support", args=[draft.pk]),
                "text": _("Back to the application"),
            },
            "heading": _("Code from your employer"),
            "consequences": [
                {
                    "icon": "info",
                    "title": _("Your employer pays a part of your part"),
                    "text": _("We then show how much. Your employer sees nothing of your account."),
                }
            ],
            "action_text": _("Use the code"),
        },
        status=status,
    )
