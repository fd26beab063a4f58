"""What can go wrong with money, in words for the person."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stars.common.errors import Conflict, DomainError, Invalid


class InsufficientFunds(DomainError):
    """A transfer would take more than is there; nothing was written."""

    status = 409
    code = "insufficient_funds"

    def __init__(self, message: str | Promise | None = None) -> None:
        super().__init__(message or _("There is not enough money for this."))


class QuoteChanged(Conflict):
    """What the person confirmed is no longer what they would pay."""

    code = "quote_changed"

    def __init__(self) -> None:
        super().__init__(_("What you would pay has changed. Look at the sum again and confirm it."))


class KeyReused(Conflict):
    """The same idempotency key came with other lines."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This was already recorded with other amounts."))


class Frozen(Conflict):
    """Somebody said "this was not me": the money stays where it is until the agency has looked."""

    code = "frozen"

    def __init__(self) -> None:
        super().__init__(
            _(
                "The agency is looking into this application. Until it has decided, nothing of its"
                " money is paid or given back."
            )
        )


class ClosedPeriod(Conflict):
    """It would count in a month whose books are closed."""

    code = "closed_period"

    def __init__(self, message: str | Promise | None = None, *, field: str | None = None) -> None:
        said = message or _("The books of this month are closed. Write it in the present month.")
        super().__init__(said, field=field)


class UnknownRound(Invalid):
    """No round has this code."""

    code = "unknown_round"


class OutsideWindow(Invalid):
    """A round was to run at a moment outside its window."""

    code = "outside_window"
