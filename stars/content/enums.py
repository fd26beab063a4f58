"""Words of the app that may stand in a column."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PageKind(models.TextChoices):
    """What a page is, which decides where it is listed."""

    PAGE = "page", _("Page")
    HOWTO = "howto", _("Steps to follow")


class StepIcon(models.TextChoices):
    """Pictures of steps; each is a file in templates/icons/."""

    SEARCH = "search", _("Searching")
    FILTERS = "filters", _("Narrowing down")
    CARD = "card", _("Account")
    PERSON = "person", _("Person")
    PEOPLE = "people", _("Group of people")
    CALENDAR = "calendar", _("Calendar")
    CLOCK = "clock", _("Time")
    EURO = "euro", _("Money")
    DOCUMENT = "document", _("Document")
    CHECK = "check-circle", _("Done")
    MAIL = "mail", _("Envelope")
    BELL = "bell", _("Message")
    PIN = "pin", _("Place")
    SCREEN = "screen", _("Screen")
    STAR = "star", _("Star")
    QUESTION = "question", _("Question")
    DOWNLOAD = "download", _("Saving")
    CHART = "chart", _("Chart")
