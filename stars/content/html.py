"""HTML that editors may write: an allow-list, applied when it is saved and again when shown.

What the editor offers (static/admin/prose.js) and what is let through are the same few tags.
"""

from __future__ import annotations

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
