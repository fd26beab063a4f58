"""What anybody may read: news, pages, glossary, contacts, pictures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stars.common.dates import now
from stars.common.visitors import same_for_visitors
from stars.content import selectors
from stars.content.enums import PageKind
from stars.content.models import News, Page, Picture, Published
from stars.files.services import open_public

# Long vowels stand among the short ones, as in a dictionary (lv_key).
LONG = str.maketrans("ĀĒĪŪ", "AEIU")


@login_not_required
@require_safe
@same_for_visitors
def news_list(request: HttpRequest) -> HttpResponse:
    """All news, the newest first (GET /jaunumi/?page=, public)."""
    paginator = Paginator(selectors.latest_news(now()), selectors.PAGE_SIZE)
    page = paginator.get_page(request.GET.get("page", "1"))
    context = {"page": page, "nav": "news"}
    return render(request, "content/news_list.html", context)


@login_not_required
@require_safe
@same_for_visitors
def news(request: HttpRequest, slug: str) -> HttpResponse:
    """One piece of news (GET /jaunumi/<slug>/, public; a draft for editors only)."""
    try:
        row = selectors.news_page(slug, actor=request.user, at=now())
    except News.DoesNotExist as error:
        raise Http404 from error
    return render(request, "content/news.html", {"news": row, "nav": "news", **_state(row)})


@login_not_required
@require_safe
@same_for_visitors
def help_pages(request: HttpRequest) -> HttpResponse:
    """Steps to follow and all other pages of the help part (GET /palidziba/, public)."""
    at = now()
    context = {
        "howtos": selectors.pages(PageKind.HOWTO, at=at),
        "pages": selectors.pages(PageKind.PAGE, at=at),
        "nav": "help",
    }
    return render(request, "content/help.html", context)


@login_not_required
@require_safe
@same_for_visitors
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page (GET /palidziba/<slug>/, public; a draft for editors only)."""
    try:
        row = selectors.page(slug, actor=request.user, at=now())
    except Page.DoesNotExist as error:
        raise Http404 from error
    return render(request, "content/page.html", {"page": row, "nav": "help", **_state(row)})


@login_not_required
@require_safe
@same_for_visitors
def contacts(request: HttpRequest) -> HttpResponse:
    """Where to turn (GET /kontakti/, public)."""
    context = {"contacts": selectors.contacts(), "nav": "help"}
    return render(request, "content/contacts.html", context)


@login_not_required
@require_safe
@same_for_visitors
def glossary(request: HttpRequest) -> HttpResponse:
    """Words of the trade from A to Ž (GET /vardnica/, public)."""
    letters: list[dict[str, Any]] = []
    for term in selectors.glossary():
        letter = term.term[:1].upper().translate(LONG)
        if not letters or letters[-1]["letter"] != letter:
            letters.append({"letter": letter, "terms": []})
        letters[-1]["terms"].append(term)
    return render(request, "content/glossary.html", {"letters": letters, "nav": "help"})


@login_not_required
@require_safe
@cache_control(max_age=86_400)
def picture(request: HttpRequest, picture_id: UUID) -> FileResponse:
    """A picture of something published (GET /attels/<key>/, public)."""
    try:
        found = selectors.picture(picture_id, actor=request.user, at=now())
    except Picture.DoesNotExist as error:
        raise Http404 from error
    response = FileResponse(
        open_public(file=found.file).open("rb"), content_type=found.file.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _state(row: Published) -> dict[str, Any]:
    at = now()
    return {"preview": not row.is_published(at)}
