"""Groups and their timetables."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from catalogue.enums import GroupState, Mode
from catalogue.models.log import CatalogueLog
from catalogue.models.programme import ProgrammeVersion
from catalogue.models.venue import Room, Teacher
from catalogue.workflow import GROUP
from stars.common.models import TimeStamped, UUIDModel
from stars.common.workflow import Stateful


class Group(UUIDModel, TimeStamped, Stateful):
    """One run of a programme: dates, places, teacher, timetable (ENR-4)."""

    WORKFLOW = GROUP
    LOG = CatalogueLog

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="groups")
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=GroupState, default=GroupState.DRAFT)
    starts_on = models.DateField()
    ends_on = models.DateField()
    apply_until = models.DateField(help_text="last day on which one may apply, inclusive")
    capacity = models.PositiveSmallIntegerField()
    minimum = models.PositiveSmallIntegerField(default=1)
    # Marked projection: places taken, written by enrolments under this row's lock (ENR-5).
    taken = models.PositiveSmallIntegerField(default=0)
    mode = models.CharField(max_length=10, choices=Mode)
    place = models.CharField(max_length=200, blank=True, default="")
    teacher = models.CharField(max_length=120, blank=True, default="")
    # Where the provider keeps venues and teachers as data; `place` and `teacher` are what is shown.
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, related_name="+")
    lead = models.ForeignKey(Teacher, on_delete=models.PROTECT, null=True, related_name="+")
    times_lv = models.CharField(max_length=200, blank=True, default="")
    times_en = models.CharField(max_length=200, blank=True, default="")
    # Projections of the timetable for the filters, written with it: a bit for each weekday on
    # which the group meets (1 Monday … 64 Sunday), and whether all of it is in the evening.
    weekdays = models.PositiveSmallIntegerField(default=0)
    after_work = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["version", "state", "starts_on"], name="group_of_version"),
            models.Index(fields=["state", "starts_on"], name="group_next"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "code"], name="group_code_once"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="group_never_overbooked"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on"), apply_until__lte=F("ends_on")),
                name="group_dates_ordered",
            ),
            models.CheckConstraint(
                condition=Q(minimum__lte=F("capacity")), name="group_minimum_within_capacity"
            ),
        ]
        triggers: ClassVar[list[Any]] = [GROUP.trigger()]

    @property
    def places_left(self) -> int:
        """Never below zero (CHECK)."""
        return self.capacity - self.taken


class Session(UUIDModel):
    """One block of a group's timetable."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    hours = models.PositiveSmallIntegerField(help_text="academic hours")
    place = models.CharField(max_length=200, blank=True, default="")
    # Empty: the group's own.
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, related_name="sessions")
    teacher = models.ForeignKey(
        Teacher, on_delete=models.PROTECT, null=True, related_name="sessions"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["group", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "number"], name="session_number_once"),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="session_times_ordered"
            ),
        ]
