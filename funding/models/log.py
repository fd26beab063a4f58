"""Who moved which state when."""

from stars.common.models import TransitionLog


class FundingLog(TransitionLog):
    """Moves of rounds, grants and commitments."""

    class Meta(TransitionLog.Meta):
        verbose_name = "transition"
