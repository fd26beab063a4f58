"""What can go wrong with the offer, in words for the person."""

from django.utils.translation import gettext_lazy as _

from stars.common.errors import Conflict


class GroupFull(Conflict):
    """Somebody else took the last place (ENR-5)."""

    code = "group_full"

    def __init__(self) -> None:
        super().__init__(
            _("The last place in this group was just taken. Choose another group."), field="group"
        )


class ChangedMeanwhile(Conflict):
    """A colleague changed the same thing after this page was shown (PRO-6)."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            _("A colleague has just changed this. Look at what it is now and do yours again.")
        )
