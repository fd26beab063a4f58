"""Own parts: recorded once, corrected with a reason, and needed before support is owed (rule 9)."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.enums import FactKind, FactSource
from accounts.models import PersonFact
from funding.enums import SchemeKind
from funding.models import Commitment, CoPayment, FundingLog, Scheme
from funding.services import co_payment_import as importing
from funding.services import co_payments, commitments
from funding.services.quote import quote
from funding.services.reconcile import reconcile
from stars.common.errors import Conflict, DomainError, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.files.selectors import files_of
from tests import factories as f
from tests.files.conftest import PDF
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db
HELD, LATER, NOW = riga(2025, 2, 1), riga(2025, 2, 10), riga(2025, 3, 1)


def held(*, proved: bool = True, price: str = "570.00") -> CoPayment:
    """70 € of somebody whose policy wants them proved."""
    w = build.world()
    terms = {**build.ALLOCATION_TERMS, "own_part_proved_before_start": proved}
    scheme = Scheme.objects.create(
        source=w.source, kind=SchemeKind.ALLOCATION, code=f"own-{w.source.code}", order=0
    )
    this = w.rounds[0]
    this.policy = build.policy(scheme, terms, build.ADULT)
    this.save(update_fields=["policy"])
    account = build.person(w)
    build.run(w, 0)
    return build.hold(account, build.offer(w, price), HELD, support="500.00").co_payments.get()


def record(row: CoPayment, **more: Any) -> CoPayment:
    given: dict[str, Any] = {
        "paid_on": date(2025, 2, 10),
        "proof": "MU-17",
        "actor": SYSTEM,
        "at": NOW,
        **more,
    }
    return co_payments.record_paid(co_payment_id=row.pk, **given)


def capture(row: CoPayment) -> Commitment:
    return commitments.capture(commitment_id=row.commitment_id, evidence={}, actor=SYSTEM, at=NOW)


# --- rule 9 ----------------------------------------------------------------------------------


def test_support_is_not_owed_before_the_own_part_is_recorded() -> None:
    row = held()
    with pytest.raises(co_payments.OwnPartMissing):
        capture(row)
    row.commitment.refresh_from_db()
    assert row.commitment.state == "held"
    record(row)
    assert capture(row).state == "captured"
    assert reconcile(at=NOW).ok


def test_where_the_policy_does_not_ask_nothing_waits() -> None:
    assert capture(held(proved=False)).state == "captured"


def test_one_payer_of_two_is_not_enough() -> None:
    row = held()
    row.commitment.co_payments.filter(pk=row.pk).update(amount=Decimal("30.00"))
    CoPayment.objects.create(commitment=row.commitment, payer="employer", amount=Decimal("40.00"))
    record(row)
    with pytest.raises(co_payments.OwnPartMissing):
        capture(row)


def test_repeating_a_capture_asks_no_more() -> None:
    row = held()
    record(row)
    first = capture(row)
    assert capture(row).captured_at == first.captured_at


# --- recording and correcting ----------------------------------------------------------------


def test_recording_twice_is_once_and_another_day_is_a_correction() -> None:
    row = held()
    for _time in range(2):
        assert record(row).paid_on == date(2025, 2, 10)
    assert FundingLog.objects.filter(object_id=row.pk).count() == 1
    with pytest.raises(Conflict):
        record(row, paid_on=date(2025, 2, 11))
    with pytest.raises(Conflict):
        record(row, proof="MU-18")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"paid_on": date(2025, 3, 2)}, "paid_on"),
        ({"paid_on": date(2025, 1, 31)}, "paid_on"),
        ({"proof": ""}, "proof"),
        ({"proof": "   "}, "proof"),
        ({"proof": "x" * 61}, "proof"),
        ({"proof": "MU\x0017"}, "proof"),
    ],
)
def test_a_day_ahead_or_before_the_hold_and_no_proof_are_refused(
    wrong: dict[str, Any], field: str
) -> None:
    row = held()
    with pytest.raises(Invalid) as refused:
        record(row, **wrong)
    assert refused.value.field == field
    row.refresh_from_db()
    assert row.paid_on is None


def test_the_day_of_the_hold_and_today_are_days() -> None:
    row = held()
    assert record(row, paid_on=date(2025, 2, 1)).paid_on
    assert record(held(), paid_on=date(2025, 3, 1)).paid_on


def test_nothing_is_recorded_for_an_application_that_is_over() -> None:
    row = held()
    commitments.release(commitment_id=row.commitment_id, cause="person", actor=SYSTEM, at=LATER)
    with pytest.raises(Conflict):
        record(row)


def test_a_correction_says_why_and_stays_in_the_log() -> None:
    row = record(held())
    given = {"co_payment_id": row.pk, "actor": SYSTEM, "at": NOW}
    with pytest.raises(Invalid) as refused:
        co_payments.correct(**given, paid_on=date(2025, 2, 11), proof="MU-18", reason=" ")
    assert refused.value.field == "reason"
    fixed = co_payments.correct(
        **given, paid_on=date(2025, 2, 11), proof="MU-18", reason="Cits rēķins"
    )
    assert (fixed.paid_on, fixed.proof) == (date(2025, 2, 11), "MU-18")
    log = list(FundingLog.objects.filter(object_id=row.pk).order_by("pk"))
    assert [(move.transition, move.note) for move in log] == [
        ("record", ""),
        ("correct", "Cits rēķins"),
    ]


def test_what_was_not_paid_after_all_is_open_again_and_holds_the_support_back() -> None:
    row = record(held())
    co_payments.correct(
        co_payment_id=row.pk, paid_on=None, proof="x", reason="Atmaksāts", actor=SYSTEM, at=NOW
    )
    row.refresh_from_db()
    assert (row.paid_on, row.proof) == (None, "")
    with pytest.raises(co_payments.OwnPartMissing):
        capture(row)


def test_once_the_support_is_owed_the_own_part_stays_proved() -> None:
    row = record(held())
    capture(row)
    with pytest.raises(Conflict):
        co_payments.correct(
            co_payment_id=row.pk, paid_on=None, proof="", reason="Kļūda", actor=SYSTEM, at=NOW
        )


def test_nothing_to_correct() -> None:
    with pytest.raises(Conflict):
        co_payments.correct(
            co_payment_id=held().pk,
            paid_on=date(2025, 2, 11),
            proof="x",
            reason="x",
            actor=SYSTEM,
            at=NOW,
        )


def test_a_proof_is_kept_and_a_false_one_undoes_the_recording() -> None:
    row = record(held(), file=io.BytesIO(PDF), file_name="maksajums.pdf")
    assert files_of("co_payment", row.pk).get().name == "maksajums.pdf"
    other = held()
    with pytest.raises(DomainError):
        record(other, file=io.BytesIO(b"GIF89a"), file_name="maksajums.pdf")
    # The service's transaction is undone with the file that was refused.
    other.refresh_from_db()
    assert other.paid_on is None


def test_only_the_provider_of_the_training_and_the_agency_record() -> None:
    row = held()
    provider = row.commitment.offer.version.programme.provider  # type: ignore[union-attr]
    mine = f.MembershipFactory(organisation=provider.organisation).user
    for stranger in (
        f.MembershipFactory().user,
        f.MembershipFactory(auditor=True).user,
        row.commitment.account.person.user,
    ):
        with pytest.raises(NotAllowed):
            record(row, actor=stranger)
    assert record(row, actor=mine).recorded_by == mine
    assert record(held(), actor=f.MembershipFactory(finance_officer=True).user).paid_on


# --- a list (edge case 23) -------------------------------------------------------------------


def csv(*rows: tuple[CoPayment, str, str, str]) -> bytes:
    lines = [f"{row.pk};{amount};{day};{proof}" for row, amount, day, proof in rows]
    return "\n".join(["kods;summa;samaksāts;dokuments", *lines]).encode("utf-8-sig")


def take(content: bytes, **more: Any) -> importing.Report:
    given = {"name": "a.csv", "actor": SYSTEM, "at": NOW, **more}
    return importing.import_list(content=content, **given)


def test_case_23_a_list_is_taken_whole() -> None:
    rows = [held(), held()]
    report = take(csv(*[(row, "70,00", "10.02.2025", f"MU-{n}") for n, row in enumerate(rows)]))
    assert report.ok
    assert report.count(importing.RECORDED) == 2
    assert CoPayment.objects.filter(paid_on=date(2025, 2, 10)).count() == 2


def test_case_23_the_same_file_twice_changes_nothing() -> None:
    content = csv((held(), "70,00", "10.02.2025", "MU-1"))
    assert take(content).count(importing.RECORDED) == 1
    again = take(content)
    assert again.ok
    assert again.count(importing.SAME) == 1
    assert FundingLog.objects.filter(object_type="copayment").count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        ("70,01", "10.02.2025", "MU-2"),
        ("-70,00", "10.02.2025", "MU-2"),
        ("70,00", "10.02.2026", "MU-2"),
        ("70,00", "31.01.2025", "MU-2"),
        ("70,00", "10.02.2025", ""),
        ("70,00", "10.02.2025", "x" * 61),
        ("70,000", "10.02.2025", "MU-2"),
    ],
)
def test_one_bad_row_stops_the_whole_list_and_is_named(bad: tuple[str, str, str]) -> None:
    good, other = held(), held()
    report = take(csv((good, "70,00", "10.02.2025", "MU-1"), (other, *bad)))
    if bad[0] == "70,000":
        assert report.ok  # nothing but noughts
        return
    assert not report.ok
    assert [(line.number, line.outcome) for line in report.lines] == [
        (2, importing.RECORDED),
        (3, importing.WRONG),
    ]
    assert not CoPayment.objects.filter(paid_on__isnull=False).exists()
    assert not FundingLog.objects.filter(object_type="copayment").exists()


def test_doubled_lines_stop_the_list() -> None:
    row = held()
    line = (row, "70,00", "10.02.2025", "MU-1")
    assert not take(csv(line, line)).ok
    row.refresh_from_db()
    assert row.paid_on is None


def test_rows_of_another_provider_are_unknown_like_those_that_do_not_exist() -> None:
    mine, foreign = held(), held()
    provider = mine.commitment.offer.version.programme.provider  # type: ignore[union-attr]
    staff = f.MembershipFactory(organisation=provider.organisation).user
    nobody = CoPayment(commitment=mine.commitment)
    report = take(
        csv(
            (foreign, "70,00", "10.02.2025", "MU-1"),
            (nobody, "70,00", "10.02.2025", "MU-1"),
        ),
        actor=staff,
    )
    errors = [[str(text) for text in line.errors] for line in report.lines]
    assert errors[0] == errors[1]
    assert report.lines[0].row is None


def test_a_recorded_row_with_other_words_needs_a_correction() -> None:
    row = record(held())
    assert not take(csv((row, "70,00", "11.02.2025", "MU-17"))).ok


def test_rows_left_empty_are_left_alone() -> None:
    report = take(csv((held(), "70,00", "", "")))
    assert report.ok
    assert report.count(importing.EMPTY) == 1


# --- the right share: the project for the employed (MN) ---------------------------------------


def _mn() -> tuple[build.World, Any]:
    w = build.world()
    scheme = Scheme.objects.create(
        source=w.source, kind=SchemeKind.COFUNDED, code=f"mn-{w.source.code}", order=0
    )
    build.policy(
        scheme,
        {
            "share": "0.90",
            "share_for_exempt": "1.00",
            "exempt": ["low_income", "disability"],
            "own_part_proved_before_start": True,
        },
        [{"criterion": "minimum_age", "years": 18}],
    )
    return w, build.person(w)


@pytest.mark.parametrize(
    ("kind", "value", "support"),
    [
        (None, "", "299.99"),
        (FactKind.LOW_INCOME, "yes", "333.32"),
        (FactKind.LOW_INCOME, "no", "299.99"),
        (FactKind.DISABILITY, "yes", "333.32"),
        (FactKind.DISABILITY, "no", "299.99"),
    ],
)
@pytest.mark.parametrize("source", [FactSource.REGISTER, FactSource.DOCUMENT])
def test_exempt_people_pay_nothing_whatever_source_says_so(
    kind: FactKind | None, value: str, support: str, source: FactSource
) -> None:
    w, account = _mn()
    if kind is not None:
        PersonFact.objects.create(
            person=account.person, kind=kind, value=value, source=source, observed_at=HELD
        )
    answer = quote(offer=build.offer(w, "333.32"), account=account, at=HELD)
    assert answer.support == Decimal(support)
    assert answer.support + answer.own_part == Decimal("333.32")
    made = commitments.hold(
        account_id=account.pk,
        offer_id=build.offer(w, "333.32").pk,
        application_id=build.uuid4(),
        expected_support=answer.support,
        payer="person" if answer.own_part else "",
        use_support=True,
        actor=SYSTEM,
        at=HELD,
    )
    assert made is not None
    assert made.co_payments.exists() == bool(answer.own_part)
    assert reconcile(at=HELD).ok
    if not answer.own_part:
        # Nothing is left to prove.
        commitments.capture(commitment_id=made.pk, evidence={}, actor=SYSTEM, at=NOW)
