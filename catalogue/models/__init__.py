"""Models of the app."""

from catalogue.models.address import FormerSlug
from catalogue.models.affinity import FEWEST_PEOPLE, ProgrammeAffinity
from catalogue.models.agreement import Agreement, Suspension
from catalogue.models.call import Call, Seminar
from catalogue.models.group import Group, Session
from catalogue.models.log import CatalogueLog
from catalogue.models.offer_rules import OfferRules, TemporaryStatus
from catalogue.models.programme import Offer, Programme, ProgrammeVersion
from catalogue.models.provider import Provider
from catalogue.models.registration import ProviderRegistration
from catalogue.models.review import ProgrammeRemark, Submission
from catalogue.models.search import (
    SearchGroup,
    SearchRow,
    SearchWord,
    Suggestion,
    Synonyms,
    UnmetSearch,
)
from catalogue.models.venue import Room, Teacher, Venue

__all__ = [
    "FEWEST_PEOPLE",
    "Agreement",
    "Call",
    "CatalogueLog",
    "FormerSlug",
    "Group",
    "Offer",
    "OfferRules",
    "Programme",
    "ProgrammeAffinity",
    "ProgrammeRemark",
    "ProgrammeVersion",
    "Provider",
    "ProviderRegistration",
    "Room",
    "SearchGroup",
    "SearchRow",
    "SearchWord",
    "Seminar",
    "Session",
    "Submission",
    "Suggestion",
    "Suspension",
    "Synonyms",
    "Teacher",
    "TemporaryStatus",
    "UnmetSearch",
    "Venue",
]
