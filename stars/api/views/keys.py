"""Keys of a provider's systems: its administrators make, see and revoke them (PRO-10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from accounts.enums import PROVIDER_ROLES
from accounts.selectors import holders
from catalogue.models import Provider
from enrolments.forms import posted, refuse
from enrolments.views.provider_organisation import administers, back_to, own_provider, page
from enrolments.views.workspace import providers_of_visitor
from stars.api.forms import KeyForm
from stars.api.models import ApiKey
from stars.api.scopes import Scope
from stars.api.services import keys
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError

SCOPES = dict(Scope.choices)


@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """Keys, and the form that makes one; a new key is shown on this answer and never again."""
    provider = own_provider(request, provider_id, admin=True)
    form, made, status = KeyForm(posted(request)), None, 200
    at = now()
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = keys.make_key(
                    organisation_id=provider.organisation_id,
                    name=form.cleaned_data["name"],
                    scopes=form.cleaned_data["scopes"],
                    expires_on=form.expires_on(riga_date(at)),
                    actor=request.user,
                    at=at,
                )
            except DomainError as error:
                status = refuse(form, error)
            else:
                form, status = KeyForm(), 200
    context = {
        "provider": provider,
        "form": form,
        "made": made,
        "back": back_to(provider),
        "rows": _rows(provider, riga_date(at)),
        "schema_url": reverse("api:schema"),
        "address": f"{settings.SITE_URL}/api/v1/",
    }
    return page(request, "api/keys.html", context, status=status)


def _rows(provider: Provider, today: Any) -> list[dict[str, Any]]:
    """Every key in words: two queries."""
    rows = list(
        ApiKey.objects.filter(organisation=provider.organisation_id)
        .select_related("made_by")
        .order_by("revoked_at", "-made_at")
    )
    staff = set(
        holders(PROVIDER_ROLES, today)
        .filter(organisation=provider.organisation_id)
        .values_list("user_id", flat=True)
    )
    return [
        {
            "row": row,
            "may": [str(SCOPES.get(scope, scope)) for scope in row.scopes],
            "state": _state(row, today, row.made_by_id in staff),
            "revoke_url": reverse("api:key_revoke", args=[row.pk])
            if row.revoked_at is None
            else "",
        }
        for row in rows
    ]


def _state(row: ApiKey, today: Any, works_here: bool) -> dict[str, str]:
    if row.revoked_at is not None:
        return {"text": pgettext("key", "Revoked"), "tone": ""}
    if row.expires_on < today:
        return {"text": pgettext("key", "Over"), "tone": ""}
    if not works_here:
        return {"text": _("Whoever made it has left"), "tone": "warn"}
    return {"text": pgettext("key", "In use"), "tone": "done"}


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """End a key after asking once."""
    row = get_object_or_404(
        ApiKey.objects.select_related("organisation__provider").filter(
            organisation__provider__in=providers_of_visitor(request)
        ),
        pk=key_id,
    )
    provider = row.organisation.provider
    if not administers(request, provider):
        raise Http404
    back = reverse("api:keys", args=[provider.pk])
    if request.method == "POST":
        keys.revoke_key(key_id=row.pk, actor=request.user, at=now())
        messages.success(request, _("The key is revoked. It opens nothing any more."))
        return redirect(back)
    return page(request, "api/key_revoke.html", {"row": row, "back": back})
