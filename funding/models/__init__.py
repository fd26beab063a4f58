"""Models of the app."""

from funding.models.accounting import PeriodClose
from funding.models.aid import AidList, AidListApproval, AidMonth, AidRequest
from funding.models.appeal import Appeal, Waiver
from funding.models.claim import Claim, Refundable
from funding.models.commitment import Commitment, CommitmentLine, CoPayment, StagePayment
from funding.models.decision import Decision
from funding.models.grant import (
    AllocationRound,
    Grant,
    RoundApproval,
    RoundRank,
    RoundRun,
    StandingRequest,
)
from funding.models.ledger import LedgerAccount, Posting, Transfer
from funding.models.log import FundingLog
from funding.models.payment import BankAccount, Payment, PaymentFile, PaymentFileApproval
from funding.models.pledge import Pledge, PledgeEmployee
from funding.models.policy import Budget, BudgetWarning, FundingSource, PolicyVersion, Scheme
from funding.models.reconciliation import ReconciliationRun
from funding.models.settlement import Correction, Statement, StatementApproval, StatementLine

__all__ = [
    "AidList",
    "AidListApproval",
    "AidMonth",
    "AidRequest",
    "AllocationRound",
    "Appeal",
    "BankAccount",
    "Budget",
    "BudgetWarning",
    "Claim",
    "CoPayment",
    "Commitment",
    "CommitmentLine",
    "Correction",
    "Decision",
    "FundingLog",
    "FundingSource",
    "Grant",
    "LedgerAccount",
    "Payment",
    "PaymentFile",
    "PaymentFileApproval",
    "PeriodClose",
    "Pledge",
    "PledgeEmployee",
    "PolicyVersion",
    "Posting",
    "ReconciliationRun",
    "Refundable",
    "RoundApproval",
    "RoundRank",
    "RoundRun",
    "Scheme",
    "StagePayment",
    "StandingRequest",
    "Statement",
    "StatementApproval",
    "StatementLine",
    "Transfer",
    "Waiver",
]
