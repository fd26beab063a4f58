"""Who works for a provider and in which role; its administrators invite and end (PRO-1)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import PROVIDER_ROLES, Role
from accounts.models import Invitation, Membership
from accounts.services import invitations, staff
from catalogue.models import Provider
from enrolments import selectors_organisation as selectors
from enrolments.forms import posted, refuse
from enrolments.forms_organisation import InviteForm
from enrolments.views import list_files
from enrolments.views.lists import file_asked, tools, words_asked
from enrolments.views.provider_organisation import (
    administers,
    back_to,
    own_provider,
    page,
)
from enrolments.views.workspace import providers_of_visitor
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError


@require_http_methods(["GET", "POST"])
def staff_list(request: HttpRequest, provider_id: UUID) -> HttpResponseBase:
    """Staff and roles, who is invited, and the form that invites (?q=&role=&file=)."""
    provider = own_provider(request, provider_id, admin=True)
    form, status = InviteForm(posted(request)), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = invitations.invite(
                    organisation_id=provider.organisation_id,
                    email=form.cleaned_data["email"],
                    role=Role(form.cleaned_data["role"]),
                    actor=request.user,
                    at=now(),
                )
            except DomainError as error:
                status = refuse(form, error)
            else:
                messages.success(
                    request, _("The invitation is on its way to %(email)s.") % {"email": made.email}
                )
                return redirect("enrolments:provider_staff", provider_id=provider.pk)
    at = now()
    words = words_asked(request)
    role = request.GET.get("role", "")
    role = role if role in PROVIDER_ROLES else ""
    rows = selectors.staff_of(provider, riga_date(at), words=words, role=role)
    if request.method == "GET" and (kind := file_asked(request)):
        return list_files.staff(kind, rows)
    context = {
        "provider": provider,
        "q": words,
        "role": role,
        "roles": [(str(each), str(Role(each).label)) for each in PROVIDER_ROLES],
        "tools": tools(request, "enrolments:provider_staff"),
        "form": form,
        "back": back_to(provider),
        "people": [
            {
                "row": row,
                "me": row.user_id == request.user.pk,
                "end_url": reverse("enrolments:provider_staff_end", args=[row.pk])
                if row.valid_to is None
                else "",
            }
            for row in rows
        ],
        "invited": [
            {"row": row, "good": invitations.is_good(row, at)}
            for row in selectors.invitations_of(provider)
        ],
    }
    return page(request, "enrolments/organisation_staff.html", context, status=status)


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """End a role from tomorrow on; the last administrator cannot."""
    membership = get_object_or_404(
        Membership.objects.select_related("organisation__provider", "user").filter(
            organisation__provider__in=_administered(request), role__in=PROVIDER_ROLES
        ),
        pk=membership_id,
    )
    provider = membership.organisation.provider
    form, status = forms.Form(posted(request)), 200
    if request.method == "POST":
        at = now()
        try:
            staff.end_provider_membership(
                membership_id=membership.pk,
                ends_on=riga_date(at) + timedelta(days=1),
                actor=request.user,
                at=at,
            )
        except DomainError as error:
            status = refuse(form, error)
        else:
            messages.success(request, _("The role ends tonight."))
            return redirect("enrolments:provider_staff", provider_id=provider.pk)
    context = {
        "form": form,
        "back": back_to(provider, "enrolments:provider_staff"),
        "heading": _("End the role of %(email)s?") % {"email": membership.user.email},
        "consequences": [
            {
                "icon": "info",
                "title": _("From tomorrow on the workspace is closed to this person"),
                "text": _("What they have done stays. You can invite them again."),
            }
        ],
        "action_text": pgettext("membership", "End the role"),
        "danger": True,
    }
    return render(request, "enrolments/confirm.html", context, status=status)


@require_POST
def again(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send the letter of an invitation once more."""
    row = _own_invitation(request, invitation_id)
    try:
        invitations.send_again(invitation_id=row.pk, actor=request.user, at=now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The letter is sent again."))
    return redirect("enrolments:provider_staff", provider_id=row.organisation.provider.pk)


@require_POST
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    row = _own_invitation(request, invitation_id)
    try:
        invitations.withdraw(invitation_id=row.pk, actor=request.user, at=now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The invitation is taken back."))
    return redirect("enrolments:provider_staff", provider_id=row.organisation.provider.pk)


def _administered(request: HttpRequest) -> list[Provider]:
    """Providers that the visitor administers."""
    mine = [one.pk for one in providers_of_visitor(request)]
    found = Provider.objects.select_related("organisation").filter(pk__in=mine)
    return [one for one in found if administers(request, one)]


def _own_invitation(request: HttpRequest, invitation_id: UUID) -> Invitation:
    return get_object_or_404(
        Invitation.objects.select_related("organisation__provider").filter(
            organisation__provider__in=_administered(request)
        ),
        pk=invitation_id,
    )
