"""How good suggestions are: each person's last application is hidden and looked for (CAT-8).

What can be measured so: whether the list names what somebody chose next, of what was on offer to
everybody alike. What cannot: whether a person would have chosen something else had they seen it,
and whether it was good for them. People choose what many choose partly because it is shown first,
so "most popular" is hard to beat, and a list made of it alone names no reason. Popularity is a part
of the score already (`suggestions.POPULAR`), among things that have a reason; more of it would only
bring the two lists together.

In the demo each person has one application and a few saved programmes: nothing is known of what
goes with what for them, only likeness to what they saved. Its few dozen people tell apart two lists
only if these differ a lot; `Result.is_told_apart` says whether they do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
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
    only_by_suggestions: int = 0
    only_by_popularity: int = 0

    @property
    def is_told_apart(self) -> bool:
        """Whether the two differ by more than chance: two standard errors of the people for whom
        one list is right and the other is not (sign test)."""
        differing = self.only_by_suggestions + self.only_by_popularity
        lead = abs(self.only_by_suggestions - self.only_by_popularity)
        return lead > 2 * sqrt(differing)

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
    pairs = dict(goes_with(together(known.items())))
    hits: Counter[tuple[bool, bool]] = Counter()
    for account, programme in hidden.items():
        sources = [
            Source(each, Because.APPLIED, WEIGHTS[Because.APPLIED]) for each in known[account]
        ]
        saved = sorted(lists[account] - {programme} - {*known[account]}, key=str)
        sources += [Source(each, Because.SAVED, WEIGHTS[Because.SAVED]) for each in saved]
        mine = {source.programme for source in sources}
        most = [each for each in order if each not in mine]
        found = programme in _suggested(sources, pairs, popular, most)
        hits[found, programme in most[:FIRST]] += 1
    both, ours, theirs = hits[True, True], hits[True, False], hits[False, True]
    return Result(len(hidden), listed().count(), both + ours, both + theirs, ours, theirs)


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
