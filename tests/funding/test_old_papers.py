"""Papers go when their term is over, and not a night before; sums and the ledger stay."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from funding.files_settlement import PAYMENT_FILE
from funding.models import PledgeEmployee, Statement
from funding.services import old_papers, papers, retention
from funding.services.reconcile import reconcile
from funding.tasks import retention as nightly
from stars.common.dates import RIGA, start_of_day, today
from stars.common.errors import Conflict
from stars.files.models import StoredFile
from tests import factories as f
from tests.funding import settle
from tests.funding.test_payment_files import take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def paid() -> Statement:
    """A statement with its paper, paid by a file."""
    s = settle.scene()
    s.captured("300.00")
    statement = s.approved()
    papers.print_statement(statement_id=statement.pk, at=settle.AFTER)
    payment = s.payment(statement)
    s.file(payment)
    take(s, (payment, "paid"))
    return Statement.objects.get(pk=statement.pk)


def test_nothing_goes_on_the_last_day(paid: Statement) -> None:
    last = retention.kept_until()[paid.source_id]
    assert last.year == today().year + 10
    done = old_papers.erase_all(at=start_of_day(last) + timedelta(hours=23))
    assert done == old_papers.Done(0, 0, 0, 0)
    paid.refresh_from_db()
    assert paid.content["lines"]


def test_lines_papers_and_files_go_and_sums_stay(paid: Statement) -> None:
    total, said = paid.total, dict(paid.content)
    at = start_of_day(retention.kept_until()[paid.source_id] + timedelta(days=1))
    done = old_papers.erase_all(at=at)
    assert (done.accounts, done.statements, done.payment_files) == (1, 1, 1)
    paid.refresh_from_db()
    assert (paid.total, paid.content["sums"]) == (total, said["sums"])
    assert (paid.content["lines"], paid.content["iban"]) == ([], "")
    assert papers.page(paid)["lines"] == []
    assert papers.paper_of(paid.pk) is None
    assert not StoredFile.objects.filter(owner_kind=PAYMENT_FILE).exists()
    assert reconcile(at=at).ok
    # It is not printed again from what is left.
    assert papers.print_missing(at=at) == 0
    with pytest.raises(Conflict):
        papers.print_statement(statement_id=paid.pk, at=at)
    assert old_papers.erase_all(at=at) == old_papers.Done(0, 0, 0, 0)


def test_lists_of_pledges_end_after_their_term() -> None:
    employer = f.OrganisationFactory()
    days = {"valid_from": date(2025, 1, 1), "share": Decimal("0.5")}
    old = employer.pledges.create(valid_to=date(2025, 3, 9), **days)
    new = employer.pledges.create(valid_to=date(2025, 3, 10), **days)
    for pledge in (old, new):
        PledgeEmployee.objects.create(pledge=pledge, lookup="a" * 64)
    at = start_of_day(date(2026, 3, 10)).astimezone(RIGA)
    assert old_papers.erase_all(at=at).pledged == 1
    assert [row.pledge for row in PledgeEmployee.objects.all()] == [new]


def test_the_night_calls_it(paid: Statement) -> None:
    nightly()
    paid.refresh_from_db()
    assert paid.content["lines"]
