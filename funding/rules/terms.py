"""The parameters of a policy version, read from its JSON with every key checked (FUN-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from stars.common.money import euro

# Costs outside a training that a source may pay back.
COVERED = ("certificate", "competence_assessment")


@dataclass(frozen=True)
class Terms:
    """What a policy says. Amounts are EUR, shares 0–1; fields a kind does not need stay None."""

    amount: Decimal | None = None
    term_months: int | None = None
    max_grants: int = 1
    accumulate_times: int = 0
    accumulate_months: int = 0
    ceiling: Decimal | None = None
    replacement_days: int = 0
    share: Decimal | None = None
    share_for_exempt: Decimal | None = None
    exempt: tuple[str, ...] = ()
    # What is paid back, where it is not the price of a training (rule 13).
    covers: str = ""
    attendance_required: Decimal | None = None
    decision_working_days: int = 5
    second_side_days: int = 5

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Terms:
        """Parse stored terms; raises ValueError on a key nobody knows or a value of wrong form."""
        known = {field.name for field in fields(cls)}
        if unknown := set(data) - known:
            raise ValueError(f"Unknown policy terms: {sorted(unknown)}")
        values = dict(data)
        for name in ("amount", "ceiling"):
            if values.get(name) is not None:
                values[name] = euro(values[name])
        for name in ("share", "share_for_exempt", "attendance_required"):
            if values.get(name) is not None:
                share = Decimal(values[name])
                if not 0 <= share <= 1:
                    raise ValueError(f"{name} must be between 0 and 1")
                values[name] = share
        if values.get("covers", "") not in ("", *COVERED):
            raise ValueError(f"Unknown costs: {values['covers']}")
        values["exempt"] = tuple(values.get("exempt") or ())
        return cls(**values)
