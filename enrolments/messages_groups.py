"""Messages about places in groups: the waiting list, moving to another group, too few people.

A message keeps keys only; names of programmes and days are looked up when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.selectors import provider_staff
from accounts.services.telling import tell_person
from catalogue.enums import GroupState
from catalogue.models import Group
from enrolments import messages
from enrolments.models import Application, GroupMove
from stars.common import formats
from stars.common.dates import riga_date
from stars.notifications import kinds
from stars.notifications.services import notify

# A provider hears so many days before the start that too few have applied, if not earlier.
SMALL_BEFORE = timedelta(days=3)


def _offered_in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """As `messages.in_words`, with the end of the offer: two queries."""
    language = formats.language()
    ends = dict(
        Application.objects.filter(pk__in=[p["application_id"] for p in batch]).values_list(
            "pk", "offered_until"
        )
    )
    by_key = {str(pk): end for pk, end in ends.items()}
    found: list[Mapping[str, Any] | None] = []
    for params, words in zip(batch, messages.in_words(batch), strict=True):
        end = by_key.get(str(params["application_id"]))
        if words is None or end is None:
            found.append(None)
            continue
        found.append({**words, "until": formats.moment(end, language, today=riga_date(end))})
    return found


def _moves_in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Both groups of a proposed move, and until when an answer is awaited: one query."""
    language = formats.language()
    moves = GroupMove.objects.filter(pk__in=[p["move_id"] for p in batch]).select_related(
        "participation__group__version__programme__provider", "to_group"
    )
    known = {str(move.pk): move for move in moves}
    found: list[Mapping[str, Any] | None] = []
    for params in batch:
        move = known.get(str(params["move_id"]))
        if move is None:
            found.append(None)
            continue
        group = move.participation.group
        found.append(
            {
                "move_id": move.pk,
                "group_id": group.pk,
                "title": group.version.title,
                "provider": group.version.programme.provider.name,
                "starts_on": formats.day(move.to_group.starts_on, language, "locative"),
                "answer_by": formats.day(move.answer_by, language, "dative"),
            }
        )
    return found


def _groups_in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Title, name, day and numbers of the groups in `batch`: one query."""
    language = formats.language()
    groups = Group.objects.filter(pk__in=[p["group_id"] for p in batch])
    known = {str(group.pk): group for group in groups.select_related("version")}
    return [
        {
            "group_id": group.pk,
            "title": group.version.title,
            "code": group.code,
            "taken": group.taken,
            "minimum": group.minimum,
            "starts_on": formats.day(group.starts_on, language, "locative"),
        }
        if (group := known.get(str(params["group_id"])))
        else None
        for params in batch
    ]


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    application: dict[str, Any] = {
        "action": _("See your application"),
        "url_name": "enrolments:application",
        "url_kwargs": ("application_id",),
    }
    kinds.register(
        "place_offered",
        subject=_("A place is free for you"),
        title=_("A place is free in “%(title)s”"),
        text=_("We keep it for you until %(until)s. After that it goes to the next in line."),
        resolver=_offered_in_words,
        **{**application, "action": _("Take the place")},
    )
    kinds.register(
        "queue_ended",
        subject=_("You are no longer in the queue"),
        title=_("You are no longer in the queue for “%(title)s”"),
        text=_("No place was taken in time. Choose another group."),
        resolver=messages.in_words,
        **application,
    )
    move: dict[str, Any] = {
        "action": _("See what is proposed"),
        "url_name": "enrolments:move",
        "url_kwargs": ("move_id",),
        "resolver": _moves_in_words,
    }
    kinds.register(
        "move_proposed",
        subject=_("Another group for your training"),
        title=_("%(provider)s proposes another group of “%(title)s”"),
        text=_("It begins on %(starts_on)s. Say yes or no by %(answer_by)s."),
        **move,
    )
    kinds.register(
        "move_answered",
        subject=_("An answer about moving to another group"),
        title=_("Somebody answered about moving to another group of “%(title)s”"),
        text=_("Open the group to see the answer."),
        **{
            **move,
            "action": _("Open the group"),
            "url_name": "enrolments:provider_group",
            "url_kwargs": ("group_id",),
        },
    )
    kinds.register(
        "group_small",
        subject=_("Too few people in a group"),
        title=_("%(taken)s of at least %(minimum)s people in “%(title)s”, %(code)s"),
        text=_("It begins on %(starts_on)s. Decide: let it begin, postpone or cancel it."),
        action=_("Open the group"),
        url_name="enrolments:provider_group",
        url_kwargs=("group_id",),
        resolver=_groups_in_words,
    )


def place_offered(application: Application, *, at: datetime) -> None:
    """Tell a learner that a freed place is kept for them, also by e-mail: it does not wait."""
    messages.tell_learner("place_offered", application, at=at)


def queue_ended(application: Application, *, at: datetime) -> None:
    """Tell a learner that the waiting is over without a place."""
    messages.tell_learner("queue_ended", application, at=at)


def move_proposed(move: GroupMove, *, at: datetime) -> None:
    """Ask a learner whether they agree to another group."""
    tell_person(
        person=move.participation.account.person,
        kind="move_proposed",
        params={"move_id": move.pk},
        key=f"move_proposed:{move.pk}",
        at=at,
    )


def move_answered(move: GroupMove, *, at: datetime) -> None:
    """Tell the provider's staff what the learner said, in the workspace."""
    provider = move.participation.group.version.programme.provider
    for membership in provider_staff(provider.organisation_id, riga_date(at)):
        notify(
            kind="move_answered",
            user_id=membership.user_id,
            language=membership.user.language,
            address="",
            params={"move_id": move.pk},
            dedupe_key=f"move_answered:{move.pk}:{membership.user_id}",
            at=at,
        )


def warn_of_small_groups(*, at: datetime) -> int:
    """Tell providers of groups below their minimum once applications are over; returns how many.

    Also three days before the start where people may still apply. Said once for each first day,
    also by e-mail: the provider has to decide, nothing is cancelled by itself (ENR-4).
    """
    today = riga_date(at)
    small = (
        Group.objects.filter(
            state__in=(GroupState.OPEN, GroupState.CLOSED),
            starts_on__gte=today,
            taken__lt=F("minimum"),
        )
        .select_related("version__programme__provider")
        .order_by("starts_on", "pk")
    )
    told = 0
    for group in small:
        if group.apply_until < today or group.starts_on <= today + SMALL_BEFORE:
            told += _warn(group, today, at)
    return told


def _warn(group: Group, today: date, at: datetime) -> bool:
    heard = False
    for membership in provider_staff(group.version.programme.provider.organisation_id, today):
        heard |= notify(
            kind="group_small",
            user_id=membership.user_id,
            language=membership.user.language,
            address=membership.user.email or "",
            params={"group_id": group.pk},
            dedupe_key=f"group_small:{group.pk}:{group.starts_on.isoformat()}:{membership.user_id}",
            at=at,
        )
    return heard
