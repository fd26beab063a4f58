"""A kind of message that belongs to the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import get_language, gettext_lazy

from accounts.models import User
from stars.notifications import kinds

AT = datetime(2026, 5, 6, 12, 0, tzinfo=ZoneInfo("Europe/Riga"))


class Shelf:
    """Stands for the objects that messages speak of; counts how often it is asked."""

    def __init__(self) -> None:
        self.names = {"1": "Gaisma & tumsa", "2": "Otrā"}
        self.asked = 0

    def resolve(self, batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
        self.asked += 1
        if "broken" in [params["thing"] for params in batch]:
            raise RuntimeError("a fault in the resolver")
        return [
            {"name": name, "language": get_language()}
            if (name := self.names.get(params["thing"]))
            else None
            for params in batch
        ]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """Register the kind `tests_thing` for one test."""
    shelf = Shelf()
    kinds.register(
        "tests_thing",
        subject=gettext_lazy("Yes"),
        title="Thing: %(name)s",
        text="In %(language)s.\n\n100 %% true.",
        action="Look at it",
        url_name="admin:index",
        resolver=shelf.resolve,
    )
    yield shelf
    del kinds._kinds["tests_thing"]


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user()
