"""Who may do what from application to completion; every predicate looks at the object."""

from __future__ import annotations

from typing import Any

import rules

from accounts.permissions import is_administrator, is_agency, is_finance_officer
from catalogue.models import Group
from catalogue.permissions import acts_for, is_own_provider_admin
from enrolments.enums import ExcuseState
from enrolments.models import Application, Excuse, Participation
from learning_accounts.models import LearningAccount


@rules.predicate
def is_own(user: Any, obj: Application | Participation | LearningAccount | None) -> bool:
    """The person behind the object is the user."""
    if obj is None:
        return False
    account = obj if isinstance(obj, LearningAccount) else obj.account
    return account.person.user_id == user.pk


@rules.predicate
def was_sent(user: Any, obj: Any) -> bool:
    """What is still a draft is nobody's business but the person's own."""
    return not isinstance(obj, Application) or obj.submitted_at is not None


@rules.predicate
def teaches(user: Any, obj: Application | Participation | Group | None) -> bool:
    """Works for the provider whose group it is."""
    if obj is None:
        return False
    group = obj if isinstance(obj, Group) else obj.group
    return acts_for(user, group.version.programme.provider)


@rules.predicate
def is_own_excuse(user: Any, obj: Excuse | None) -> bool:
    """The person who was away is the user."""
    return obj is not None and is_own(user, obj.participation)


@rules.predicate
def is_asked(user: Any, obj: Excuse | None) -> bool:
    """Works for the provider that is to answer, or has answered."""
    return obj is not None and teaches(user, obj.participation)


@rules.predicate
def decides(user: Any, obj: Excuse | None) -> bool:
    """Health is for whoever decides: while it waits, and afterwards for who did."""
    return (
        obj is not None
        and (obj.state == ExcuseState.SUBMITTED or obj.decided_by_id == user.pk)
        and teaches(user, obj.participation)
    )


rules.add_perm("enrolments.apply", is_own)
rules.add_perm("enrolments.withdraw", is_own)
rules.add_perm("enrolments.dispute", is_own)
rules.add_perm("enrolments.decide_dispute", is_administrator)
rules.add_perm("enrolments.view_application", is_own | (was_sent & (teaches | is_agency)))
rules.add_perm("enrolments.decide_application", was_sent & teaches)
rules.add_perm("enrolments.view_group", teaches | is_agency)
rules.add_perm("enrolments.run_group", teaches)
rules.add_perm("enrolments.mark_attendance", teaches)
rules.add_perm("enrolments.record_outcome", teaches)
rules.add_perm("enrolments.confirm_completion", is_own)
rules.add_perm("enrolments.answer_move", is_own)
rules.add_perm("enrolments.view_certificate", is_own | teaches | is_agency)
rules.add_perm("enrolments.write_certificate_template", is_own_provider_admin)
# An auditor reads only.
rules.add_perm("enrolments.confirm_for_agency", is_administrator | is_finance_officer)
rules.add_perm("enrolments.confirm_presence", is_own)
rules.add_perm("enrolments.excuse", is_own)
rules.add_perm("enrolments.withdraw_excuse", is_own_excuse)
rules.add_perm("enrolments.decide_excuse", is_asked)
rules.add_perm("enrolments.read_excuse_papers", is_own_excuse | decides)
