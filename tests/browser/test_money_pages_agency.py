"""The agency's pages of money: readable in both themes, nothing broken, names and no keys."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse

from funding.models import FundingSource, Scheme
from funding.services.reconcile import reconcile
from stars.common.dates import now
from tests.browser.conftest import Visitor
from tests.browser.test_agency import let_in
from tests.cast import Cast, cast, enter
from tests.funding.test_pledges import promise

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")

# Every list of the agency's money, and the forms that need no row.
LISTS = (
    *("allocationround", "roundapproval", "claim", "refundable", "appeal", "decision"),
    *("aidrequest", "aidlist", "aidlistapproval", "pledge", "copayment", "commitment", "grant"),
    *("statement", "statementapproval", "payment", "paymentfile", "paymentfileapproval"),
    *("budget", "periodclose", "reconciliationrun", "posting", "ledgeraccount"),
    *("fundingsource", "scheme", "policyversion"),
)
# Lists are drawn alike: these stand for the others in axe and as pictures.
PICTURED = ("budget", "reconciliationrun", "commitment", "claim", "payment")
FORMS = (
    *("allocationround_plan", "aidlist_make", "pledge_record", "pledge_employer"),
    *("statement_preview", "paymentfile_make", "paymentfile_answer", "budget_export"),
    *("budget_double", "budget_calculator", "periodclose_close", "refundable_import"),
)


def officer(visitor: Visitor) -> Cast:
    people = cast()
    promise()
    for number, source in enumerate(FundingSource.objects.select_related("term"), 1):
        source.term.plain_lv = f"{number}. avota nauda"
        source.term.save()
    reconcile(at=now())
    let_in(visitor, enter(people, "finance_officer"))
    return people


def codes() -> list[str]:
    """Of sources and schemes; nobody reads them."""
    return [
        *FundingSource.objects.values_list("code", flat=True),
        *Scheme.objects.values_list("code", flat=True),
    ]


def read(visitor: Visitor, name: str) -> None:
    """Look at the page, and at what it says: no key, no code of a source, no data as kept."""
    said = visitor.page.locator("main").inner_text()
    for signs in (KEY, re.compile(r"\b(None|True|False)\b"), re.compile(r"[{\[]'")):
        assert not signs.search(said), f"{name}: {signs.search(said)}"
    for code in codes():
        assert not re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", said), f"{name}: {code}"
    if name not in LISTS or name in PICTURED:
        visitor.look(name)


def test_every_list(visit: Callable[..., Visitor]) -> None:
    visitor = visit("lists", width=1280)
    people = officer(visitor)
    banking = [name for name in LISTS if name.startswith("payment")]
    for name in banking:  # account numbers are not for administrators
        visitor.open(reverse(f"admin:funding_{name}_changelist"))
        read(visitor, name)
    let_in(visitor, enter(people, "administrator"))
    for name in LISTS:
        if name not in banking:
            visitor.open(reverse(f"admin:funding_{name}_changelist"))
            read(visitor, name)


def test_forms_and_figures(visit: Callable[..., Visitor]) -> None:
    visitor = visit("figures", width=1280)
    people = officer(visitor)
    for name in FORMS:
        visitor.open(reverse(f"admin:funding_{name}"))
        read(visitor, name)
    commitment = people.participation.application.commitment
    assert commitment is not None
    scheme = commitment.policy.scheme_id
    for name, key in (
        ("commitment_change", commitment.pk),
        ("policyversion_change", commitment.policy_id),
        ("scheme_new-version", scheme),
    ):
        visitor.open(reverse(f"admin:funding_{name}", args=[key]))
        read(visitor, name)
