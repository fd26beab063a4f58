"""Who may do what with money; every predicate looks at the object."""

from __future__ import annotations

from typing import Any

import rules

from accounts.permissions import is_administrator, is_agency, is_finance_officer
from learning_accounts.models import LearningAccount


@rules.predicate
def owns_account(user: Any, account: LearningAccount | None) -> bool:
    """The account is the user's own."""
    return account is not None and account.person.user_id == user.pk


rules.add_perm("funding.use_own_money", owns_account)
rules.add_perm("funding.view_money", owns_account | is_agency)
rules.add_perm("funding.authorise", is_finance_officer)
rules.add_perm("funding.run_round", is_finance_officer | is_administrator)
rules.add_perm("funding.view_ledger", is_agency)
rules.add_perm("funding.reconcile", is_finance_officer | is_administrator)
