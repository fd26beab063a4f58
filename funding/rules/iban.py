"""Account numbers that a SEPA credit transfer can reach. Pure functions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.exceptions import ValidationError

from stars.common.errors import Invalid

MAX_HOLDER = 140  # ISO 20022: Nm of a party

# Countries and territories whose accounts a SEPA credit transfer reaches: the list of the European
# Payments Council (EPC409-09), by the first two letters of the IBAN.
SEPA = frozenset(
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT"
    " NL NO PL PT RO RS SE SI SK SM VA".split()
)


def clean_iban(text: str) -> str:
    """`text` as an IBAN without spaces, in capital letters, its check digits and form proved.

    Raises `Invalid` (field "iban") for anything else, and for accounts outside SEPA.
    """
    value = iban.compact(text).upper()
    try:
        iban.validate(value)
    except ValidationError as error:
        raise Invalid(
            _("This is not an account number. Compare it with your contract with the bank."),
            code="iban",
            field="iban",
        ) from error
    if value[:2] not in SEPA:
        raise Invalid(
            _("Money can be sent to accounts in the SEPA area only."), code="sepa", field="iban"
        )
    return value


def clean_holder(text: str) -> str:
    """The name of the account's holder in one line, 1–140 characters; `Invalid` otherwise."""
    name = " ".join(text.split())
    if not name or len(name) > MAX_HOLDER or not name.isprintable():
        raise Invalid(
            _("Write the holder of the account as the bank knows them."),
            code="holder",
            field="holder",
        )
    return name


def tail(value: str) -> str:
    """The last four characters: enough to recognise one's own account, useless to others."""
    return value[-4:]


def grouped(value: str) -> str:
    """The IBAN in groups of four, as people read it."""
    return " ".join(value[i : i + 4] for i in range(0, len(value), 4))
