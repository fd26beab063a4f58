"""Groups with their timetables."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from catalogue.enums import GroupState
from catalogue.models import CatalogueLog, Group, ProgrammeVersion, Session
from catalogue.rules import is_after_work, weekdays_of
from stars.common.dates import start_of_day
from stars.demo.offer.data import Tally, load, programmes
from stars.demo.offer.plan import PlannedGroup, Window, planned
from stars.demo.offer.programmes import offered_under
from stars.demo.offer.sources import LoadedSource

ANNOUNCED_DAYS_BEFORE = 60
# The life of a group up to each state; a group is written in its state of today, with the log.
LIFE = (
    ("create", GroupState.DRAFT),
    ("open", GroupState.OPEN),
    ("close", GroupState.CLOSED),
    ("start", GroupState.RUNNING),
    ("finish", GroupState.FINISHED),
)


def state_on(plan: PlannedGroup, today: date) -> GroupState:
    """The state a group has on a day if everything goes as planned."""
    if plan.ends_on < today:
        return GroupState.FINISHED
    if plan.starts_on <= today:
        return GroupState.RUNNING
    return GroupState.CLOSED if plan.apply_until < today else GroupState.OPEN


def _moments(plan: PlannedGroup, today: date) -> dict[str, datetime]:
    """When each step of its life happened; nothing happens later than the morning of today."""
    announced = min(plan.starts_on - timedelta(days=ANNOUNCED_DAYS_BEFORE), today)
    return {
        "create": start_of_day(announced),
        "open": start_of_day(announced),
        "close": start_of_day(plan.apply_until + timedelta(days=1)),
        "start": plan.blocks[0].starts_at,
        "finish": plan.blocks[-1].ends_at,
    }


def _log(group: Group, plan: PlannedGroup, today: date) -> list[CatalogueLog]:
    moments = _moments(plan, today)
    rows: list[CatalogueLog] = []
    before = ""
    for transition, state in LIFE:
        rows.append(
            CatalogueLog(
                object_type="group",
                object_id=group.pk,
                transition=transition,
                from_state=before,
                to_state=state,
                at=moments[transition],
            )
        )
        if state == group.state:
            break
        before = state
    return rows


def _sessions(group: Group, plan: PlannedGroup) -> list[Session]:
    return [
        Session(
            group=group,
            number=number,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            hours=block.hours,
            place=group.place if block.on_site else "",
        )
        for number, block in enumerate(plan.blocks, start=1)
    ]


def teacher_and_place(entry: dict[str, Any], code: str) -> tuple[str, str]:
    """Teacher and place of a group. Only invented providers have teachers; a street has whoever
    does not exist, real providers only their town (architecture: Banned)."""
    provider = next(p for p in load("providers")["providers"] if p["code"] == entry["provider"])
    place = entry["city"] or ""
    if not provider.get("invented"):
        street = provider.get("streets", {}).get(place)
        return "", f"{street}, {place}" if street else place
    teachers: list[str] = provider["teachers"]
    teacher = teachers[crc32(f"{entry['code']}{code}".encode()) % len(teachers)]
    return teacher, provider["venues"][0]["address"] if place else ""


def _windows(entry: dict[str, Any], sources: list[LoadedSource]) -> list[Window]:
    return [
        Window(source.code, source.first_day(entry["type"]), source.source.ends_on)
        for source in offered_under(entry, sources)
    ]


def load_groups(
    versions: dict[str, ProgrammeVersion],
    sources: list[LoadedSource],
    today: date,
    tally: Tally,
) -> None:
    """Groups of the pilot, of now and of the weeks ahead, with sessions (ENR-4).

    A group that exists is left as it is; a later day adds the groups that came into sight.
    """
    there: dict[UUID, set[str]] = defaultdict(set)
    for version_id, code in Group.objects.values_list("version_id", "code"):
        there[version_id].add(code)
    groups: list[Group] = []
    sessions: list[Session] = []
    logs: list[CatalogueLog] = []
    for entry in programmes():
        version = versions[entry["code"]]
        for plan in planned(
            entry,
            _windows(entry, sources),
            today,
            already=frozenset(there[version.pk]),
        ):
            teacher, place = teacher_and_place(entry, plan.code)
            begins = [block.starts_at for block in plan.blocks]
            group = Group(
                version=version,
                code=plan.code,
                state=state_on(plan, today),
                starts_on=plan.starts_on,
                ends_on=plan.ends_on,
                apply_until=plan.apply_until,
                capacity=plan.capacity,
                minimum=plan.minimum,
                mode=entry["mode"],
                place=place,
                teacher=teacher,
                times_lv=plan.times_lv,
                times_en=plan.times_en,
                weekdays=weekdays_of(begins),
                after_work=is_after_work(begins),
            )
            groups.append(group)
            sessions += _sessions(group, plan)
            logs += _log(group, plan, today)
    Group.objects.bulk_create(groups, batch_size=1000)
    Session.objects.bulk_create(sessions, batch_size=2000)
    CatalogueLog.objects.bulk_create(logs, batch_size=2000)
    tally.add("groups", created=len(groups), kept=sum(map(len, there.values())))
    tally.add("sessions", created=len(sessions))
