"""Writing programmes and keeping filters in the world of permissions, and who may do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.services import filters
from catalogue.services import remarks, versions
from tests import factories as f

STAFF = ("staff",)
SIGNED_IN = ("owner", "resident", "staff", "rival", "finance", "auditor", "administrator")
# In which state a version has to be at an address of the workspace.
_STATES = {"take_back": "submitted", "new_version": "shown"}


def build(world: Any) -> None:
    """A version that came back with a remark, and a filter that somebody keeps."""
    version = f.VersionFactory(programme=f.ProgrammeFactory(provider=world.provider), complete=True)
    f.OfferFactory(version=version)
    versions.submit(version_id=version.pk, actor=world.users["staff"], at=world.day(-3))
    act = {"version_id": version.pk, "actor": world.users["administrator"], "at": world.day(-2)}
    versions.take_in_review(**act)
    world.rows["remark-returned"] = remarks.add_remark(field="hours", text="Par maz", **act)
    versions.return_with_remarks(**act)
    world.rows["filter"] = filters.keep_filter(
        page="web:work_programmes",
        name="Mani",
        query="view=writing",
        actor=world.users["staff"],
        at=world.at,
    )


def keys(world: Any, name: str) -> dict[str, Any]:
    """What may stand in the address."""
    state = _STATES.get(name.removeprefix("web:work_"), "written")
    return {
        "version_id": world.rows[f"version-{state}"].pk,
        "filter_id": world.rows["filter"].pk,
    }


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """What the forms ask for."""
    version = world.rows["version-written"]
    begun = {"type": version.type_id, "field": version.field_id, "hours": "20", "mode": "remote"}
    return {
        "web:work_programme_new": {**begun, "title_lv": "Jauna"},
        "web:work_draft": {"title_lv": "Cits"},
        "web:work_draft_keep": {"title_lv": "Cits"},
        "web:work_filter": {"list": "web:work_programmes", "query": "q=a", "name": "Vēl"},
    }


def _written(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"version_id": world.rows["version-written"].pk, **more}


SERVICES: dict[str, tuple[tuple[str, ...], Callable[[Any], dict[str, Any]]]] = {
    "catalogue.services.keeping.keep_draft": (
        STAFF,
        _written(values={"title_lv": "Cits"}, seen={}),
    ),
    "catalogue.services.versions.take_back": (
        STAFF,
        lambda world: {"version_id": world.rows["version-submitted"].pk},
    ),
    "catalogue.services.remarks.answer_remark": (
        STAFF,
        lambda world: {"remark_id": world.rows["remark-returned"].pk, "text": "Mainīts"},
    ),
    "accounts.services.filters.keep_filter": (
        SIGNED_IN,
        lambda world: {"page": "web:work_programmes", "name": "Vēl", "query": "q=a"},
    ),
    "accounts.services.filters.drop_filter": (
        STAFF,
        lambda world: {"filter_id": world.rows["filter"].pk},
    ),
}
