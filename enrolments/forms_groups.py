"""Forms of the provider's groups and timetables; what is allowed is said by the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.enums import Mode
from catalogue.models import Group, ProgrammeVersion, Room, Session, Teacher
from stars.common.dates import RIGA

WEEKLY, COPY, LATER = "weekly", "copy", "later"
REASON_LETTERS = 300
# Before the first day; nobody closes applications earlier.
MOST_DAYS = 90
_DAY = {"required": _("Choose a day."), "invalid": _("Choose a day.")}
_TIME = {
    "required": _("Write a time, for example 18.00."),
    "invalid": _("Write a time, for example 18.00."),
}
_NUMBER = {
    "required": _("Write a number."),
    "invalid": _("Write a whole number."),
    "min_value": _("Write a number from %(limit_value)s."),
    "max_value": _("Write a number up to %(limit_value)s."),
}
_WEEKDAYS = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]


class _Day(forms.DateField):
    """A day from the browser's own calendar."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages=_DAY,
            **more,
        )


class _Clock(forms.TimeField):
    """A time of day; "18.00" is read like "18:00"."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            error_messages=_TIME,
            input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
            **more,
        )


def _whole(least: int, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=least,
        max_value=most,
        error_messages=_NUMBER,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        **more,
    )


def room_choices(rooms: Sequence[Room]) -> list[tuple[str, str]]:
    """Rooms as a list to choose from: venue, room and how many fit in."""
    return [
        (
            str(room.pk),
            f"{room.venue.name}, {room.name}" + (f" ({room.seats})" if room.seats else ""),
        )
        for room in rooms
    ]


def teacher_choices(teachers: Sequence[Teacher]) -> list[tuple[str, str]]:
    """Teachers as a list to choose from."""
    return [(str(teacher.pk), teacher.name) for teacher in teachers]


def key_of(value: str) -> UUID | None:
    """What was chosen in a list of rows; None for nothing."""
    return UUID(value) if value else None


class _FactsForm(forms.Form):
    """What a new group and a changed one have in common."""

    code = forms.CharField(
        label=_("Name of the group"),
        help_text=_("Short; people see it too. For example: Spring 1."),
        max_length=40,
        error_messages={
            "required": _("Give the group a name."),
            "max_length": _("The name of the group has at most 40 letters."),
        },
    )
    closes_days = _whole(
        0,
        MOST_DAYS,
        label=_("Applications close so many days before the first day"),
        help_text=_("0: one may apply on the first day too."),
        initial=3,
    )
    capacity = _whole(1, 1000, label=_("Places"))
    minimum = _whole(
        1,
        1000,
        label=_("Smallest group"),
        help_text=_("If fewer apply, we tell you when applications close, and you decide."),
        initial=1,
    )
    mode = forms.ChoiceField(label=_("How"), choices=Mode.choices)
    room = forms.ChoiceField(label=_("Room"), required=False)
    place = forms.CharField(
        label=_("Place, if it is not one of your rooms"), required=False, max_length=200
    )
    lead = forms.ChoiceField(label=_("Teacher"), required=False)
    teacher = forms.CharField(
        label=_("Teacher, if not one of your list"), required=False, max_length=120
    )

    def __init__(
        self, *args: Any, rooms: Sequence[Room], teachers: Sequence[Teacher], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["room"].choices = [("", _("None")), *room_choices(rooms)]  # type: ignore[attr-defined]
        self.fields["lead"].choices = [("", _("None")), *teacher_choices(teachers)]  # type: ignore[attr-defined]


class NewGroupForm(_FactsForm):
    """A new group with its timetable in one page (ENR-4, PRO-4)."""

    version = forms.ChoiceField(
        label=_("Programme"), error_messages={"required": _("Choose a programme.")}
    )
    starts_on = _Day(label=_("First day"))
    ends_on = _Day(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty: it follows from the timetable."),
    )
    plan = forms.ChoiceField(
        label=_("Timetable"),
        choices=[
            (WEEKLY, _("The same days every week")),
            (COPY, _("As in another group")),
            (LATER, _("Later, or without sessions")),
        ],
        widget=forms.RadioSelect,
        initial=WEEKLY,
        error_messages={"required": _("Choose how to make the timetable.")},
    )
    weekdays = forms.MultipleChoiceField(
        label=_("Days of the week"),
        choices=_WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    begins = _Clock(label=_("From"), required=False)
    ends = _Clock(label=_("To"), required=False)
    hours = _whole(
        1,
        12,
        label=_("Academic hours in one session"),
        help_text=_("Leave it empty: 45 minutes each."),
        required=False,
    )
    copy_from = forms.ChoiceField(label=_("Group to copy"), required=False)

    field_order = (
        *("version", "code", "starts_on", "ends_on", "closes_days", "capacity", "minimum"),
        *("mode", "room", "place", "lead", "teacher"),
        *("plan", "weekdays", "begins", "ends", "hours", "copy_from"),
    )

    def __init__(
        self,
        *args: Any,
        versions: Sequence[ProgrammeVersion],
        groups: Sequence[tuple[str, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["version"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((str(version.pk), version.title) for version in versions),
        ]
        self.fields["copy_from"].choices = [("", _("Choose")), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        match data.get("plan"):
            case "weekly":
                check_weekly(self, data)
            case "copy" if not data.get("copy_from"):
                self.add_error("copy_from", _("Choose the group to copy."))
            case "later" if not data.get("ends_on") and "ends_on" not in self.errors:
                self.add_error("ends_on", _("Choose a day."))
        return data


def check_weekly(form: forms.Form, data: dict[str, Any]) -> None:
    """Whether a weekly pattern is whole; errors stand at their fields."""
    if not data.get("weekdays"):
        form.add_error("weekdays", _("Choose at least one day of the week."))
    for name in ("begins", "ends"):
        if data.get(name) is None and name not in form.errors:
            form.add_error(name, _("Write a time, for example 18.00."))


class GroupFactsForm(_FactsForm):
    """A group that exists; `seen` is what its page showed (PRO-6)."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)
    starts_on = _Day(label=_("First day"))
    ends_on = _Day(label=_("Last day"))

    field_order = (
        *("seen", "code", "starts_on", "ends_on", "closes_days", "capacity", "minimum"),
        *("mode", "room", "place", "lead", "teacher"),
    )


class WeeklyForm(forms.Form):
    """Sessions on the same days of every week."""

    weekdays = forms.MultipleChoiceField(
        label=_("Days of the week"),
        choices=_WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    begins = _Clock(label=_("From"))
    ends = _Clock(label=_("To"))
    hours = _whole(
        1,
        12,
        label=_("Academic hours in one session"),
        help_text=_("Leave it empty: 45 minutes each."),
        required=False,
    )
    first = _Day(label=_("From this day"))
    last = _Day(
        label=_("To this day"),
        required=False,
        help_text=_("Leave it empty: until the hours of the programme are full."),
    )
    room = forms.ChoiceField(label=_("Room, if another than the group's"), required=False)
    teacher = forms.ChoiceField(label=_("Teacher, if another than the group's"), required=False)
    instead = forms.BooleanField(
        label=_("Take away the sessions that are still ahead"), required=False
    )

    def __init__(
        self, *args: Any, rooms: Sequence[Room], teachers: Sequence[Teacher], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["room"].choices = [("", _("As the group")), *room_choices(rooms)]  # type: ignore[attr-defined]
        self.fields["teacher"].choices = [  # type: ignore[attr-defined]
            ("", _("As the group")),
            *teacher_choices(teachers),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("weekdays"):
            self.add_error("weekdays", _("Choose at least one day of the week."))
        return data


class CopyForm(forms.Form):
    """The timetable of another group, moved to the days of this one."""

    copy_from = forms.ChoiceField(
        label=_("Group to copy"),
        error_messages={"required": _("Choose the group to copy.")},
    )

    def __init__(self, *args: Any, groups: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["copy_from"].choices = [("", _("Choose")), *groups]  # type: ignore[attr-defined]


class SessionForm(forms.Form):
    """One session of a timetable; `seen` is the timetable that the page showed (PRO-6)."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)
    day = _Day(label=_("Day"))
    begins = _Clock(label=_("From"))
    ends = _Clock(label=_("To"))
    hours = _whole(1, 12, label=_("Academic hours"))
    room = forms.ChoiceField(label=_("Room"), required=False)
    teacher = forms.ChoiceField(label=_("Teacher"), required=False)

    def __init__(
        self, *args: Any, rooms: Sequence[Room], teachers: Sequence[Teacher], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["room"].choices = [("", _("As the group")), *room_choices(rooms)]  # type: ignore[attr-defined]
        self.fields["teacher"].choices = [  # type: ignore[attr-defined]
            ("", _("As the group")),
            *teacher_choices(teachers),
        ]


class PostponeForm(forms.Form):
    """Another first day for the whole group, and why."""

    starts_on = _Day(label=_("New first day"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("People in the group will read it."),
        max_length=REASON_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason: people will read it.")},
    )


class CancelForm(forms.Form):
    """Why a group does not take place."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("People in the group will read it."),
        max_length=REASON_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason: people will read it.")},
    )


def facts_of(group: Group) -> dict[str, Any]:
    """What stands in the form of a group: days, places, room and teacher."""
    return {
        "code": group.code,
        "starts_on": group.starts_on,
        "ends_on": group.ends_on,
        "closes_days": (group.starts_on - group.apply_until).days,
        "capacity": group.capacity,
        "minimum": group.minimum,
        "mode": group.mode,
        "room": str(group.room_id or ""),
        "place": "" if group.room_id else group.place,
        "lead": str(group.lead_id or ""),
        "teacher": "" if group.lead_id else group.teacher,
    }


def session_of(session: Session) -> dict[str, Any]:
    """What stands in the form of a session."""
    begins, ends = session.starts_at.astimezone(RIGA), session.ends_at.astimezone(RIGA)
    return {
        "day": begins.date(),
        "begins": begins.time(),
        "ends": ends.time(),
        "hours": session.hours,
        "room": str(session.room_id or ""),
        "teacher": str(session.teacher_id or ""),
    }
