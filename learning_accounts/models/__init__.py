"""Models of the app."""

from learning_accounts.models.account import AccountLog, LearningAccount
from learning_accounts.models.draft import OpeningDraft
from learning_accounts.models.path import LearningPath, PathStep
from learning_accounts.models.record import LearningRecord
from learning_accounts.models.wishes import AlertMatch, Favourite, SearchAlert

__all__ = [
    "AccountLog",
    "AlertMatch",
    "Favourite",
    "LearningAccount",
    "LearningPath",
    "LearningRecord",
    "OpeningDraft",
    "PathStep",
    "SearchAlert",
]
