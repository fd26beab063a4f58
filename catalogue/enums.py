"""Words of the app that may stand in a column."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProviderState(models.TextChoices):
    """Whether a provider's offer is shown."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Agreement ended")


class VersionState(models.TextChoices):
    """Life of a programme version (CAT-10)."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


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
