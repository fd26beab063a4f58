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
    STATE = "state", _("State")
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
    PAY = "pay", _("Money paid")
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
