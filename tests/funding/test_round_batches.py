"""A round in batches: the same people whatever the size, and none forgotten behind the others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from funding.models import AllocationRound, Grant
from funding.services import round_sql
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningAccount
from stars.common.dates import now
from stars.common.transactions import find_rows_by_keys
from stars.demo import crowd
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db


def test_a_batch_in_which_nobody_fits_does_not_end_the_round() -> None:
    w = build.world()
    people = sorted((build.person() for _ in range(7)), key=lambda account: account.pk)
    for young in people[:4]:
        young.person.birth_date = date(2010, 1, 1)
        young.person.save()
    result = build.run(w, 0, batch=2)
    assert result.granted == 3
    assert set(Grant.objects.values_list("account", flat=True)) == {a.pk for a in people[4:]}
    assert reconcile(at=now()).ok


def test_a_capped_round_passes_people_already_served() -> None:
    w = build.world(cap="1500.00")
    crowd.gather(5, at=riga(2024, 12, 5))
    assert build.run(w, 0, batch=1).granted == 3
    AllocationRound.objects.filter(pk=w.rounds[0].pk).update(cap=Decimal("2000.00"))
    assert build.run(w, 0, batch=1).granted == 1
    assert build.run(w, 0, batch=1).granted == 0
    assert Grant.objects.count() == 4


@pytest.mark.parametrize("people", [8, 16])
def test_every_batch_costs_the_same_statements(people: int) -> None:
    w = build.world()
    crowd.gather(people, at=riga(2024, 12, 5))
    with CaptureQueriesContext(connection) as queries:
        build.run(w, 0, batch=4)
    written = [q["sql"] for q in queries if "INSERT INTO funding_grant " in q["sql"]]
    assert len(written) == people // 4
    assert Grant.objects.count() == people == LearningAccount.objects.count()


def test_a_batch_looks_people_up_by_key_alone() -> None:
    """Without statistics a bitmap of nearly every grant was made anew for each account."""
    w = build.world()
    crowd.gather(8, at=riga(2024, 12, 5))
    build.run(w, 0)
    ids = list(LearningAccount.objects.values_list("pk", flat=True))
    find_rows_by_keys()
    with connection.cursor() as cursor:
        for sql, params in (
            round_sql.candidates(w.rounds[1], riga(2025, 6, 9), ids),
            round_sql.stage(w.rounds[1], riga(2025, 6, 9), ids),
        ):
            query = sql.replace("CREATE TEMPORARY TABLE lots ON COMMIT DROP AS", "")
            cursor.execute(f"EXPLAIN {query}", params)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Index Scan" in plan
            assert "Seq Scan" not in plan and "Bitmap" not in plan, plan
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'funding_grant'")
        assert not [row for row in cursor.fetchall() if row[0].endswith("(replaces_id)")]
