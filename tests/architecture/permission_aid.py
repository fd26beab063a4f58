"""Own parts, pledges and monthly aid in the world of permissions, and who may do what with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.services.employers import record_employer
from funding.services import pledges
from stars.common.dates import riga_date
from stars.common.permissions import SYSTEM

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


Given = Callable[[Any], dict[str, Any]]
SERVICES: dict[str, tuple[tuple[str, ...], Given]] = {
    "accounts.services.employers.record_employer": (
        MONEY,
        lambda w: {"name": "SIA Cits darbs", "registration_number": "40000000002"},
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
