"""Which programmes a visitor compares: slugs in the address, four at most. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.text import slugify

NAME = "p"
MOST = 4
LONGEST = 140


def read(data: QueryDict) -> tuple[str, ...]:
    """The slugs in an address: each once, four at most, whatever else stands there left out."""
    return tuple(dict.fromkeys(filter(_is_slug, data.getlist(NAME))))[:MOST]


def _is_slug(value: str) -> bool:
    return bool(value) and len(value) <= LONGEST and value == slugify(value)


def url(slugs: Iterable[str], **more: str) -> str:
    """The address of the comparison."""
    pairs = [(NAME, slug) for slug in slugs] + [
        (key, value) for key, value in more.items() if value
    ]
    address = reverse("web:compare")
    return f"{address}?{urlencode(pairs)}" if pairs else address


def with_one(slugs: Iterable[str], slug: str, **more: str) -> str:
    """The address of the comparison with one more; where there are four, the page refuses it."""
    return url([*(each for each in slugs if each != slug), slug], **more)


def without(slugs: Iterable[str], slug: str, **more: str) -> str:
    """The address of the comparison without one."""
    return url((each for each in slugs if each != slug), **more)


def refused(data: QueryDict) -> str:
    """The slug of one more than may be compared; empty where there are not so many."""
    last = "".join(data.getlist(NAME)[-1:])
    return last if _is_slug(last) and last not in read(data) and len(read(data)) == MOST else ""
