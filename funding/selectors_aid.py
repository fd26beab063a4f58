"""What monthly aid there is for a training, and what each month gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from funding.enums import (
    AidKind,
    AidState,
    CommitmentState,
    ListState,
    PaymentState,
    SchemeKind,
)
from funding.models import AidMonth, AidRequest, Commitment, Payment, PolicyVersion
from funding.rules.aid import enough
from funding.rules.terms import Terms
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.common.money import ZERO


def policies_for(commitment: Commitment, at: datetime) -> dict[str, PolicyVersion]:
    """The rules of each kind of aid (AidKind) that the source has for this type of training."""
    if commitment.offer is None:
        return {}
    return _for(commitment, _rules({commitment.source_id}, riga_date(at)))


def _rules(source_ids: set[UUID], day: date) -> QuerySet[PolicyVersion]:
    """The versions of monthly aid of these sources that hold on the day; the first scheme last."""
    versions = PolicyVersion.objects.holding(day).filter(
        scheme__source__in=source_ids, scheme__kind=SchemeKind.STIPEND
    )
    return versions.select_related("scheme").order_by("-scheme__order", "-pk")


def _for(commitment: Commitment, versions: Iterable[PolicyVersion]) -> dict[str, PolicyVersion]:
    assert commitment.offer is not None
    code = commitment.offer.version.type.code
    return {
        Terms.read(version.terms).aid_kind: version
        for version in versions
        if version.scheme.source_id == commitment.source_id
        and (not version.scheme.programme_types or code in version.scheme.programme_types)
    }


def has_aid(commitment: Commitment, at: datetime) -> bool:
    """Whether the page of monthly aid has something to say about this training."""
    if AidRequest.objects.filter(commitment=commitment).exists():
        return True
    return commitment.state == CommitmentState.HELD and bool(policies_for(commitment, at))


def unasked(account: LearningAccount, at: datetime) -> list[tuple[Commitment, list[AidKind]]]:
    """Trainings under way with the kinds of aid that can still be asked for: three queries, one
    for whoever learns nothing."""
    held = list(
        Commitment.objects.filter(account=account, state=CommitmentState.HELD, offer__isnull=False)
        .select_related("offer__version__type")
        .order_by("-held_at", "pk")
    )
    if not held:
        return []
    rules = list(_rules({each.source_id for each in held}, riga_date(at)))
    if not rules:
        return []
    asked = set(
        AidRequest.objects.filter(
            commitment__in=held, state__in=(AidState.ASKED, AidState.APPROVED)
        ).values_list("commitment_id", "kind")
    )
    found = []
    for each in held:
        offered = _for(each, rules)
        kinds = [kind for kind in AidKind if kind in offered and (each.pk, kind) not in asked]
        if kinds:
            found.append((each, kinds))
    return found


def requests_of(commitment_id: UUID) -> QuerySet[AidRequest]:
    """Everything asked for one training, newest first, with its months."""
    months = AidMonth.objects.select_related("aid_list").order_by("month", "pk")
    return (
        AidRequest.objects.filter(commitment=commitment_id)
        .select_related("bank_account", "policy")
        .prefetch_related(Prefetch("months", queryset=months))
        .order_by("-asked_at", "pk")
    )


def to_count() -> QuerySet[AidRequest]:
    """Requests whose months are counted."""
    return AidRequest.objects.filter(state=AidState.APPROVED).order_by("asked_at", "pk")


@dataclass(frozen=True)
class MonthView:
    """What one month gave and why. Hours are academic hours, amounts EUR."""

    month: date
    held: Decimal
    attended: Decimal
    amount: Decimal
    why: str  # "counted" | "too_little" | "no_hours" | "difference"
    state: str  # "waiting" | "approved" | "paid"


def months_of(request: AidRequest) -> list[MonthView]:
    """The months of a request from `requests_of`, oldest first; differences after their month."""
    required = Terms.read(request.policy.terms).attendance_required
    rows = request.months.all()
    paid = _paid_lists(rows)
    return [
        MonthView(
            month=row.month,
            held=row.hours_held,
            attended=row.hours_attended,
            amount=row.amount,
            why=_why(row, required),
            state=_state(row, paid),
        )
        for row in rows
    ]


def _why(row: AidMonth, required: Decimal | None) -> str:
    if row.corrects_id is not None:
        return "difference"
    if row.hours_held == ZERO:
        return "no_hours"
    return "counted" if enough(row.hours_held, row.hours_attended, required) else "too_little"


def _paid_lists(rows: Iterable[AidMonth]) -> dict[UUID | None, bool]:
    """By list: whether this person has the money, whatever becomes of the others in it."""
    lists = {f"aid_month:{row.pk}": row.aid_list_id for row in rows}
    paid: dict[UUID | None, bool] = {}
    payments = Payment.objects.filter(reference__in=lists).values_list("reference", "state")
    for reference, state in payments:
        key = lists[reference]
        paid[key] = paid.get(key, False) or state == PaymentState.PAID
    return paid


def _state(row: AidMonth, paid: dict[UUID | None, bool]) -> str:
    if row.aid_list is None or row.aid_list.state in (ListState.DRAFT, ListState.WAITING):
        return "waiting"
    # Months that make up for each other need no payment: they are done with the list.
    done = paid.get(row.aid_list_id, row.aid_list.state == ListState.PAID)
    return "paid" if done else "approved"


def waiting_months(source_id: UUID, month: date) -> QuerySet[AidMonth]:
    """Months up to `month` of one source that stand in no list; differences of approved ones."""
    decided = (ListState.APPROVED, ListState.PAID)
    return AidMonth.objects.filter(
        Q(corrects__isnull=True) | Q(corrects__aid_list__state__in=decided),
        request__commitment__source=source_id,
        month__lte=month,
        aid_list__isnull=True,
    )
