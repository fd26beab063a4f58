"""Selectors of pages beside the list: providers, archive, comparing, groups that are over.

Like `selectors`: every function costs the same number of queries for any list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from catalogue.enums import GroupState, Mode, ProviderState, VersionState
from catalogue.functions import PlainText, WordSimilarity
from catalogue.models import FormerSlug, Group, Offer, Programme, Provider
from catalogue.selectors import Card, cards, listed, open_groups
from stars.common.dates import riga_date
from stars.common.ordering import LvKey

PROVIDERS = 30
PAST = 30
# Programmes on a provider's page, and past ones below them; the rest is in the archive.
OF_PROVIDER = 12
PAST_OF_PROVIDER = 10
VENUES = 20


# --- old addresses -------------------------------------------------------------------------


def moved_programme(slug: str) -> str | None:
    """The slug that a programme has now, for one that it had before: one query."""
    found = FormerSlug.objects.filter(slug=slug, programme__isnull=False)
    return found.values_list("programme__slug", flat=True).first()


def moved_provider(slug: str) -> str | None:
    """The same for a provider."""
    found = FormerSlug.objects.filter(slug=slug, provider__isnull=False)
    return found.values_list("provider__slug", flat=True).first()


# --- one programme -------------------------------------------------------------------------


def group_of(programme_id: UUID, group_id: UUID) -> Group | None:
    """A group of a programme in whatever state, over or cancelled ones too, but never a draft."""
    groups = Group.objects.filter(pk=group_id, version__programme=programme_id)
    return groups.exclude(state=GroupState.DRAFT).select_related("version").first()


def nearest(programme: Programme, n: int, *, at: datetime) -> list[Card]:
    """Cards of the `n` offered programmes most like this one: same field, then alike titles.

    Those with a group to which one may apply come first. `programme` needs `current` loaded.
    Three queries.
    """
    assert programme.current is not None
    groups = open_groups(riga_date(at)).filter(version__programme=OuterRef("pk"))
    found = (
        listed()
        .filter(current__field=programme.current.field_id)
        .exclude(pk=programme.pk)
        .annotate(
            has_group=Exists(groups),
            likeness=ExpressionWrapper(
                WordSimilarity(
                    PlainText(Value(programme.current.title_lv)), PlainText("current__title_lv")
                ),
                output_field=FloatField(),
            ),
        )
        .select_related("provider", "current__type", "current__field")
        .order_by("-has_group", "-likeness", "pk")[:n]
    )
    return cards(list(found), at=at)


def by_slugs(slugs: Sequence[str], *, at: datetime) -> list[Card]:
    """Cards of programmes by slug, in the order asked, those no longer offered too.

    Former slugs find their programme; what never existed is left out. Four queries.
    """
    former = dict(
        FormerSlug.objects.filter(slug__in=slugs, programme__isnull=False).values_list(
            "slug", "programme__slug"
        )
    )
    wanted = list(dict.fromkeys(former.get(slug, slug) for slug in slugs))
    found = {
        programme.slug: programme
        for programme in Programme.objects.filter(slug__in=wanted, current__isnull=False)
        .exclude(current__state=VersionState.DRAFT)
        .select_related(
            "provider",
            "current__type",
            "current__field",
            "current__digcomp_area",
            "current__education",
            "current__qualification",
        )
    }
    return cards([found[slug] for slug in wanted if slug in found], at=at)


# --- providers -----------------------------------------------------------------------------


@dataclass(frozen=True)
class ProviderRow:
    """A provider as the list shows it; the rating is the mean of all answers, 1–5."""

    provider: Provider
    offered: int
    rating: Decimal | None
    answers: int


@dataclass(frozen=True)
class ProviderPage:
    """Everything the catalogue knows about one provider."""

    provider: Provider
    offered: Page[Card]
    past: list[Programme]
    past_count: int
    rating: Decimal | None
    answers: int
    # (place, town); only where people meet.
    venues: list[tuple[str, str]]


def shown_providers() -> QuerySet[Provider]:
    """Providers that have a page: every one that ever offered something."""
    ever = Programme.objects.filter(provider=OuterRef("pk"), current__isnull=False)
    return Provider.objects.filter(Exists(ever))


def provider_list(*, query: str = "", page: int | str = 1) -> Page[ProviderRow]:
    """Providers in good standing by name, with how much they offer: three queries."""
    programmes = listed().filter(provider=OuterRef("pk")).order_by().values("provider")
    found = (
        shown_providers()
        .filter(state=ProviderState.ACTIVE)
        .annotate(
            offered=Coalesce(Subquery(programmes.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by(LvKey("name"), "pk")
    )
    if query:
        found = found.alias(plain=PlainText("name"), town=PlainText("city")).filter(
            Q(plain__contains=PlainText(Value(query))) | Q(town__contains=PlainText(Value(query)))
        )
    shown: Page = Paginator(found, PROVIDERS).get_page(page)
    ratings = _ratings([provider.pk for provider in shown.object_list])
    shown.object_list = [
        ProviderRow(provider, provider.offered, *ratings.get(provider.pk, (None, 0)))
        for provider in shown.object_list
    ]
    return shown


def provider_page(slug: str, *, at: datetime, page: int | str = 1) -> ProviderPage:
    """A provider with what it offers, offered and where: nine queries at most.

    Raises `Provider.DoesNotExist` where nobody who ever offered something has this slug.
    """
    provider = shown_providers().select_related("organisation").get(slug=slug)
    day = riga_date(at)
    own = (
        listed()
        .filter(provider=provider)
        .annotate(has_group=Exists(open_groups(day).filter(version__programme=OuterRef("pk"))))
        .select_related("provider", "current__type", "current__field")
        .order_by("-has_group", LvKey("current__title_lv"), "pk")
    )
    offered: Page = Paginator(own, OF_PROVIDER).get_page(page)
    offered.object_list = cards(list(offered.object_list), at=at)
    over = past().filter(provider=provider)
    rating, answers = _ratings([provider.pk]).get(provider.pk, (None, 0))
    return ProviderPage(
        provider=provider,
        offered=offered,
        past=list(over[:PAST_OF_PROVIDER]),
        past_count=over.count(),
        rating=rating,
        answers=answers,
        venues=_venues(provider),
    )


def _ratings(providers: Sequence[UUID]) -> dict[UUID, tuple[Decimal, int]]:
    """Mean over all answers about a provider's programmes, past ones too, and how many."""
    points = F("rating_average") * Cast(
        "rating_count", DecimalField(max_digits=14, decimal_places=2)
    )
    sums = (
        Programme.objects.filter(provider__in=providers, rating_count__gt=0)
        .order_by()
        .values_list("provider")
        .annotate(points=Sum(points), answers=Sum("rating_count"))
    )
    return {provider: (total / answers, answers) for provider, total, answers in sums}


def _venues(provider: Provider) -> list[tuple[str, str]]:
    """Places where groups of what is offered now meet, each once."""
    found = (
        Group.objects.filter(
            version__programme__provider=provider,
            version__state=VersionState.PUBLISHED,
            state__in=(GroupState.OPEN, GroupState.CLOSED, GroupState.RUNNING),
        )
        .exclude(mode=Mode.REMOTE)
        .exclude(place="", version__city="")
        .order_by("version__city", "place")
        .values_list("place", "version__city")
        .distinct()
    )
    return list(found[:VENUES])


# --- what is over --------------------------------------------------------------------------


def past() -> QuerySet[Programme]:
    """Programmes that were offered once (PUB-6), those that ended last first."""
    over = Q(current__state=VersionState.ARCHIVED) | Q(provider__state=ProviderState.ENDED)
    return _by_last_day(Programme.objects.filter(over, current__isnull=False))


def of_source(term: UUID) -> QuerySet[Programme]:
    """Everything that a source (by its term) ever paid for, those that ended last first."""
    under = Offer.objects.filter(version__programme=OuterRef("pk"), source=term)
    return _by_last_day(Programme.objects.filter(Exists(under), current__isnull=False))


def _by_last_day(programmes: QuerySet[Programme]) -> QuerySet[Programme]:
    last = (
        Group.objects.filter(version__programme=OuterRef("pk"))
        .exclude(state__in=(GroupState.DRAFT, GroupState.CANCELLED))
        .order_by()
        .values("version__programme")
        .annotate(day=Max("ends_on"))
        .values("day")
    )
    return (
        programmes.annotate(last_day=Subquery(last))
        .select_related("provider", "current__type", "current__field")
        .order_by(F("last_day").desc(nulls_last=True), "pk")
    )


def archive_page(*, provider: str = "", page: int | str = 1) -> Page[Programme]:
    """One page of what was offered, of one provider by its slug or of all: two queries."""
    found = past()
    if provider:
        found = found.filter(provider__slug=provider)
    return Paginator(found, PAST).get_page(page)


def offered_under(term: UUID, day: date) -> tuple[int, int]:
    """How many programmes a source pays for on `day`, and for how many it ever did: one query."""
    under = Programme.objects.filter(
        current__isnull=False, versions__offers__source=term
    ).aggregate(
        ever=Count("pk", distinct=True),
        now=Count(
            Case(
                When(
                    current__state=VersionState.PUBLISHED,
                    provider__state=ProviderState.ACTIVE,
                    versions__offers__open_from__lte=day,
                    versions__offers__open_until__gte=day,
                    then="pk",
                ),
                output_field=IntegerField(),
            ),
            distinct=True,
        ),
    )
    return under["now"], under["ever"]


def offered_now(day: date) -> dict[tuple[str, str], int]:
    """How many programmes each source pays for on `day`, by codes of source and type: one query."""
    rows = (
        Programme.objects.filter(
            current__state=VersionState.PUBLISHED,
            provider__state=ProviderState.ACTIVE,
            versions__offers__open_from__lte=day,
            versions__offers__open_until__gte=day,
            versions__offers__source__isnull=False,
        )
        .values_list("versions__offers__source__code", "current__type__code")
        .annotate(n=Count("pk", distinct=True))
        .order_by()
    )
    return {(source, kind): n for source, kind, n in rows}
