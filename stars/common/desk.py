"""What waits for the agency, on the first page of its workplace.

Each app registers what it knows of; a line stands there for those who may open its list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import rules
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Waiting:
    """One line: what waits, which rows they are, and the list with the filters that shows them."""

    text: str | Promise
    rows: QuerySet[Any]
    filters: tuple[tuple[str, str], ...] = ()
    # Who acts on it; empty: whoever sees the list.
    permission: str = ""


# Nobody works through more on one day, and counting further would read the whole table.
MOST = 500


_DESKS: list[Callable[[], Iterable[Waiting]]] = []


def on_the_desk(lines: Callable[[], Iterable[Waiting]]) -> Callable[[], Iterable[Waiting]]:
    """Register the lines of an app (called once for each opening of the first page)."""
    _DESKS.append(lines)
    return lines


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the first page with what waits (UNFOLD["DASHBOARD_CALLBACK"])."""
    context["waiting"] = [
        {"text": line.text, "count": _count(line.rows), "url": _list(line)}
        for lines in _DESKS
        for line in lines()
        if _may_see(request, line)
    ]
    return context


def _count(rows: QuerySet[Any]) -> str:
    """How many, up to 500."""
    count = rows.order_by()[: MOST + 1].count()
    return f"{MOST}+" if count > MOST else str(count)


def _may_see(request: HttpRequest, line: Waiting) -> bool:
    shown = admin.site._registry.get(line.rows.model)
    if shown is None or not shown.has_view_permission(request):
        return False
    return not line.permission or bool(rules.has_perm(line.permission, request.user))


def _list(line: Waiting) -> str:
    options = line.rows.model._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return f"{address}?{urlencode(line.filters)}" if line.filters else address
