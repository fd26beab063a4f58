"""Races for places and marks, each with a control that shows the race without the guard."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, local
from typing import Any

import pytest
from django.db import connection, transaction

from catalogue.exceptions import GroupFull
from catalogue.models import Group
from enrolments import selectors
from enrolments.enums import ApplicationState, ParticipationState, Presence
from enrolments.exceptions import MarkedMeanwhile
from enrolments.models import Application, Attendance, EnrolmentLog, Participation
from enrolments.services import decisions, learning
from funding.exceptions import QuoteChanged
from funding.models import Commitment, Posting
from funding.services.reconcile import reconcile
from stars.common.dates import now
from stars.common.errors import Busy, Conflict
from tests import factories as f
from tests.concurrency.together import together
from tests.enrolments.scene import APPLIED, DECIDED, ENDED, Scene, riga, scene, taken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

MANY = 20
REQUESTS, CONNECTIONS, PLACES = 200, 30, 16


def proven() -> None:
    """Places and money are what the rows say."""
    assert selectors.places_that_differ() == []
    run = reconcile(at=now())
    assert run.ok, run.problems


def drafts_for_the_last_place(count: int) -> tuple[Scene, list[Application]]:
    s = scene(capacity=1)
    return s, [s.draft(s.learner()) for _ in range(count)]


def test_case_17_twenty_people_apply_for_the_last_place_and_one_gets_it() -> None:
    s, drafts = drafts_for_the_last_place(MANY)
    results = together(MANY, lambda n: s.submit(drafts[n]))
    assert sum(isinstance(r, Application) for r in results) == 1
    assert sum(isinstance(r, GroupFull) for r in results) == MANY - 1
    assert Application.objects.filter(state=ApplicationState.SUBMITTED).count() == 1
    # The losers lost nothing but the place.
    assert Posting.objects.filter(kind="hold").count() == 1
    assert taken(s.group) == 1
    proven()


def test_control_without_the_group_lock_the_last_place_is_given_many_times() -> None:
    """Read the free places, then write, as the service would without its lock."""
    s, drafts = drafts_for_the_last_place(4)
    all_have_read = Barrier(4)

    def unguarded(number: int) -> bool:
        with transaction.atomic():
            group = Group.objects.get(pk=s.group.pk)
            free = group.taken < group.capacity
            all_have_read.wait(timeout=30)
            if free:
                Group.objects.filter(pk=group.pk).update(taken=group.taken + 1)
                Application.objects.filter(pk=drafts[number].pk).update(
                    state=ApplicationState.SUBMITTED,
                    submitted_at=APPLIED,
                    decide_by=date(2026, 2, 9),
                )
            return free

    assert together(4, unguarded) == [True] * 4
    assert Application.objects.filter(state=ApplicationState.SUBMITTED).count() == 4
    # The CHECK alone does not see it: everybody wrote the same "1 taken".
    assert selectors.places_that_differ() == [(s.group.pk, 1, 4)]


def crowded(action: Any) -> list[Any]:
    """200 requests through 30 connections, which all begin at the same moment."""
    begun = Barrier(CONNECTIONS)
    own = local()

    def one(number: int) -> Any:
        if not getattr(own, "begun", False):
            own.begun = True
            begun.wait(timeout=60)
        try:
            return action(number)
        except Exception as error:
            return error

    def leave(_number: int) -> None:
        left.wait(timeout=60)
        connection.close()

    left = Barrier(CONNECTIONS)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        results = list(pool.map(one, range(REQUESTS)))
        list(pool.map(leave, range(CONNECTIONS)))
    return results


def test_two_hundred_requests_over_thirty_connections_fill_sixteen_places() -> None:
    s = scene(capacity=PLACES)
    drafts = [s.draft(s.learner()) for _ in range(REQUESTS)]
    results = crowded(lambda n: s.submit(drafts[n]))
    assert sum(isinstance(r, Application) for r in results) == PLACES
    refused = [r for r in results if not isinstance(r, Application)]
    assert all(isinstance(r, GroupFull | Busy) for r in refused), refused
    # Whoever got in has a place, money that is held and a word in the log; the others nothing.
    got = {r.pk for r in results if isinstance(r, Application)}
    assert set(Application.objects.exclude(state="draft").values_list("pk", flat=True)) == got
    assert set(Commitment.objects.values_list("application_id", flat=True)) == got
    assert Posting.objects.filter(kind="hold").count() == PLACES
    sent = EnrolmentLog.objects.filter(to_state=ApplicationState.SUBMITTED)
    assert set(sent.values_list("object_id", flat=True)) == got
    assert taken(s.group) == PLACES
    proven()


def test_control_without_the_lock_thirty_connections_get_sixteen_places() -> None:
    s = scene(capacity=PLACES)
    drafts = [s.draft(s.learner()) for _ in range(CONNECTIONS)]
    all_have_read = Barrier(CONNECTIONS)

    def unguarded(number: int) -> bool:
        with transaction.atomic():
            group = Group.objects.get(pk=s.group.pk)
            all_have_read.wait(timeout=60)
            Group.objects.filter(pk=group.pk).update(taken=group.taken + 1)
            Application.objects.filter(pk=drafts[number].pk).update(
                state=ApplicationState.SUBMITTED,
                submitted_at=APPLIED,
                decide_by=date(2026, 2, 9),
            )
            return group.taken < group.capacity

    assert together(CONNECTIONS, unguarded) == [True] * CONNECTIONS
    assert selectors.places_that_differ() == [(s.group.pk, 1, CONNECTIONS)]


def test_one_application_sent_from_ten_windows_is_one() -> None:
    s = scene()
    draft = s.draft(s.learner())
    results = together(10, lambda _n: s.submit(draft))
    assert {r.pk for r in results} == {draft.pk}
    assert taken(s.group) == 1
    assert Posting.objects.filter(kind="hold").count() == 1
    proven()


def test_three_applications_at_once_cannot_promise_the_same_money() -> None:
    s = scene()
    account = s.learner()
    offers = [s.another_offer("400.00") for _ in range(3)]
    drafts = [s.draft(account, offer=offer, group=group) for offer, group in offers]
    results = together(3, lambda n: s.submit(drafts[n], support="400.00"))
    assert sum(isinstance(r, Application) for r in results) == 1
    assert sum(isinstance(r, QuoteChanged) for r in results) == 2
    assert sum(taken(group) for _offer, group in offers) == 1
    proven()


def test_one_person_in_two_groups_of_a_programme_at_once() -> None:
    s = scene()
    account = s.learner(money=False)
    other = f.group(s.offer.version, starts_on=date(2026, 3, 17))
    first = s.draft(account, use_support=False)
    # Two drafts of one programme come from two offers of its version.
    alone = f.OfferFactory(version=s.offer.version)
    second = s.draft(account, offer=alone, group=other, use_support=False)
    assert first.pk != second.pk
    results = together(2, lambda n: s.submit([first, second][n], support="0"))
    assert sum(isinstance(r, Application) for r in results) == 1
    assert sum(isinstance(r, Conflict) for r in results) == 1
    proven()


def test_answer_and_withdrawal_and_the_end_of_the_term_at_once() -> None:
    s = scene()
    late = riga(2026, 2, 10)
    for _ in range(4):
        application = s.applied()
        user = application.account.person.user

        def act(number: int, application: Application = application, user: Any = user) -> Any:
            key = application.pk
            if number == 0:
                return decisions.approve(application_id=key, actor=s.staff, at=DECIDED)
            if number == 1:
                return decisions.withdraw(application_id=key, actor=user, at=DECIDED)
            if number == 2:
                return decisions.reject(application_id=key, actor=s.staff, at=DECIDED, note="Nē.")
            return decisions.lapse(application_id=key, at=late)

        for result in together(4, act):
            assert isinstance(result, Conflict | Application | Participation | bool), result
        application.refresh_from_db()
        assert application.state != ApplicationState.SUBMITTED
        holds = application.state == ApplicationState.APPROVED
        assert application.commitment is not None
        assert application.commitment.state == ("held" if holds else "released")
        living = Participation.objects.filter(
            application=application, state=ParticipationState.ADMITTED
        )
        assert living.exists() is holds
    proven()


def test_people_crossing_between_two_groups_do_not_block_each_other() -> None:
    s = scene()
    offer, group = s.another_offer()
    pairs = []
    for _ in range(6):
        account = s.learner()
        pairs.append(s.draft(account, use_support=False))
        pairs.append(s.draft(account, offer=offer, group=group, use_support=False))
    results = together(len(pairs), lambda n: s.submit(pairs[n], support="0"))
    assert all(isinstance(r, Application) for r in results), results
    assert (taken(s.group), taken(group)) == (6, 6)
    proven()


def test_a_lock_held_elsewhere_ends_in_a_polite_answer() -> None:
    s = scene()
    draft = s.draft(s.learner())
    ready, done = Barrier(2), Barrier(2)

    def act(number: int) -> Any:
        if number:
            with transaction.atomic():
                Group.objects.select_for_update(no_key=True).get(pk=s.group.pk)
                ready.wait(timeout=30)
                done.wait(timeout=30)
            return None
        ready.wait(timeout=30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 100")
        try:
            return s.submit(draft)
        finally:
            done.wait(timeout=30)

    assert isinstance(together(2, act)[0], Busy)
    draft.refresh_from_db()
    assert draft.state == ApplicationState.DRAFT
    proven()


def _learning() -> tuple[Scene, Participation]:
    s = scene()
    return s, s.learning()


def _mark(s: Scene, participation: Participation, presence: str) -> Attendance:
    return learning.mark_attendance(
        participation_id=participation.pk,
        session_id=f.session(s.group, 1).pk,
        presence=presence,
        expected_version=0,
        actor=s.staff,
        at=ENDED,
    )


def test_two_teachers_mark_at_once_and_one_hears_of_the_other() -> None:
    s, participation = _learning()
    marks = [Presence.PRESENT, Presence.ABSENT]
    results = together(2, lambda n: _mark(s, participation, marks[n]))
    first = Attendance.objects.get()
    assert first.version == 1
    (refused,) = [r for r in results if isinstance(r, MarkedMeanwhile)]
    assert refused.current is not None
    assert refused.current.presence == first.presence


def test_control_without_the_version_the_last_teacher_wins_silently() -> None:
    s, participation = _learning()
    mark = _mark(s, participation, Presence.PRESENT)
    both_have_read = Barrier(2)

    def unguarded(number: int) -> None:
        with transaction.atomic():
            row = Attendance.objects.get(pk=mark.pk)
            both_have_read.wait(timeout=30)
            row.presence = [Presence.PRESENT, Presence.ABSENT][number]
            row.save()

    assert together(2, unguarded) == [None, None]


def test_marking_the_rest_and_one_person_at_once() -> None:
    s, participation = _learning()

    def act(number: int) -> Any:
        if number:
            return _mark(s, participation, Presence.ABSENT)
        return learning.mark_rest(
            session_id=f.session(s.group, 1).pk,
            presence=Presence.PRESENT,
            actor=s.staff,
            at=ENDED,
        )

    results = together(2, act)
    assert Attendance.objects.count() == 1
    if isinstance(results[1], Attendance):
        assert results[0] == 0
    else:
        assert isinstance(results[1], MarkedMeanwhile)
        assert results[0] == 1
