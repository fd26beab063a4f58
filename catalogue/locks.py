"""Rows that decisions about the offer lock, in the written order (docs/locking.md)."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from catalogue.enums import GroupState
from catalogue.models import Group, Programme, ProgrammeVersion

TEMPORARY = "catalogue.temporary"


def lock_programme(programme_id: UUID) -> Programme:
    """The programme; whoever changes any of its versions holds it. Raises `DoesNotExist`."""
    return (
        Programme.objects.select_for_update(no_key=True, of=("self",))
        .select_related("provider")
        .get(pk=programme_id)
    )


def lock_version(version_id: UUID) -> ProgrammeVersion:
    """The programme, then the version, read again under the lock. Raises `DoesNotExist`."""
    keys = ProgrammeVersion.objects.values_list("programme_id", flat=True)
    programme = lock_programme(keys.get(pk=version_id))
    version = (
        ProgrammeVersion.objects.select_for_update(no_key=True, of=("self",))
        .select_related(
            *("type", "field", "digcomp_area", "entry_level", "education", "qualification"),
            *("call__source",),
        )
        .get(pk=version_id)
    )
    version.programme = programme
    return version


def lock_open_groups(programme: Programme) -> None:
    """Wait for whoever is applying just now; the next one finds the version as it is then."""
    list(
        Group.objects.select_for_update(no_key=True, of=("self",))
        .filter(version__programme=programme, state=GroupState.OPEN)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def lock_temporary() -> None:
    """One decision about temporary status at a time: together they have a limit (CAT-12)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [TEMPORARY])
