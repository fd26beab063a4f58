"""The learning path and the learning history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from learning_accounts import selectors
from learning_accounts.enums import RecordSource, StepState
from learning_accounts.models import LearningPath, LearningRecord
from learning_accounts.services.path import create_path, has_path, mark_programme_done
from learning_accounts.services.record import write_record
from stars.common.dates import RIGA
from stars.common.errors import Invalid, NotAllowed
from tests.factories import LearningAccountFactory, PersonFactory, ProgrammeFactory, VersionFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 12, 0, tzinfo=RIGA)


def begin(account: Any, goal: str = "Sistēmu tehniķis", **changes: Any) -> LearningPath:
    arguments = {"programme_id": ProgrammeFactory().pk, "actor": account.person.user, **changes}
    return create_path(account_id=account.pk, goal=goal, at=AT, **arguments)


def test_a_path_begins_with_a_goal_and_a_step() -> None:
    account = LearningAccountFactory()
    programme = VersionFactory(published=True).programme
    assert not has_path(account.pk)
    path = begin(account, " Sistēmu tehniķis ", programme_id=programme.pk)
    assert (path.goal, path.begun_at) == ("Sistēmu tehniķis", AT)
    (step,) = path.steps.all()
    assert (step.order, step.programme, step.state) == (1, programme, StepState.PLANNED)
    assert has_path(account.pk)
    assert selectors.progress(path) == selectors.Progress(done=0, all=1)


def test_the_same_goal_is_the_same_path() -> None:
    account = LearningAccountFactory()
    first, again = begin(account), begin(account)
    assert first == again
    assert [step.order for step in first.steps.all()] == [1, 2]
    assert begin(account, "Cits mērķis") != first


def test_a_path_needs_a_goal_and_its_owner() -> None:
    account = LearningAccountFactory()
    with pytest.raises(Invalid) as caught:
        begin(account, "  ")
    assert caught.value.field == "goal"
    with pytest.raises(NotAllowed):
        begin(account, actor=PersonFactory().user)
    assert not has_path(account.pk)


def test_a_finished_programme_marks_its_steps(django_assert_num_queries: Any) -> None:
    account = LearningAccountFactory()
    path = begin(account)
    programme = path.steps.get().programme
    begin(account)
    assert programme is not None
    for done in (1, 0):
        marked = mark_programme_done(account_id=account.pk, programme_id=programme.pk)
        assert marked == done
    with django_assert_num_queries(3):
        (path,) = selectors.paths_of(account.pk)
        assert selectors.progress(path) == selectors.Progress(done=1, all=2)


def record(account: Any, **changes: Any) -> LearningRecord:
    arguments = {
        "title_lv": "Datu analīze",
        "title_en": "Data analysis",
        "provider_name": "Izdomāta skola",
        "hours": 40,
        "completed_on": date(2026, 5, 1),
        **changes,
    }
    return write_record(account_id=account.pk, **arguments)


def test_a_record_is_written_once_per_participation() -> None:
    account, participation = LearningAccountFactory(), uuid4()
    first = record(account, participation_id=participation, document_number="A-1")
    again = record(account, participation_id=participation, document_number="A-2")
    assert first == again
    assert again.document_number == "A-1"
    assert first.source == RecordSource.STARS


def test_imported_records_have_no_participation() -> None:
    account = LearningAccountFactory()
    record(account, source=RecordSource.IMPORT, completed_on=date(2019, 1, 1), hours=None)
    record(account)
    assert [r.completed_on.year for r in selectors.records_of(account.pk)] == [2026, 2019]


def test_account_of() -> None:
    account = LearningAccountFactory()
    assert selectors.account_of(account.person.user) == account
    assert selectors.account_of(PersonFactory().user) is None
