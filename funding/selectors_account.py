"""Each grant of a person: what became of its euros, what can be done with it, what happens if
nothing is done (ILA-4, FUN-5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from funding.enums import LIVE_GRANTS, CommitmentState, GrantState
from funding.models import CommitmentLine, FundingLog, Grant
from funding.rules.grants import accumulated_end, may_be_kept
from funding.rules.terms import Terms
from funding.selectors import SPENT, last_usable_day
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.common.money import ZERO

# From when the page says that money is about to leave; the first reminder comes on the same day.
SOON = timedelta(days=60)


@dataclass(frozen=True)
class Choice:
    """Whether something can be done with a grant, and if not, why (a code word)."""

    possible: bool
    why_not: str = ""


@dataclass(frozen=True)
class LotStory:
    """One grant as its owner sees it. EUR; granted = free + held + paid + gone."""

    grant: Grant
    free: Decimal
    # For trainings that have not ended; for those that have; what left the account unused.
    held: Decimal
    paid: Decimal
    # Of what left: given again under a new term (rule 7).
    renewed: Decimal
    living: bool
    days_left: int
    ended_on: date | None
    kept_until: date
    keep: Choice
    give_back: Choice

    @property
    def terms(self) -> Terms:
        """The rules it was granted under (rule 11)."""
        return Terms.read(self.grant.policy.terms)

    @property
    def last_day(self) -> date:
        """The last day on which it can be used."""
        return last_usable_day(self.grant.ends_at)

    @property
    def leaves_on(self) -> date:
        """The day whose beginning takes the free part away (rule 2)."""
        return riga_date(self.grant.ends_at)

    @property
    def gone(self) -> Decimal:
        """What left the account unused."""
        return self.grant.amount - self.free - self.held - self.paid

    @property
    def kept_by_itself(self) -> bool:
        """At the end it is kept for one more period if nothing is chosen (`Terms.at_end`)."""
        return self.keep.possible and self.terms.at_end == "accumulate"

    @property
    def ends_soon(self) -> bool:
        """It is time to do something about it."""
        return self.living and self.free > 0 and self.days_left <= SOON.days


def grants_of(account: LearningAccount) -> QuerySet[Grant]:
    """All grants of one person with the rules they came under."""
    return Grant.objects.filter(account=account).select_related(
        "ledger_account", "round", "policy__scheme__source"
    )


def lots(account: LearningAccount, at: datetime) -> list[LotStory]:
    """Every grant: the living ones by their end, then the ended ones, newest first. 3 queries."""
    rows = list(grants_of(account).order_by("ends_at", "granted_at", "pk"))
    used = _used(account)
    ended = _ended(rows)
    stories = [_story(row, used[row.pk], ended.get(row.pk), at) for row in rows]
    over = [story for story in stories if not story.living]
    return [story for story in stories if story.living] + over[::-1]


def lot(account: LearningAccount, grant_id: UUID, at: datetime) -> LotStory | None:
    """One living grant of this person; None for anything else."""
    return next((one for one in lots(account, at) if one.living and one.grant.pk == grant_id), None)


@dataclass(frozen=True)
class _Used:
    held: Decimal = ZERO
    paid: Decimal = ZERO
    renewed: Decimal = ZERO


def _used(account: LearningAccount) -> Mapping[UUID, _Used]:
    """What applications drew on each grant, by what became of it."""
    lines = CommitmentLine.objects.filter(grant__account=account).order_by().values("grant_id")
    sums = lines.annotate(
        held=Sum("amount", filter=Q(commitment__state=CommitmentState.HELD)),
        paid=Sum("amount", filter=Q(commitment__state__in=SPENT)),
    )
    renewed: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    again = CommitmentLine.objects.filter(
        grant__account=account, commitment__replacements__isnull=False
    ).select_related("commitment", "grant")
    for line in again:
        # What came back before the end went into the grant itself.
        ended_at = line.commitment.ended_at
        if ended_at is not None and line.grant.ends_at <= ended_at:
            renewed[line.grant_id] += line.amount
    found: dict[UUID, _Used] = defaultdict(_Used)
    for row in sums:
        key = row["grant_id"]
        found[key] = _Used(row["held"] or ZERO, row["paid"] or ZERO, renewed[key])
    return found


def _ended(grants: Iterable[Grant]) -> dict[UUID, datetime]:
    """When each grant came to its last state."""
    over = [grant.pk for grant in grants if grant.state not in LIVE_GRANTS]
    moves = FundingLog.objects.filter(object_type="grant", object_id__in=over).order_by("id")
    return dict(moves.values_list("object_id", "at"))


def _story(grant: Grant, used: _Used, ended_at: datetime | None, at: datetime) -> LotStory:
    living = grant.state in LIVE_GRANTS and grant.ends_at > at
    # A grant whose time is over is empty for its owner, even where the nightly run is still due.
    free = grant.ledger_account.balance if living else ZERO
    ended = ended_at or (None if living else grant.ends_at)
    kept_until = kept(grant)
    return LotStory(
        grant=grant,
        free=free,
        held=used.held,
        paid=used.paid,
        renewed=used.renewed,
        living=living,
        days_left=(last_usable_day(grant.ends_at) - riga_date(at)).days,
        ended_on=riga_date(ended) if ended else None,
        kept_until=kept_until,
        keep=_may_keep(grant, free, kept_until) if living else Choice(False, "over"),
        give_back=_may_give_back(grant, free) if living else Choice(False, "over"),
    )


def kept(grant: Grant) -> date:
    """The last usable day if it is kept for one more period now (rule 5)."""
    terms = Terms.read(grant.policy.terms)
    months = (terms.term_months or 0) + terms.accumulate_months
    ends_on = grant.policy.scheme.source.ends_on
    return last_usable_day(accumulated_end(grant.ends_at, grant.round.due_on, months, ends_on))


def _may_keep(grant: Grant, free: Decimal, kept_until: date) -> Choice:
    """The same questions as `services.grants.accumulate` asks, so that the page can say why not."""
    terms = Terms.read(grant.policy.terms)
    if grant.replaces_id is not None:
        return Choice(False, "replacement")
    if grant.state == GrantState.ACCUMULATED:
        return Choice(False, "kept_already")
    if not terms.accumulate_times:
        return Choice(False, "policy")
    if free <= 0:
        return Choice(False, "empty")
    if not may_be_kept(terms.accumulate_parts, grant.amount, free):
        return Choice(False, "whole_only")
    if kept_until <= last_usable_day(grant.ends_at):
        return Choice(False, "source_ends")
    return Choice(True)


def _may_give_back(grant: Grant, free: Decimal) -> Choice:
    if free != grant.amount:
        return Choice(False, "used")
    return Choice(True)


def grants_before(grant: Grant) -> int:
    """How many grants of its policy's scheme the person had before this one."""
    earlier = Grant.objects.filter(
        account=grant.account_id,
        policy__scheme=grant.policy.scheme_id,
        granted_at__lt=grant.granted_at,
        replaces__isnull=True,
    )
    return earlier.exclude(state=GrantState.DECLINED).aggregate(n=Count("pk"))["n"]
