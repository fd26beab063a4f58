"""What can go wrong between application and completion, in words for the person."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from stars.common.errors import Conflict, DomainError

if TYPE_CHECKING:
    from enrolments.models import Attendance


class AlreadyApplied(Conflict):
    """There is a living application for this group or programme (ENR-9)."""

    code = "already_applied"

    def __init__(self, application_id: UUID) -> None:
        super().__init__(_("You have already applied for this training."))
        self.application_id = application_id


class DraftChanged(Conflict):
    """The application was changed in another window after this page was shown."""

    code = "draft_changed"

    def __init__(self) -> None:
        super().__init__(
            _("You changed this application in another window. Check it again and send it.")
        )


class MarkedMeanwhile(Conflict):
    """Two teachers marked the same person; the second sees what the first wrote (PRO-6)."""

    code = "marked_meanwhile"

    def __init__(self, current: Attendance | None) -> None:
        super().__init__(_("Someone else has just marked this person. Check the mark."))
        self.current = current


class ReasonNeeded(Conflict):
    """The month is closed, or the outcome recorded: a mark changes with a reason only (PRO-5)."""

    code = "month_closed"

    def __init__(self) -> None:
        super().__init__(_("This month is closed. Write why you change the mark."), field="reason")


class LinkWrong(DomainError):
    """The link of a letter that was changed, or is too old."""

    status = 410
    code = "link_expired"

    def __init__(self) -> None:
        super().__init__(
            _("This link is no longer good. Sign in to your account, or write to the agency.")
        )


class ExcusedAbsence(Conflict):
    """Nobody is expelled for hours that have an accepted reason (docs/adr/0021)."""

    code = "excused"

    def __init__(self, *, excused: int) -> None:
        super().__init__(
            format_lazy(
                _(
                    "{excused} of the missed hours have an accepted reason: nobody is expelled for"
                    " them. Suggest another group of the programme to the person."
                ),
                excused=excused,
            )
        )


class TooLittleAttendance(DomainError):
    """Less than the required share of hours (money-rules.md 15)."""

    status = 409
    code = "attendance"

    def __init__(self, *, share: Decimal, required: Decimal) -> None:
        super().__init__(
            format_lazy(
                _("Attendance is {share} % and {required} % are needed to complete the training."),
                # Cut, not rounded: "80 %" must not stand beside a refusal.
                share=int(share * 100),
                required=int(required * 100),
            )
        )
        self.share = share
        self.required = required


class NotTaken(Conflict):
    """Somebody of many cannot be completed, so nobody was; `errors` say why, by participation."""

    code = "not_taken"

    def __init__(self, errors: dict[UUID, DomainError]) -> None:
        super().__init__(_("Something changed meanwhile, so nothing was recorded. Look again."))
        self.errors = errors
