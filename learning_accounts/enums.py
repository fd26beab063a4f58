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
