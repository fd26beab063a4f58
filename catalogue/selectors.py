"""What the catalogue shows. Every function costs the same number of queries for any list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils.functional import Promise
from django.utils.translation import get_language

from catalogue.enums import GroupState, Mode, ProviderState, VersionState
from catalogue.models import Group, Offer, Programme, ProgrammeVersion, Provider, Session
from catalogue.search import matching, words
from stars.common.dates import riga_date

PAGE_SIZE = 20
# Offered as "starts within … weeks", with counts.
STARTS_WITHIN = (2, 6)
# As people choose, not as the alphabet says.
MODES = (Mode.REMOTE, Mode.ON_SITE, Mode.HYBRID)
ORDERS = ("fit", "soon", "rating", "title")


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
    """A group with the offers of its version that are open now."""

    group: Group
    offers: list[Offer]
    session_count: int = 0
    # One may apply: the group takes applications today. It may still be full.
    is_open: bool = True

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
    # Whether it is offered at all; otherwise the page stays, for those who learned it.
    is_listed: bool = True


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


def coming_groups(day: date) -> QuerySet[Group]:
    """Groups that have not begun on `day`, also those that take no more applications."""
    return Group.objects.filter(
        Q(state=GroupState.OPEN, apply_until__gte=day)
        | Q(state__in=(GroupState.OPEN, GroupState.CLOSED), starts_on__gte=day)
    )


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
    order: str = "fit",
    page: int | str = 1,
    page_size: int = PAGE_SIZE,
) -> Page[Card]:
    """One page of the catalogue (CAT-1, CAT-2): four queries.

    `order` is one of ORDERS; "fit" means by fit to the query, then by the next start, then
    alphabetically in `language`. A page number out of range gives the nearest page.
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
    keys: list[Any] = [F("next_start").asc(nulls_last=True), LvKey(title), "pk"]
    if words(query):
        programmes = matching(programmes, query)
        if order == "fit":
            keys.insert(0, F("relevance").desc())
    if order == "rating":
        keys.insert(0, F("rating_average").desc(nulls_last=True))
    elif order == "title":
        keys.insert(0, LvKey(title))
    programmes = (
        programmes.annotate(next_start=Subquery(next_start))
        .select_related("provider", "current__type", "current__field")
        .order_by(*keys)
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
    """One programme with its offers and coming groups: three queries.

    A programme that is not offered any more keeps its page, without offers and groups. Raises
    `Programme.DoesNotExist` where nothing that was ever published has this slug.
    """
    day = riga_date(at)
    programme = (
        Programme.objects.select_related(
            "provider__organisation",
            "current__type",
            "current__field",
            "current__digcomp_area",
            "current__education",
            "current__qualification",
        )
        .exclude(current__state=VersionState.DRAFT)
        .get(slug=slug, current__isnull=False)
    )
    version, provider = programme.current, programme.provider
    assert version is not None
    if version.state != VersionState.PUBLISHED or provider.state != ProviderState.ACTIVE:
        return ProgrammePage(programme, version, provider, offers=[], is_listed=False)
    offers = list(open_offers(day).filter(version__programme=programme))
    return ProgrammePage(
        programme=programme,
        version=version,
        provider=provider,
        offers=[offer for offer in offers if offer.version_id == version.pk],
        groups=_choices(coming_groups(day).filter(version__programme=programme), offers, day),
    )


def next_groups(version_id: UUID, *, at: datetime) -> list[GroupChoice]:
    """Groups of one version to which one may apply now, soonest first: two queries."""
    day = riga_date(at)
    offers = open_offers(day).filter(version=version_id)
    return _choices(open_groups(day).filter(version=version_id), offers, day)


def _choices(groups: QuerySet[Group], offers: Iterable[Offer], day: date) -> list[GroupChoice]:
    of_version: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in offers:
        of_version[offer.version_id].append(offer)
    counted = (
        groups.select_related("version")
        .annotate(session_count=Count("sessions"))
        .order_by("starts_on", "code")
    )
    return [
        GroupChoice(
            group,
            of_version[group.version_id],
            group.session_count,
            is_open=group.state == GroupState.OPEN and group.apply_until >= day,
        )
        for group in counted
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


def facets(query: str = "", *, at: datetime) -> dict[str, list[Facet]]:
    """Every value of the filters with the number of programmes that match `query`.

    Five queries, six with words: what they find is looked up once, since comparing words costs
    more than everything else here. Values without a match stay, so that a chosen one can be seen
    and taken away.
    """
    programmes = matches = listed()
    found = Count("pk")
    if words(query):
        ids = list(matching(programmes, query).order_by().values_list("pk", flat=True))
        matches = programmes.filter(pk__in=ids)
        found = Count("pk", filter=Q(pk__in=ids))
    end = "en" if get_language() == "en" else "lv"

    def counted(*names: str) -> QuerySet[Programme, tuple[Any, ...]]:
        return programmes.values_list(*names).annotate(n=found)

    name = f"current__type__name_{end}"
    plain = NullIf(F(f"current__type__plain_{end}"), Value(""))
    types = (
        programmes.annotate(words=Coalesce(plain, F(name)))
        .values_list("current__type__code", "words")
        .annotate(n=found)
    )
    modes = dict(counted("current__mode"))
    cities = counted("current__city").exclude(current__city="")
    providers = counted("provider__slug", "provider__name")
    return {
        "starts": _starts(matches, riga_date(at)),
        "modes": [Facet(mode.value, mode.label, modes[mode]) for mode in MODES if mode in modes],
        "types": [Facet(code, text, n) for code, text, n in types.order_by("current__type__order")],
        "cities": [Facet(city, city, n) for city, n in cities.order_by(LvKey("current__city"))],
        "providers": [
            Facet(slug, text, n) for slug, text, n in providers.order_by(LvKey("provider__name"))
        ],
    }


def _starts(programmes: QuerySet[Programme], day: date) -> list[Facet]:
    """How many begin within some weeks, and how many have a free place."""
    groups = open_groups(day).filter(version__programme=OuterRef("pk"))
    counts = programmes.aggregate(
        free=Count("pk", filter=Exists(groups.filter(taken__lt=F("capacity")))),
        **{
            f"within_{weeks}": Count(
                "pk", filter=Exists(groups.filter(starts_on__lte=day + timedelta(weeks=weeks)))
            )
            for weeks in STARTS_WITHIN
        },
    )
    within = [Facet(str(weeks), "", counts[f"within_{weeks}"]) for weeks in STARTS_WITHIN]
    return [*within, Facet("free", "", counts["free"])]


def timetable(group_id: UUID) -> list[Session]:
    """The sessions of a group in order: one query."""
    return list(Session.objects.filter(group=group_id).order_by("number"))
