"""HTML that editors may write: an allow-list, applied when it is saved and again when shown.

What the editor offers (static/admin/prose.js) and what is let through are the same few tags.
"""

from __future__ import annotations

import re
from html import unescape

import nh3

TAGS = frozenset("p h2 h3 ul ol li strong em b i a blockquote br hr sub sup span".split())
ATTRIBUTES = {"a": {"href"}, "span": {"lang"}, "p": {"lang"}, "ol": {"start"}}
SCHEMES = frozenset({"https", "http", "mailto", "tel"})
# An editor's empty document.
EMPTY = ("<p></p>", "<p><br></p>")

_cleaner = nh3.Cleaner(
    tags=set(TAGS),
    # Without the star the library lets `title` through on every tag.
    attributes={"*": set()} | {tag: set(names) for tag, names in ATTRIBUTES.items()},
    url_schemes=set(SCHEMES),
    link_rel="noopener",
    strip_comments=True,
)


def clean(html: str) -> str:
    """`html` without anything but the allowed tags, attributes and addresses. Pure."""
    cleaned = _cleaner.clean(html.replace("\x00", "")).strip()
    return "" if cleaned in EMPTY else cleaned


_LINK = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_BREAK = re.compile(r"<(?:br|hr)[^>]*>|</(?:p|h2|h3|li|blockquote)>")


def as_text(html: str) -> str:
    """A cleaned text without its markup, a line for each paragraph; links with their address."""
    lines = _BREAK.sub("\n", _LINK.sub(r"\2 (\1)", clean(html)))
    return unescape(nh3.clean(lines, tags=set())).strip()
