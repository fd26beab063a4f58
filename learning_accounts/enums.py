"""Words of the app that may stand in a column."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountState(models.TextChoices):
    """Life of a learning account."""

    ACTIVE = "active", _("Active")
    CLOSED = "closed", _("Closed")


class RecordSource(models.TextChoices):
    """Where an entry of the learning history came from."""

    STARS = "stars", _("Finished in STARS")
    IMPORT = "import", _("Imported")
    OWN = "own", _("Added by you")


class StepState(models.TextChoices):
    """How far a step of a learning path is."""

    PLANNED = "planned", _("Planned")
    LEARNING = "learning", _("Learning now")
    DONE = "done", _("Done")


class Reason(models.TextChoices):
    """Why somebody opens an account (L3129)."""

    SUPPORT = "support", _("To learn with public support")
    FIND = "find", _("To find suitable training")
    EXPLORE = "explore", _("To see what is possible")
    CAREER = "career", _("To get career advice")
    KEEP = "keep", _("To keep my education data in one place")


class HeardFrom(models.TextChoices):
    """Where somebody heard of the portal (Table 32, L2097)."""

    COLLEAGUES = "colleagues", _("Colleagues or manager")
    SOCIAL = "social", _("Social media")
    RELATIVES = "relatives", _("Relatives or friends")
    INSTITUTION = "institution", _("An education provider")
    CONSULTANT = "consultant", _("A career consultant or municipal coordinator")
    SEARCH = "search", _("A search engine")
    MEDIA = "media", _("Television, radio or newspapers")
    MUNICIPAL = "municipal", _("A municipality's site")
    STATE = "state", _("A state site")
