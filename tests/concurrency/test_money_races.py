"""Races for money, each with a control that shows the race where the guard is left out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Event
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import Count

from funding.exceptions import QuoteChanged
from funding.models import Commitment, Grant, LedgerAccount, Posting
from funding.rules.grants import window_end
from funding.services import commitments, grants
from funding.services.quote import quote
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningAccount
from stars.common.dates import now, today
from stars.common.errors import Busy
from stars.common.permissions import SYSTEM
from stars.demo import crowd
from tests.concurrency.together import together
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db(transaction=True)


def funded() -> tuple[build.World, LearningAccount]:
    w = build.world()
    account = build.person(w)
    build.run(w, 0)
    return w, account


def proven() -> None:
    run = reconcile(at=now())
    assert run.ok, run.problems


def test_case_1_twenty_threads_hold_300_of_500_and_one_succeeds() -> None:
    w, account = funded()
    offers = [build.offer(w, "300.00") for _ in range(20)]
    results = together(
        20, lambda n: build.hold(account, offers[n], riga(2025, 2, 1), support="300.00")
    )
    assert sum(isinstance(r, Commitment) for r in results) == 1
    assert sum(isinstance(r, QuoteChanged) for r in results) == 19
    assert LedgerAccount.objects.get(kind="lot").balance == Decimal("200.00")
    proven()


def test_control_without_the_account_lock_everybody_is_promised_the_money() -> None:
    """Reading first and writing later, as the service would without its lock."""
    w, account = funded()
    offers = [build.offer(w, "300.00") for _ in range(4)]
    all_have_read = Barrier(4)

    def unguarded(number: int) -> Decimal:
        with transaction.atomic():
            answer = quote(offer=offers[number], account=account, at=riga(2025, 2, 1))
            all_have_read.wait(timeout=30)
            return answer.support

    assert together(4, unguarded) == [Decimal("300.00")] * 4


def test_case_4_a_hold_inside_a_longer_transaction_makes_the_next_one_wait() -> None:
    """The lock lasts as long as the caller's transaction: who comes second sees what is left."""
    w, account = funded()
    offers = [build.offer(w, "300.00") for _ in range(2)]
    held, waited = Event(), Event()

    def first() -> Commitment:
        with transaction.atomic():
            made = build.hold(account, offers[0], riga(2025, 2, 1), support="300.00")
            held.set()
            assert waited.wait(timeout=30)
            return made

    def second() -> Commitment:
        assert held.wait(timeout=30)
        return build.hold(account, offers[1], riga(2025, 2, 1), support="300.00")

    def watch() -> None:
        assert held.wait(timeout=30)
        for _look in range(10_000):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cursor.fetchone() != (0,):
                    break
        waited.set()

    made, refused, _nothing = together(3, lambda n: (first, second, watch)[n]())
    assert isinstance(made, Commitment)
    assert isinstance(refused, QuoteChanged)
    assert LedgerAccount.objects.get(kind="lot").balance == Decimal("200.00")
    proven()


def test_the_same_application_ten_times_is_one_hold() -> None:
    w, account = funded()
    what, key = build.offer(w, "400.00"), uuid4()
    results = together(
        10,
        lambda _n: build.hold(
            account, what, riga(2025, 2, 1), support="400.00", application_id=key
        ),
    )
    assert {r.pk for r in results} == {Commitment.objects.get().pk}
    assert Posting.objects.filter(kind="hold").count() == 1
    proven()


def test_release_and_capture_at_once_end_in_one_of_the_two() -> None:
    w, account = funded()
    held = build.hold(account, build.offer(w, "400.00"), riga(2025, 2, 1), support="400.00")

    def act(number: int) -> Any:
        if number % 2:
            return commitments.release(
                commitment_id=held.pk, cause="person", actor=SYSTEM, at=riga(2025, 3, 1)
            )
        return commitments.capture(
            commitment_id=held.pk, evidence={}, actor=SYSTEM, at=riga(2025, 3, 1)
        )

    together(8, act)
    assert Posting.objects.filter(kind__in=["release", "capture"]).count() == 1
    proven()


def test_expiry_and_hold_at_once_never_lose_money() -> None:
    w, account = funded()
    what = build.offer(w, "300.00")
    last = riga(2025, 6, 8, 23, 59)

    def act(number: int) -> Any:
        if number:
            return build.hold(account, what, last, support="300.00")
        return grants.expire_due(at=last + timedelta(minutes=1))

    together(2, act)
    proven()
    assert LedgerAccount.objects.get(kind="lot").balance == 0 or Commitment.objects.exists()


def test_parallel_runs_of_a_round_grant_once_each() -> None:
    w = build.world(authorised="1000000.00")
    crowd.gather(300, at=riga(2024, 12, 5))
    results = together(4, lambda _n: build.run(w, 0, batch=40))
    assert sum(r.granted for r in results) == 300
    assert Grant.objects.count() == 300
    proven()


def test_control_without_locks_and_constraint_two_runs_would_grant_twice() -> None:
    """Both runs see the same account without a grant before either has written."""
    w = build.world()
    account = build.person(w)
    all_have_read = Barrier(2)

    def unguarded(_number: int) -> bool:
        with transaction.atomic():
            served = Grant.objects.filter(account=account, round=w.rounds[0]).exists()
            all_have_read.wait(timeout=30)
            return not served

    assert together(2, unguarded) == [True, True]


def test_a_capped_round_never_exceeds_its_cap_when_run_in_parallel() -> None:
    w = build.world(cap="5000.00")
    crowd.gather(30, at=riga(2024, 12, 5))
    together(4, lambda _n: build.run(w, 0, batch=4))
    assert Grant.objects.count() == 10
    proven()


def test_waiting_too_long_for_a_lock_is_a_plain_sentence() -> None:
    w, account = funded()
    what = build.offer(w, "300.00")
    with psycopg.connect(**_parameters()) as other:
        other.execute(
            "SELECT 1 FROM learning_accounts_learningaccount WHERE id = %s FOR UPDATE",
            [account.pk],
        )
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 50")
        with pytest.raises(Busy):
            build.hold(account, what, riga(2025, 2, 1), support="300.00")
        connection.close()
    assert not Commitment.objects.exists()
    assert build.hold(account, what, riga(2025, 2, 1), support="300.00")


def _parameters() -> dict[str, Any]:
    database = connections["default"].settings_dict
    return {
        "dbname": database["NAME"],
        "user": database["USER"],
        "host": database["HOST"],
        "password": database["PASSWORD"] or None,
        "port": database["PORT"] or None,
    }


def _address() -> str:
    p = {k: v for k, v in _parameters().items() if v and k != "dbname"}
    query = "&".join(f"{k}={v}" for k, v in p.items())
    return f"postgres:///{_parameters()['dbname']}?{query}"


def test_a_killed_worker_started_again_grants_once_each() -> None:
    """A real Celery worker is killed between two committed steps of a round."""
    w = build.world(authorised="1000000.00")
    this = w.rounds[2]
    source = w.source
    source.ends_on = today() + timedelta(days=300)
    source.save()
    this.due_on = today()
    this.ends_at = window_end(this.due_on, 6, source.ends_on)
    this.previous = None
    this.save()
    crowd.gather(60, at=now() - timedelta(days=1))
    in_second_step = LearningAccount.objects.order_by("pk").values_list("pk", flat=True)[30]
    with psycopg.connect(**_parameters()) as other:
        other.execute(
            "SELECT 1 FROM learning_accounts_learningaccount WHERE id = %s FOR UPDATE",
            [in_second_step],
        )
        worker = _worker()
        _send(this.code)
        # The second step waits for our lock: the first one is committed, the run is half done.
        _wait_for_waiting_step(worker)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert Grant.objects.count() == 20
    worker = _worker()
    try:
        _send(this.code)
        _until(lambda: Grant.objects.count() == 60, worker)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    most = Grant.objects.values("account").annotate(n=Count("pk")).order_by("-n").first()
    assert most is not None
    assert most["n"] == 1
    proven()


def _environment() -> dict[str, str]:
    owner = _address().replace("stars_app", "stars_owner")
    return {
        **os.environ,
        "DATABASE_URL": _address(),
        "DATABASE_OWNER_URL": owner,
        "REDIS_URL": settings.CACHES["default"]["LOCATION"].replace("db=1", "db=0"),
        "DJANGO_SETTINGS_MODULE": "stars.settings.dev",
    }


def _queue() -> str:
    return f"race-{connections['default'].settings_dict['NAME']}"


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "stars", "worker", "-Q", _queue()),
            *("--pool", "solo", "--loglevel", "error", "--without-gossip", "--without-mingle"),
        ],
        cwd=settings.BASE_DIR,
        env=_environment(),
        start_new_session=True,
    )


def _send(code: str) -> None:
    script = (
        "import django; django.setup(); from funding.tasks import run_round;"
        f"run_round.apply_async(args=[{code!r}], kwargs={{'batch': 20}}, queue={_queue()!r})"
    )
    subprocess.run(
        [sys.executable, "-c", script], env=_environment(), cwd=settings.BASE_DIR, check=True
    )


def _until(condition: Any, worker: subprocess.Popen[bytes]) -> None:
    deadline = now() + timedelta(seconds=60)
    while not condition():
        assert worker.poll() is None, "the worker ended by itself"
        assert now() < deadline, "the worker did nothing for a minute"
        # Give the core to the worker; the condition decides, not the pause.
        os.sched_yield()


def _wait_for_waiting_step(worker: subprocess.Popen[bytes]) -> None:
    def waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock'"
            )
            return bool(cursor.fetchone()[0]) and Grant.objects.count() == 20

    _until(waiting, worker)
