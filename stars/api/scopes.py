"""What a key may do: for each kind of row to read it, or to read and write it (PRO-10)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Scope(models.TextChoices):
    """One thing that a key is allowed; whoever may write a kind of row may read it as well."""

    PROGRAMMES_READ = "programmes:read", _("See your programmes")
    PROGRAMMES_WRITE = "programmes:write", _("Write drafts of programmes")
    GROUPS_READ = "groups:read", _("See your groups")
    GROUPS_WRITE = "groups:write", _("Make and change groups, open them for applications")
    TIMETABLE_READ = "timetable:read", _("See timetables")
    TIMETABLE_WRITE = "timetable:write", _("Write timetables")
    PEOPLE_READ = "people:read", _("See the names of people in your groups")
    PEOPLE_WRITE = "people:write", _("Give people the numbers they have in your system")
    ATTENDANCE_READ = "attendance:read", _("See attendance")
    ATTENDANCE_WRITE = "attendance:write", pgettext_lazy("key", "Mark attendance")
    COMPLETION_READ = "completion:read", _("See how the training ended for each person")
    COMPLETION_WRITE = "completion:write", _("Record how the training ended, which moves money")


def allows(scopes: list[str], area: str, *, write: bool) -> bool:
    """Whether a key with these scopes may read, or write, rows of an area.

    >>> allows(["groups:write"], "groups", write=False)
    True
    >>> allows(["groups:read"], "groups", write=True)
    False
    """
    wanted = [f"{area}:write"] if write else [f"{area}:read", f"{area}:write"]
    return any(scope in scopes for scope in wanted)
