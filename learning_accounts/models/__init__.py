"""Models of the app."""

from learning_accounts.models.account import AccountLog, LearningAccount
from learning_accounts.models.draft import OpeningDraft
from learning_accounts.models.path import LearningPath, PathStep
from learning_accounts.models.record import LearningRecord

__all__ = [
    "AccountLog",
    "LearningAccount",
    "LearningPath",
    "LearningRecord",
    "OpeningDraft",
    "PathStep",
]
