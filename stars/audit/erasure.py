"""Erasing a person: each app says what stands in the way and what will be lost, and does its part.

Apps register a `Part` when they are ready; the service that knows the person (`accounts`) asks all
of them. So the lower layers erase with the upper ones and know nothing of them (ILA-13, NFR-5).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Subject:
    """Whose data go: keys, and the e-mail addresses under which rows without a key are found."""

    person_id: UUID
    user_id: UUID | None
    emails: frozenset[str]


@dataclass(frozen=True)
class Obstacle:
    """What the law or an open matter asks to be ended first, and the page where it can be."""

    code: str
    text: Text
    url: str = ""


@dataclass(frozen=True)
class Consequence:
    """What the person should know before: what is lost, and what has to stay until when."""

    icon: str
    title: Text
    text: Text = ""


@dataclass(frozen=True)
class Erased:
    """What one part did, or all of them together."""

    rows: int = 0
    files: int = 0
    # The last day on which papers of audits are kept; None where nothing more is left.
    kept_until: date | None = None
    # The first day on which the same person may have a new account; None: at once.
    again_from: date | None = None


def _nothing(subject: Subject, at: datetime) -> Sequence[Any]:
    return ()


def _no_lock(subject: Subject) -> None:
    """Nothing of this app has to be locked before obstacles are looked for."""


@dataclass(frozen=True)
class Part:
    """What one app knows and does. `erase` gets (subject, actor, at) and runs in a transaction."""

    code: str
    erase: Callable[[Subject, Any, datetime], Erased]
    obstacles: Callable[[Subject, datetime], Sequence[Obstacle]] = _nothing
    consequences: Callable[[Subject, datetime], Sequence[Consequence]] = _nothing
    # Behind it nobody begins anything new; taken before obstacles are asked for.
    lock: Callable[[Subject], None] = _no_lock


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Make a part known. ValueError where another has its code."""
    if _parts.setdefault(part.code, part) != part:
        raise ValueError(f"Two parts of erasing are called {part.code}.")


def parts() -> list[Part]:
    """The upper apps first: they are ready last, and their rows refer to the lower ones'."""
    return list(reversed(_parts.values()))


def lock(subject: Subject) -> None:
    """Every app's locks, the lower apps' first as docs/locking.md wants them."""
    for part in reversed(parts()):
        part.lock(subject)


def obstacles(subject: Subject, at: datetime) -> list[Obstacle]:
    """Everything that stands in the way at `at`; empty: nothing."""
    return [each for part in parts() for each in part.obstacles(subject, at)]


def consequences(subject: Subject, at: datetime) -> list[Consequence]:
    """What the person should know before."""
    return [each for part in parts() for each in part.consequences(subject, at)]


def erase(subject: Subject, actor: Any, at: datetime) -> Erased:
    """Every part in one transaction of the caller, who has locked and asked for obstacles."""
    done = [part.erase(subject, actor, at) for part in parts()]
    return Erased(
        rows=sum(one.rows for one in done),
        files=sum(one.files for one in done),
        kept_until=max((one.kept_until for one in done if one.kept_until), default=None),
        again_from=max((one.again_from for one in done if one.again_from), default=None),
    )
