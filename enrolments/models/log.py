"""Who moved which state when."""

from stars.common.models import TransitionLog


class EnrolmentLog(TransitionLog):
    """Moves of applications and participations."""

    class Meta(TransitionLog.Meta):
        verbose_name = "transition"
