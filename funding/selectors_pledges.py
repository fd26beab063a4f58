"""What employers have promised, and how much of it is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from accounts.models import PersonCode
from funding.enums import CommitmentState
from funding.models import CoPayment, FundingSource, Pledge
from funding.rules.pledges import Promised
from learning_accounts.models import LearningAccount
from stars.common.money import ZERO

# Who stopped after the start has had the employer's money (assumption); who withdrew has not.
_GIVEN_BACK = (CommitmentState.RELEASED,)


def pledges_for(account: LearningAccount, day: date) -> QuerySet[Pledge]:
    """Pledges that name this person and hold on `day` (Riga)."""
    codes = PersonCode.objects.filter(person=account.person_id).values("lookup")
    return Pledge.objects.filter(
        pk__in=Pledge.objects.filter(employees__lookup__in=codes).values("pk"),
        valid_from__lte=day,
        valid_to__gte=day,
        ended_at__isnull=True,
    )


def used(
    pledge_ids: Iterable[UUID], *, account: LearningAccount | None = None
) -> dict[UUID, Decimal]:
    """EUR promised from each pledge to living applications, of one account or of all."""
    rows = CoPayment.objects.filter(pledge__in=list(pledge_ids)).exclude(
        commitment__state__in=_GIVEN_BACK
    )
    if account is not None:
        rows = rows.filter(commitment__account=account)
    sums = rows.order_by().values_list("pledge").annotate(sum=Sum("amount"))
    return {pledge_id: amount or ZERO for pledge_id, amount in sums if pledge_id is not None}


def promises(account: LearningAccount, day: date) -> dict[UUID, list[Promised]]:
    """What employers pay for this person on `day`, by source: one query where there is nothing."""
    pledges = list(pledges_for(account, day).select_related("employer"))
    if not pledges:
        return {}
    ids = [pledge.pk for pledge in pledges]
    in_all, for_person = used(ids), used(ids, account=account)
    found: dict[UUID, list[Promised]] = defaultdict(list)
    everywhere = set(FundingSource.objects.values_list("pk", flat=True))
    for pledge in pledges:
        promise = Promised(
            key=pledge.pk,
            employer=pledge.employer.name,
            share=pledge.share,
            left_for_person=_left(pledge.per_person, for_person.get(pledge.pk, ZERO)),
            left_in_all=_left(pledge.total, in_all.get(pledge.pk, ZERO)),
        )
        for source_id in everywhere if pledge.source_id is None else (pledge.source_id,):
            found[source_id].append(promise)
    return dict(found)


def _left(limit: Decimal | None, gone: Decimal) -> Decimal | None:
    return None if limit is None else max(ZERO, limit - gone)


def pledges_with_use() -> QuerySet[Pledge]:
    """All pledges with `promised_sum` (EUR promised to living applications) and `people_count`."""
    parts = (
        CoPayment.objects.filter(pledge=OuterRef("pk"))
        .exclude(commitment__state__in=_GIVEN_BACK)
        .order_by()
        .values("pledge")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    return Pledge.objects.select_related("employer", "source").annotate(
        promised_sum=Subquery(parts), people_count=Count("employees", distinct=True)
    )
