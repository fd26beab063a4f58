"""Who moved which state when."""

from stars.common.models import TransitionLog


class CatalogueLog(TransitionLog):
    """Moves of programme versions and groups."""

    class Meta(TransitionLog.Meta):
        verbose_name = "transition"
