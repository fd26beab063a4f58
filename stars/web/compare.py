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
    found = dict.fromkeys(
        value for value in data.getlist(NAME) if value == slugify(value) and len(value) <= LONGEST
    )
    return tuple(slug for slug in found if slug)[:MOST]


def url(slugs: Iterable[str], **more: str) -> str:
    """The address of the comparison."""
    pairs = [(NAME, slug) for slug in slugs] + [
        (key, value) for key, value in more.items() if value
    ]
    address = reverse("web:compare")
    return f"{address}?{urlencode(pairs)}" if pairs else address


def with_one(slugs: Iterable[str], slug: str) -> str:
    """The address of the comparison with one more; the first goes where there are four."""
    others = [each for each in slugs if each != slug]
    return url([*others[-(MOST - 1) :], slug])


def without(slugs: Iterable[str], slug: str) -> str:
    """The address of the comparison without one."""
    return url(each for each in slugs if each != slug)
