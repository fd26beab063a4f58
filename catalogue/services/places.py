"""Places in a group. `Group.taken` is a marked projection: enrolments writes it, only here."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState
from catalogue.exceptions import GroupFull
from catalogue.models import Group
from stars.common.dates import riga_date
from stars.common.errors import Conflict


def take_place(group: Group, *, at: datetime) -> None:
    """Take one place (ENR-5). The caller holds the group's row lock and has just read it.

    Raises `GroupFull` where none is left and `Conflict` where the group takes no applications.
    """
    if group.state != GroupState.OPEN:
        raise Conflict(
            _("This group takes no applications any more."), code="group_closed", field="group"
        )
    if riga_date(at) > group.apply_until:
        raise Conflict(
            _("The last day for applying to this group is over. Choose another group."),
            code="apply_until_over",
            field="group",
        )
    if group.taken >= group.capacity:
        raise GroupFull()
    group.taken += 1
    group.save(update_fields=["taken", "updated_at"])


def free_place(group: Group) -> None:
    """Give one place back. The caller holds the group's row lock."""
    if group.taken == 0:
        raise ValueError("A place was given back that nobody had taken.")
    group.taken -= 1
    group.save(update_fields=["taken", "updated_at"])


def move_place(group: Group, to_group: Group) -> None:
    """Give a place of one group back and take one in another, also where applying is over (ENR-9).

    The caller holds both row locks. Raises `GroupFull`.
    """
    if to_group.taken >= to_group.capacity:
        raise GroupFull()
    free_place(group)
    to_group.taken += 1
    to_group.save(update_fields=["taken", "updated_at"])
