"""Who may do what with money; every predicate looks at the object."""

from __future__ import annotations

from typing import Any

import rules

from accounts.models import Organisation
from accounts.permissions import (
    is_administrator,
    is_agency,
    is_finance_officer,
    is_provider_admin_of,
)
from funding.enums import ClaimState
from funding.models import Claim
from learning_accounts.models import LearningAccount


@rules.predicate
def owns_account(user: Any, account: LearningAccount | None) -> bool:
    """The account is the user's own."""
    return account is not None and account.person.user_id == user.pk


@rules.predicate
def is_where_they_are_paid(user: Any, whose: Organisation | LearningAccount | None) -> bool:
    """Their own account, or the provider that they administer."""
    if isinstance(whose, Organisation):
        return bool(is_provider_admin_of(user, whose))
    return bool(owns_account(user, whose))


@rules.predicate
def owns_claim(user: Any, claim: Claim | None) -> bool:
    """The claim is the user's own."""
    return claim is not None and bool(owns_account(user, claim.account))


@rules.predicate
def was_sent(user: Any, claim: Claim | None) -> bool:
    """What somebody is still writing is nobody else's business."""
    return claim is None or claim.state != ClaimState.DRAFT


rules.add_perm("funding.use_own_money", owns_account)
rules.add_perm("funding.view_money", owns_account | is_agency)
rules.add_perm("funding.authorise", is_finance_officer)
rules.add_perm("funding.record_pledge", is_finance_officer | is_administrator)
rules.add_perm("funding.run_round", is_finance_officer | is_administrator)
rules.add_perm("funding.view_ledger", is_agency)
rules.add_perm("funding.close_period", is_finance_officer)
rules.add_perm("funding.reconcile", is_finance_officer | is_administrator)
rules.add_perm("funding.record_bank_account", is_where_they_are_paid)
rules.add_perm("funding.view_claim", owns_claim | (is_agency & was_sent))
rules.add_perm("funding.decide_claim", (is_finance_officer | is_administrator) & ~owns_claim)
rules.add_perm("funding.keep_refundables", is_finance_officer | is_administrator)
