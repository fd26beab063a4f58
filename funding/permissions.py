"""Who may do what with money; every predicate looks at the object."""

from __future__ import annotations

from typing import Any

import rules

from accounts.enums import PROVIDER_ROLES
from accounts.models import Organisation
from accounts.permissions import (
    is_administrator,
    is_agency,
    is_auditor,
    is_finance_officer,
    is_provider_admin_of,
)
from accounts.selectors import active_roles
from catalogue.permissions import acts_for
from funding.enums import ClaimState
from funding.models import AidRequest, Appeal, Claim, Commitment
from learning_accounts.models import LearningAccount


@rules.predicate
def owns_account(user: Any, account: LearningAccount | None) -> bool:
    """The account is the user's own."""
    return account is not None and account.person.user_id == user.pk


@rules.predicate
def holds(user: Any, commitment: Commitment | None) -> bool:
    """The money is held for the user."""
    return commitment is not None and commitment.account.person.user_id == user.pk


@rules.predicate
def asked(user: Any, request: AidRequest | None) -> bool:
    """The user asked for this monthly aid."""
    return request is not None and holds(user, request.commitment)


@rules.predicate
def works_for_provider(user: Any) -> bool:
    """Works for some provider; whose rows they may touch is asked of each row."""
    return any(role in PROVIDER_ROLES for _organisation, role in active_roles(user))


@rules.predicate
def teaches(user: Any, commitment: Commitment | None) -> bool:
    """Works for the provider of the training that the money is held for."""
    if commitment is None or commitment.offer is None:
        return False
    return acts_for(user, commitment.offer.version.programme.provider)


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


@rules.predicate
def owns_appeal(user: Any, appeal: Appeal | None) -> bool:
    """The question is the user's own: nobody answers themselves."""
    return appeal is not None and bool(owns_account(user, appeal.account))


rules.add_perm("funding.use_own_money", owns_account)
# Whoever answers reads why a person was refused: those who may see people (NFR-4).
rules.add_perm("funding.decide_appeal", is_administrator & ~owns_appeal)
rules.add_perm("funding.view_money", owns_account | is_agency)
rules.add_perm("funding.authorise", is_finance_officer)
# Own parts are paid to the provider, who records them; the agency may put them right.
rules.add_perm("funding.record_co_payment", teaches | is_finance_officer | is_administrator)
rules.add_perm("funding.mend_co_payment", is_finance_officer | is_administrator)
rules.add_perm(
    "funding.import_co_payments", works_for_provider | is_finance_officer | is_administrator
)
rules.add_perm("funding.view_co_payment", holds | teaches | is_agency)
rules.add_perm("funding.ask_aid", holds)
rules.add_perm("funding.decide_aid", is_finance_officer | is_administrator)
rules.add_perm("funding.end_aid", asked | is_finance_officer | is_administrator)
rules.add_perm("funding.make_aid_list", is_finance_officer | is_administrator)
rules.add_perm("funding.record_pledge", is_finance_officer | is_administrator)
rules.add_perm("funding.run_round", is_finance_officer | is_administrator)
rules.add_perm("funding.view_ledger", is_agency)
rules.add_perm("funding.close_period", is_finance_officer)
rules.add_perm("funding.reconcile", is_finance_officer | is_administrator)
rules.add_perm("funding.record_bank_account", is_where_they_are_paid)
rules.add_perm("funding.view_claim", owns_claim | (is_agency & was_sent))
rules.add_perm("funding.decide_claim", (is_finance_officer | is_administrator) & ~owns_claim)
rules.add_perm("funding.keep_refundables", is_finance_officer | is_administrator)
rules.add_perm("funding.write_policy", is_finance_officer | is_administrator)
rules.add_perm("funding.settle", is_finance_officer)
rules.add_perm("funding.pay", is_finance_officer)
rules.add_perm("funding.view_payments", is_finance_officer | is_auditor)
rules.add_perm("funding.lower_price", is_finance_officer | is_administrator)
# The person asks for it; an administrator answers such requests.
rules.add_perm("funding.forget", owns_account | is_administrator)
