"""Who may do what with a learning account; every predicate looks at the object."""

from __future__ import annotations

from typing import Any

import rules

from learning_accounts.models import LearningAccount


@rules.predicate
def owns(user: Any, account: LearningAccount | None) -> bool:
    """The account is the user's own."""
    return account is not None and account.person.user_id == user.pk


rules.add_perm("learning_accounts.use", owns)
