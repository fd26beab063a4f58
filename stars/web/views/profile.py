"""What support asks about a person, filled in where an account came without it (rule 1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enrolments.forms import posted, refuse
from learning_accounts.forms import ProfileForm
from learning_accounts.services.account import complete_profile
from stars.common.errors import DomainError
from stars.web.viewer import viewer


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Two answers (GET/POST /konts/profils/); 404 for whoever has no account."""
    who = viewer(request)
    if who.account is None:
        raise Http404
    latest = who.account.person.facts.filter(kind__in=("education", "employment"))
    known = dict(latest.order_by("observed_at", "pk").values_list("kind", "value"))
    form, status = ProfileForm(posted(request), initial=known), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                complete_profile(
                    account_id=who.account.pk, **form.cleaned_data, actor=who.user, at=who.at
                )
                messages.success(request, _("Your profile is filled in."))
                return redirect("web:account")
            except DomainError as error:
                status = refuse(form, error)
    return render(request, "web/profile.html", {"form": form, "nav": "account"}, status=status)
