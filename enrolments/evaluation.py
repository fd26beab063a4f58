"""How good suggestions are: each person's last application is hidden and looked for (CAT-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from catalogue.selectors import listed
from catalogue.services.affinity import Pair, goes_with
from enrolments.affinity import together
from enrolments.services.affinity import choices
from enrolments.suggestions import WEIGHTS, Because, Source, best, related, weigh_popular
from learning_accounts.models import Favourite

FIRST = 10


@dataclass(frozen=True)
class Result:
    """How many hidden applications were among the first FIRST of each list."""

    people: int
    programmes: int
    by_suggestions: int
    by_popularity: int

    @property
    def suggested(self) -> float:
        """Hit rate of suggestions, 0–1."""
        return self.by_suggestions / self.people if self.people else 0.0

    @property
    def popular(self) -> float:
        """Hit rate of the most popular programmes, 0–1."""
        return self.by_popularity / self.people if self.people else 0.0


def evaluate() -> Result:
    """Hide the last application of everybody of whom something else is known; reads only.

    Known are earlier applications and saved programmes, as they are when suggestions are made.
    """
    chosen = {account: list(dict.fromkeys(programmes)) for account, programmes in choices()}
    lists = _saved(chosen)
    hidden = {a: each[-1] for a, each in chosen.items() if len(each) > 1 or lists[a] - {each[-1]}}
    known = {a: each[:-1] if a in hidden else each for a, each in chosen.items()}
    popular = Counter(programme for each in known.values() for programme in each)
    order = sorted(popular, key=lambda programme: (-popular[programme], str(programme)))
    pairs = goes_with(together(known.items()))
    suggested = in_order = 0
    for account, programme in hidden.items():
        sources = [
            Source(each, Because.APPLIED, WEIGHTS[Because.APPLIED]) for each in known[account]
        ]
        saved = sorted(lists[account] - {programme} - {*known[account]}, key=str)
        sources += [Source(each, Because.SAVED, WEIGHTS[Because.SAVED]) for each in saved]
        mine = {source.programme for source in sources}
        most = [each for each in order if each not in mine]
        suggested += programme in _suggested(sources, pairs, popular, most)
        in_order += programme in most[:FIRST]
    return Result(len(hidden), listed().count(), suggested, in_order)


def _saved(accounts: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Saved programmes of each account."""
    lists: dict[UUID, set[UUID]] = {account: set() for account in accounts}
    rows = Favourite.objects.filter(account__suggestions=True)
    for account, programme in rows.values_list("account_id", "programme_id").iterator():
        if account in lists:
            lists[account].add(programme)
    return lists


def _suggested(
    sources: Sequence[Source],
    pairs: Mapping[UUID, Sequence[Pair]],
    popular: Mapping[UUID, int],
    most: Sequence[UUID],
) -> list[UUID]:
    """The list a person would see; where it is short, the most popular fill it up."""
    found = related(sources, pairs)
    for source in sources:
        found.pop(source.programme, None)
    weigh_popular(found, popular)
    first = [each.programme for each in best(found, FIRST)]
    return [*first, *(each for each in most if each not in first)][:FIRST]
