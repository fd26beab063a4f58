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
    "Seminar",
    "Session",
    "Submission",
    "TemporaryStatus",
]
