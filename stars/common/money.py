"""Euro: Decimal with exactly two places, one field, one rounding function."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.core import checks
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from stars.common.errors import Invalid

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LIMIT = Decimal("9999999999.99")


def euro(value: Decimal | int | str) -> Decimal:
    """`value` as EUR with two places; raises `Invalid` rather than round or guess a unit.

    Floats are refused: their cents are not what was typed (architecture: Banned).
    """
    if isinstance(value, float | bool):
        raise TypeError("An amount is never a float.")
    try:
        amount = Decimal(value)
        exact = amount.quantize(CENT)
    except (InvalidOperation, ValueError) as error:
        raise Invalid(
            _("Write the amount in figures, for example 92.50."), code="amount"
        ) from error
    if not amount.is_finite() or abs(amount) > LIMIT:
        raise Invalid(_("Write the amount in figures, for example 92.50."), code="amount")
    if exact != amount:
        raise Invalid(_("An amount has at most two decimals."), code="amount")
    return exact


def round_euro(value: Decimal) -> Decimal:
    """The only rounding of money: half a cent goes up. EUR in, EUR out."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def split(amount: Decimal, parts: int) -> list[Decimal]:
    """`amount` EUR in `parts` equal parts; the last takes the remainder (33.33 33.33 33.34)."""
    if parts < 1:
        raise ValueError("parts must be at least 1")
    each = (amount / parts).quantize(CENT, rounding="ROUND_DOWN")
    return [each] * (parts - 1) + [amount - each * (parts - 1)]


def share_of(amount: Decimal, share: Decimal) -> tuple[Decimal, Decimal]:
    """`amount` EUR divided into (`share` of it, the rest); the two always add up to `amount`."""
    part = round_euro(amount * share)
    return part, amount - part


class MoneyField(models.DecimalField):
    """EUR, two places. Never negative unless `signed`; the database checks it too."""

    description = "EUR"

    def __init__(self, *args: Any, signed: bool = False, **kwargs: Any) -> None:
        self.signed = signed
        kwargs["max_digits"] = 12
        kwargs["decimal_places"] = 2
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        if self.signed:
            kwargs["signed"] = True
        return name, path, args, kwargs

    def db_check(self, connection: Any) -> str | None:
        if self.signed:
            return None
        return f"{connection.ops.quote_name(self.column)} >= 0"

    def db_parameters(self, connection: Any) -> Any:
        return {**super().db_parameters(connection), "check": self.db_check(connection)}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return super().check(**kwargs)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        # numeric(12,2) would round a third decimal silently.
        if isinstance(value, Decimal) and value != value.quantize(CENT):
            raise ValidationError(_("An amount has at most two decimals."))
        return super().get_db_prep_value(value, connection, prepared)
