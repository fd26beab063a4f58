"""What people look for and do not find, for the agency; nobody knows who asked (CAT-3)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import connection

from catalogue.models.search import LONGEST_QUERY
from stars.common.dates import riga_date

# Somebody who asks for nonsense all day fills no table.
MOST_A_DAY = 2000
# Addresses, telephone numbers and codes are no wishes, and may be somebody's.
_PERSONAL = re.compile(r"\S*@\S*|\S*\d(?:[\s-]?\d){4,}\S*")

_RECORD = """
INSERT INTO catalogue_unmetsearch (day, query, filters, times)
SELECT %(day)s, %(query)s, %(filters)s, 1
WHERE (SELECT count(*) FROM catalogue_unmetsearch WHERE day = %(day)s) < %(most)s
ON CONFLICT (day, query, filters) DO UPDATE SET times = catalogue_unmetsearch.times + 1
"""


def normalised(query: str) -> str:
    """The same wish however it is written: small letters, single spaces, nothing personal."""
    return " ".join(_PERSONAL.sub(" ", query.lower()).split())[:LONGEST_QUERY]


def record_unmet(*, query: str, filters: str, at: datetime) -> None:
    """Count a search that found nothing; `filters` as the address holds them. One query."""
    wish = normalised(query)
    if not wish and not filters:
        return
    values: dict[str, Any] = {
        "day": riga_date(at),
        "query": wish,
        "filters": filters[:300],
        "most": MOST_A_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, values)
