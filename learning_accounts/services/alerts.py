"""Searches that wait for an answer: "tell me when something appears" (CAT-3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, get_type_hints
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.services.telling import tell_person
from catalogue.selectors_find import Filters, PriceTable, catalogue_page
from learning_accounts.enums import AccountState
from learning_accounts.models import AlertMatch, LearningAccount, SearchAlert
from learning_accounts.privacy import ALERTS
from stars.common.dates import months_before, riga_date, start_of_day
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import require
from stars.common.transactions import service

# What support somebody can use at a moment: known above (funding), needed for "what you pay".
Prices = Callable[[LearningAccount, datetime], PriceTable]

log = structlog.get_logger(__name__)

MOST_ALERTS = 10
LONGEST_ADDRESS = 1000
# What finds more than this waits for nothing.
MOST_FOUND = 100
# An alert ends by itself, and is removed a while after its end.
ENDS_AFTER_MONTHS = 12


def as_json(filters: Filters) -> dict[str, Any]:
    """The filters that were chosen, as a column keeps them."""
    empty = Filters()
    chosen = {k: v for k, v in asdict(filters).items() if v != getattr(empty, k)}
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in chosen.items()}


def from_json(data: Mapping[str, Any]) -> Filters:
    """The same filters again; raises ValueError for one that the catalogue no longer has."""
    hints = get_type_hints(Filters)
    known = {field.name for field in fields(Filters)}
    if lost := set(data) - known:
        raise ValueError(f"Unknown filters: {sorted(lost)}")
    values: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, list):
            values[name] = tuple(value)
        elif isinstance(value, str) and "date" in str(hints[name]):
            values[name] = date.fromisoformat(value)
        else:
            values[name] = value
    return Filters(**values)


@service
def make_alert(
    *,
    account_id: UUID,
    query: str,
    filters: Filters,
    address: str,
    prices: PriceTable | None = None,
    actor: Any,
    at: datetime,
) -> SearchAlert:
    """Tell the person when a programme appears that `query` and `filters` find.

    `address` is the catalogue's own for this search, `prices` what support the person can use.
    The same search again is the same alert.
    Raises `Invalid` for a search for everything, `Conflict` where it finds many already or where
    the person waits for MOST_ALERTS things.
    """
    accounts = LearningAccount.objects.select_for_update(of=("self",), no_key=True)
    account = accounts.select_related("person").get(pk=account_id)
    require(actor, "learning_accounts.use", account)
    if not query and not filters:
        raise Invalid(_("Write a word or choose a filter first."), code="empty")
    if len(address) > LONGEST_ADDRESS:
        raise Invalid(_("Choose fewer filters."), code="too_long")
    kept = as_json(filters)
    living = SearchAlert.objects.filter(account=account, ended_at__isnull=True)
    known = living.filter(query=query, filters=kept).first()
    if known is not None:
        return known
    if living.count() >= MOST_ALERTS:
        raise Conflict(
            _("You wait for ten things already. End one of them first."), code="too_many_alerts"
        )
    found = matching(query, filters, prices or PriceTable(), at)
    if len(found) > MOST_FOUND:
        raise Conflict(
            _("Very much learning fits this already. Add a word or a filter."), code="too_wide"
        )
    alert = SearchAlert.objects.create(
        account=account, query=query, filters=kept, address=address, made_at=at
    )
    AlertMatch.objects.bulk_create(AlertMatch(alert=alert, programme_id=pk) for pk in found)
    return alert


@service
def end_alert(*, alert_id: UUID, actor: Any, at: datetime) -> None:
    """Stop waiting; ending what has ended changes nothing."""
    alert = (
        SearchAlert.objects.select_for_update(of=("self",))
        .select_related("account__person")
        .get(pk=alert_id)
    )
    require(actor, "learning_accounts.use", alert.account)
    if alert.ended_at is None:
        alert.ended_at = at
        alert.save(update_fields=["ended_at"])


def matching(query: str, filters: Filters, prices: PriceTable, at: datetime) -> list[UUID]:
    """Programmes that the search finds at `at`, at most one more than MOST_FOUND."""
    most = MOST_FOUND + 1
    page = catalogue_page(query=query, filters=filters, prices=prices, at=at, page_size=most)
    return [card.programme.pk for card in page.object_list]


def tell_all(*, at: datetime, prices: Prices) -> int:
    """Tell of everything new that the living alerts find; returns how many messages are new.

    `prices` is asked only for searches by what the person pays.
    Each alert is a transaction of its own: one that fails is logged and keeps nobody waiting.
    """
    told = 0
    living = SearchAlert.objects.filter(
        ended_at__isnull=True, account__state=AccountState.ACTIVE
    ).order_by("made_at", "pk")
    for pk in list(living.values_list("pk", flat=True)):
        try:
            told += tell(alert_id=pk, at=at, prices=prices)
        except Exception:  # the next night tries again
            log.exception("alert_not_told", alert=str(pk))
    return told


@service
def tell(*, alert_id: UUID, at: datetime, prices: Prices) -> int:
    """Tell of what one alert finds that was not there before; once for each programme."""
    alert = (
        SearchAlert.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("account__person__user")
        .filter(pk=alert_id, ended_at__isnull=True)
        .first()
    )
    if alert is None:
        return 0
    known = set(alert.matches.values_list("programme_id", flat=True))
    filters = from_json(alert.filters)
    table = PriceTable() if filters.own_price is None else prices(alert.account, at)
    new = [pk for pk in matching(alert.query, filters, table, at) if pk not in known]
    AlertMatch.objects.bulk_create(
        AlertMatch(alert=alert, programme_id=pk, told_at=at) for pk in new
    )
    return _notify(alert, new, at)


def _notify(alert: SearchAlert, programmes: Iterable[UUID], at: datetime) -> int:
    return sum(
        tell_person(
            person=alert.account.person,
            kind="search_found",
            params={"alert_id": alert.pk, "programme_id": pk},
            key=f"search_found:{alert.pk}:{pk}",
            at=at,
        )
        for pk in programmes
    )


def forget_alerts(*, at: datetime) -> int:
    """End alerts that are a year old, and remove those that ended 30 days ago."""
    year_ago = start_of_day(months_before(riga_date(at), ENDS_AFTER_MONTHS))
    SearchAlert.objects.filter(ended_at__isnull=True, made_at__lt=year_ago).update(ended_at=at)
    over = SearchAlert.objects.filter(ended_at__lt=ALERTS.ago(at))
    ids = list(over.values_list("pk", flat=True))
    with transaction.atomic():
        AlertMatch.objects.filter(alert__in=ids).delete()
        return SearchAlert.objects.filter(pk__in=ids).delete()[0]
