"""The provider's workspace: every certificate that was issued (DOC-1, PRO-7)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from enrolments.selectors_certificates import VALID, WITHDRAWN, issued_by
from enrolments.views import list_files
from enrolments.views.lists import file_asked, query_of, tools, words_asked
from enrolments.views.workspace import look, providers_of_visitor, work

PAGE = 50
# What one file may hold.
MOST = 20_000


@require_GET
def certificates(request: HttpRequest) -> HttpResponseBase:
    """Certificates of one's providers (?q=&view=&page=&file=)."""
    providers = providers_of_visitor(request)
    words = words_asked(request)
    view = request.GET.get("view", "")
    view = view if view in (VALID, WITHDRAWN) else ""
    found = issued_by(providers, words=words, state=view)
    if kind := file_asked(request):
        rows = list(found[:MOST])
        look(request, [row.participation.account.person_id for row in rows], "certificates")
        return list_files.certificates(kind, rows)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    look(request, [row.participation.account.person_id for row in page], "certificates")
    names = {
        "": _("All"),
        VALID: pgettext("certificates", "Valid"),
        WITHDRAWN: pgettext("certificates", "Withdrawn"),
    }
    query = query_of(request)
    context = {
        "work": work(request, providers, "groups"),
        "back": {"url": reverse("enrolments:provider_groups"), "text": _("Groups")},
        "q": words,
        "view": view,
        "views": [
            {
                "url": "?" + urlencode({"view": key, "q": words} if words else {"view": key}),
                "text": text,
                "current": key == view,
            }
            for key, text in names.items()
        ],
        "tools": tools(request, "enrolments:provider_certificate_list"),
        "rows": page,
        "page": page,
        "query": f"{query}&" if query else "",
        "templates": [
            {
                "url": reverse("enrolments:certificate_template", args=[provider.pk]),
                "text": provider.name,
            }
            for provider in providers
        ],
    }
    return render(request, "enrolments/certificate_list.html", context)
