"""Words of the app that may stand in a column."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SchemeKind(models.TextChoices):
    """The ways of supporting (FUN-2)."""

    ALLOCATION = "allocation", _("Money on the learning account")
    FULL_COVER = "full_cover", _("Paid in full")
    COFUNDED = "cofunded", _("A share of the price")
    REIMBURSEMENT = "reimbursement", _("Costs paid back")
    STIPEND = "stipend", _("Stipend")


class Origin(models.TextChoices):
    """Whose money it is (FUN-1)."""

    EU = "eu", _("European Union")
    STATE = "state", pgettext_lazy("origin", "State")
    OTHER = "other", _("Other")


class AccountKind(models.TextChoices):
    """Kinds of ledger account; only the appropriation may go below zero."""

    APPROPRIATION = "appropriation", _("Budget decision")
    POOL = "pool", _("Money of the source")
    LOT = "lot", _("Grant")
    COMMITMENT = "commitment", _("Held for an application")
    PAYABLE = "payable", _("Owed to a provider")
    PAYABLE_HELD = "payable_held", _("Owed, payment on hold")
    PAID = "paid", _("Paid")
    FORFEITED = "forfeited", _("Forfeited")


class PostingKind(models.TextChoices):
    """What a posting means; each kind has its own idempotency key (docs/idempotency.md)."""

    AUTHORISE = "authorise", _("Money made available")
    GRANT = "grant", _("Money granted")
    HOLD = "hold", _("Money held")
    RELEASE = "release", _("Money released")
    CAPTURE = "capture", _("Money owed to the provider")
    ANNUL = "annul", _("Money taken back at the end of the term")
    DECLINE = "decline", _("Money declined")
    FORFEIT = "forfeit", _("Money forfeited")
    STAGE = "stage", _("A part owed to the provider")
    ADJUST = "adjust", _("A difference of a settlement")
    STIPEND = "stipend", _("A stipend approved")
    HOLD_PAYMENT = "hold_payment", _("Payment put on hold")
    FREE_PAYMENT = "free_payment", _("Payment no longer on hold")
    PAY = "pay", _("Money paid")
    RETURN = "return", _("Money that the bank sent back")
    REVERSE = "reverse", _("Reversal")


class GrantState(models.TextChoices):
    """Life of a grant (money-rules.md, Lifecycles)."""

    ACTIVE = "active", _("Can be used")
    ACCUMULATED = "accumulated", _("Kept for one more period")
    USED_UP = "used_up", _("Used up")
    DECLINED = "declined", _("Declined")
    ANNULLED = "annulled", _("Annulled")
    FORFEITED = "forfeited", _("Lost")


LIVE_GRANTS = (GrantState.ACTIVE, GrantState.ACCUMULATED)


class CommitmentState(models.TextChoices):
    """Life of a commitment: captured means the provider is owed the money."""

    HELD = "held", _("Held")
    CAPTURED = "captured", _("Owed to the provider")
    PAYABLE = "payable", _("Approved for payment")
    PAYABLE_HELD = "payable_held", _("Payment on hold")
    PAID = "paid", _("Paid")
    RELEASED = "released", _("Released")
    FORFEITED = "forfeited", _("Lost")


class ReleaseCause(models.TextChoices):
    """On whose side the reason lies; decides about money released after the term (rule 7)."""

    PERSON = "person", _("The person")
    PROVIDER = "provider", _("The provider")
    AGENCY = "agency", _("The agency")
    QUALITY = "quality", _("Quality of the programme")
    NO_ANSWER = "no_answer", _("No answer in time")


class Answer(models.TextChoices):
    """What a criterion says."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known")


class PayerKind(models.TextChoices):
    """Who pays the part that is not supported (FUN-9)."""

    PERSON = "person", _("I pay")
    FAMILY = "family", _("My family or someone else")
    EMPLOYER = "employer", _("My employer")


class RoundState(models.TextChoices):
    """Life of an allocation round."""

    PLANNED = "planned", pgettext_lazy("round", "Planned")
    OPEN = "open", _("Open")
    CLOSED = "closed", pgettext_lazy("round", "Closed")


class ClaimState(models.TextChoices):
    """Life of a claim for a refund (FUN-10)."""

    DRAFT = "draft", pgettext_lazy("claim", "Draft")
    WAITING = "waiting", pgettext_lazy("claim", "Waiting for its turn")
    SUBMITTED = "submitted", pgettext_lazy("claim", "Sent")
    APPROVED = "approved", pgettext_lazy("claim", "Approved")
    REJECTED = "rejected", pgettext_lazy("claim", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Withdrawn")
    PAID = "paid", pgettext_lazy("claim", "Paid")


class RefundKind(models.TextChoices):
    """What is paid back (rule 13)."""

    CERTIFICATE = "certificate", _("International certificate")
    ASSESSMENT = "assessment", _("Assessment of professional competence")


class AidKind(models.TextChoices):
    """What is paid each month beside the training (rule 14, L1087)."""

    STIPEND = "stipend", _("Stipend")
    TRANSPORT = "transport", _("Travel costs")
    HOUSING = "housing", _("Housing costs")


class AidState(models.TextChoices):
    """Life of a request for monthly aid."""

    ASKED = "asked", pgettext_lazy("aid", "Asked")
    APPROVED = "approved", pgettext_lazy("aid", "Approved")
    REFUSED = "refused", pgettext_lazy("aid", "Refused")
    ENDED = "ended", pgettext_lazy("aid", "Ended")


class ListState(models.TextChoices):
    """Life of what two people approve: a statement or a list of stipends."""

    DRAFT = "draft", pgettext_lazy("statement", "Draft")
    WAITING = "waiting", pgettext_lazy("statement", "Waiting for the second person")
    APPROVED = "approved", pgettext_lazy("statement", "Approved")
    PAID = "paid", pgettext_lazy("statement", "Paid")
    CANCELLED = "cancelled", pgettext_lazy("statement", "Cancelled")


class LineKind(models.TextChoices):
    """What a line of a statement is for."""

    COMPLETED = "completed", _("Training completed")
    STAGE = "stage", _("Part of a training")
    DIFFERENCE = "difference", _("Correction of an earlier statement")


class PaymentState(models.TextChoices):
    """Life of one payment through the bank."""

    READY = "ready", pgettext_lazy("payment", "To be paid")
    HELD = "held", pgettext_lazy("payment", "On hold")
    SENT = "sent", pgettext_lazy("payment", "Sent to the bank")
    PAID = "paid", pgettext_lazy("payment", "Paid")
    REJECTED = "rejected", pgettext_lazy("payment", "Rejected by the bank")
    CANCELLED = "cancelled", pgettext_lazy("payment", "Cancelled")


class FileState(models.TextChoices):
    """Life of a payment file (ISO 20022 pain.001)."""

    WAITING = "waiting", pgettext_lazy("payment file", "Waiting for the second person")
    APPROVED = "approved", pgettext_lazy("payment file", "Approved")
    SENT = "sent", pgettext_lazy("payment file", "Sent to the bank")
    CANCELLED = "cancelled", pgettext_lazy("payment file", "Cancelled")


class AppealState(models.TextChoices):
    """Life of a decision that was put before a person of the agency."""

    ASKED = "asked", pgettext_lazy("appeal", "Waiting for an answer")
    UPHELD = "upheld", pgettext_lazy("appeal", "The decision stands")
    CHANGED = "changed", pgettext_lazy("appeal", "The decision was changed")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "Withdrawn")
