"""Training suggested to one person, each with the reason (CAT-7, CAT-8).

What goes with what is computed at night (services.affinity); here it is only read and joined with
the person's own history, list, wish and profile. Nothing is stored, and nothing is refused to
anybody because of it: the catalogue stays the same for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from accounts.enums import FactKind
from accounts.models import PersonFact
from catalogue.models import Group, Programme, ProgrammeAffinity
from catalogue.selectors import listed, open_groups
from catalogue.selectors_find import catalogue_page, read_sentence
from catalogue.services.affinity import Pair
from enrolments.enums import ApplicationState, ParticipationState
from enrolments.models import Application
from learning_accounts.enums import StepState
from learning_accounts.models import LearningAccount, PathStep
from learning_accounts.selectors import saved_ids
from stars.common.dates import riga_date
from stars.vocabularies.models import Term


class Because(StrEnum):
    """Why something is suggested."""

    PATH = "path"  # a step of the person's own plan
    PROFESSION = "profession"  # little education: qualifications come first (L768)
    COMPLETED = "completed"
    LEARNING = "learning"
    APPLIED = "applied"
    SAVED = "saved"
    TOGETHER = "together"  # others chose both
    WISH = "wish"
    WORKING = "working"  # in the evening or at the weekend
    NEW_JOB = "new_job"


@dataclass(frozen=True)
class Source:
    """Something of the person's own that others go with, and how much it counts (0–1)."""

    programme: UUID
    because: Because
    weight: float


@dataclass
class Suggestion:
    """A programme with its strongest reason; `about` is the programme the reason speaks of."""

    programme: UUID
    score: float = 0.0
    because: Because = Because.WISH
    about: UUID | None = None
    strongest: float = field(default=0.0, repr=False)

    def add(self, score: float, because: Because, about: UUID | None = None) -> None:
        """One more reason."""
        self.score += score
        if score > self.strongest:
            self.strongest, self.because, self.about = score, because, about


WEIGHTS = {
    Because.COMPLETED: 1.0,
    Because.LEARNING: 0.9,
    Because.APPLIED: 0.8,
    Because.SAVED: 0.6,
}
REACHED: Mapping[str, Because] = {
    ParticipationState.COMPLETED: Because.COMPLETED,
    ParticipationState.LEARNING: Because.LEARNING,
}
# A profession comes before everything else for people with little education; one's own plan too.
FIRST = {Because.PROFESSION: 5.0, Because.PATH: 10.0}
WISHED, WORKING, NEW_JOB, OPEN, POPULAR = 0.6, 0.2, 0.3, 0.1, 0.3
# So many candidates of each kind are looked at.
LOOKED_AT = 40
# Types that lead to a profession or to a part of one, and those that change what one can work as.
PROFESSION = ("further_education", "module_set", "vocational_module")
NEW_JOBS = ("further_education", "upskilling")
# Weekdays of groups that meet at the weekend only (Group.weekdays): Saturday, Sunday, both.
WEEKENDS = (32, 64, 96)
WITHOUT_JOB = ("unemployed", "job_seeker")


def related(
    sources: Iterable[Source], pairs: Mapping[UUID, Sequence[Pair]]
) -> dict[UUID, Suggestion]:
    """What goes with the person's own programmes; pure, shared with the evaluation."""
    found: dict[UUID, Suggestion] = {}
    for source in sources:
        for pair in pairs.get(source.programme, ()):
            suggestion = found.setdefault(pair.other, Suggestion(pair.other))
            if pair.people:
                score = source.weight * pair.share
                suggestion.add(score, Because.TOGETHER, source.programme)
            if pair.likeness:
                score = source.weight * pair.likeness
                suggestion.add(score, source.because, source.programme)
    return found


def weigh_popular(found: Mapping[UUID, Suggestion], chosen: Mapping[UUID, int]) -> None:
    """What many choose counts a little among things that have a reason; pure as well."""
    most = max((chosen.get(pk, 0) for pk in found), default=0)
    for pk, each in found.items():
        each.score += POPULAR * chosen.get(pk, 0) / most if most else 0


def best(found: Mapping[UUID, Suggestion], limit: int) -> list[Suggestion]:
    """The best first; the same for the same input."""
    return sorted(found.values(), key=lambda each: (-each.score, str(each.programme)))[:limit]


def suggest(account: LearningAccount, at: datetime, *, limit: int) -> list[Suggestion]:
    """At most `limit` programmes on offer for the person, the best first; none where switched off.

    The number of queries does not grow with what is offered or was learned.
    """
    if not account.suggestions:
        return []
    day = riga_date(at)
    history = _history(account)
    saved = [Source(pk, Because.SAVED, WEIGHTS[Because.SAVED]) for pk in saved_ids(account.pk)]
    sources = [*history, *saved]
    found = related(sources, _pairs(sources))
    for pk in _steps(account):
        found.setdefault(pk, Suggestion(pk)).add(FIRST[Because.PATH], Because.PATH)
    for place, pk in enumerate(_wished(account, at)):
        score = WISHED * (1 - place / LOOKED_AT)
        found.setdefault(pk, Suggestion(pk)).add(score, Because.WISH)
    _by_profile(account, found, day)
    for source in sources:
        found.pop(source.programme, None)
    offered, chosen = {}, {}
    for pk, begins, taken in _facts_of(found, day):
        offered[pk], chosen[pk] = found[pk], taken or 0
        offered[pk].score += OPEN if begins else 0
    weigh_popular(offered, chosen)
    return best(offered, limit)


def _facts_of(found: Iterable[UUID], day: date) -> QuerySet[Any, tuple[UUID, date, int]]:
    """Of those on offer: the next start, and how many places were ever taken."""
    groups = Group.objects.filter(version__programme=OuterRef("pk")).order_by()
    taken = groups.values("version__programme").annotate(n=Sum("taken")).values("n")
    offered = _soonest(listed().filter(pk__in=list(found)), day)
    rows: QuerySet[Any, tuple[UUID, date, int]] = offered.annotate(
        taken=Subquery(taken)
    ).values_list("pk", "next_start", "taken")
    return rows


def _history(account: LearningAccount) -> list[Source]:
    """What the person applied for or learned, each programme once with the most that came of it."""
    rows = (
        Application.objects.filter(account=account)
        .exclude(state__in=(ApplicationState.DRAFT, ApplicationState.WITHDRAWN))
        .values_list("offer__version__programme_id", "participation__state")
    )
    found: dict[UUID, Source] = {}
    for programme, state in rows:
        because = REACHED.get(state or "", Because.APPLIED)
        source = Source(programme, because, WEIGHTS[because])
        kept = found.setdefault(programme, source)
        if source.weight > kept.weight:
            found[programme] = source
    return list(found.values())


def _pairs(sources: Sequence[Source]) -> dict[UUID, list[Pair]]:
    rows = ProgrammeAffinity.objects.filter(
        programme__in=[source.programme for source in sources]
    ).order_by("programme", "rank")
    pairs: dict[UUID, list[Pair]] = {}
    for row in rows:
        pair = Pair(row.other_id, float(row.likeness), row.together, float(row.share))
        pairs.setdefault(row.programme_id, []).append(pair)
    return pairs


def _steps(account: LearningAccount) -> list[UUID]:
    """Planned steps of the person's paths that are programmes of the catalogue."""
    steps = PathStep.objects.filter(path__account=account, state=StepState.PLANNED)
    return list(
        steps.exclude(programme=None)
        .order_by("path__begun_at", "order")
        .values_list("programme_id", flat=True)[:LOOKED_AT]
    )


def _wished(account: LearningAccount, at: datetime) -> list[UUID]:
    """What the catalogue finds for the wish on the profile."""
    if not account.wish.strip():
        return []
    words, said = read_sentence(account.wish)
    page = catalogue_page(query=words, filters=said, at=at, page_size=LOOKED_AT)
    return [card.programme.pk for card in page.object_list]


def _by_profile(account: LearningAccount, found: dict[UUID, Suggestion], day: date) -> None:
    """What education and work say: professions first for some, evenings for others (L768)."""
    education, work = _profile(account)
    if education is not None and education.extra.get("band") == "low":
        enough = Q(current__education=None) | Q(current__education__order__lte=education.order)
        rows = listed().filter(
            enough,
            Q(current__type__code__in=PROFESSION) | Q(current__qualification__isnull=False),
        )
        _add(found, rows, FIRST[Because.PROFESSION], Because.PROFESSION, day)
    if work is None:
        return
    if work.extra.get("working"):
        free = Q(after_work=True) | Q(weekdays__in=WEEKENDS)
        evenings = open_groups(day).filter(free, version__programme=OuterRef("pk"))
        rows = listed().filter(Exists(evenings))
        _add(found, rows, WORKING, Because.WORKING, day)
    elif work.code in WITHOUT_JOB:
        rows = listed().filter(current__type__code__in=NEW_JOBS)
        _add(found, rows, NEW_JOB, Because.NEW_JOB, day)


def _profile(account: LearningAccount) -> tuple[Term | None, Term | None]:
    """Education and work as terms of their vocabularies: two queries."""
    newest = dict(
        PersonFact.objects.filter(
            person=account.person_id, kind__in=(FactKind.EDUCATION, FactKind.EMPLOYMENT)
        )
        .order_by("kind", "-observed_at", "-pk")
        .distinct("kind")
        .values_list("kind", "value")
    )
    if not newest:
        return None, None
    rows = Term.objects.filter(
        vocabulary__code__in=("education_level", "employment_status"),
        vocabulary__current=True,
        code__in=newest.values(),
    )
    terms = {(t.vocabulary.code, t.code): t for t in rows.select_related("vocabulary")}
    return (
        terms.get(("education_level", newest.get(FactKind.EDUCATION, ""))),
        terms.get(("employment_status", newest.get(FactKind.EMPLOYMENT, ""))),
    )


def _add(
    found: dict[UUID, Suggestion],
    programmes: QuerySet[Programme],
    score: float,
    because: Because,
    day: date,
) -> None:
    """Candidates that begin soonest, the sooner the better within their kind."""
    soonest = _soonest(programmes, day).order_by(F("next_start").asc(nulls_last=True), "code")
    for place, pk in enumerate(soonest.values_list("pk", flat=True)[:LOOKED_AT]):
        each = found.setdefault(pk, Suggestion(pk))
        each.add(score * (1 - place / LOOKED_AT / 2), because)


def _soonest(programmes: QuerySet[Programme], day: date) -> QuerySet[Any]:
    groups = open_groups(day).filter(version__programme=OuterRef("pk"), taken__lt=F("capacity"))
    first = groups.order_by("starts_on").values("starts_on")[:1]
    return programmes.annotate(next_start=Subquery(first))
