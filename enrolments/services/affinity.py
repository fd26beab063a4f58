"""The nightly projection into the catalogue: what goes with what (architecture.md, CAT-8)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from catalogue.services import affinity as catalogue
from enrolments.affinity import together
from enrolments.enums import ApplicationState
from enrolments.models import Application

# Applications that say what somebody wanted to learn, also where there was no place.
WANTED = (
    ApplicationState.SUBMITTED,
    ApplicationState.APPROVED,
    ApplicationState.REJECTED,
    ApplicationState.LAPSED,
    ApplicationState.WAITLISTED,
    ApplicationState.OFFERED,
)


def choices() -> Iterator[tuple[UUID, list[UUID]]]:
    """What each account applied for, oldest first; without those who switched suggestions off."""
    rows = (
        Application.objects.filter(state__in=WANTED, account__suggestions=True)
        .order_by("account_id", "submitted_at", "pk")
        .values_list("account_id", "offer__version__programme_id")
    )
    for account, chosen in groupby(rows.iterator(), key=itemgetter(0)):
        yield account, [programme for _account, programme in chosen]


def write_affinity() -> int:
    """Count who chose what together and let the catalogue write it; returns its rows."""
    return catalogue.rewrite(together=together(choices()))
