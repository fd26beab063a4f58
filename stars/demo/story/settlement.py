"""The demo's months are settled: two officers approve, the bank pays, the last month waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from stdnum import iban

from accounts.models import User
from catalogue.models import Provider
from funding.models import Payment, PaymentFile, Statement
from funding.rules.settlement import month_end
from funding.services import bank_accounts, bank_answers, payment_files, settling, statements
from stars.common.dates import add_months, add_working_days, riga_date
from stars.common.permissions import SYSTEM


def settle(users: Mapping[str, User], *, since: date, at: datetime) -> int:
    """Settle every month from `since` until the one before `at`; returns how many statements.

    Months are paid a few days after their end; of the last one the statements wait for a second
    officer.
    """
    first, second = users["finance"], users["finance2"]
    month, last = since.replace(day=1), add_months(riga_date(at).replace(day=1), -1)
    count = 0
    while month <= last:
        when = min(at, month_end(month) + timedelta(days=3, hours=10))
        _tell_accounts(month, when)
        done = statements.settle_month(month=month, actor=SYSTEM, at=when)
        count += done.statements
        keys = Statement.objects.filter(state="draft").order_by("number")
        for key in list(keys.values_list("pk", flat=True)):
            asked = settling.put_forward(statement_id=key, actor=first, at=when)
            if month < last:
                settling.decide(approval_id=asked.pk, approved=True, actor=second, at=when)
        if month < last:
            _pay(first, second, when)
        month = add_months(month, 1)
    return count


def _tell_accounts(month: date, at: datetime) -> None:
    """Providers that are owed something say where they are paid: numbers of a bank without one."""
    keys = {one.provider_id for one in statements.owed(month=month)}
    for number, provider in enumerate(Provider.objects.filter(pk__in=keys).order_by("slug")):
        if bank_accounts.current(organisation_id=provider.organisation_id):
            continue
        rest = f"DEMO{1000000000000 + number}"
        bank_accounts.record(
            organisation_id=provider.organisation_id,
            iban=f"LV{iban.calc_check_digits(f'LV00{rest}')}{rest}",
            holder=provider.name[:140],
            actor=SYSTEM,
            at=at,
        )


def _pay(first: User, second: User, at: datetime) -> PaymentFile | None:
    ready = Payment.objects.filter(state="ready", reference__startswith="statement:")
    keys = list(ready.values_list("pk", flat=True))
    if not keys:
        return None
    file = payment_files.make_file(
        payment_ids=keys, execute_on=add_working_days(riga_date(at), 1), actor=first, at=at
    )
    asked = file.approvals.get()
    payment_files.decide_file(approval_id=asked.pk, approved=True, actor=second, at=at)
    payment_files.send_file(file_id=file.pk, actor=first, at=at)
    rows = [
        f"{payment.end_to_end_id};paid;{riga_date(at)}" for payment in file.payments.order_by("pk")
    ]
    answer = "\n".join(["end_to_end_id;status;date", *rows])
    bank_answers.read_answer(content=answer.encode(), actor=first, at=at)
    return file
