"""Texts of editors on a page, and terms of the trade explained where they first stand.

    {% load content %}
    {% body page.body %}          cleaned HTML of an editor, terms explained
    {% explained fact.text %}     plain text, terms explained

A term is explained once on a page, never inside a link, a heading or a button. Without
JavaScript the term is a link to the glossary; static/js/terms.js makes it a small box in place.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django import template
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from stars.content.html import clean
from stars.content.models import GlossaryTerm
from stars.content.selectors import terms_index
from stars.content.words import Index

register = template.Library()

SILENT = frozenset("a button h1 h2 h3 h4 h5 h6 code abbr label summary script style".split())
VOID = frozenset("br hr img".split())


class Explainer:
    """The terms of one page and which of them have been explained on it already."""

    def __init__(self) -> None:
        self.index: Index
        self.terms: dict[str, GlossaryTerm]
        self.index, self.terms = terms_index()
        self.language = "en" if get_language() == "en" else "lv"
        self.said: set[str] = set()

    def text(self, words: str) -> SafeString:
        """Plain text as HTML, with each term that stands here first marked."""
        if not self.index:
            return escape(words)
        parts: list[str] = []
        place = 0
        for found in self.index.find(words, self.language):
            if found.slug in self.said:
                continue
            self.said.add(found.slug)
            parts += [
                escape(words[place : found.start]),
                _marked(words[found.start : found.end], self.terms[found.slug]),
            ]
            place = found.end
        return mark_safe("".join([*parts, escape(words[place:])]))  # noqa: S308 - escaped above


def _marked(words: str, term: GlossaryTerm) -> SafeString:
    return format_html(
        '<a class="term" href="{}" data-term="{}">{}</a>',
        term.get_absolute_url(),
        term.plain,
        words,
    )


class _Walk(HTMLParser):
    """Writes cleaned HTML again, with its texts explained where they may be."""

    def __init__(self, explainer: Explainer) -> None:
        super().__init__(convert_charrefs=True)
        self.explainer = explainer
        self.out: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        given = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.out.append(f"<{tag}{given}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.silent -= tag in SILENT
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(escape(data) if self.silent else self.explainer.text(data))


def _explainer(context: template.Context) -> Explainer:
    """The page's own, made when it is first needed: one query a page."""
    # Components are drawn in a context of their own; the request is the same for all.
    keeper: Any = context.get("request") or getattr(context, "request", None) or context
    kept: Explainer | None = getattr(keeper, "_explainer", None)
    if kept is None:
        kept = Explainer()
        keeper._explainer = kept
    return kept


@register.simple_tag(takes_context=True)
def body(context: template.Context, html: str) -> SafeString:
    """An editor's HTML: cleaned once more, its terms explained."""
    walk = _Walk(_explainer(context))
    walk.feed(clean(html))
    walk.close()
    return mark_safe("".join(walk.out))  # noqa: S308 - cleaned; texts and attributes escaped


@register.simple_tag(takes_context=True)
def explained(context: template.Context, words: Any) -> SafeString:
    """Plain text with its terms explained; what is safe HTML already stays as it is."""
    if not words:
        return mark_safe("")
    if isinstance(words, SafeString):
        return conditional_escape(words)
    return _explainer(context).text(str(words))
