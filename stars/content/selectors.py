"""What is published, in order; drafts for those who write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import rules
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import get_language

from stars.common.ordering import LvKey
from stars.content.enums import PageKind
from stars.content.models import Contact, GlossaryTerm, Illustration, News, Page, Picture
from stars.content.words import Index, entry

PAGE_SIZE = 10
FEED_SIZE = 20


def latest_news(at: datetime) -> QuerySet[News]:
    """Published news, the newest first, with pictures; one query."""
    shown = News.objects.filter(published_from__lte=at).select_related("picture")
    return shown.order_by("-published_from", "pk")


def news_page(slug: str, *, actor: Any, at: datetime) -> News:
    """One piece of news with its pictures: two queries.

    Raises News.DoesNotExist for a draft, unless `actor` may edit.
    """
    news = News.objects.select_related("picture").prefetch_related(_pictures()).get(slug=slug)
    if not (news.is_published(at) or may_edit(actor)):
        raise News.DoesNotExist
    return news


def page(slug: str, *, actor: Any, at: datetime) -> Page:
    """One page with steps and pictures: three queries. Raises Page.DoesNotExist as `news_page`."""
    pages = Page.objects.select_related("picture").prefetch_related("steps", _pictures())
    found = pages.get(slug=slug)
    if not (found.is_published(at) or may_edit(actor)):
        raise Page.DoesNotExist
    return found


def _pictures() -> Prefetch[Any]:
    return Prefetch("illustrations", Illustration.objects.select_related("picture"))


def pages(kind: PageKind, *, at: datetime) -> QuerySet[Page]:
    """Pages of the help part in the editors' order; one query."""
    shown = Page.objects.filter(kind=kind, in_list=True, published_from__lte=at)
    return shown.order_by("order", "slug")


def glossary() -> QuerySet[GlossaryTerm]:
    """All terms from A to Ž in the language of the page; one query."""
    name = "term_en" if get_language() == "en" else "term_lv"
    return GlossaryTerm.objects.filter(shown=True).order_by(LvKey(name), "pk")


def terms_index() -> tuple[Index, dict[str, GlossaryTerm]]:
    """What to look for in texts of the active language, and the terms by slug; one query."""
    language = "en" if get_language() == "en" else "lv"
    terms = {
        term.slug: term for term in GlossaryTerm.objects.filter(shown=True, found_in_texts=True)
    }
    entries = (
        entry(phrase, term.slug, language)
        for term in terms.values()
        for phrase in (term.term, *term.also)
    )
    return Index(each for each in entries if each), terms


def contacts() -> QuerySet[Contact]:
    """Where to turn, in the editors' order; one query."""
    return Contact.objects.filter(shown=True).order_by("order", "key")


def picture(key: UUID, *, actor: Any, at: datetime) -> Picture:
    """A picture of something published. Raises Picture.DoesNotExist as `news_page` does."""
    found = Picture.objects.select_related("file").get(pk=key)
    of_it = Q(picture=found) | Q(illustrations__picture=found)
    used = any(
        model._default_manager.filter(of_it, published_from__lte=at).exists()
        for model in (News, Page)
    )
    if not (used or may_edit(actor)):
        raise Picture.DoesNotExist
    return found


def may_edit(actor: Any) -> bool:
    """Whether `actor` sees what is not published yet."""
    return bool(actor.is_authenticated and rules.has_perm("content.edit", actor))


def contacts_for(keys: Sequence[str]) -> list[Contact]:
    """The shown contacts with these keys, in the editors' order; one query."""
    return list(Contact.objects.filter(shown=True, key__in=keys).order_by("order", "key"))
