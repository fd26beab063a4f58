"""Words of the app that may stand in a column."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ApplicationState(models.TextChoices):
    """Life of an application (money-rules.md, Lifecycles)."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for an answer")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")
    WAITLISTED = "waitlisted", _("In the queue")
    OFFERED = "offered", _("Place offered")


class ParticipationState(models.TextChoices):
    """Life of a participation."""

    ADMITTED = "admitted", _("Admitted")
    LEARNING = "learning", pgettext_lazy("state", "Learning")
    COMPLETED = "completed", _("Completed")
    INTERRUPTED = "interrupted", _("Interrupted")
    EXPELLED = "expelled", _("Expelled")
    RELEASED = "released", _("Released before the start")
    MOVED = "moved", _("Moved to another group")


class Presence(models.TextChoices):
    """A mark of one person in one session."""

    PRESENT = "present", _("Here")
    ABSENT = "absent", _("Not here")


class ConfirmedBy(models.TextChoices):
    """The second side of a completion (money-rules.md 18)."""

    LEARNER = "learner", _("The learner")
    AGENCY = "agency", _("The agency")


# An application in one of these states holds a place.
HOLDING_PLACE = (ApplicationState.SUBMITTED, ApplicationState.APPROVED)

# An application in one of these states stands in the way of another for the same group (ENR-9).
LIVING = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.APPROVED,
    ApplicationState.WAITLISTED,
    ApplicationState.OFFERED,
)

# A person in one of these states is still to learn or learns.
UNDER_WAY = (ParticipationState.ADMITTED, ParticipationState.LEARNING)
