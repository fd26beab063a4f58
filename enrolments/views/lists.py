"""What lists of the workspace share: filters that somebody keeps, and files of what is shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from accounts.selectors import saved_filters
from stars.common.export import CSV, XLSX

# Which lists can be kept: their url names. A name that is not here is refused.
LISTS = (
    "web:work_programmes",
    "enrolments:provider_groups",
    "enrolments:provider_applications",
    "enrolments:provider_statements",
    "enrolments:provider_certificate_list",
    "enrolments:provider_staff",
)
FILE = "file"
# What is never a part of a filter.
_NOT_KEPT = (FILE, "page", "csrfmiddlewaretoken")
LONGEST_QUERY = 500


def query_of(request: HttpRequest) -> str:
    """The filter in the address, without empty parts, page and file."""
    query = request.GET.copy()
    for name in list(query):
        values = [value for value in query.getlist(name) if value]
        if name in _NOT_KEPT or not values:
            del query[name]
        else:
            query.setlist(name, values)
    return query.urlencode()[:LONGEST_QUERY]


def words_asked(request: HttpRequest) -> str:
    """What is looked for (?q=): at most 100 letters, and none that a database refuses."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


def list_address(page: str, address: str) -> str:
    """`address` where it is one of the list `page`, whose address may name a provider; else its
    own address, or the first page of the workspace where it has none without."""
    try:
        if page in LISTS and resolve(address).view_name == page:
            return address
    except Resolver404:
        pass
    try:
        return reverse(page if page in LISTS else "web:work_programmes")
    except NoReverseMatch:
        return reverse("enrolments:provider_home")


def file_asked(request: HttpRequest) -> str:
    """ "csv" or "xlsx" where the list is wanted as a file; "" for the page."""
    kind = request.GET.get(FILE, "")
    return kind if kind in (CSV, XLSX) else ""


def file_links(request: HttpRequest) -> list[dict[str, str]]:
    """The same list, filtered the same, as files."""
    query = query_of(request)
    joined = f"{query}&" if query else ""
    return [
        {"url": f"?{joined}{FILE}={kind}", "text": text}
        for kind, text in ((XLSX, "XLSX"), (CSV, "CSV"))
    ]


def tools(request: HttpRequest, page: str) -> dict[str, Any]:
    """Arguments of components/list_tools.html for the list with the url name `page`: one query."""
    query, address = query_of(request), request.path
    kept = [
        {
            "name": each.name,
            "url": f"{address}?{each.query}" if each.query else address,
            "drop_url": reverse("web:work_filter_drop", args=[each.pk]),
            "current": each.query == query,
        }
        for each in saved_filters(request.user, page)
    ]
    return {
        "page": page,
        "query": query,
        "address": address,
        "kept": kept,
        "can_keep": bool(query) and not any(each["current"] for each in kept),
        "exports": file_links(request),
        "label": _("Filters you keep"),
    }
