"""Attendance in the world of permissions: a session of today, a reason that waits, a month."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from catalogue.models import Session
from enrolments.enums import AbsenceReason, Presence
from enrolments.models import Participation
from enrolments.services import excuses
from stars.common.dates import riga_date
from tests import factories as f

Given = Callable[[Any], dict[str, Any]]
OWNER, STAFF = ("owner",), ("staff",)


def build(world: Any) -> None:
    """The owner's running group meets right now; they have told of one day away."""
    group = world.rows["group-running"]
    today = f.session(group, 4)
    Session.objects.filter(pk=today.pk).update(
        starts_at=world.at - timedelta(hours=1), ends_at=world.at + timedelta(hours=2)
    )
    world.rows["session-today"] = today
    day = riga_date(world.day(-5))
    world.rows["excuse"] = excuses.submit_excuse(
        participation_id=_place(world, "running").pk,
        reason=AbsenceReason.HEALTH,
        first_day=day,
        last_day=day,
        note="Gripa",
        actor=world.users["owner"],
        at=world.day(-1),
    )


def _place(world: Any, stage: str) -> Participation:
    return Participation.objects.get(application=world.applications[stage])


def _month(world: Any) -> Any:
    """The first month of the completed group, which is over and marked."""
    return riga_date(f.session(world.rows["group-completed"], 1).starts_at).replace(day=1)


def keys(world: Any, name: str) -> dict[str, Any]:
    """What may stand in an address."""
    found = {"excuse_id": world.rows["excuse"].pk}
    if name == "enrolments:provider_code":
        found["session_id"] = world.rows["session-today"].pk
    return found


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """Forms filled in so that they change something."""
    today = riga_date(world.at)
    mark = {"participation": str(_place(world, "running").pk), "presence": "present", "version": 0}
    return {
        "enrolments:absence": {
            "what": "excuse",
            "reason": "work",
            "first_day": today,
            "last_day": today,
        },
        "enrolments:provider_marks": {"marks": json.dumps([mark])},
        "enrolments:provider_close_month": {"month": _month(world)},
        "enrolments:provider_excuse": {"decision": "accept"},
    }


def _of(stage: str, **more: Any) -> Given:
    return lambda w: {"participation_id": _place(w, stage).pk, **more}


SERVICES: dict[str, tuple[tuple[str, ...], Given]] = {
    "enrolments.services.months.close_month": (
        STAFF,
        lambda w: {"group_id": w.rows["group-completed"].pk, "month": _month(w)},
    ),
    "enrolments.services.months.change_mark": (
        STAFF,
        lambda w: {
            **_of("completed", presence=Presence.ABSENT, expected_version=1, reason="x")(w),
            "session_id": f.session(w.rows["group-completed"], 1).pk,
        },
    ),
    "enrolments.services.own_marks.show_code": (
        STAFF,
        lambda w: {"session_id": w.rows["session-today"].pk},
    ),
    "enrolments.services.own_marks.confirm_presence": (OWNER, _of("running", digits="000000")),
    "enrolments.services.excuses.submit_excuse": (
        OWNER,
        lambda w: {
            **_of("running", reason=AbsenceReason.WORK)(w),
            "first_day": riga_date(w.at),
            "last_day": riga_date(w.at),
        },
    ),
    "enrolments.services.excuses.decide_excuse": (
        STAFF,
        lambda w: {"excuse_id": w.rows["excuse"].pk, "accept": True},
    ),
    "enrolments.services.excuses.withdraw_excuse": (
        OWNER,
        lambda w: {"excuse_id": w.rows["excuse"].pk},
    ),
}
