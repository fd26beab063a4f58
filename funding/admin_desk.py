"""What waits for those who keep the money, on the first page of the workplace (Finance officer)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from funding.enums import (
    AidState,
    AppealState,
    ClaimState,
    FileState,
    ListState,
    PaymentState,
)
from funding.models import (
    AidList,
    AidListApproval,
    AidRequest,
    Appeal,
    Budget,
    Claim,
    Payment,
    PaymentFile,
    PaymentFileApproval,
    ReconciliationRun,
    RoundApproval,
    Statement,
    StatementApproval,
)
from stars.common.dates import now
from stars.common.desk import Waiting, on_the_desk

# A warning stays on the desk for so long.
NEWS = timedelta(days=30)


def _open(approvals: QuerySet[Any]) -> QuerySet[Any]:
    return approvals.filter(decided_at__isnull=True)


def _in_state(text: Any, rows: QuerySet[Any], state: str, permission: str) -> Waiting:
    return Waiting(text, rows.filter(state=state), (("state__exact", state),), permission)


def _second_person(text: Any, rows: QuerySet[Any], permission: str) -> Waiting:
    return Waiting(text, _open(rows), (("approved__isnull", "True"),), permission)


@on_the_desk
def waiting() -> list[Waiting]:
    """One line for each kind of work, one counting query each; only for those who may do it."""
    return [
        *_broken(),
        _second_person(_("Rounds to let run"), RoundApproval.objects.all(), "funding.run_round"),
        _in_state(
            _("Claims for refunds to decide"),
            Claim.objects.all(),
            ClaimState.SUBMITTED,
            "funding.decide_claim",
        ),
        _in_state(
            _("Appeals to answer"),
            Appeal.objects.all(),
            AppealState.ASKED,
            "funding.decide_appeal",
        ),
        _in_state(
            _("Requests for stipends and travel or housing costs"),
            AidRequest.objects.all(),
            AidState.ASKED,
            "funding.decide_aid",
        ),
        _in_state(
            _("Lists of stipends to send for approval"),
            AidList.objects.all(),
            ListState.DRAFT,
            "funding.make_aid_list",
        ),
        _second_person(
            _("Lists of stipends to approve"),
            AidListApproval.objects.all(),
            "funding.make_aid_list",
        ),
        *_to_pay(),
        Waiting(
            _("Budgets of which more than 80 % is used, said in the last 30 days"),
            Budget.objects.filter(warnings__at__gte=now() - NEWS).distinct(),
            (),
            "funding.authorise",
        ),
    ]


def _to_pay() -> list[Waiting]:
    """Statements and what goes through the bank."""
    return [
        _in_state(
            _("Statements to send for approval"),
            Statement.objects.all(),
            ListState.DRAFT,
            "funding.settle",
        ),
        _second_person(
            _("Statements to approve"), StatementApproval.objects.all(), "funding.settle"
        ),
        _in_state(
            _("Payments to put into a file"),
            Payment.objects.all(),
            PaymentState.READY,
            "funding.pay",
        ),
        _second_person(
            _("Payment files to approve"), PaymentFileApproval.objects.all(), "funding.pay"
        ),
        _in_state(
            _("Payment files to send to the bank"),
            PaymentFile.objects.all(),
            FileState.APPROVED,
            "funding.pay",
        ),
        _in_state(
            _("Payments that the bank rejected"),
            Payment.objects.filter(replaced_by__isnull=True),
            PaymentState.REJECTED,
            "funding.pay",
        ),
    ]


def _broken() -> list[Waiting]:
    """The last proof, where it failed."""
    last = ReconciliationRun.objects.order_by("-at", "pk").values("pk")[:1]
    failed = ReconciliationRun.objects.filter(pk=Subquery(last), ok=False)
    return [Waiting(_("The last proof of the ledger FAILED"), failed, (), "funding.reconcile")]
