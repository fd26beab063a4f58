"""What search engines read: robots.txt and the sitemap."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from stars.web.meta import absolute
from stars.web.sitemap import SECTIONS


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read (GET /robots.txt, public)."""
    context = {"sitemap": absolute(reverse("web:sitemap"))}
    return render(request, "web/robots.txt", context, content_type="text/plain")


@login_not_required
@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The parts of the sitemap (GET /sitemap.xml, public).

    Written here because Django's own names the host that was asked for and not the portal's.
    """
    sitemaps = []
    for section, part in SECTIONS.items():
        files = part()
        where = absolute(reverse("web:sitemap_section", args=[section]))
        changed = files.get_latest_lastmod()
        for number in range(1, files.paginator.num_pages + 1):
            location = where if number == 1 else f"{where}?p={number}"
            sitemaps.append({"location": location, "last_mod": changed})
    context = {"sitemaps": sitemaps}
    return render(request, "sitemap_index.xml", context, content_type="application/xml")


@login_not_required
@require_safe
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """One part with at most `PER_FILE` addresses (GET /sitemap-<section>.xml?p=, public)."""
    answer: HttpResponse = sitemap(request, {**SECTIONS}, section=section)
    return answer
