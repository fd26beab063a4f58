"""A round in batches: the same people whatever the size, and none forgotten behind the others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from funding.models import AllocationRound, Grant
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningAccount
from stars.common.dates import now
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
