"""The agency's pages of money: each file registers its own when it is imported here."""

from funding import (  # noqa: F401
    admin_aid,
    admin_appeals,
    admin_books,
    admin_claims,
    admin_co_payments,
    admin_desk,
    admin_ledger,
    admin_payments,
    admin_pledges,
    admin_policy,
    admin_rounds,
    admin_settlement,
)
