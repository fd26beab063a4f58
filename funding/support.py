"""Selectors of the public pages of support (PUB-2, PUB-6): sources, their rules, what they paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funding.criteria import CriteriaSet, FactAmong
from funding.enums import Answer, CommitmentState
from funding.models import Commitment, FundingSource, PolicyVersion
from funding.plain_rules import REFUNDS, VOCABULARIES, Names, need, needs, says, title
from funding.rules.terms import Terms
from funding.services.quote import Quote
from stars.common.dates import riga_date
from stars.common.money import ZERO
from stars.vocabularies.models import ProgrammeType, Term

# The trainings for which a source owes or has paid.
LEARNED = (
    CommitmentState.CAPTURED,
    CommitmentState.PAYABLE,
    CommitmentState.PAYABLE_HELD,
    CommitmentState.PAID,
)
# Fewer than this are never told of: nobody can be recognised in the number.
FEWEST = 5


@dataclass(frozen=True)
class Condition:
    """One condition for support: its name, yes/no/unknown, and a sentence."""

    criterion: str
    answer: str
    text: str


@dataclass(frozen=True)
class Rules:
    """What one scheme of a source says now, or will say from a day on."""

    kind: str
    title: str | Promise
    says: list[str]
    needs: list[str]
    # The first day, where it has not come yet.
    comes_on: date | None = None


@dataclass(frozen=True)
class Paid:
    """What a source has paid for, counted from the ledger; None where too few to be told of."""

    trainings: int
    support: Decimal


def refund_words(kind: str) -> str | Promise | None:
    """What is paid back, with %(share)s for how much; None for a refund of no special kind."""
    return REFUNDS[kind][1] if kind in REFUNDS else None


def stage(source: FundingSource, day: date) -> str:
    """Whether a source is `planned`, `active` or `ended` on `day` (Riga)."""
    if day < source.starts_on:
        return "planned"
    return "active" if day <= source.ends_on else "ended"


def sources() -> list[FundingSource]:
    """Every source with its name, those that end last first: one query."""
    return list(FundingSource.objects.select_related("term", "owner").order_by("-ends_on", "code"))


def source(code: str) -> FundingSource:
    """A source by its code; raises `FundingSource.DoesNotExist`."""
    return FundingSource.objects.select_related("term", "owner").get(code=code)


def rules(these: Iterable[FundingSource], *, at: datetime) -> dict[UUID, list[Rules]]:
    """The rules of each source by its key, in plain sentences: three queries for any number.

    Of a source that has ended, those of its last day; what begins later is said with its day.
    """
    day = riga_date(at)
    ends = {each.pk: each.ends_on for each in these}
    names, types = term_names(), _types()
    found: dict[UUID, list[Rules]] = {key: [] for key in ends}
    versions = (
        PolicyVersion.objects.filter(scheme__source__in=ends)
        .select_related("scheme")
        .order_by("scheme__order", "scheme__code", "valid_from")
    )
    for version in versions:
        scheme = version.scheme
        on = min(day, ends[scheme.source_id])
        if version.valid_to is not None and version.valid_to <= on:
            continue
        terms = Terms.read(version.terms)
        paid_for = [types.get(code, code) for code in scheme.programme_types]
        said = Rules(
            kind=scheme.kind,
            title=title(scheme, terms),
            says=says(scheme.kind, terms, paid_for, names),
            needs=needs(CriteriaSet.read(version.criteria), names),
            comes_on=version.valid_from if version.valid_from > on else None,
        )
        # Two schemes may differ in what only the agency looks at.
        if said not in found[scheme.source_id]:
            found[scheme.source_id].append(said)
    return found


def term_names() -> Names:
    """Words of the codes that criteria name."""
    terms = Term.objects.filter(
        vocabulary__code__in=VOCABULARIES.values(), vocabulary__current=True
    ).select_related("vocabulary")
    return {(term.vocabulary.code, term.code): term.name for term in terms}


def _types() -> dict[str, str]:
    return {kind.code: kind.plain for kind in ProgrammeType.objects.all()}


def paid(source: FundingSource) -> Paid | None:
    """How many finished trainings a source pays for, and EUR of support: one query."""
    # Refunds of certificates are no trainings.
    learned = Commitment.objects.filter(source=source, state__in=LEARNED, offer__isnull=False)
    sums = learned.aggregate(trainings=Count("pk"), support=Sum("support"))
    if sums["trainings"] < FEWEST:
        return None
    return Paid(sums["trainings"], sums["support"] or ZERO)


def conditions(quote: Quote) -> list[Condition]:
    """What the support behind a quote asks for, as far as it is known about the person.

    With an account these are the quote's own lines; without one every condition is unknown and
    said as what one needs (at most two queries).
    """
    if quote.lines:
        return [Condition(line.criterion, line.answer, line.text) for line in quote.lines]
    if quote.policy_id is None:
        return []
    policy = PolicyVersion.objects.only("criteria").get(pk=quote.policy_id)
    items = CriteriaSet.read(policy.criteria).items
    names = term_names() if any(isinstance(item, FactAmong) for item in items) else {}
    return [Condition(item.name, Answer.UNKNOWN.value, need(item, names)) for item in items]


def state_text(stage: str) -> str | Promise:
    """The stage of a source in words."""
    return {
        "planned": _("Planned"),
        "active": _("Open now"),
        "ended": _("Ended"),
    }[stage]
