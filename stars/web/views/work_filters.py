"""Keeping the filter of a list of the workspace under a name, and forgetting it (PRO-7)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import SavedFilter
from accounts.services import filters
from enrolments.views.lists import LISTS, list_address
from enrolments.views.workspace import providers_of_visitor
from stars.common.dates import now
from stars.common.errors import Invalid


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what the list shows now (POST list, query, name)."""
    providers_of_visitor(request)
    page, query = request.POST.get("list", ""), request.POST.get("query", "")
    if page not in LISTS:
        raise Http404
    # Read and written again: only a query string gets into an address.
    query = QueryDict(query).urlencode()
    try:
        filters.keep_filter(
            page=page,
            name=request.POST.get("name", ""),
            query=query,
            actor=request.user,
            at=now(),
        )
    except Invalid as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The filter is kept above the list."))
    address = list_address(page, request.POST.get("address", ""))
    return redirect(f"{address}?{query}" if query else address)


@require_POST
def drop(request: HttpRequest, filter_id: UUID) -> HttpResponse:
    """Forget one's own filter; anybody else's does not exist."""
    providers_of_visitor(request)
    mine = get_object_or_404(SavedFilter, pk=filter_id, user=request.user.pk)
    page = filters.drop_filter(filter_id=mine.pk, actor=request.user, at=now())
    messages.success(request, _("The filter is gone."))
    return redirect(list_address(page, request.POST.get("address", "")))
