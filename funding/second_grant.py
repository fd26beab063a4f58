"""Why somebody who has had money does not get it again (money-rules.md, rule 3)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funding.criterion import Line, both
from funding.enums import Answer, CommitmentState, GrantState
from funding.models import AllocationRound, CommitmentLine, Grant, StandingRequest
from funding.rules.terms import Terms
from funding.services import round_sql
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date

# A name that a waiver can have, beside those of the policy's criteria.
SECOND = round_sql.SECOND
_AFTER = {
    "accumulated": pgettext_lazy("earlier money", "kept for later"),
    "used_and_completed": pgettext_lazy("earlier money", "used, with the training completed"),
    "used": pgettext_lazy("earlier money", "used"),
}


def refused_second(this: AllocationRound, account: LearningAccount, at: datetime) -> Line | None:
    """The line that refuses another grant to `account` in the round `this`, whose due day has come.

    None where nothing is refused by it: no earlier grant or all that the policy allows, not asked
    in time, still learning for the earlier money, or served. The account fulfils the policy's
    criteria; the round's own statement decides.
    """
    terms = Terms.read(this.policy.terms)
    own = Grant.objects.filter(
        account=account, policy__scheme=this.policy.scheme_id, replaces__isnull=True
    )
    earlier = list(own.values_list("round_id", "state"))
    counted = [
        number
        for number, state in earlier
        if terms.declined_counts_as_first or state != GrantState.DECLINED
    ]
    if not 0 < len(counted) < terms.max_grants or this.pk in {number for number, _state in earlier}:
        return None
    asked = account.opened_at
    if terms.requested:
        request = StandingRequest.objects.filter(account=account, ended_at__isnull=True).first()
        if request is None:
            return None
        asked = request.asked_at
    lines = CommitmentLine.objects.filter(grant__in=own, commitment__state=CommitmentState.HELD)
    if this.due_on > riga_date(at) or asked > round_sql.asked_until(this, at) or lines.exists():
        return None
    sql, params = round_sql.candidates(this, at, [account.pk])
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        if cursor.fetchone():
            return None
    text = both(*_words(terms))
    return Line(SECOND, Answer.NO.value, "", "stars", riga_date(at).isoformat(), *text)


def _words(terms: Terms) -> tuple[str | Promise, dict[str, str | Promise]]:
    if not terms.second_after:
        return _("Money does not come again after earlier money was lost or taken back"), {}
    how: str | Promise = ""
    for name in terms.second_after:
        how = (
            format_lazy(_("{one} or {other}"), one=how, other=_AFTER[name]) if how else _AFTER[name]
        )
    if terms.second_window == "next":
        return (
            _("Money comes again only in the next period, and if the earlier money was %(how)s"),
            {"how": how},
        )
    return _("Money comes again only if the earlier money was %(how)s"), {"how": how}
