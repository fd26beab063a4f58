"""Money: policies, ledger, grants, commitments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundingConfig(AppConfig):
    """Registers the messages about money, its papers, and who hears of a payment."""

    name = "funding"
    label = "funding"
    verbose_name = _("Money")

    def ready(self) -> None:
        from funding import (
            erasure,
            files,
            files_co_payments,
            files_settlement,
            messages,
            messages_aid,
            messages_appeals,
            messages_books,
            messages_claims,
            messages_settlement,
        )
        from funding.services import aid_lists, claims, payments, settling

        files.register()
        erasure.register()
        files_co_payments.register()
        messages.register()
        messages_books.register()
        messages_appeals.register()
        messages_aid.register()
        messages_claims.register()
        messages_settlement.register()
        payments.hear("claim", paid=claims.hear_paid, came_back=claims.hear_came_back)
        files_settlement.register()
        payments.hear(
            "statement", paid=settling.statement_paid, came_back=settling.statement_came_back
        )
        payments.hear("aid_month", paid=aid_lists.hear_paid, came_back=aid_lists.hear_came_back)
