"""A provider's own programmes as its workspace lists them (PRO-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q

from catalogue.enums import IN_WORK
from catalogue.models import Offer, Programme, ProgrammeRemark, ProgrammeVersion, Provider
from catalogue.selectors import coming_groups
from stars.common.dates import riga_date


@dataclass(frozen=True)
class OwnProgramme:
    """A programme with what visitors see of it and what is on its way."""

    programme: Programme
    # What is written, waits or is shown: the version in work, else the one shown, else the last.
    version: ProgrammeVersion
    # The one that visitors see, and the one that is being prepared; either may be missing.
    shown: ProgrammeVersion | None
    in_work: ProgrammeVersion | None
    # The dearest price of `version` in EUR, with its source or without; None without a price.
    offers: tuple[Offer, ...] = ()
    coming_groups: int = 0
    open_remarks: int = 0

    @property
    def state(self) -> str:
        """Of `version`."""
        return str(self.version.state)


def own_programmes(providers: Sequence[Provider], *, at: datetime) -> list[OwnProgramme]:
    """All programmes of the providers, what was changed last first: five queries."""
    programmes = list(
        Programme.objects.filter(provider__in=providers)
        .select_related("provider", "current__type")
        .annotate(changed=Max("versions__updated_at"))
        .filter(changed__isnull=False)
        .order_by("-changed", "pk")
    )
    ids = [programme.pk for programme in programmes]
    latest: dict[UUID, ProgrammeVersion] = {}
    newer = ProgrammeVersion.objects.filter(
        programme=OuterRef("programme"), number__gt=OuterRef("number")
    )
    last = ProgrammeVersion.objects.filter(~Exists(newer), programme__in=ids)
    for version in last.select_related("type"):
        latest[version.programme_id] = version
    made = []
    for programme in programmes:
        version = latest[programme.pk]
        in_work = version if version.state in IN_WORK else None
        shown = programme.current
        made.append((programme, in_work or shown or version, shown, in_work))
    versions = [version.pk for _programme, version, _shown, _in_work in made]
    offers: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in Offer.objects.filter(version__in=versions).select_related("source"):
        offers[offer.version_id].append(offer)
    groups = dict(
        coming_groups(riga_date(at))
        .filter(version__programme__in=ids)
        .values_list("version__programme")
        .annotate(n=Count("pk"))
    )
    remarks = dict(
        ProgrammeRemark.objects.filter(
            Q(submission__decided_at__isnull=False), version__in=versions, resolved_at__isnull=True
        )
        .values_list("version")
        .annotate(n=Count("pk"))
    )
    return [
        OwnProgramme(
            programme,
            version,
            shown,
            in_work,
            tuple(sorted(offers[version.pk], key=lambda o: (o.price, str(o.pk)))),
            groups.get(programme.pk, 0),
            remarks.get(version.pk, 0),
        )
        for programme, version, shown, in_work in made
    ]


def own_version(version_id: UUID, providers: Sequence[Provider]) -> ProgrammeVersion:
    """A version of one of the providers with everything its words need. Raises `DoesNotExist`."""
    return ProgrammeVersion.objects.select_related(
        *("programme__provider__organisation", "programme__current", "call__source"),
        *("type", "field", "digcomp_area", "entry_level", "education", "qualification"),
    ).get(pk=version_id, programme__provider__in=list(providers))
