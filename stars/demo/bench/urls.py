"""The portal's addresses and the two views beside which its pages are measured."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from catalogue.models import Programme


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing (GET /bench/empty/)."""
    return HttpResponse("")


@login_not_required
def one_query(request: HttpRequest) -> HttpResponse:
    """One row by its key (GET /bench/query/?slug=)."""
    return HttpResponse(Programme.objects.get(slug=request.GET["slug"]).code)


urlpatterns = [
    path("bench/empty/", empty),
    path("bench/query/", one_query),
    path("", include("stars.urls")),
]
