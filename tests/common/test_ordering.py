"""Latvian order in Python is the database's."""

from __future__ import annotations

import pytest
from django.db import connection

from stars.common.ordering import lv_key

WORDS = (
    "Āgenskalns",
    "Auce",
    "Cēsis",
    "Čiekurkalns",
    "Ķegums",
    "Kuldīga",
    "Ūdrupe",
    "Žīguri",
    "1.",
)


@pytest.mark.parametrize("word", WORDS)
def test_keys_are_the_same(db: None, word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lv_key(%s)", [word])
        assert cursor.fetchone() == (lv_key(word),)
