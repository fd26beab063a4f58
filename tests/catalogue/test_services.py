"""Publishing versions, the life of groups, places."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from catalogue.enums import GroupState, VersionState
from catalogue.exceptions import GroupFull
from catalogue.models import CatalogueLog, Group
from catalogue.rules import Block
from catalogue.services import groups, places, versions
from stars.common.dates import RIGA
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests import factories as f

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 2, 2, 12, tzinfo=RIGA)
STARTS = date(2026, 3, 3)


@pytest.fixture
def version():
    return f.VersionFactory(published=True)


def test_publishing_archives_the_version_before(version) -> None:
    second = f.VersionFactory(programme=version.programme, number=2, state=VersionState.APPROVED)
    versions.publish_version(version_id=second.pk, actor=SYSTEM, at=NOW)
    version.refresh_from_db()
    second.programme.refresh_from_db()
    assert version.state == VersionState.ARCHIVED
    assert second.programme.current_id == second.pk
    moves = CatalogueLog.objects.filter(object_id=version.pk).values_list("transition", flat=True)
    assert set(moves) == {"publish", "archive"}


def test_publishing_checks_hours_and_outcomes() -> None:
    for change in ({"hours": 61}, {"outcomes": []}, {"credit_points": 2}):
        draft = f.VersionFactory(state=VersionState.APPROVED, **change)
        with pytest.raises(Invalid):
            versions.publish_version(version_id=draft.pk, actor=SYSTEM, at=NOW)
        draft.refresh_from_db()
        assert draft.state == VersionState.APPROVED


def test_publishing_is_for_the_agency() -> None:
    draft = f.VersionFactory(state=VersionState.APPROVED)
    own = f.MembershipFactory(organisation=draft.programme.provider.organisation, admin=True).user
    for actor in (own, f.MembershipFactory(auditor=True).user):
        with pytest.raises(NotAllowed):
            versions.publish_version(version_id=draft.pk, actor=actor, at=NOW)
    administrator = f.MembershipFactory(administrator=True).user
    versions.publish_version(version_id=draft.pk, actor=administrator, at=NOW)


def test_publishing_twice(version) -> None:
    with pytest.raises(Conflict):
        versions.publish_version(version_id=version.pk, actor=SYSTEM, at=NOW)


def test_a_group_is_made_with_its_timetable(version) -> None:
    made = f.group(version, starts_on=STARTS, opened=False)
    assert made.state == GroupState.DRAFT
    assert [s.number for s in made.sessions.all()] == [1, 2, 3, 4]
    assert made.mode == version.mode


def test_a_wrong_timetable_leaves_no_group_behind(version) -> None:
    begins = datetime(2026, 5, 1, 18, tzinfo=RIGA)
    with pytest.raises(Invalid) as caught:
        groups.create_group(
            version_id=version.pk,
            code="A",
            starts_on=STARTS,
            ends_on=STARTS + timedelta(7),
            apply_until=STARTS,
            capacity=10,
            sessions=[Block(begins, begins + timedelta(hours=3), 4)],
            actor=SYSTEM,
            at=NOW,
        )
    assert caught.value.code == "session_outside_group"
    assert not Group.objects.exists()


def test_two_groups_with_one_name(version) -> None:
    f.group(version, starts_on=STARTS, code="A")
    with pytest.raises(Invalid) as caught:
        f.group(version, starts_on=STARTS, code="A")
    assert caught.value.field == "code"


def test_only_its_own_provider_makes_and_moves_groups(version) -> None:
    own = f.MembershipFactory(organisation=version.programme.provider.organisation).user
    other = f.MembershipFactory(admin=True).user
    auditor = f.MembershipFactory(auditor=True).user
    made = f.group(version, starts_on=STARTS, opened=False)
    for actor in (other, auditor, f.UserFactory()):
        for action in (groups.open_group, groups.close_group, groups.start_group):
            with pytest.raises(NotAllowed):
                action(group_id=made.pk, actor=actor, at=NOW)
    groups.open_group(group_id=made.pk, actor=own, at=NOW)
    groups.close_group(group_id=made.pk, actor=own, at=NOW)


def test_a_draft_version_takes_no_applications() -> None:
    made = f.group(f.VersionFactory(), starts_on=STARTS, opened=False)
    with pytest.raises(Invalid):
        groups.open_group(group_id=made.pk, actor=SYSTEM, at=NOW)


def test_days_of_opening_starting_and_finishing(version) -> None:
    made = f.group(version, starts_on=STARTS, opened=False)
    with pytest.raises(Invalid):
        groups.open_group(group_id=made.pk, actor=SYSTEM, at=NOW + timedelta(days=30))
    groups.open_group(group_id=made.pk, actor=SYSTEM, at=NOW)
    with pytest.raises(Invalid):
        groups.start_group(group_id=made.pk, actor=SYSTEM, at=NOW)
    at = datetime(2026, 3, 3, 0, tzinfo=RIGA)
    groups.start_group(group_id=made.pk, actor=SYSTEM, at=at)
    with pytest.raises(Invalid):
        groups.finish_group(group_id=made.pk, actor=SYSTEM, at=at)
    done = groups.finish_group(
        group_id=made.pk, actor=SYSTEM, at=datetime(2026, 3, 31, 21, tzinfo=RIGA)
    )
    assert done.state == GroupState.FINISHED


def test_places_are_counted_to_the_last(version) -> None:
    made = f.group(version, starts_on=STARTS, capacity=2)
    locked = groups.lock_group(made.pk)
    for _ in range(2):
        places.take_place(locked, at=NOW)
    with pytest.raises(GroupFull):
        places.take_place(locked, at=NOW)
    places.free_place(locked)
    made.refresh_from_db()
    assert (made.taken, made.places_left) == (1, 1)
    places.free_place(locked)
    with pytest.raises(ValueError, match="nobody had taken"):
        places.free_place(locked)


def test_no_places_in_a_closed_group_or_after_the_last_day(version) -> None:
    made = f.group(version, starts_on=STARTS)
    locked = groups.lock_group(made.pk)
    with pytest.raises(Conflict):
        places.take_place(locked, at=datetime(2026, 3, 3, 0, tzinfo=RIGA))
    groups.close_group(group_id=made.pk, actor=SYSTEM, at=NOW)
    with pytest.raises(Conflict):
        places.take_place(groups.lock_group(made.pk), at=NOW)
