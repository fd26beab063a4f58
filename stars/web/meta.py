"""What a page says about itself to search engines and to those who share it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.templatetags.static import static
from django.utils.text import Truncator

from stars.common.formats import language

# Search engines and messengers show about so much.
LONGEST = 200
LOCALES = {"lv": "lv_LV", "en": "en_GB"}
PICTURE = "img/share.png"


def absolute(path: str) -> str:
    """The full address of a path of the portal."""
    return settings.SITE_URL.rstrip("/") + path


def in_language(path: str, code: str) -> str:
    """The full address of a page in a language: Latvian is the page itself."""
    if code == "lv":
        return absolute(path)
    return f"{absolute(path)}{'&' if '?' in path else '?'}{urlencode({'lang': code})}"


def of_page(path: str, number: int, query: str = "") -> str:
    """The path of a page of a list: a later one has what the first has not, and is its own.

    `query` is what stands before "page=" (stars.web.find.query_of).
    """
    return f"{path}?{query}page={number}" if number > 1 else path


def meta(path: str, *, title: str, text: str = "", kind: str = "website") -> dict[str, Any]:
    """Context `meta` of base.html: canonical address, languages, Open Graph.

    `path` is the page's own path, without what a visitor only chose in the query (for a later page
    of a list see `of_page`); `kind` is the
    Open Graph type.
    """
    return {
        "title": title,
        "text": Truncator(" ".join(text.split())).chars(LONGEST),
        "kind": kind,
        "url": in_language(path, language()),
        "locale": LOCALES.get(language(), "lv_LV"),
        "languages": [(code, in_language(path, code)) for code, _name in settings.LANGUAGES],
        "default": absolute(path),
        "picture": absolute(static(PICTURE)),
    }
