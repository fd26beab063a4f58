"""Putting the rounds of a policy into the calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from funding.enums import SchemeKind
from funding.models import AllocationRound, PolicyVersion
from funding.rules.grants import due_day
from funding.rules.terms import Terms
from stars.common.dates import add_months, riga_date, start_of_day
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

MOST = 12


@service
def plan_rounds(
    *,
    policy_id: UUID,
    first_due_on: date,
    count: int,
    actor: Any,
    at: datetime,
    cap: Decimal | None = None,
) -> list[AllocationRound]:
    """Plan `count` rounds of a policy from `first_due_on` (a day in Riga) on.

    Due days and ends are counted from the first one, so they do not drift over short months
    (reading 2.7, case 6); no lot outlives its source. `cap` in EUR for each round; without one the
    policy's own. Raises `Invalid` for a policy that gives no periodic money or is not in force on
    a due day, a day that has passed, or one after the end of the source; `Conflict` where a later
    round stands already.
    """
    require(actor, "funding.run_round", None)
    policy = PolicyVersion.objects.select_related("scheme__source").get(pk=policy_id)
    terms = Terms.read(policy.terms)
    if policy.scheme.kind != SchemeKind.ALLOCATION or not terms.term_months:
        raise Invalid(_("This policy gives no money by rounds."), field="policy_id")
    if not 1 <= count <= MOST:
        raise Invalid(_("Plan between 1 and %(most)s rounds.") % {"most": MOST}, field="count")
    if first_due_on < riga_date(at):
        raise Invalid(_("This day has passed."), field="first_due_on")
    of_scheme = AllocationRound.objects.filter(policy__scheme=policy.scheme)
    last = of_scheme.order_by("-due_on").select_for_update(of=("self",)).first()
    if last is not None and last.due_on >= first_due_on:
        raise Conflict(
            _("The round %(code)s is due on that day or later.") % {"code": last.code},
            field="first_due_on",
        )
    made: list[AllocationRound] = []
    for number in range(count):
        last = _plan(policy, terms, first_due_on, number, last, cap)
        last.log_birth(by=actor_or_none(actor), at=at)
        made.append(last)
    return made


def _plan(
    policy: PolicyVersion,
    terms: Terms,
    first: date,
    number: int,
    previous: AllocationRound | None,
    cap: Decimal | None,
) -> AllocationRound:
    """One round of the series."""
    assert terms.term_months is not None
    source = policy.scheme.source
    period = terms.period_months or terms.term_months
    due = due_day(first, number, period)
    if due > source.ends_on:
        raise Invalid(_("The source has ended by %(day)s.") % {"day": due}, field="count")
    if not policy.valid_from <= due or (policy.valid_to and due >= policy.valid_to):
        raise Invalid(
            _("The policy is not in force on %(day)s.") % {"day": due}, field="first_due_on"
        )
    code = f"{source.code}-{due:%Y-%m}".upper()
    if AllocationRound.objects.filter(code__iexact=code).exists():
        code = f"{policy.scheme.code}-{due:%Y-%m-%d}".upper()
    end = min(
        add_months(first, number * period + terms.term_months),
        source.ends_on + timedelta(days=1),
    )
    return AllocationRound.objects.create(
        code=code,
        policy=policy,
        previous=previous,
        due_on=due,
        ends_at=start_of_day(end),
        cap=cap if cap is not None else terms.round_cap,
    )
