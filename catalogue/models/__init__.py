"""Models of the app."""

from catalogue.models.address import FormerSlug
from catalogue.models.affinity import FEWEST_PEOPLE, ProgrammeAffinity
from catalogue.models.group import Group, Session
from catalogue.models.log import CatalogueLog
from catalogue.models.programme import Offer, Programme, ProgrammeVersion
from catalogue.models.provider import Provider

__all__ = [
    "FEWEST_PEOPLE",
    "CatalogueLog",
    "FormerSlug",
    "Group",
    "Offer",
    "Programme",
    "ProgrammeAffinity",
    "ProgrammeVersion",
    "Provider",
    "Session",
]
