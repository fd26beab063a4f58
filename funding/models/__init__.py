"""Models of the app."""

from funding.models.commitment import Commitment, CommitmentLine, CoPayment
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
from funding.models.policy import Budget, FundingSource, PolicyVersion, Scheme
from funding.models.reconciliation import ReconciliationRun

__all__ = [
    "AllocationRound",
    "Budget",
    "CoPayment",
    "Commitment",
    "CommitmentLine",
    "Decision",
    "FundingLog",
    "FundingSource",
    "Grant",
    "LedgerAccount",
    "PolicyVersion",
    "Posting",
    "ReconciliationRun",
    "RoundApproval",
    "RoundRank",
    "RoundRun",
    "Scheme",
    "StandingRequest",
    "Transfer",
]
