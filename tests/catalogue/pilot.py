"""The pilot's offer in the database, once for a module of tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from django.db import transaction

from stars.common.dates import RIGA
from stars.demo.offer.loader import load

DAY = date(2026, 10, 5)
AT = datetime(2026, 10, 5, 12, tzinfo=RIGA)


@pytest.fixture(scope="module")
def pilot(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Loaded as of DAY and rolled back after the module."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        load(today=DAY)
        yield
        transaction.set_rollback(True)
