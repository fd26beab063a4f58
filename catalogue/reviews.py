"""What a reviewer and a provider read about a version: queue, decisions, remarks, difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from catalogue.differences import Change, compare
from catalogue.enums import ProviderState, TemporaryState, VersionState
from catalogue.fields import offers_of, shown
from catalogue.models import (
    CatalogueLog,
    Programme,
    ProgrammeRemark,
    ProgrammeVersion,
    Submission,
    TemporaryStatus,
)
from catalogue.prices import rules_of, watch
from catalogue.rules import PriceFinding, temporary_room
from stars.common.dates import riga_date

RELATED = ("type", "field", "digcomp_area", "entry_level", "education", "qualification")


@dataclass(frozen=True)
class Waiting:
    """A submission without a decision and for how many days it has waited."""

    submission: Submission
    days: int


def review_queue(at: datetime) -> list[Waiting]:
    """What waits for the agency's decision, longest first; one query."""
    day = riga_date(at)
    waiting = (
        Submission.objects.filter(decided_at__isnull=True)
        .select_related("version__programme__provider", "version__type", "call", "taken_by")
        .order_by("submitted_at", "pk")
    )
    return [Waiting(each, (day - riga_date(each.submitted_at)).days) for each in waiting]


def decisions(version: ProgrammeVersion) -> QuerySet[Submission]:
    """Every submission of the version with its decision, author and time, in order."""
    return version.submissions.select_related(
        "call", "submitted_by", "taken_by", "decided_by"
    ).order_by("number")


def steps(version: ProgrammeVersion) -> QuerySet[CatalogueLog]:
    """Every move of the version with author, time and note, in order."""
    return (
        CatalogueLog.objects.filter(object_type="programmeversion", object_id=version.pk)
        .select_related("by")
        .order_by("id")
    )


def remarks(version: ProgrammeVersion) -> QuerySet[ProgrammeRemark]:
    """Every remark, for the reviewer."""
    return version.remarks.select_related("submission", "author", "resolved_by")


def remarks_for_provider(version: ProgrammeVersion) -> QuerySet[ProgrammeRemark]:
    """The remarks of submissions that are decided; while it is reviewed it may still change."""
    return remarks(version).filter(submission__decided_at__isnull=False)


def version_with_words(version_id: UUID) -> ProgrammeVersion:
    """A version with everything that its words need. Raises `DoesNotExist`."""
    return ProgrammeVersion.objects.select_related("programme__provider", *RELATED).get(
        pk=version_id
    )


def version_before(version: ProgrammeVersion) -> ProgrammeVersion | None:
    """The last earlier version that was shown, to compare with; None for the first."""
    earlier = ProgrammeVersion.objects.filter(
        programme=version.programme_id, number__lt=version.number
    )
    return earlier.ever_shown().select_related(*RELATED).order_by("-number").first()


def difference(before: ProgrammeVersion | None, after: ProgrammeVersion) -> list[Change]:
    """What is new in `after`, field by field, prices among them; all of it without a `before`."""
    was = shown(before, offers_of(before)) if before is not None else []
    return compare(was, shown(after, offers_of(after)))


def price_findings(version: ProgrammeVersion, *, at: datetime) -> list[PriceFinding]:
    """The price watch as of `at` (CAT-16), for the reviewer and before sending."""
    return watch(version, offers_of(version), day=riga_date(at))


def temporary_due(at: datetime) -> list[TemporaryStatus]:
    """Temporary statuses whose review is due, longest overdue first, with their programme and its
    rating; one query (CAT-12)."""
    return list(
        TemporaryStatus.objects.filter(state=TemporaryState.ACTIVE, review_on__lte=riga_date(at))
        .select_related("programme__provider", "programme__current")
        .order_by("review_on", "pk")
    )


def room_for_temporary(day: date) -> int:
    """How many more programmes may have temporary status now, by the rules of `day`."""
    published = Programme.objects.filter(
        current__state=VersionState.PUBLISHED, provider__state=ProviderState.ACTIVE
    )
    active = TemporaryStatus.objects.filter(state=TemporaryState.ACTIVE)
    return temporary_room(
        published=published.count(),
        temporary=active.count(),
        share=rules_of(day).temporary_share,
    )
