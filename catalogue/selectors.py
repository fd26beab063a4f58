"""What the catalogue shows. Every function costs the same number of queries for any list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, Func, OuterRef, QuerySet, Subquery, TextField
from django.utils.functional import Promise
from django.utils.translation import get_language

from catalogue.enums import GroupState, Mode, ProviderState, VersionState
from catalogue.models import Group, Offer, Programme, ProgrammeVersion, Provider, Session
from catalogue.search import matching, words
from stars.common.dates import riga_date

PAGE_SIZE = 20
SOON_WEEKS = 4


@dataclass(frozen=True)
class Filters:
    """What a visitor chose; empty means everything. Types and providers by code and slug."""

    modes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    starts_within_weeks: int | None = None
    free_places: bool = False

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class Card:
    """A programme as a list shows it. `offer` is the one of `group`, else the cheapest open one."""

    programme: Programme
    version: ProgrammeVersion
    group: Group | None
    offer: Offer | None

    @property
    def starts_on(self) -> date | None:
        """First day of the next group."""
        return self.group.starts_on if self.group else None

    @property
    def places_left(self) -> int:
        """Free places of the next group."""
        return self.group.places_left if self.group else 0


@dataclass(frozen=True)
class GroupChoice:
    """A group one can apply to, with the offers of its version that are open now."""

    group: Group
    offers: list[Offer]
    session_count: int = 0

    @property
    def offer(self) -> Offer | None:
        """The supported offer if there is one, else the one that the person pays alone."""
        return self.offers[0] if self.offers else None


@dataclass(frozen=True)
class ProgrammePage:
    """Everything the catalogue knows about one programme."""

    programme: Programme
    version: ProgrammeVersion
    provider: Provider
    offers: list[Offer]
    groups: list[GroupChoice] = field(default_factory=list)


@dataclass(frozen=True)
class Facet:
    """One value of a filter and how many programmes have it."""

    value: str
    text: str | Promise
    count: int


class LvKey(Func):
    """Key of Latvian alphabetical order (stars.common, migration 0001)."""

    function = "lv_key"
    output_field = TextField()


def listed() -> QuerySet[Programme]:
    """Programmes that visitors may see: published, from a provider in good standing."""
    return Programme.objects.filter(
        current__state=VersionState.PUBLISHED, provider__state=ProviderState.ACTIVE
    )


def open_groups(day: date) -> QuerySet[Group]:
    """Groups to which one may apply on `day` (Riga), full ones among them."""
    return Group.objects.filter(state=GroupState.OPEN, apply_until__gte=day)


def open_offers(day: date) -> QuerySet[Offer]:
    """Offers under which one may apply on `day`; supported ones first, then by price."""
    return (
        Offer.objects.filter(open_from__lte=day, open_until__gte=day)
        .select_related("version__type", "source")
        .order_by(F("source").asc(nulls_last=True), "price", "pk")
    )


def _filtered(programmes: QuerySet[Programme], filters: Filters, day: date) -> QuerySet[Programme]:
    if filters.modes:
        programmes = programmes.filter(current__mode__in=filters.modes)
    if filters.types:
        programmes = programmes.filter(current__type__code__in=filters.types)
    if filters.cities:
        programmes = programmes.filter(current__city__in=filters.cities)
    if filters.providers:
        programmes = programmes.filter(provider__slug__in=filters.providers)
    if filters.free_places or filters.starts_within_weeks is not None:
        # One and the same group has to answer both questions.
        groups = open_groups(day).filter(version__programme=OuterRef("pk"))
        if filters.free_places:
            groups = groups.filter(taken__lt=F("capacity"))
        if filters.starts_within_weeks is not None:
            groups = groups.filter(
                starts_on__lte=day + timedelta(weeks=filters.starts_within_weeks)
            )
        programmes = programmes.filter(Exists(groups))
    return programmes


def catalogue_page(
    *,
    query: str = "",
    filters: Filters | None = None,
    at: datetime,
    language: str = "lv",
    page: int | str = 1,
    page_size: int = PAGE_SIZE,
) -> Page[Card]:
    """One page of the catalogue (CAT-1, CAT-2): four queries.

    Ordered by fit to the query, then by the next start, then alphabetically in `language`. A page
    number out of range gives the nearest page.
    """
    day = riga_date(at)
    programmes = _filtered(listed(), filters or Filters(), day)
    next_start = (
        open_groups(day)
        .filter(version__programme=OuterRef("pk"))
        .order_by("starts_on")
        .values("starts_on")[:1]
    )
    title = "current__title_en" if language == "en" else "current__title_lv"
    order: list[Any] = [F("next_start").asc(nulls_last=True), LvKey(title), "pk"]
    if words(query):
        programmes = matching(programmes, query)
        order.insert(0, F("relevance").desc())
    programmes = (
        programmes.annotate(next_start=Subquery(next_start))
        .select_related("provider", "current__type", "current__field")
        .order_by(*order)
    )
    found: Page[Any] = Paginator(programmes, page_size).get_page(page)
    found.object_list = cards(list(found.object_list), at=at)
    return found


def cards(programmes: Sequence[Programme], *, at: datetime) -> list[Card]:
    """Cards of programmes (with provider and `current` loaded), in the same order: two queries."""
    day = riga_date(at)
    ids = [programme.pk for programme in programmes]
    groups: dict[UUID, list[Group]] = defaultdict(list)
    upcoming = open_groups(day).filter(version__programme__in=ids).select_related("version")
    for each in upcoming.order_by("starts_on", "code"):
        groups[each.version.programme_id].append(each)
    offers: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in open_offers(day).filter(version__programme__in=ids):
        offers[offer.version.programme_id].append(offer)
    made = []
    for programme in programmes:
        assert programme.current is not None
        group = _next(groups[programme.pk])
        fitting = [
            offer
            for offer in offers[programme.pk]
            if offer.version_id == (group.version_id if group else programme.current_id)
        ]
        made.append(Card(programme, programme.current, group, fitting[0] if fitting else None))
    return made


def _next(groups: Sequence[Group]) -> Group | None:
    """The soonest group with a free place, else the soonest."""
    free = [group for group in groups if group.places_left]
    return next(iter(free or groups), None)


def programme_page(slug: str, *, at: datetime) -> ProgrammePage:
    """One programme with its offers and next groups: three queries.

    Raises `Programme.DoesNotExist` where nothing listed has this slug.
    """
    programme = (
        listed()
        .select_related("provider", "current__type", "current__field", "current__digcomp_area")
        .get(slug=slug)
    )
    assert programme.current is not None
    offers = list(open_offers(riga_date(at)).filter(version__programme=programme))
    return ProgrammePage(
        programme=programme,
        version=programme.current,
        provider=programme.provider,
        offers=[offer for offer in offers if offer.version_id == programme.current_id],
        groups=_choices(open_groups(riga_date(at)).filter(version__programme=programme), offers),
    )


def next_groups(version_id: UUID, *, at: datetime) -> list[GroupChoice]:
    """Groups of one version to which one may apply now, soonest first: two queries."""
    day = riga_date(at)
    offers = open_offers(day).filter(version=version_id)
    return _choices(open_groups(day).filter(version=version_id), offers)


def _choices(groups: QuerySet[Group], offers: Iterable[Offer]) -> list[GroupChoice]:
    of_version: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in offers:
        of_version[offer.version_id].append(offer)
    counted = groups.annotate(session_count=Count("sessions")).order_by("starts_on", "code")
    return [
        GroupChoice(group, of_version[group.version_id], group.session_count) for group in counted
    ]


def soonest(n: int, *, at: datetime) -> list[Card]:
    """Cards of the `n` programmes that begin soonest and have a free place (home page)."""
    day = riga_date(at)
    free = (
        open_groups(day)
        .filter(version__programme=OuterRef("pk"), taken__lt=F("capacity"))
        .order_by("starts_on")
        .values("starts_on")[:1]
    )
    programmes = (
        listed()
        .annotate(next_start=Subquery(free))
        .filter(next_start__isnull=False)
        .select_related("provider", "current__type", "current__field")
        .order_by("next_start", "pk")[:n]
    )
    return cards(list(programmes), at=at)


def facets(query: str = "") -> dict[str, list[Facet]]:
    """Values of the filters with the number of programmes that match `query`: four queries."""
    programmes = matching(listed(), query).order_by()
    english = get_language() == "en"

    def counted(*names: str) -> Iterable[tuple[Any, ...]]:
        return programmes.values_list(*names).annotate(n=Count("pk"))

    types = counted(
        "current__type__code",
        "current__type__name_lv",
        "current__type__name_en",
        "current__type__order",
    )
    return {
        "modes": [
            Facet(value, Mode(value).label, n) for value, n in sorted(counted("current__mode"))
        ],
        "types": [
            Facet(code, name_en if english else name_lv, n)
            for code, name_lv, name_en, _order, n in sorted(types, key=lambda row: row[3])
        ],
        "cities": [
            Facet(city, city, n)
            for city, n in programmes.values_list("current__city")
            .exclude(current__city="")
            .annotate(n=Count("pk"))
            .order_by(LvKey("current__city"))
        ],
        "providers": [
            Facet(slug, name, n)
            for slug, name, n in programmes.values_list("provider__slug", "provider__name")
            .annotate(n=Count("pk"))
            .order_by(LvKey("provider__name"))
        ],
    }


def timetable(group_id: UUID) -> list[Session]:
    """The sessions of a group in order: one query."""
    return list(Session.objects.filter(group=group_id).order_by("number"))
