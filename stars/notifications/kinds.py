"""The kinds of message. Upper apps register theirs in `AppConfig.ready`.

A kind has the words (lazily translated, with `%(name)s` places) and a resolver that turns the
stored parameters of many messages into the values of those places with few queries. The same
words stand in the account and in the e-mail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

Text = str | Promise
Params = Mapping[str, Any]
Context = Mapping[str, Any]
# One context per params, in the same order; None where what it was about no longer exists.
Resolver = Callable[[Sequence[Params]], Sequence[Context | None]]


@dataclass(frozen=True)
class Kind:
    """One kind of message; `subject` is the same for everybody (no personal data in subjects)."""

    code: str
    subject: Text
    title: Text
    text: Text
    action: Text
    url_name: str
    url_kwargs: tuple[str, ...]
    resolver: Resolver
    unsubscribe: str = ""


@dataclass(frozen=True)
class Rendered:
    """A message in words, in the language that was active when it was rendered."""

    subject: str
    title: str
    text: str
    action: str
    url: str
    # Where one press ends letters of this kind (RFC 8058); empty: they belong to the account.
    unsubscribe: str = ""


_kinds: dict[str, Kind] = {}


def pass_through(batch: Sequence[Params]) -> Sequence[Context | None]:
    """The resolver of a kind whose words have no places, or plain ones."""
    return batch


def register(
    code: str,
    *,
    subject: Text,
    title: Text,
    text: Text,
    action: Text,
    url_name: str,
    url_kwargs: Sequence[str] = (),
    resolver: Resolver = pass_through,
    unsubscribe: str = "",
) -> Kind:
    """Make `code` known. `action` is the text of the one button, which leads to `url_name` with
    the context's values named in `url_kwargs`. `title` and `text` may use the context's values.
    `unsubscribe` names the context's value with the address that ends letters of this kind by
    POST and, for people, by a page with a button.

    Raises ValueError where another kind has the code already.
    """
    kind = Kind(
        code, subject, title, text, action, url_name, tuple(url_kwargs), resolver, unsubscribe
    )
    known = _kinds.get(code)
    if known and (known.subject, known.resolver) != (kind.subject, kind.resolver):
        raise ValueError(f"Two kinds of message are called {code}.")
    _kinds[code] = kind
    return kind


def get(code: str) -> Kind:
    """The kind; raises LookupError where no app registered it."""
    try:
        return _kinds[code]
    except KeyError:
        raise LookupError(f"No such kind of message: {code}") from None


def all_kinds() -> list[Kind]:
    """Every registered kind, by code."""
    return [_kinds[code] for code in sorted(_kinds)]


def render(code: str, batch: Sequence[Params]) -> list[Rendered | None]:
    """Words of messages of one kind, in the active language; one resolver call for all."""
    kind = get(code)
    contexts = kind.resolver(batch)
    if len(contexts) != len(batch):
        raise ValueError(f"The resolver of {code} answered {len(contexts)} for {len(batch)}.")
    return [None if context is None else _words(kind, context) for context in contexts]


def _words(kind: Kind, context: Context) -> Rendered:
    return Rendered(
        subject=str(kind.subject),
        title=str(kind.title) % context,
        text=str(kind.text) % context,
        action=str(kind.action),
        url=reverse(kind.url_name, kwargs={name: context[name] for name in kind.url_kwargs}),
        unsubscribe=str(context[kind.unsubscribe]) if kind.unsubscribe else "",
    )
