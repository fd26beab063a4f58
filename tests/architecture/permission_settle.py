"""Settlement in the world of permissions, and who may do what with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from catalogue.models import Provider
from enrolments.models import Application
from funding.models import Commitment
from funding.services import holds, settling
from stars.common.dates import add_working_days, riga_date
from tests.funding import build, settle

Given = Callable[[Any], dict[str, Any]]
MONEY = ("finance", "administrator")


def build_settlement(world: Any) -> None:
    """Providers of their own, each with a statement at another stage."""
    draft, waiting, owed, ready, held, paid = (settle.scene() for _ in range(6))
    for each in (draft, waiting, ready, held):
        each.captured("10.00")
    world.rows["statement-draft"] = draft.statement()
    asked = {"statement_id": waiting.statement().pk, "actor": waiting.first, "at": settle.AFTER}
    world.rows["statement-approval"] = settling.put_forward(**asked)
    world.rows |= {
        "statement": ready.approved(),
        "rival-provider": owed.provider,
        "rival-source": owed.world.source,
        "commitment-owed": owed.captured("20.00"),
        "commitment-held": owed.captured("30.00"),
    }
    act = {"note": "x", "actor": owed.first, "at": settle.AFTER}
    holds.hold_payment(commitment_id=world.rows["commitment-held"].pk, **act)
    world.rows["payment-ready"] = ready.payment(world.rows["statement"])
    world.rows["payment-held"] = held.payment(held.approved())
    holds.hold_one_payment(payment_id=world.rows["payment-held"].pk, **act)
    for stage, day in (("waiting", 2), ("approved", 3), ("sent", 4)):
        paid.captured("10.00", build.riga(2025, 6 + day - 2, 10))
        payment = paid.payment(paid.approved(date(2025, 6 + day - 2, 1), world.at))
        world.rows |= {f"payment-{stage}": payment, f"file-{stage}": paid.file(payment, stage)}
    own = settle.scene()
    own.world.provider = world.provider
    own.new_account(at=settle.AFTER)
    own.captured("10.00")
    world.rows["statement-own"] = own.approved()
    world.rows["rival"] = Provider.objects.get(organisation__memberships__user=world.users["rival"])
    moved = settle.scene()
    moved.captured("10.00")
    world.rows["payment-moved"] = moved.payment(moved.approved())
    moved.new_account(at=world.at)


def _commitment(w: Any) -> Any:
    return Application.objects.get(pk=w.applications["running"].pk).commitment_id


def _owed(w: Any) -> dict[str, Any]:
    return {"commitment_id": w.rows["commitment-owed"].pk}


def _held(w: Any) -> dict[str, Any]:
    return {"commitment_id": _commitment(w)}


def _payment(state: str, **more: Any) -> Given:
    return lambda w: {"payment_id": w.rows[f"payment-{state}"].pk, **more}


def _rival(**more: Any) -> Given:
    return lambda w: {"provider_id": w.rows["rival-provider"].pk, **more}


SERVICES: dict[str, tuple[tuple[str, ...], Given]] = {
    "funding.services.corrections.correct": (
        ("finance",),
        lambda w: {**_owed(w), "amount": Decimal("-1.00"), "reason": "x"},
    ),
    "funding.services.corrections.lower_price": (
        MONEY,
        lambda w: {**_held(w), "price": Decimal("10.00"), "reason": "x"},
    ),
    "funding.services.holds.hold_payment": (("finance",), lambda w: {**_owed(w), "note": "x"}),
    "funding.services.holds.release_payment": (
        ("finance",),
        lambda w: {"commitment_id": w.rows["commitment-held"].pk, "note": "x"},
    ),
    "funding.services.holds.hold_one_payment": (("finance",), _payment("ready", note="x")),
    "funding.services.holds.free_one_payment": (("finance",), _payment("held", note="x")),
    "funding.services.holds.hold_provider": (("finance",), _rival(note="x")),
    "funding.services.holds.release_provider": (("finance",), _rival(note="x")),
    "funding.services.payment_files.make_file": (
        ("finance",),
        lambda w: {
            "payment_ids": [w.rows["payment-ready"].pk],
            "execute_on": add_working_days(riga_date(w.at), 1),
        },
    ),
    "funding.services.payment_files.decide_file": (
        ("finance",),
        lambda w: {"approval_id": w.rows["file-waiting"].approvals.get().pk, "approved": True},
    ),
    "funding.services.payment_files.cancel_file": (
        ("finance",),
        lambda w: {"file_id": w.rows["file-waiting"].pk, "note": "x"},
    ),
    "funding.services.payment_files.send_file": (
        ("finance",),
        lambda w: {"file_id": w.rows["file-approved"].pk},
    ),
    "funding.services.bank_answers.read_answer": (
        ("finance",),
        lambda w: {
            "content": b"end_to_end_id;status;date\n"
            + f"{w.rows['payment-sent'].end_to_end_id};paid;{riga_date(w.at)}".encode()
        },
    ),
    "funding.services.bank_answers.reject_payment": (
        ("finance",),
        lambda w: {**_payment("sent", note="x")(w), "day": riga_date(w.at)},
    ),
    "funding.services.bank_answers.redirect_payment": (("finance",), _payment("moved")),
    "funding.services.statements.make": (
        ("finance",),
        lambda w: {
            "provider_id": w.rows["rival-provider"].pk,
            "source_id": w.rows["rival-source"].pk,
            "month": settle.JUNE,
        },
    ),
    "funding.services.statements.settle_month": (
        ("finance",),
        lambda w: {"month": settle.JUNE},
    ),
    "funding.services.statements.cancel": (
        ("finance",),
        lambda w: {"statement_id": w.rows["statement-draft"].pk, "note": "x"},
    ),
    "funding.services.settling.put_forward": (
        ("finance",),
        lambda w: {"statement_id": w.rows["statement-draft"].pk},
    ),
    "funding.services.settling.decide": (
        ("finance",),
        lambda w: {"approval_id": w.rows["statement-approval"].pk, "approved": True},
    ),
}


class Fresh(BytesIO):
    """A file that can be sent again and again."""

    name = "answer.csv"

    def read(self, *args: Any) -> bytes:
        if not args:
            self.seek(0)
        return super().read(*args)


def shown(world: Any, name: str) -> Any:
    """The row on whose page a button is pressed, or None for other pages."""
    rows = world.rows
    found: dict[str, Callable[[], Any]] = {
        "statement_put-forward": lambda: rows["statement-draft"],
        "statement_cancel": lambda: rows["statement-draft"],
        "statement_paper": lambda: rows["statement"],
        "statementapproval_decide": lambda: rows["statement-approval"],
        "payment_hold": lambda: rows["payment-ready"],
        "payment_free": lambda: rows["payment-held"],
        "payment_redirect": lambda: rows["payment-moved"],
        "payment_reject": lambda: rows["payment-sent"],
        "paymentfile_download": lambda: rows["file-approved"],
        "paymentfile_send": lambda: rows["file-approved"],
        "paymentfile_cancel": lambda: rows["file-waiting"],
        "paymentfileapproval_decide": lambda: rows["file-waiting"].approvals.get(),
        "commitment_correct": lambda: rows["commitment-owed"],
        "commitment_hold": lambda: rows["commitment-owed"],
        "commitment_release": lambda: rows["commitment-held"],
        "commitment_lower": lambda: Commitment.objects.get(pk=_commitment(world)),
    }
    if name.startswith("admin:catalogue_provider_") and name.endswith("-payments"):
        return rows["rival-provider"]
    row = found.get(name.removeprefix("admin:funding_"))
    return row() if row else None


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """What the forms are filled in with."""
    why = {"note": "Tā vajag"}
    yes = {"approved": "yes"}
    today = riga_date(world.at)
    paid = f"end_to_end_id;status;date\n{world.rows['payment-sent'].end_to_end_id};paid;{today}"
    acts: dict[str, dict[str, Any]] = {
        "funding_statement_preview": {"month": settle.JUNE},
        "funding_statement_settle": {"month": settle.JUNE},
        "funding_statement_cancel": why,
        "funding_statementapproval_decide": yes,
        "funding_payment_hold": why,
        "funding_payment_free": why,
        "funding_payment_reject": {"day": today, **why},
        "funding_paymentfile_make": {
            "execute_on": add_working_days(today, 1),
            "payments": [world.rows["payment-ready"].pk],
        },
        "funding_paymentfile_answer": {"file": Fresh(paid.encode())},
        "funding_paymentfile_cancel": why,
        "funding_paymentfileapproval_decide": yes,
        "funding_commitment_correct": {"amount": "-1.00", "reason": "Mazāk"},
        "funding_commitment_hold": why,
        "funding_commitment_release": why,
        "funding_commitment_lower": {"price": "10.00", "reason": "Lētāk"},
        "catalogue_provider_hold-payments": why,
        "catalogue_provider_release-payments": why,
    }
    return {
        "enrolments:provider_bank": {"iban": "DE89370400440532013000", "holder": "Skola"},
        **{f"admin:{act}": sent for act, sent in acts.items()},
    }
