"""Rows and services of "this was not me" for the permission matrix."""

from __future__ import annotations

from typing import Any

from enrolments import dispute_links
from enrolments.models import Dispute
from funding.models import Commitment


def build(world: Any) -> None:
    """A case about the completed training. Its money is not frozen: other rows move it."""
    world.rows["dispute"] = Dispute.objects.create(
        application=world.applications["completed"], note="Nebiju es", opened_at=world.at
    )
    held = Commitment.objects.get(application_id=world.applications["waiting"].pk)
    world.rows["token-enrolments:not_me_link"] = dispute_links.token_of(held.pk)


def _case(world: Any) -> dict[str, Any]:
    return {"dispute_id": world.rows["dispute"].pk, "note": "Zvanīju"}


SERVICES: dict[str, Any] = {
    "enrolments.services.disputes.open_case": (
        ("owner",),
        lambda w: {"application_id": w.applications["waiting"].pk},
    ),
    "enrolments.services.disputes.uphold": (("administrator",), _case),
    "enrolments.services.disputes.dismiss": (("administrator",), _case),
}


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """Answers that the forms ask for."""
    return {
        "admin:enrolments_dispute_uphold": {"note": "Svešs"},
        "admin:enrolments_dispute_dismiss": {"note": "Savējais"},
    }
