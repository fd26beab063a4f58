"""Own parts, pledges and monthly aid in the world of permissions, and who may do what with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.services.employers import record_employer
from enrolments.services import applications, decisions
from funding.models import CoPayment
from funding.services import co_payments, pledges
from stars.common.dates import riga_date
from stars.common.permissions import SYSTEM
from tests import factories as f

MONEY = ("finance", "administrator")
OWNER = ("owner",)


def pledge_of(world: Any, **more: Any) -> dict[str, Any]:
    """A promise that an employer could make today."""
    today = riga_date(world.at)
    return {
        "employer_id": world.rows["employer"].pk,
        "source_id": None,
        "share": Decimal("0.5"),
        "per_person": None,
        "total": None,
        "valid_from": today,
        "valid_to": today + timedelta(days=100),
        "with_code": True,
        **more,
    }


def build(world: Any) -> None:
    """What the rows below are about."""
    who = {"actor": SYSTEM, "at": world.at}
    world.rows["employer"] = record_employer(
        name="SIA Izdomāts darbs", registration_number="40000000001", **who
    )
    recorded = pledges.record(**pledge_of(world), **who)
    world.rows |= {"pledge": recorded.pledge, "pledge-code": recorded.code}
    _own_parts(world)


def _own_parts(world: Any) -> None:
    """The resident pays 50 € beside the support: one person's is recorded, another's is not."""
    day = riga_date(world.day(12))
    version = f.VersionFactory(
        programme=f.ProgrammeFactory(provider=world.provider), published=True
    )
    offer = f.OfferFactory(
        version=version, source=world.rows["source-used"].term, price=Decimal("550.00")
    )
    group = f.group(version, starts_on=day, at=world.day(-10))
    account = world.accounts["resident"]
    user, at = account.person.user, world.day(-5)
    draft = applications.start_draft(
        account_id=account.pk, offer_id=offer.pk, group_id=group.pk, actor=user, at=at
    )
    applications.update_draft(
        application_id=draft.pk, payer="person", knows_consequences=True, actor=user, at=at
    )
    sent = applications.submit(
        application_id=draft.pk,
        expected_group_id=group.pk,
        expected_support=Decimal("500.00"),
        actor=user,
        at=at,
    )
    assert sent.commitment is not None
    decisions.approve(application_id=draft.pk, actor=world.users["staff"], at=world.day(-4))
    # Two payers, so that one share can be recorded and the other corrected.
    open_one = sent.commitment.co_payments.get()
    CoPayment.objects.filter(pk=open_one.pk).update(amount=Decimal("20.00"))
    paid = CoPayment.objects.create(
        commitment=sent.commitment, payer="family", amount=Decimal("30.00")
    )
    co_payments.record_paid(
        co_payment_id=paid.pk, paid_on=riga_date(at), proof="MU-1", actor=SYSTEM, at=world.at
    )
    world.applications["own-part"] = sent
    world.rows |= {"group-own-part": group, "own-part-open": open_one, "own-part-paid": paid}


def keys(world: Any) -> dict[str, Any]:
    """What may stand in an address."""
    return {"co_payment_id": world.rows["own-part-paid"].pk}


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """Forms filled in."""
    row, day = world.rows["own-part-open"], riga_date(world.at)
    return {
        "enrolments:provider_own_parts": {f"{row.pk}-paid_on": day, f"{row.pk}-proof": "MU-2"},
        "enrolments:provider_own_part": {
            "paid": "yes",
            "paid_on": day,
            "proof": "MU-3",
            "reason": "Cits rēķins",
        },
    }


Given = Callable[[Any], dict[str, Any]]
SERVICES: dict[str, tuple[tuple[str, ...], Given]] = {
    "accounts.services.employers.record_employer": (
        MONEY,
        lambda w: {"name": "SIA Cits darbs", "registration_number": "40000000002"},
    ),
    # Rows of others are as unknown to a rival as rows that do not exist (tests/funding).
    "funding.services.co_payment_import.import_list": (
        ("staff", "rival", *MONEY),
        lambda w: {"name": "a.csv", "content": b"code,amount,paid on,document"},
    ),
    "funding.services.co_payments.record_paid": (
        ("staff", *MONEY),
        lambda w: {
            "co_payment_id": w.rows["own-part-open"].pk,
            "paid_on": riga_date(w.at),
            "proof": "MU-2",
        },
    ),
    "funding.services.co_payments.correct": (
        ("staff", *MONEY),
        lambda w: {
            "co_payment_id": w.rows["own-part-paid"].pk,
            "paid_on": riga_date(w.at),
            "proof": "MU-3",
            "reason": "Cits rēķins",
        },
    ),
    "funding.services.pledges.record": (MONEY, pledge_of),
    "funding.services.pledges.add_employees": (
        MONEY,
        lambda w: {"pledge_id": w.rows["pledge"].pk, "employees": ["320000-00001"]},
    ),
    "funding.services.pledges.end": (MONEY, lambda w: {"pledge_id": w.rows["pledge"].pk}),
    "funding.services.pledges.use_code": (
        OWNER,
        lambda w: {"account_id": w.accounts["owner"].pk, "code": w.rows["pledge-code"]},
    ),
}
