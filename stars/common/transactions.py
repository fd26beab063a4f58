"""Waiting for a lock has an end, and the person hears about it in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import errors

from stars.common.errors import Busy

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def polite_locks() -> Iterator[None]:
    """Turn PostgreSQL's lock time-out (5 s) and deadlock into `Busy`."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
            raise Busy(_("Many people are doing this right now. Please try again.")) from error
        raise


def service(function: Callable[P, R]) -> Callable[P, R]:
    """One business action: one transaction, lock time-outs turned into `Busy`."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with polite_locks(), transaction.atomic():
            return function(*args, **kwargs)

    return wrapper


def find_rows_by_keys() -> None:
    """For the rest of this transaction, plan every statement by indexes.

    Batches find a few thousand rows by their keys in tables that grow while they run. Statistics
    lag behind, and with them the planner would read whole tables, once for each batch, or combine
    the index of the keys with one that says yes to nearly every row, once for each key.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")


def after_commit(function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Run once this transaction is committed; a failure there is logged, never shown."""
    transaction.on_commit(lambda: function(*args, **kwargs), robust=True)
