"""Words of the app that may stand in a column."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProviderState(models.TextChoices):
    """Whether a provider's offer is shown."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Agreement ended")


class RegistrationState(models.TextChoices):
    """Life of an organisation's request to become a provider (PRO-2)."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Sent to the agency")
    RETURNED = "returned", _("Returned to be mended")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RunningGroups(models.TextChoices):
    """What becomes of groups under way when a provider or programme is suspended (ENR-8)."""

    FINISH = "finish", _("They learn to the end")
    MOVE = "move", _("People move to another group")
    STOP = "stop", _("They stop; place and money are freed")


class VersionState(models.TextChoices):
    """Life of a programme version (CAT-10)."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Sent to the agency")
    IN_REVIEW = "in_review", _("In review")
    RETURNED = "returned", _("Returned to be mended")
    APPROVED = "approved", pgettext_lazy("version", "Approved")
    REJECTED = "rejected", pgettext_lazy("version", "Rejected")
    PUBLISHED = "published", _("Published")
    SUSPENDED = "suspended", _("Suspended")
    ARCHIVED = "archived", _("Archived")


# Both may be written; between them lies a submission.
UNSENT = (VersionState.DRAFT, VersionState.RETURNED)
# On its way to being shown; a programme has one such version at most.
IN_WORK = (
    *UNSENT,
    VersionState.SUBMITTED,
    VersionState.IN_REVIEW,
    VersionState.APPROVED,
)
# What the programme's page shows.
SHOWN = (VersionState.PUBLISHED, VersionState.SUSPENDED)


class ReviewOutcome(models.TextChoices):
    """What the agency decided about a submission."""

    RETURNED = "returned", _("Returned to be mended")
    APPROVED = "approved", pgettext_lazy("version", "Approved")
    REJECTED = "rejected", pgettext_lazy("version", "Rejected")
    # Not the agency's: the provider took it back before anybody looked.
    WITHDRAWN = "withdrawn", _("Taken back by the provider")


class Recommender(models.TextChoices):
    """Who recommends an experimental programme (CAT-12)."""

    EMPLOYER = "employer", _("Employer")
    EXPERT = "expert", _("Expert of the industry")


class TemporaryState(models.TextChoices):
    """Whether a programme has temporary status."""

    ACTIVE = "active", _("Temporary status")
    ENDED = "ended", _("Temporary status ended")


class Mode(models.TextChoices):
    """How the learning happens."""

    ON_SITE = "on_site", _("On site")
    REMOTE = "remote", _("Online")
    HYBRID = "hybrid", _("Partly online")


class GroupState(models.TextChoices):
    """Life of a group (money-rules.md, Lifecycles)."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open for applications")
    CLOSED = "closed", _("Applications closed")
    RUNNING = "running", _("Under way")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")
    SUSPENDED = "suspended", _("Suspended")


# What a programme may be taught in.
LANGUAGES = {
    "lv": _("Latvian"),
    "en": _("English"),
    "ru": _("Russian"),
}
