"""Criteria about what somebody has learnt with support before (FUN-8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import In, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from funding.criterion import Criterion, Fact, Facts
from funding.enums import CommitmentState
from funding.models import Commitment

# The key of the fact: (code of the source, state of the commitment) for each training, in order
# of time; what was released never took place.
TRAININGS = "trainings"
_UNFINISHED = (CommitmentState.HELD, CommitmentState.FORFEITED)


def trainings() -> QuerySet[Commitment]:
    """Supported trainings that were not called off, oldest first."""
    return Commitment.objects.filter(offer__isnull=False).exclude(state=CommitmentState.RELEASED)


@dataclass(frozen=True)
class _Trainings(Criterion):
    """Counts only those under one source where `source` names it."""

    source: str = ""

    def fact(self, facts: Facts) -> Fact | None:
        return facts.get(TRAININGS)

    def _states(self, fact: Fact) -> list[str]:
        return [state for code, state in fact.value if self.source in ("", code)]

    def _of_account(self) -> QuerySet[Commitment]:
        own = trainings().filter(account=OuterRef("pk"))
        return own.filter(source__code=self.source) if self.source else own


@dataclass(frozen=True)
class EarlierParticipation(_Trainings):
    """Has had support for at most so many trainings: none, where nothing is said."""

    name = "earlier_participation"
    need = _("You have had support for at most this many trainings: %(at_most)s")
    yes = _("You have not had support for too many trainings before")
    no = _("You have had support for more trainings than this support allows: %(at_most)s")
    unknown = _("We do not know whether you have had support for training before")
    asks = TRAININGS
    at_most: int = 0

    def holds(self, fact: Fact, on: date) -> bool:
        return len(self._states(fact)) <= self.at_most

    def shown(self, fact: Fact) -> str:
        return str(len(self._states(fact)))

    def as_q(self, on: date) -> Q:
        # A number for each account: EXISTS would become a hash over every training there is.
        counted = self._of_account().order_by().values("account").annotate(n=Count("pk"))
        return Q(LessThanOrEqual(Coalesce(Subquery(counted.values("n")), 0), self.at_most))


@dataclass(frozen=True)
class FinishedPrevious(_Trainings):
    """The latest supported training was completed, or there was none."""

    name = "finished_previous"
    need = _("You have completed the training that you had support for before")
    yes = _("You have no training that you began and did not complete")
    no = _("First complete the training that you have begun")
    unknown = no
    todo = _("Complete the training that you have begun")

    def _last(self, fact: Fact) -> str:
        states = self._states(fact)
        return states[-1] if states else "none"

    def holds(self, fact: Fact, on: date) -> bool:
        return self._last(fact) not in _UNFINISHED

    def shown(self, fact: Fact) -> str:
        return self._last(fact)

    def as_q(self, on: date) -> Q:
        newest = self._of_account().order_by("-held_at", "-pk").values("state")[:1]
        return ~Q(In(Coalesce(Subquery(newest), Value("none")), list(_UNFINISHED)))


def known(account_id: Any) -> tuple[tuple[str, str], ...]:
    """The fact's value for one account: one query."""
    rows = trainings().filter(account=account_id).order_by("held_at", "pk")
    return tuple(rows.values_list("source__code", "state"))
