"""Keys and addresses for programs in the permission matrix. Sessions open none of the latter."""

from __future__ import annotations

from typing import Any

from stars.api.services import keys as service
from stars.common.dates import add_months, riga_date

NO_KEY = "401 401 401 401 401 401 401 401"  # only a key opens them: tests/api
ADDRESSES = (
    *("classifications", "programmes", "programme", "groups", "group", "timetables", "timetable"),
    *("people", "person", "marks", "mark", "outcomes", "outcome"),
)
ROWS = {f"api:{name}": NO_KEY for name in ADDRESSES}


def build(world: Any) -> None:
    """A key of the rival's, whose administrator it is."""
    rival = world.users["rival"]
    world.rows["key"] = service.make_key(**_new(world, "Grafiki"), actor=rival, at=world.at).row


def _new(world: Any, name: str) -> dict[str, Any]:
    return {
        "organisation_id": world.users["rival"].memberships.get().organisation_id,
        "name": name,
        "scopes": ["groups:read"],
        "expires_on": add_months(riga_date(world.at), 3),
    }


SERVICES: dict[str, Any] = {
    "stars.api.services.keys.make_key": (("rival",), lambda w: _new(w, "Cita")),
    "stars.api.services.keys.revoke_key": (
        ("rival", "administrator"),
        lambda w: {"key_id": w.rows["key"].pk},
    ),
}


def keys(world: Any, name: str) -> dict[str, Any]:
    """What may stand in the address."""
    found = {"own_id": "kurss-17", "key_id": world.rows["key"].pk}
    if name == "api:keys":
        rival = world.users["rival"].memberships.get().organisation
        found["provider_id"] = rival.provider.pk
    return found


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """Answers that the forms ask for."""
    return {"api:keys": {"name": "Vēl", "scopes": ["groups:read"], "months": "3"}}
