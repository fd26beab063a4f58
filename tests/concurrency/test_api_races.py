"""One row sent many times at the same moment is one row, with a control that shows two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from catalogue.models import Programme, ProgrammeVersion
from stars.api import push
from stars.api.models import ApiWrite, ExternalId
from stars.common.dates import now, today
from tests import factories as f
from tests.api import build
from tests.concurrency.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
MANY = 8


@pytest.fixture
def system() -> build.System:
    cache.clear()
    f.ProgrammeTypeFactory()
    f.TermFactory(vocabulary=f.VocabularyFactory(code="field"))
    return build.system()


ROW = {
    "id": "kurss-1",
    "title_lv": "Lodēšana",
    "type": "non_formal",
    "field": "ict",
    "hours": 40,
    "mode": "remote",
}


def test_the_same_row_sent_by_many_at_once_is_written_once(system: build.System) -> None:
    answers = together(MANY, lambda n: system.sent("programmes/", ROW)[0])
    assert {answer["result"] for answer in answers} <= {"accepted", "unchanged"}, answers
    assert {answer["stars_id"] for answer in answers} == {str(Programme.objects.get().pk)}
    assert ExternalId.objects.count() == ProgrammeVersion.objects.count() == 1
    assert ApiWrite.objects.count() == 1


def test_control_without_the_lock_others_are_turned_away(
    system: build.System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it each of them makes a programme; the constraint then undoes all but one."""
    monkeypatch.setattr(push, "_lock", lambda *name: None)
    answers = together(MANY, lambda n: system.sent("programmes/", ROW)[0])
    results = [answer["result"] for answer in answers]
    assert "refused" in results
    assert Programme.objects.count() == 1


def test_rows_of_one_group_sent_by_many_at_once(system: build.System) -> None:
    version = f.VersionFactory(
        programme=f.ProgrammeFactory(provider=system.provider), published=True
    )
    group = f.group(version, starts_on=today() + timedelta(days=20))

    def send(number: int) -> Any:
        row = {"id": "g-1", "stars_id": str(group.pk), "capacity": 20 + number, "overwrite": True}
        return system.sent("groups/", row)[0]["result"]

    assert together(MANY, send) == ["accepted"] * MANY
    group.refresh_from_db()
    assert 20 <= group.capacity < 20 + MANY
    assert ApiWrite.objects.filter(object_id=group.pk).count() == MANY
    assert now() >= ExternalId.objects.get().sent_at
