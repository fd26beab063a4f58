"""The timetable of a group as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from catalogue.models import Group, Session
from stars.common import formats
from stars.common.dates import RIGA
from stars.common.formats import language
from stars.web.wording import place_of

ZONE = "Europe/Riga"


def calendar_of(group: Group, sessions: Sequence[Session], *, url: str) -> bytes:
    """Every session as an event in Riga's time; whole days where there is no timetable.

    The UID of an event is made of group and number, so that a calendar that gets the file again
    moves what has moved. The file is the same for the same timetable. `url` is the absolute
    address of the programme's page.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//STARS//stars.web//LV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", group.version.title)
    calendar.add("x-wr-timezone", ZONE)
    if sessions:
        calendar.add_component(
            Timezone.from_tzid(
                ZONE,
                first_date=group.starts_on - timedelta(days=365),
                last_date=group.ends_on + timedelta(days=365),
            )
        )
        for session in sessions:
            calendar.add_component(_session(group, session, url))
    else:
        event = _event(group, "0", url)
        event.add("dtstart", group.starts_on)
        event.add("dtend", group.ends_on + timedelta(days=1))
        event.add("location", place_of(group))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(group: Group, number: str, url: str) -> Event:
    host = urlsplit(settings.SITE_URL).hostname
    event = Event()
    event.add("uid", f"{group.pk}-{number}@{host}")
    event.add("dtstamp", group.updated_at)
    event.add("last-modified", group.updated_at)
    event.add("summary", group.version.title)
    event.add("url", url)
    if group.state == "cancelled":
        event.add("status", "CANCELLED")
    return event


def _session(group: Group, session: Session, url: str) -> Event:
    event = _event(group, str(session.number), url)
    event.add("dtstart", session.starts_at.astimezone(RIGA))
    event.add("dtend", session.ends_at.astimezone(RIGA))
    event.add("location", session.place or place_of(group))
    hours = formats.hours(session.hours, language())
    lines = [_("Session %(n)s: %(hours)s") % {"n": session.number, "hours": hours}]
    if group.teacher:
        lines.append(_("Teacher: %(name)s") % {"name": group.teacher})
    event.add("description", "\n".join(lines))
    return event
