"""Groups: made, changed, opened for applications (ENR-4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from catalogue.enums import GroupState, Mode, VersionState
from catalogue.models import Group, Programme, ProgrammeVersion
from catalogue.selectors_groups import PLANNABLE, fingerprint
from catalogue.services import groups as planned
from catalogue.services.group_changes import Facts
from enrolments.services import groups as running
from stars.api import fields as f
from stars.api import references as refs
from stars.api.authentication import Caller
from stars.api.models import ExternalId
from stars.api.push import ChangedSince, Resource, Written, was_changed
from stars.common.errors import Conflict, Invalid

NEEDED = ("programme", "code", "starts_on", "ends_on", "apply_until", "capacity")
# Fields of a row that are columns of the group.
FACTS = (
    *("code", "starts_on", "ends_on", "apply_until", "capacity", "minimum"),
    *("mode", "place", "teacher"),
)


class GroupRow(f.Row):
    """A group. The first time programme, code, days and capacity are needed; later what is not
    named stays."""

    stars_id = serializers.UUIDField(
        required=False, help_text="Our key of a group that exists already."
    )
    programme = f.OwnId(required=False, help_text="Your id of the programme, or our key of it.")
    code = f.Text(required=False, allow_blank=False, max_length=40, help_text="The group's name.")
    starts_on = f.Day(required=False)
    ends_on = f.Day(required=False)
    apply_until = f.Day(required=False, help_text="The last day on which one may apply.")
    capacity = f.Whole(required=False, least=1)
    minimum = f.Whole(required=False, least=1)
    mode = f.Code(choices=Mode.choices, required=False)
    place = f.Text(required=False, max_length=200)
    teacher = f.Text(required=False, max_length=120)
    open = f.YesNo(
        required=False,
        help_text="true: people may apply from now on. What is open stays open.",
    )


class Groups(Resource):
    """Made as drafts; `open` lets people apply."""

    kind = refs.GROUP
    area = "groups"
    row = GroupRow

    def write(self, caller: Caller, values: dict[str, Any], known: ExternalId | None) -> Written:
        """A new group, or new facts of one; postponing and cancelling need words to the people and
        are done in the workspace."""
        who = {"actor": caller.actor, "at": caller.at}
        group = refs.adopt(caller, refs.groups(caller), self.kind, known, values)
        if group is None:
            group = _create(caller, values, who)
        else:
            _check_programme(caller, group, values)
            if was_changed(known, values, fingerprint(group)):
                raise ChangedSince()
            group = running.change(
                group_id=group.pk, facts=_facts(group, values), expected=None, **who
            )
        if values.get("open") and group.state == GroupState.DRAFT:
            group = planned.open_group(group_id=group.pk, **who)
        # As the columns hold it, which is how it is compared the next time.
        return Written(group.pk, fingerprint(refs.groups(caller).get(pk=group.pk)))


def _create(caller: Caller, values: dict[str, Any], who: dict[str, Any]) -> Group:
    for name in NEEDED:
        if not values.get(name):
            raise Invalid(_("Fill this in."), code="required", field=name)
    programme = refs.find(caller, refs.programmes(caller), refs.PROGRAMME, values["programme"])
    facts = {name: values[name] for name in FACTS if name in values}
    return planned.create_group(version_id=_version(programme).pk, **facts, **who)


def _version(programme: Programme) -> ProgrammeVersion:
    """The version that is shown, else the one that is approved. Raises `Conflict`."""
    found = {version.state: version for version in programme.versions.filter(state__in=PLANNABLE)}
    version = found.get(VersionState.PUBLISHED) or found.get(VersionState.APPROVED)
    if version is None:
        raise Conflict(
            _("The agency has not approved this programme yet, so it can have no groups."),
            code="not_approved",
            field="programme",
        )
    return version


def _check_programme(caller: Caller, group: Group, values: dict[str, Any]) -> None:
    if "programme" not in values:
        return
    programme = refs.find(caller, refs.programmes(caller), refs.PROGRAMME, values["programme"])
    if programme.pk != group.version.programme_id:
        raise Conflict(
            _("A group stays with its programme. Make a new group."),
            code="programme",
            field="programme",
        )


def _facts(group: Group, values: dict[str, Any]) -> Facts:
    """The group's facts with those that were sent; its room and teacher's entry stay."""
    now = {name: values.get(name, getattr(group, name)) for name in FACTS}
    return Facts(**now, room_id=group.room_id, lead_id=group.lead_id)


def shown(caller: Caller, groups: list[Group]) -> list[dict[str, Any]]:
    """Groups as the answer tells of them: two queries for any number."""
    own = {
        known.object_id: known
        for known in ExternalId.objects.filter(
            organisation=caller.key.organisation_id,
            kind=refs.GROUP,
            object_id__in=[group.pk for group in groups],
        )
    }
    programmes = refs.names(
        caller, refs.PROGRAMME, [group.version.programme_id for group in groups]
    )
    return [_shown(group, own.get(group.pk), programmes) for group in groups]


def _shown(group: Group, known: ExternalId | None, programmes: dict[Any, str]) -> dict[str, Any]:
    programme = group.version.programme_id
    return {
        "id": known.external_id if known else None,
        "stars_id": str(group.pk),
        "programme": programmes.get(programme),
        "programme_stars_id": str(programme),
        **{
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in ((name, getattr(group, name)) for name in FACTS)
        },
        "taken": group.taken,
        "state": group.state,
        "state_text": str(group.get_state_display()),
        "sent_at": known.sent_at.isoformat() if known else None,
    }
