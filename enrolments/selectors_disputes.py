"""Whether "this was not me" can be said of an application, and what became of it."""

from __future__ import annotations

from uuid import UUID

from enrolments.models import Application
from funding.enums import CommitmentState


def application_of(commitment_id: UUID) -> UUID | None:
    """The application for which the money is held."""
    rows = Application.objects.filter(commitment=commitment_id)
    return rows.values_list("pk", flat=True).first()


def is_frozen(application: Application) -> bool:
    """Whether the agency is looking into it; needs the commitment loaded."""
    return application.commitment is not None and application.commitment.frozen_at is not None


def may_dispute(application: Application) -> bool:
    """Whether it can be said: money is held, and the agency has not looked yet.

    Needs the commitment loaded; one query.
    """
    commitment = application.commitment
    if commitment is None or commitment.state != CommitmentState.HELD or commitment.frozen_at:
        return False
    return not application.disputes.exists()
