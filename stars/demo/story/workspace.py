"""What waits in the workspaces of invented providers: certificates, a queue, a move, a late mark.

Everything happens some days before the moment of loading, by the services of the portal. Real
providers sign nothing here and have no bad news.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from accounts.models import Person
from catalogue.enums import GroupState
from catalogue.models import Group, Offer, Provider
from catalogue.services import registrations
from enrolments.enums import ApplicationState, ParticipationState, Presence
from enrolments.models import Attendance, Participation
from enrolments.services import certificates, decisions, months, moves, queue
from funding.services.quote import quote
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.common.permissions import SYSTEM
from stars.demo.offer.data import invented_providers, load
from stars.demo.story.world import SOURCE, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Keys of story.yaml: the full group, and one whose month was put right after it was closed.
FULL, CLOSED = "texts-full", "tables-spring"
QUEUE = 3


def write_certificates(at: datetime) -> int:
    """Each invented provider says what its certificates say; how many templates there are."""
    entries = load("workspace")["certificates"]
    for entry in entries:
        certificates.save_template(
            provider_id=Provider.objects.get(slug=entry["provider"]).pk,
            values=entry["values"],
            new=True,
            actor=SYSTEM,
            at=at,
        )
    return len(entries)


def fill_workspaces(world: World, *, at: datetime) -> str:
    """A queue with an offer that runs, a move that waits for an answer, a month put right."""
    return (
        f"in line {_queue(world, at)}, moves {_move(world, at)}, marks changed {_late(world, at)}"
    )


def _queue(world: World, at: datetime) -> int:
    """People wait for the full group; somebody gives a place back, and the first is asked."""
    group = Group.objects.get(pk=world.groups[FULL].pk)
    offer = Offer.objects.select_related("version__type", "version__programme__provider").get(
        version=group.version_id, source__code=SOURCE
    )
    moment = at - 5 * HOUR
    joined = 0
    for account in _free(offer, at):
        queue.join(
            account_id=account.pk,
            offer_id=offer.pk,
            group_id=group.pk,
            actor=account.person.user,
            at=moment + joined * HOUR / 6,
        )
        joined += 1
        if joined == QUEUE:
            break
    admitted = Participation.objects.filter(group=group, state=ParticipationState.ADMITTED)
    leaves = admitted.select_related("application__account__person__user").order_by("admitted_at")
    first = leaves[0].application
    decisions.withdraw(application_id=first.pk, actor=first.account.person.user, at=at - 2 * HOUR)
    return joined


def _free(offer: Offer, at: datetime) -> Iterator[LearningAccount]:
    """People with money who have applied for nothing, by name."""
    rows = LearningAccount.objects.filter(applications__isnull=True, person__user__isnull=False)
    for account in rows.select_related("person__user").order_by(
        "person__family_name", "person__given_name", "pk"
    ):
        if quote(offer=offer, account=account, at=at).support:
            yield account


def _move(world: World, at: datetime) -> int:
    """Somebody who is admitted is asked whether another group of the programme would do."""
    rows = Participation.objects.filter(
        state=ParticipationState.ADMITTED,
        application__state=ApplicationState.APPROVED,
        group__version__programme__provider__slug__in=world.staff_of,
    ).select_related("group__version__programme__provider", "application__offer")
    for row in rows.order_by("group__starts_on", "admitted_at", "pk"):
        provider = row.group.version.programme.provider
        others = Group.objects.filter(version=row.group.version_id, state=GroupState.OPEN)
        other = others.exclude(pk=row.group_id).order_by("starts_on").first()
        if other is None or other.places_left <= 0 or provider.slug not in invented_providers():
            continue
        moves.propose(
            participation_id=row.pk,
            to_group_id=other.pk,
            reason="Šajā laikā telpā ir remonts. Otrā grupa sākas vēlāk, viss pārējais ir tāpat.",
            actor=world.staff_of[provider.slug],
            at=at - DAY,
        )
        return 1
    return 0


def _late(world: World, at: datetime) -> int:
    """Months of a finished group are closed; an audit finds marks of somebody who was not there."""
    group = world.groups[CLOSED]
    teacher = world.staff_of[group.version.programme.provider.slug]
    sessions = list(group.sessions.order_by("starts_at"))
    for month in sorted({riga_date(each.starts_at).replace(day=1) for each in sessions}):
        months.close_month(group_id=group.pk, month=month, actor=teacher, at=at - 60 * DAY)
    person = (
        Participation.objects.filter(group=group, confirmed_at__isnull=False)
        .order_by("admitted_at", "pk")
        .first()
    )
    if person is None:
        return 0
    changed = 0
    for session in sessions[: 1 + len(sessions) // 4]:
        mark = Attendance.objects.get(participation=person, session=session)
        if mark.presence == Presence.ABSENT:
            continue
        months.change_mark(
            participation_id=person.pk,
            session_id=session.pk,
            presence=Presence.ABSENT,
            expected_version=mark.version,
            reason="Žurnālā uz papīra paraksta nav; atzīme bija likta kļūdas pēc.",
            actor=teacher,
            at=at - HOUR,
        )
        changed += 1
    return changed


def ask_to_join(*, at: datetime) -> int:
    """Two organisations ask to become providers. The register is asked over HTTP, so this comes
    after the story's transaction; where it is silent the agency asks it again."""
    people = Person.objects.filter(user__isnull=False).select_related("user")
    entries = load("workspace")["registrations"]
    rows = zip(people.order_by("-family_name", "given_name", "pk"), entries, strict=False)
    for person, entry in rows:
        begun = at - entry["days"] * DAY
        values = {**entry["values"], "accredited_until": None}
        row = registrations.write(values=values, actor=person.user, at=begun)
        registrations.submit(registration_id=row.pk, actor=person.user, at=begun + HOUR)
    return len(entries)
