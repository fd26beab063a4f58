"""Models of the app."""

from catalogue.models.group import Group, Session
from catalogue.models.log import CatalogueLog
from catalogue.models.programme import Offer, Programme, ProgrammeVersion
from catalogue.models.provider import Provider

__all__ = [
    "CatalogueLog",
    "Group",
    "Offer",
    "Programme",
    "ProgrammeVersion",
    "Provider",
    "Session",
]
