"""Place and money come together or not at all, wherever the way breaks (reading 2.7, case 15)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from enrolments.enums import ApplicationState
from enrolments.models import Application
from funding.models import Commitment, Posting
from funding.selectors import money
from funding.services.reconcile import reconcile
from tests.conftest import as_owner
from tests.enrolments.scene import APPLIED, scene, taken

pytestmark = pytest.mark.django_db(transaction=True)
# Everything that sending an application writes, in the order of the service.
WRITTEN = (
    "funding_decision",
    "funding_commitment",
    "funding_copayment",
    "funding_commitmentline",
    "funding_posting",
    "funding_transfer",
    "funding_fundinglog",
    "enrolments_enrolmentlog",
    "notifications_message",
)
FAIL = """
CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS
$f$ BEGIN RAISE EXCEPTION 'the server went away'; END $f$;
CREATE TRIGGER crash AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION crash();
"""
MEND = "DROP TRIGGER crash ON {table}; DROP FUNCTION crash()"


def as_the_owner(statement: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_case_15_a_crash_after_any_step_leaves_neither_and_a_replay_gives_both() -> None:
    s = scene()
    account = s.learner()
    draft = s.draft(account)
    before = Posting.objects.count()
    for table in WRITTEN:
        as_the_owner(FAIL.format(table=table))
        try:
            with pytest.raises(DatabaseError, match="went away"):
                s.submit(draft)
        finally:
            as_the_owner(MEND.format(table=table))
        assert Application.objects.get(pk=draft.pk).state == ApplicationState.DRAFT, table
        assert taken(s.group) == 0, table
        assert not Commitment.objects.exists(), table
        assert Posting.objects.count() == before, table
    for _replayed in range(2):
        s.submit(draft)
    assert taken(s.group) == 1
    assert Commitment.objects.get().support == 500
    assert money(account, APPLIED).free == 0
    assert reconcile(at=APPLIED).ok
