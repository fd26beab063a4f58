"""Models of the app."""

from catalogue.models.address import FormerSlug
from catalogue.models.affinity import FEWEST_PEOPLE, ProgrammeAffinity
from catalogue.models.call import Call, Seminar
from catalogue.models.group import Group, Session
from catalogue.models.log import CatalogueLog
from catalogue.models.offer_rules import OfferRules, TemporaryStatus
from catalogue.models.programme import Offer, Programme, ProgrammeVersion
from catalogue.models.provider import Provider
from catalogue.models.review import ProgrammeRemark, Submission
from catalogue.models.search import (
    SearchGroup,
    SearchRow,
    SearchWord,
    Suggestion,
    Synonyms,
    UnmetSearch,
)

__all__ = [
    "FEWEST_PEOPLE",
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
    "SearchGroup",
    "SearchRow",
    "SearchWord",
    "Seminar",
    "Session",
    "Submission",
    "Suggestion",
    "Synonyms",
    "TemporaryStatus",
    "UnmetSearch",
]
