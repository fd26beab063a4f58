"""What the walk and the sweep of services need for groups and timetables."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from catalogue.models import Group, Offer
from catalogue.selectors_groups import blocks_of, fingerprint, fingerprint_of_timetable
from catalogue.services.group_changes import Facts
from enrolments.forms_groups import facts_of, session_of
from enrolments.models import Participation
from enrolments.services import moves
from stars.common.dates import riga_date
from tests import factories as f

if TYPE_CHECKING:
    from tests.architecture.permission_world import World


def _text(values: dict[str, Any]) -> dict[str, Any]:
    """As a browser sends it."""
    return {name: "" if value is None else str(value) for name, value in values.items()}


def build(world: World) -> None:
    """A second group beside two of the owner's: one move is proposed, the other could be."""
    for stage in ("beginning", "running"):
        group: Group = world.rows[f"group-{stage}"]
        day = riga_date(world.day(12))
        world.rows[f"aside-{stage}"] = f.group(group.version, starts_on=day, code="B")
    world.rows["move"] = moves.propose(
        participation_id=_place(world, "running").pk,
        to_group_id=world.rows["aside-running"].pk,
        reason="Maz cilvēku",
        actor=world.users["staff"],
        at=world.at,
    )


def _place(world: World, stage: str) -> Participation:
    return Participation.objects.get(application=world.applications[stage])


def keys(world: World, name: str) -> dict[str, Any]:
    """Whose place, and which proposal, an address is about."""
    stage = "running" if name == "enrolments:provider_move_back" else "beginning"
    return {"participation_id": _place(world, stage).pk, "move_id": world.rows["move"].pk}


def proposal(world: World) -> dict[str, Any]:
    """Another group for somebody who was not asked yet."""
    return {
        "participation_id": _place(world, "beginning").pk,
        "to_group_id": world.rows["aside-beginning"].pk,
        "reason": "Maz cilvēku",
    }


def queue(world: World) -> dict[str, Any]:
    """Waiting for a group."""
    group: Group = world.rows["group-new"]
    offer = Offer.objects.filter(version=group.version).values_list("pk", flat=True)[0]
    account = world.accounts["owner"]
    return {"account_id": account.pk, "offer_id": offer, "group_id": group.pk}


def answers(world: World) -> dict[str, dict[str, Any]]:
    """Forms filled in so that whoever may send them changes something."""
    group: Group = world.rows["group-new"]
    group.refresh_from_db()
    session = world.rows["session"]
    later = riga_date(world.at) + timedelta(days=200)
    facts = _text(facts_of(group))
    new = {**facts, "version": group.version_id, "code": "Cita", "plan": "later", "ends_on": later}
    new["starts_on"] = later
    others = session.group.sessions.all()
    return {
        "enrolments:provider_group_new": new,
        "enrolments:provider_group_edit": {**facts, "code": "Cita", "seen": fingerprint(group)},
        "enrolments:provider_group_cancel": {"reason": "Par maz pieteikumu"},
        "enrolments:provider_group_postpone": {"starts_on": later, "reason": "Nav telpu"},
        "enrolments:provider_admit": {"application": [str(world.applications["waiting"].pk)]},
        "enrolments:provider_move": {
            "group": str(world.rows["aside-beginning"].pk),
            "reason": "Maz cilvēku",
        },
        "enrolments:move": {"answer": "yes"},
        "enrolments:provider_timetable": {
            "do": "remove",
            "seen": fingerprint_of_timetable(group.sessions.all()),
        },
        "enrolments:provider_session_edit": {
            **_text(session_of(session)),
            "seen": fingerprint_of_timetable(others),
        },
    }


def timetable(world: World) -> dict[str, Any]:
    """The same sessions again."""
    group: Group = world.rows["group-new"]
    return {"group_id": group.pk, "blocks": blocks_of(group.sessions.all())}


def facts(world: World) -> dict[str, Any]:
    """Another name for a group."""
    group: Group = world.rows["group-new"]
    return {
        "group_id": group.pk,
        "facts": Facts(
            code="Cita",
            starts_on=group.starts_on,
            ends_on=group.ends_on,
            apply_until=group.apply_until,
            capacity=group.capacity,
            minimum=group.minimum,
            mode=group.mode,
        ),
    }


def later(world: World) -> dict[str, Any]:
    """Another first day."""
    group: Group = world.rows["group-new"]
    day = riga_date(world.at) + timedelta(days=200)
    return {"group_id": group.pk, "starts_on": day, "reason": "Nav telpu"}
