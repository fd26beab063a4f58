"""Two reviewers, the last experimental place, and an application to what is being suspended."""

from __future__ import annotations

from threading import Barrier, Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from catalogue.enums import TemporaryState
from catalogue.enums import VersionState as S
from catalogue.models import CatalogueLog, ProgrammeVersion, Submission, TemporaryStatus
from catalogue.reviews import room_for_temporary
from catalogue.services import temporary, versions
from enrolments.models import Application
from stars.common.errors import Conflict
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.catalogue.review import DAY, NOW, Stage, later
from tests.concurrency.together import together
from tests.enrolments.scene import APPLIED, scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def in_review() -> tuple[Stage, list[Any]]:
    stage = Stage()
    stage.bring_to(S.IN_REVIEW)
    return stage, [f.MembershipFactory(administrator=True).user for _ in range(4)]


def test_of_four_reviewers_one_decides() -> None:
    stage, reviewers = in_review()
    decide = (versions.approve, versions.reject) * 2

    def act(number: int) -> Submission:
        return decide[number](
            version_id=stage.version.pk, note="Tā", actor=reviewers[number], at=NOW
        )

    results = together(4, act)
    (done,) = [r for r in results if isinstance(r, Submission)]
    assert sum(isinstance(r, Conflict) for r in results) == 3
    stage.version.refresh_from_db()
    assert stage.version.state == done.outcome
    decided = CatalogueLog.objects.filter(transition__in=("approve", "reject"))
    assert decided.count() == 1


def test_control_without_the_lock_two_decisions_are_written() -> None:
    """Read the state, then write, as the service would without its lock.

    The trigger refuses approved → rejected, but not the same decision taken twice.
    """
    stage, reviewers = in_review()
    all_have_read = Barrier(4)

    def unguarded(number: int) -> bool:
        with transaction.atomic():
            version = ProgrammeVersion.objects.get(pk=stage.version.pk)
            all_have_read.wait(timeout=30)
            version.move("approve", by=reviewers[number], at=NOW)
            return True

    assert together(4, unguarded) == [True] * 4
    assert CatalogueLog.objects.filter(transition="approve").count() == 4


WORD = {"recommender": "expert", "recommended_by": "Eksperts", "recommendation": "Trūkst."}


def ten_published() -> list[Any]:
    return [f.VersionFactory(published=True).programme for _ in range(10)]


def test_the_share_of_experimental_programmes_is_given_once() -> None:
    programmes = ten_published()
    results = together(
        6,
        lambda n: temporary.give_temporary_status(
            **WORD, programme_id=programmes[n].pk, actor=SYSTEM, at=NOW
        ),
    )
    assert sum(isinstance(r, TemporaryStatus) for r in results) == 1
    assert sum(isinstance(r, Conflict) for r in results) == 5


def test_control_without_the_lock_the_share_is_exceeded() -> None:
    programmes = ten_published()
    all_have_read = Barrier(4)

    def unguarded(number: int) -> bool:
        with transaction.atomic():
            room = room_for_temporary(DAY)
            all_have_read.wait(timeout=30)
            if room:
                TemporaryStatus.objects.create(
                    **WORD,
                    programme=programmes[number],
                    starts_on=DAY,
                    review_on=later(365).date(),
                )
            return bool(room)

    assert together(4, unguarded) == [True] * 4
    assert TemporaryStatus.objects.filter(state=TemporaryState.ACTIVE).count() == 4


def test_nobody_applies_to_what_is_being_suspended() -> None:
    """The application waits for the group that the suspension holds, and then sees it."""
    s = scene()
    draft = s.draft(s.learner())
    asked, answered = Event(), Event()
    got: list[Any] = []

    def apply() -> None:
        try:
            asked.set()
            got.append(s.submit(draft))
        except Conflict as error:
            got.append(error)
        finally:
            answered.set()
            connection.close()

    thread = Thread(target=apply)
    with transaction.atomic():
        versions.suspend(version_id=s.offer.version_id, note="Sūdzības", actor=SYSTEM, at=APPLIED)
        thread.start()
        assert asked.wait(timeout=30)
        assert not answered.wait(timeout=1)
    thread.join(timeout=30)
    assert [type(each) for each in got] == [Conflict]
    assert got[0].code == "not_offered"
    assert not Application.objects.filter(state="submitted").exists()
