"""What a training costs a person and why: one function for list, page and application (rule 9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from catalogue.models import Offer
from catalogue.selectors_find import PriceRule, PriceTable
from funding import criteria as c
from funding.enums import LIVE_GRANTS, Answer, CommitmentState, SchemeKind
from funding.facts import gather
from funding.models import Commitment, FundingSource, Grant, PolicyVersion, Scheme
from funding.rules.grants import Lot, draw
from funding.rules.pledges import EmployerPart, Promised, employer_part
from funding.rules.terms import Terms
from funding.selectors_pledges import promises
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.common.money import ZERO, share_of
from stars.vocabularies.models import ProgrammeType

AT_APPLICATION = (SchemeKind.FULL_COVER, SchemeKind.ALLOCATION, SchemeKind.COFUNDED)
LIVING = (
    CommitmentState.HELD,
    CommitmentState.CAPTURED,
    CommitmentState.PAYABLE,
    CommitmentState.PAYABLE_HELD,
    CommitmentState.PAID,
)


@dataclass(frozen=True)
class Quote:
    """Price = support + own part, always (I3). Amounts in EUR."""

    price: Decimal
    support: Decimal
    own_part: Decimal
    answer: str
    reason: str | Promise
    reason_code: str
    scheme_kind: str | None = None
    policy_id: UUID | None = None
    source_id: UUID | None = None
    scheme_id: UUID | None = None
    offer_id: UUID | None = None
    # What people call the scheme that pays, in the language of the page.
    scheme_name: str = ""
    lines: list[c.Line] = field(default_factory=list)
    # (grant id, EUR), in the order of use; empty for schemes that draw on the pool.
    lots: list[tuple[UUID, Decimal]] = field(default_factory=list)
    # Working days in which the provider answers (rule 17).
    decision_days: int = Terms().decision_working_days
    # Share of the hours (0–1) that completing takes; None where the policy says nothing (rule 15).
    attendance_required: Decimal | None = None
    # The longest-living lot's exclusive end, for "until when".
    usable_until: datetime | None = None
    # What an employer has promised to pay of the own part.
    employer: EmployerPart | None = None

    @property
    def employer_part(self) -> Decimal:
        """EUR of the own part that an employer pays."""
        return self.employer.amount if self.employer else ZERO

    @property
    def rest(self) -> Decimal:
        """EUR of the own part for the person, the family or whoever else pays it."""
        return self.own_part - self.employer_part

    @property
    def refused(self) -> str:
        """What can be put before a person of the agency (services.appeals), or ""."""
        asked = self.reason_code == "criteria" and self.offer_id is not None
        return f"offer:{self.offer_id}" if asked else ""

    def as_json(self) -> dict[str, Any]:
        """What the person saw, for the application's frozen copy."""
        return {
            "price": str(self.price),
            "support": str(self.support),
            "own_part": str(self.own_part),
            "employer_part": str(self.employer_part),
            "employer": self.employer.employer if self.employer else "",
            "answer": self.answer,
            "reason_code": self.reason_code,
            "scheme_kind": self.scheme_kind,
            "policy_id": str(self.policy_id) if self.policy_id else None,
            "lines": [line.as_json() for line in self.lines],
        }


@dataclass(frozen=True)
class _Plan:
    """The scheme that would pay for one kind of programme under one source."""

    scheme: Scheme
    policy: PolicyVersion
    terms: Terms
    criteria: c.CriteriaSet


class Quoter:
    """Answers `quote` for many offers with a constant number of queries.

    `account` is None for a visitor: then the quote is what support could be, marked unknown.
    """

    def __init__(self, account: LearningAccount | None, at: datetime) -> None:
        self.account = account
        self.at = at
        self.day = riga_date(at)

    @cached_property
    def _sources(self) -> dict[UUID, FundingSource]:
        return {source.term_id: source for source in FundingSource.objects.all()}

    @cached_property
    def _plans(self) -> dict[UUID, list[_Plan]]:
        plans: dict[UUID, list[_Plan]] = {}
        versions = (
            PolicyVersion.objects.holding(self.day)
            .filter(scheme__kind__in=AT_APPLICATION)
            .select_related("scheme")
            .order_by("scheme__order", "pk")
        )
        for version in versions:
            plan = _Plan(
                version.scheme,
                version,
                Terms.read(version.terms),
                c.CriteriaSet.of(version),
            )
            plans.setdefault(version.scheme.source_id, []).append(plan)
        return plans

    @cached_property
    def _facts(self) -> c.Facts:
        assert self.account is not None
        return gather(self.account, self.at)

    @cached_property
    def _lots(self) -> list[Grant]:
        return list(
            Grant.objects.filter(account=self.account, state__in=LIVE_GRANTS, ends_at__gt=self.at)
            .select_related("ledger_account", "policy")
            .order_by("ends_at", "pk")
        )

    @cached_property
    def _promises(self) -> dict[UUID, list[Promised]]:
        """By source; asked only where something is left to pay."""
        assert self.account is not None
        return promises(self.account, self.day)

    @cached_property
    def _supported(self) -> dict[UUID, set[UUID]]:
        """Programmes this account already has support for, with the sources that pay (rule 9)."""
        found: dict[UUID, set[UUID]] = {}
        living = Commitment.objects.filter(account=self.account, state__in=LIVING)
        rows = living.filter(offer__isnull=False)
        for programme, source in rows.values_list("offer__version__programme_id", "source_id"):
            found.setdefault(programme, set()).add(source)
        return found

    def quote(self, offer: Offer, *, use_support: bool = True) -> Quote:
        """What `offer` costs this account. Needs `offer.version` loaded to stay query-free."""
        source = self._sources.get(offer.source_id) if offer.source_id else None
        if source is None:
            return _none(offer, Answer.NO, "no_support", _("This training has no public support."))
        if not source.starts_on <= self.day <= source.ends_on:
            return _none(
                offer, Answer.NO, "source_ended", _("The project that paid for this has ended.")
            )
        plan = self._plan(offer, source)
        if plan is None:
            return _none(
                offer,
                Answer.NO,
                "no_scheme",
                _("This project does not pay for this kind of training."),
            )
        if not use_support:
            return _none(
                offer,
                Answer.NO,
                "not_used",
                _("You chose to pay yourself. The money stays on your account."),
            )
        if self.account is None:
            return self._possible(offer, source, plan)
        return self._decided(offer, source, plan)

    def table(self, types: Iterable[ProgrammeType]) -> PriceTable:
        """What every source pays for each of `types`, as the catalogue's filters read it.

        The same answers as `quote` gives for each offer (tests/funding/test_price_table.py).
        """
        types = list(types)
        rules = []
        for source in self._sources.values():
            if not source.starts_on <= self.day <= source.ends_on:
                continue
            for kind in types:
                plan = self._plan_for(kind.code, source)
                if plan is not None:
                    cap, share = self._promise(plan)
                    rules.append(PriceRule(source.term_id, kind.pk, cap, share))
        alone = () if self.account is None else tuple(sorted(self._supported))
        return PriceTable(tuple(rules), alone)

    def _promise(self, plan: _Plan) -> tuple[Decimal | None, Decimal | None]:
        """At most how many EUR, and which share of the price, a plan pays for a first time."""
        terms, kind = plan.terms, plan.scheme.kind
        if self.account is None:
            match kind:
                case SchemeKind.FULL_COVER:
                    return None, Decimal(1)
                case SchemeKind.COFUNDED:
                    return None, terms.share or ZERO
            return terms.amount or ZERO, None
        if c.outcome(plan.criteria.evaluate(self._facts)) != Answer.YES:
            return ZERO, None
        if kind == SchemeKind.ALLOCATION:
            own = (lot for lot in self._lots if lot.policy.scheme_id == plan.scheme.pk)
            return sum((lot.ledger_account.balance for lot in own), ZERO), None
        return None, c.share_for(terms, self._facts)

    def _plan(self, offer: Offer, source: FundingSource) -> _Plan | None:
        return self._plan_for(offer.version.type.code, source)

    def _plan_for(self, type_code: str, source: FundingSource) -> _Plan | None:
        for plan in self._plans.get(source.pk, []):
            if not plan.scheme.programme_types or type_code in plan.scheme.programme_types:
                return plan
        return None

    def _possible(self, offer: Offer, source: FundingSource, plan: _Plan) -> Quote:
        match plan.scheme.kind:
            case SchemeKind.FULL_COVER:
                support, reason = offer.price, _("The project pays everything.")
            case SchemeKind.COFUNDED:
                support, _rest = share_of(offer.price, plan.terms.share or ZERO)
                reason = _("The project pays a share of the price.")
            case _:
                support = min(offer.price, plan.terms.amount or ZERO)
                reason = _("With the money that you can get on your learning account.")
        return Quote(
            price=offer.price,
            support=support,
            own_part=offer.price - support,
            answer=Answer.UNKNOWN,
            reason=reason,
            reason_code="possible",
            scheme_kind=plan.scheme.kind,
            policy_id=plan.policy.pk,
            source_id=source.pk,
            scheme_id=plan.scheme.pk,
            offer_id=offer.pk,
            scheme_name=plan.scheme.name,
        )

    def _decided(self, offer: Offer, source: FundingSource, plan: _Plan) -> Quote:
        lines = [*plan.criteria.evaluate(self._facts), self._first_time(offer, plan)]
        lots: list[tuple[UUID, Decimal]] = []
        until: datetime | None = None
        answer = c.outcome(lines)
        support = ZERO
        reason: str | Promise = _("You cannot get this support yet.")
        code = "criteria"
        if plan.scheme.kind == SchemeKind.ALLOCATION:
            own = [lot for lot in self._lots if lot.policy.scheme_id == plan.scheme.pk]
            free = sum((lot.ledger_account.balance for lot in own), ZERO)
            lines.append(_money_line(free))
            until = max((lot.ends_at for lot in own if lot.ledger_account.balance), default=None)
            if answer == Answer.YES and not free:
                answer, code = Answer.NO, "no_money"
                reason = _("There is no money on your account for this training now.")
            elif answer == Answer.YES:
                drawn = draw(
                    [Lot(g.ledger_account.balance, g.ends_at, str(g.pk)) for g in own], offer.price
                )
                lots = [(UUID(lot.key), amount) for lot, amount in drawn]
                support = sum((amount for _lot, amount in lots), ZERO)
                code = "covered" if support == offer.price else "partly"
        elif answer == Answer.YES:
            share = c.share_for(plan.terms, self._facts)
            support, code = share_of(offer.price, share)[0], "covered" if share == 1 else "partly"
        if support == offer.price:
            reason = _("Everything is paid for you.")
        elif support:
            reason = _("You, your family or your employer pay the rest.")
        own_part = offer.price - support
        promised = self._promises.get(source.pk, []) if support and own_part else []
        return Quote(
            price=offer.price,
            support=support,
            own_part=own_part,
            answer=str(answer),
            reason=reason,
            reason_code=code,
            scheme_kind=plan.scheme.kind,
            policy_id=plan.policy.pk,
            source_id=source.pk,
            scheme_id=plan.scheme.pk,
            offer_id=offer.pk,
            scheme_name=plan.scheme.name,
            lines=lines,
            lots=lots,
            usable_until=until,
            decision_days=plan.terms.decision_working_days,
            attendance_required=plan.terms.attendance_required,
            employer=employer_part(own_part, promised),
        )

    def _first_time(self, offer: Offer, plan: _Plan) -> c.Line:
        payers = self._supported.get(offer.version.programme_id, set())
        # Where the policy goes together with other sources, only its own support counts.
        alone = plan.terms.combines == "other_programmes"
        again = bool(payers) if alone else plan.scheme.source_id in payers
        text = (
            _("You already have support for this training")
            if again
            else _("You have not had support for this training before")
        )
        lv, en = c.both(text, {})
        answer = Answer.NO if again else Answer.YES
        day = self.day.isoformat()
        return c.Line("first_time", answer.value, str(not again), "stars", day, lv, en)


def _money_line(free: Decimal) -> c.Line:
    text = _("There is money on your account") if free else _("There is no money on your account")
    lv, en = c.both(text, {})
    answer = Answer.YES if free else Answer.NO
    return c.Line("money", answer.value, f"{free:.2f}", "stars", "", lv, en)


def _none(offer: Offer, answer: Answer, code: str, reason: str | Promise) -> Quote:
    return Quote(
        price=offer.price,
        support=ZERO,
        own_part=offer.price,
        answer=answer.value,
        reason=reason,
        reason_code=code,
    )


def quote(
    *, offer: Offer, account: LearningAccount | None, at: datetime, use_support: bool = True
) -> Quote:
    """Price, support, own part (EUR) and why, for one offer at the moment `at`."""
    return Quoter(account, at).quote(offer, use_support=use_support)


def quotes(
    offers: Iterable[Offer], account: LearningAccount | None, at: datetime
) -> dict[UUID, Quote]:
    """The same for a list, by offer id, with a constant number of queries."""
    quoter = Quoter(account, at)
    return {offer.pk: quoter.quote(offer) for offer in offers}


def price_table(account: LearningAccount | None, at: datetime) -> PriceTable:
    """What support this account can use at the moment `at`, for the catalogue's filter by price."""
    return Quoter(account, at).table(ProgrammeType.objects.all())
