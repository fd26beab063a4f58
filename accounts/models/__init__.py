"""Models of the app."""

from accounts.models.consent import Acceptance, LegalText
from accounts.models.erased import ErasedCode
from accounts.models.filters import SavedFilter
from accounts.models.invitation import Invitation
from accounts.models.organisation import Membership, Organisation
from accounts.models.person import Person, PersonCode, PersonFact
from accounts.models.user import User

__all__ = [
    "Acceptance",
    "ErasedCode",
    "Invitation",
    "LegalText",
    "Membership",
    "Organisation",
    "Person",
    "PersonCode",
    "PersonFact",
    "SavedFilter",
    "User",
]
