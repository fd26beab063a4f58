"""Parts owed before the end, payment on hold, and prices that became lower."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from funding.enums import AccountKind, CommitmentState, PaymentState
from funding.models import Commitment
from funding.services import commitments, corrections, holds, stages, statements
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.settle import AFTER, JULY, JUNE, Scene, proves, refused, scene
from tests.funding.test_approvals import officer

pytestmark = pytest.mark.django_db
MAY, LATER = build.riga(2025, 5, 20), build.riga(2025, 6, 20)


def staged(s: Scene) -> None:
    """The full cover pays 30 % after half of the hours and 30 % after three quarters."""
    terms = {
        **build.FULL_TERMS,
        "stages": [{"after": "0.50", "pays": "0.30"}, {"after": "0.75", "pays": "0.30"}],
    }
    made = build.policy(_scheme(s), terms, s.world.full.criteria)
    s.world.full = made


def _scheme(s: Scene) -> Any:
    """A scheme that comes before the one without stages."""
    old = s.world.full.scheme
    return type(old).objects.create(
        source=old.source, kind=old.kind, code=f"{old.code}-s", programme_types=[], order=0
    )


def reach(commitment: Commitment, held: str, at: Any = MAY, share: str = "0.90") -> list[Any]:
    return stages.capture_stages(
        commitment_id=commitment.pk,
        hours_held=D(held),
        hours=D(40),
        attendance_share=D(share),
        evidence={"participation_id": "x"},
        actor=SYSTEM,
        at=at,
    )


def test_a_stage_is_owed_once_with_its_evidence() -> None:
    s = scene()
    staged(s)
    commitment = s.held("333.33")
    assert commitment.policy_id == s.world.full.pk
    assert reach(commitment, "19.99") == []
    assert reach(commitment, "20", share="0.79") == []
    made = reach(commitment, "20")
    assert [(one.number, one.amount) for one in made] == [(1, D("100.00"))]
    assert made[0].evidence["hours_held"] == "20"
    assert reach(commitment, "25") == []
    assert s.balance(AccountKind.PAYABLE) == D("100.00")
    assert not proves()
    assert [one.number for one in reach(commitment, "39")] == [2]
    commitments.capture(commitment_id=commitment.pk, evidence={}, actor=SYSTEM, at=LATER)
    assert s.balance(AccountKind.PAYABLE) == D("333.33")
    with pytest.raises(Conflict):
        reach(commitment, "40")
    assert not proves()


def test_stages_and_the_rest_come_into_their_own_months() -> None:
    s = scene()
    staged(s)
    commitment = s.held("300.00")
    reach(commitment, "20", build.riga(2025, 6, 10))
    june = s.approved(JUNE)
    assert [(one.kind, one.amount) for one in june.lines.all()] == [("stage", D("90.00"))]
    assert june.content["lines"][0]["hours_held"] == "20"
    done = build.riga(2025, 7, 10)
    commitments.capture(commitment_id=commitment.pk, evidence={}, actor=SYSTEM, at=done)
    july = s.approved(JULY)
    assert [(one.kind, one.amount) for one in july.lines.all()] == [("completed", D("210.00"))]
    assert not proves()


def test_what_is_owed_for_stages_outlives_breaking_off() -> None:
    s = scene()
    staged(s)
    lost, back = s.held("300.00"), s.held("100.00")
    for one in (lost, back):
        reach(one, "20")
    commitments.forfeit(commitment_id=lost.pk, actor=SYSTEM, at=LATER)
    commitments.release(commitment_id=back.pk, cause="provider", actor=SYSTEM, at=LATER)
    assert s.balance(AccountKind.PAYABLE) == D("120.00")
    assert s.approved(JUNE).total == D("120.00")
    assert not proves()


def test_without_stages_nothing_is_owed_early() -> None:
    s = scene()
    assert reach(s.held(), "40") == []


def test_a_payment_on_hold_comes_into_no_statement() -> None:
    s = scene()
    held, other = s.captured("300.00"), s.captured("50.00")
    holds.hold_payment(commitment_id=held.pk, note="Sūdzība", actor=s.first, at=LATER)
    assert (s.balance(AccountKind.PAYABLE), s.balance(AccountKind.PAYABLE_HELD)) == (50, 300)
    assert not proves()
    june = s.approved(JUNE)
    assert [line.commitment_id for line in june.lines.all()] == [other.pk]
    holds.release_payment(commitment_id=held.pk, note="Atrisināta", actor=s.first, at=AFTER)
    # As often as needed: each time under a key of its own.
    holds.hold_payment(commitment_id=held.pk, note="Vēl viena", actor=s.first, at=AFTER)
    holds.release_payment(commitment_id=held.pk, note="Arī tā", actor=s.first, at=AFTER)
    assert s.balance(AccountKind.PAYABLE_HELD) == 0
    assert s.approved(JULY).total == D("300.00")
    assert not proves()


def test_holding_needs_a_reason_and_an_officer_and_comes_before_the_statement() -> None:
    s = scene()
    commitment = s.captured()
    with refused("reason"):
        holds.hold_payment(commitment_id=commitment.pk, note=" ", actor=s.first, at=LATER)
    for role in ("auditor", "administrator"):
        with pytest.raises(NotAllowed):
            holds.hold_payment(commitment_id=commitment.pk, note="x", actor=officer(role), at=LATER)
    made = s.statement()
    with refused("in_statement"):
        holds.hold_payment(commitment_id=commitment.pk, note="x", actor=s.first, at=AFTER)
    statements.cancel(statement_id=made.pk, note="x", actor=s.first, at=AFTER)
    holds.hold_payment(commitment_id=commitment.pk, note="x", actor=s.first, at=AFTER)


def test_case_20_what_a_suspended_provider_is_owed_is_held_not_lost() -> None:
    s = scene()
    s.captured("300.00")
    june = s.approved(JUNE)
    s.captured("50.00", build.riga(2025, 7, 10))
    count = holds.hold_provider(provider_id=s.provider.pk, note="Apturēts", actor=s.first, at=AFTER)
    assert count == 2
    assert s.payment(june).state == PaymentState.HELD
    assert (s.balance(AccountKind.PAYABLE), s.balance(AccountKind.PAYABLE_HELD)) == (0, 350)
    assert not proves()
    holds.release_provider(provider_id=s.provider.pk, note="Atjaunots", actor=s.first, at=AFTER)
    assert (s.balance(AccountKind.PAYABLE), s.balance(AccountKind.PAYABLE_HELD)) == (350, 0)
    assert s.payment(june).state == PaymentState.READY
    assert s.approved(JULY).total == D("50.00")
    assert not proves()


def _with_lots(price: str = "570.00") -> tuple[build.World, Commitment]:
    """Somebody with one lot of 500 €, for a training that costs more."""
    w = build.world()
    person = build.person(w)
    build.run(w, 0)
    offer = build.offer(w, price)
    return w, build.hold(person, offer, build.riga(2025, 1, 10), support="500.00")


def _lower(commitment: Commitment, price: str, actor: Any = SYSTEM) -> Commitment:
    return corrections.lower_price(
        commitment_id=commitment.pk,
        price=D(price),
        reason="Lētāk",
        actor=actor,
        at=build.riga(2025, 1, 20),
    )


def test_case_12_a_lower_price_gives_back_to_the_same_lots() -> None:
    _w, commitment = _with_lots()
    lot = build.lot(commitment.account)
    same = _lower(commitment, "540.00")
    assert (same.price, same.support, same.own_part) == (D(540), D(500), D(40))
    assert commitment.co_payments.get().amount == D(40)
    less = _lower(commitment, "480.00")
    assert (less.support, less.own_part) == (D(480), 0)
    lot.ledger_account.refresh_from_db()
    assert lot.ledger_account.balance == D(20)
    assert not commitment.co_payments.exists()
    assert not proves()
    commitments.release(
        commitment_id=commitment.pk, cause="person", actor=SYSTEM, at=build.riga(2025, 2, 1)
    )
    lot.ledger_account.refresh_from_db()
    assert lot.ledger_account.balance == D(500)
    assert not proves()


def test_case_12_raising_is_refused() -> None:
    _w, commitment = _with_lots()
    for price in ("570.00", "570.01", "0", "-5", "1.001"):
        with pytest.raises(Invalid):
            _lower(commitment, price)
    with pytest.raises(NotAllowed):
        _lower(commitment, "100", officer("auditor"))


def test_a_lowered_price_is_captured_as_it_is() -> None:
    s = scene()
    commitment = s.held("300.00")
    _lower(commitment, "200.00")
    commitments.capture(commitment_id=commitment.pk, evidence={}, actor=SYSTEM, at=LATER)
    assert s.approved(JUNE).total == D("200.00")
    with refused("owed"):
        _lower(commitment, "100.00")
    assert Commitment.objects.get(pk=commitment.pk).state == CommitmentState.PAYABLE
    assert not proves()
