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
    CANCELLED = "cancelled", _("The group does not take place")
    # What stays behind in the group that somebody left for another one with consent.
    MOVED = "moved", _("Moved to another group")


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


class AbsenceReason(models.TextChoices):
    """Why somebody was away, as far as the provider has to know."""

    HEALTH = "health", _("Health")
    CHILD = "child", _("A child or somebody close is ill")
    WORK = "work", pgettext_lazy("absence", "Work")
    OTHER = "other", _("Something else")


class ExcuseState(models.TextChoices):
    """Whether the provider accepts why somebody was away."""

    SUBMITTED = "submitted", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class MoveState(models.TextChoices):
    """A proposed move to another group."""

    PROPOSED = "proposed", _("Waiting for your answer")
    ACCEPTED = "accepted", _("Moved")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DisputeState(models.TextChoices):
    """A case of "this was not me"."""

    OPEN = "open", _("The agency looks into it")
    UPHELD = "upheld", _("It was somebody else")
    DISMISSED = "dismissed", _("It was the person")


class ConfirmedBy(models.TextChoices):
    """The second side of a completion (money-rules.md 18)."""

    LEARNER = "learner", _("The learner")
    AGENCY = "agency", _("The agency")


# An application in one of these states holds a place; one that is offered is taken for others.
HOLDING_PLACE = (
    ApplicationState.SUBMITTED,
    ApplicationState.APPROVED,
    ApplicationState.OFFERED,
)

# An application in one of these states is still filled in by the person.
UNSENT = (ApplicationState.DRAFT, ApplicationState.OFFERED)

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
