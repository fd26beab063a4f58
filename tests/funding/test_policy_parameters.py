"""Parameters of a policy that no pilot rule uses otherwise: each changes what happens."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from funding.enums import GrantState
from funding.models import PolicyVersion
from funding.rules.grants import may_be_kept
from funding.services import commitments, grants
from funding.services.quote import quote
from stars.common.dates import start_of_day
from stars.common.errors import Conflict
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga

D = Decimal
END = start_of_day(date(2025, 6, 9))


@pytest.mark.parametrize(
    ("parts", "free", "kept"),
    [
        (("whole", "rest"), "500", True),
        (("whole", "rest"), "1", True),
        (("whole",), "500", True),
        (("whole",), "499.99", False),
        (("rest",), "500", False),
        (("rest",), "0.01", True),
        (("whole", "rest"), "0", False),
    ],
)
def test_what_can_be_kept(parts: tuple[str, ...], free: str, kept: bool) -> None:
    assert may_be_kept(parts, D(500), D(free)) is kept


@pytest.mark.django_db
class TestKeeping:
    def test_only_whole_grants(self) -> None:
        w = build.world(accumulate_parts=["whole"])
        account = build.person(w)
        build.run(w, 0)
        build.hold(account, build.offer(w, "100.00"), riga(2025, 1, 5), support="100.00")
        with pytest.raises(Conflict):
            grants.accumulate(
                grant_id=build.lot(account).pk, actor=account.person.user, at=riga(2025, 2, 1)
            )

    def test_by_itself_at_the_end(self) -> None:
        w = build.world(at_end="accumulate", accumulate_parts=["whole", "rest"])
        idle, part, spent = (build.person(w) for _ in range(3))
        build.run(w, 0)
        build.hold(part, build.offer(w, "100.00"), riga(2025, 1, 5), support="100.00")
        build.hold(spent, build.offer(w, "500.00"), riga(2025, 1, 5), support="500.00")
        assert grants.expire_due(at=END) == 1  # what is empty ends
        assert build.lot(spent).state == GrantState.USED_UP
        for account, free in ((idle, 500), (part, 400)):
            lot = build.lot(account)
            assert (lot.state, lot.accumulated_at) == (GrantState.ACCUMULATED, END)
            assert lot.ends_at == start_of_day(date(2025, 12, 9))
            assert lot.ledger_account.balance == free
        assert grants.expire_due(at=END) == 0
        assert grants.expire_due(at=start_of_day(date(2025, 12, 9))) == 2  # once only
        assert build.lot(idle).state == GrantState.ANNULLED

    def test_not_beyond_the_source(self) -> None:
        w = build.world(at_end="accumulate", accumulate_parts=["whole", "rest"])
        account = build.person(w)
        build.run(w, 2)
        assert build.lot(account).ends_at == start_of_day(date(2026, 6, 9))
        assert grants.expire_due(at=start_of_day(date(2026, 6, 9))) == 0
        assert build.lot(account).ends_at == start_of_day(date(2026, 7, 1))
        assert grants.expire_due(at=start_of_day(date(2026, 7, 1))) == 1
        assert build.lot(account).state == GrantState.ANNULLED


@pytest.mark.django_db
class TestComingBack:
    @pytest.mark.parametrize(
        ("causes", "cause", "back"),
        [
            (["provider"], "provider", True),
            (["provider"], "quality", False),
            (["person"], "person", True),
            ([], "agency", False),
        ],
    )
    def test_the_causes_for_which_money_is_given_again(
        self, causes: list[str], cause: str, back: bool
    ) -> None:
        w = build.world(replacement_causes=causes)
        account = build.person(w)
        build.run(w, 0)
        held = build.hold(account, build.offer(w, "500.00"), riga(2025, 5, 1), support="500.00")
        grants.expire_due(at=END)
        commitments.release(commitment_id=held.pk, cause=cause, actor=SYSTEM, at=riga(2025, 6, 20))
        assert held.replacements.exists() is back

    @pytest.mark.parametrize(("interrupted", "free"), [("forfeit", 0), ("release", 500)])
    def test_who_breaks_off(self, interrupted: str, free: int) -> None:
        w = build.world(interrupted=interrupted)
        account = build.person(w)
        build.run(w, 0)
        held = build.hold(account, build.offer(w, "300.00"), riga(2025, 2, 1), support="300.00")
        commitments.forfeit(commitment_id=held.pk, actor=SYSTEM, at=riga(2025, 3, 1))
        assert build.lot(account).ledger_account.balance == free


@pytest.mark.django_db
@pytest.mark.parametrize(("how", "answer"), [("other_programmes", "no"), ("same_programme", "yes")])
def test_together_with_another_source(how: str, answer: str) -> None:
    w, other = build.world(), build.world(combines=how)
    account = build.person(w)
    build.run(w, 0)
    build.run(other, 0)
    first = build.offer(w, "300.00")
    build.hold(account, first, riga(2025, 2, 1), support="300.00")
    second = type(first).objects.create(
        version=first.version,
        source=other.source.term,
        price=D("300.00"),
        open_from=first.open_from,
        open_until=first.open_until,
    )
    assert quote(offer=second, account=account, at=riga(2025, 2, 2)).answer == answer
    # Never twice from the same source, whatever the policy says.
    assert quote(offer=first, account=account, at=riga(2025, 2, 2)).answer == "no"
    assert PolicyVersion.objects.filter(terms__combines=how).exists()
