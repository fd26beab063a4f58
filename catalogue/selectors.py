"""What the catalogue shows. Every function costs the same number of queries for any list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, JSONObject

from catalogue.enums import GroupState, ProviderState, TemporaryState, VersionState
from catalogue.models import (
    Group,
    Offer,
    Programme,
    ProgrammeVersion,
    Provider,
    Session,
    TemporaryStatus,
)
from stars.common.dates import riga_date


@dataclass(frozen=True)
class Card:
    """A programme as a list shows it. `offer` is the one of `group`, else the cheapest open one;
    `offers` are all under which one can apply now."""

    programme: Programme
    version: ProgrammeVersion
    group: Group | None
    offer: Offer | None
    offers: tuple[Offer, ...] = ()
    # It is being tried out (CAT-12); known where one can apply.
    is_temporary: bool = False

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
    # Academic hours of the sessions; the rest of the programme is learned alone.
    session_hours: int = 0
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
    # Experimental for now (CAT-12): {"recommender", "review_on" (ISO day)}.
    temporary: dict[str, str] | None = None


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


def cards(programmes: Sequence[Programme], *, at: datetime) -> list[Card]:
    """Cards of programmes (with provider and `current` loaded), in the same order: two queries."""
    day = riga_date(at)
    ids = [programme.pk for programme in programmes]
    groups: dict[UUID, list[Group]] = defaultdict(list)
    upcoming = open_groups(day).filter(version__programme__in=ids).select_related("version")
    for each in upcoming.order_by("starts_on", "code"):
        groups[each.version.programme_id].append(each)
    offers: dict[UUID, list[Offer]] = defaultdict(list)
    active = TemporaryStatus.objects.filter(
        programme=OuterRef("version__programme"), state=TemporaryState.ACTIVE
    )
    temporary: set[UUID] = set()
    opened = open_offers(day).filter(version__programme__in=ids)
    for offer in opened.annotate(is_temporary=Exists(active)):
        if offer.is_temporary:
            temporary.add(offer.version.programme_id)
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
        living = {programme.current_id, *(each.version_id for each in groups[programme.pk])}
        usable = tuple(offer for offer in offers[programme.pk] if offer.version_id in living)
        first = fitting[0] if fitting else None
        tried = programme.pk in temporary
        made.append(Card(programme, programme.current, group, first, usable, tried))
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
        .annotate(
            temporary=Subquery(
                TemporaryStatus.objects.filter(
                    programme=OuterRef("pk"), state=TemporaryState.ACTIVE
                ).values(said=JSONObject(recommender="recommender", review_on="review_on"))
            )
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
        temporary=programme.temporary,
        programme=programme,
        version=version,
        provider=provider,
        offers=[offer for offer in offers if offer.version_id == version.pk],
        groups=_choices(coming_groups(day).filter(version__programme=programme), offers, day),
    )


def preview_page(version: ProgrammeVersion, *, at: datetime) -> ProgrammePage:
    """A version as its page would be if it were shown now, whatever its state: two queries.

    `version` has its programme, provider and terms loaded. Groups are those of the programme.
    """
    day = riga_date(at)
    offers = list(
        Offer.objects.filter(version=version)
        .select_related("version__type", "source")
        .order_by(F("source").asc(nulls_last=True), "price", "pk")
    )
    groups = coming_groups(day).filter(version__programme=version.programme_id)
    provider = version.programme.provider
    choices = _choices(groups, offers, day)
    return ProgrammePage(version.programme, version, provider, offers=offers, groups=choices)


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
        .annotate(
            session_count=Count("sessions"), session_hours=Coalesce(Sum("sessions__hours"), 0)
        )
        .order_by("starts_on", "code")
    )
    return [
        GroupChoice(
            group,
            of_version[group.version_id],
            group.session_count,
            group.session_hours,
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


def timetable(group_id: UUID) -> list[Session]:
    """The sessions of a group in order: one query."""
    return list(Session.objects.filter(group=group_id).order_by("number"))
