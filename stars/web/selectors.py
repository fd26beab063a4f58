"""What pages of several apps read together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, DecimalField, F, Sum
from django.db.models.functions import Cast

from catalogue.models import SearchRow
from catalogue.selectors import listed
from enrolments.enums import ParticipationState
from enrolments.models import Participation
from funding.enums import SchemeKind
from funding.models import PolicyVersion
from funding.rules.terms import Terms
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date


@dataclass(frozen=True)
class Figures:
    """What has been achieved so far; every number is counted in the database."""

    accounts: int
    completions: int
    rating: Decimal | None
    answers: int


def figures() -> Figures:
    """Accounts opened, trainings completed, mean rating 1–5 over all answers: three queries."""
    weighted = F("rating_average") * Cast(
        "rating_count", DecimalField(max_digits=12, decimal_places=2)
    )
    rated = listed().filter(rating_count__gt=0)
    sums = rated.aggregate(points=Sum(weighted), answers=Sum("rating_count"))
    answers = sums["answers"] or 0
    return Figures(
        accounts=LearningAccount.objects.count(),
        completions=Participation.objects.filter(state=ParticipationState.COMPLETED).count(),
        rating=sums["points"] / answers if answers else None,
        answers=answers,
    )


def grant_amount(*, at: datetime) -> Decimal | None:
    """EUR of the largest grant under the policies that hold at `at`; None where there is none."""
    day = riga_date(at)
    policies = PolicyVersion.objects.holding(day).filter(
        scheme__kind=SchemeKind.ALLOCATION,
        scheme__source__starts_on__lte=day,
        scheme__source__ends_on__gte=day,
    )
    amounts = [Terms.read(policy.terms).amount for policy in policies]
    return max((amount for amount in amounts if amount), default=None)


def towns(most: int) -> list[str]:
    """The towns with the most programmes: one query."""
    found = SearchRow.objects.filter(listed=True).exclude(city="").values_list("city")
    counted = found.annotate(n=Count("pk")).order_by("-n", "city")[:most]
    return [town for town, _n in counted]
