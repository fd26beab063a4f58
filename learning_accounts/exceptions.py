"""Why an account cannot be opened, in words for the person."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from stars.common.errors import NotAllowed


class TooYoung(NotAllowed):
    """Under sixteen."""

    code = "too_young"

    def __init__(self) -> None:
        super().__init__(_("You can open a learning account from the age of 16."))


class NotAlive(NotAllowed):
    """The register says that the person has died."""

    code = "deceased"

    def __init__(self) -> None:
        super().__init__(
            _(
                "The population register says that this person has died. If it is wrong, write to "
                "us."
            )
        )


class TooSoon(NotAllowed):
    """Who was erased has used the money of a period that is not over."""

    code = "too_soon"

    def __init__(self, opens: date) -> None:
        super().__init__(
            _(
                "You had an account, used its money and asked us to erase your data. The money is"
                " given once for a period, so a new account has to wait."
            )
        )
        self.opens = opens
