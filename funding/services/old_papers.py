"""What is older than its term (`funding.privacy.TERMS`): each night, or by `retention --apply`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from funding.enums import ListState
from funding.files_settlement import PAYMENT_FILE
from funding.models import Payment, PaymentFile, PledgeEmployee, Statement
from funding.privacy import PLEDGES
from funding.services import erasure, papers, retention
from stars.common.dates import months_before, riga_date
from stars.common.permissions import SYSTEM
from stars.common.transactions import service
from stars.files import services as files
from stars.files.models import StoredFile

# Sums, days and names of organisations stay; lines are about people, the account about money.
LEFT = (
    *("number", "month", "made_at", "provider", "registration_number"),
    *("source", "source_lv", "source_en", "project_code", "sums", "total"),
)


@dataclass(frozen=True)
class Done:
    """How many accounts, statements, payment files and places on pledges' lists."""

    accounts: int
    statements: int
    payment_files: int
    pledged: int


def erase_all(*, at: datetime) -> Done:
    """Everything whose term is over at `at`. Each row by itself: safe to stop and to repeat."""
    accounts = erasure.erase_due(at=at)
    statements = list(old_statements(at).order_by("pk").values_list("pk", flat=True))
    for key in statements:
        _erase_statement(statement_id=key, at=at)
    sent = list(old_files(at).order_by("pk").values_list("pk", flat=True))
    for key in sent:
        files.remove(file_id=key, actor=SYSTEM, at=at)
    return Done(accounts, len(statements), len(sent), old_pledges(at).delete()[0])


def _over(at: datetime) -> list[UUID]:
    """Sources whose audits are over."""
    today = riga_date(at)
    return [source for source, day in retention.kept_until().items() if day < today]


def old_statements(at: datetime) -> QuerySet[Statement]:
    """Settled or cancelled statements that still have their lines."""
    rows = Statement.objects.filter(source__in=_over(at))
    rows = rows.exclude(state__in=(ListState.DRAFT, ListState.WAITING))
    return rows.exclude(content__has_key=papers.ERASED)


def old_files(at: datetime) -> QuerySet[StoredFile]:
    """Stored files for the bank with payments of such sources alone."""
    over = _over(at)
    paid = PaymentFile.objects.filter(payments__source__in=over)
    # A file may pay from several sources; it stays for as long as one of them needs it.
    needed = Payment.objects.filter(file__isnull=False).exclude(source__in=over).values("file")
    whole = paid.exclude(pk__in=needed)
    return StoredFile.objects.filter(owner_kind=PAYMENT_FILE, owner_id__in=whole.values("pk"))


def old_pledges(at: datetime) -> QuerySet[PledgeEmployee]:
    """Places on lists of promises that ended long ago."""
    ended = months_before(riga_date(at), PLEDGES.months)
    return PledgeEmployee.objects.filter(pledge__valid_to__lt=ended)


@service
def _erase_statement(*, statement_id: UUID, at: datetime) -> None:
    statement = Statement.objects.select_for_update(no_key=True).get(pk=statement_id)
    if papers.ERASED in statement.content:
        return
    if paper := papers.paper_of(statement_id):
        files.remove(file_id=paper.pk, actor=SYSTEM, at=at)
    left = {name: statement.content[name] for name in LEFT if name in statement.content}
    statement.content = {
        **left,
        "iban": "",
        "holder": "",
        "lines": [],
        papers.ERASED: riga_date(at).isoformat(),
    }
    statement.save(update_fields=["content", "updated_at"])
