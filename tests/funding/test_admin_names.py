"""The agency's pages of money say names: no code of a source or scheme, no whole key."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from funding.models import Commitment, Grant, LedgerAccount, Posting
from funding.selectors import budget_by_source
from stars.common.admin_words import keys_from, name_of, naming, short
from tests.cast import Cast, cast, enter

pytestmark = pytest.mark.django_db
LISTS = (
    *("allocationround", "grant", "commitment", "posting", "ledgeraccount", "budget", "scheme"),
    *("fundingsource", "policyversion", "reconciliationrun", "payment", "statement", "aidlist"),
    *("claim", "decision", "pledge"),
)
KEY = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


def text(html: str) -> str:
    """What is read: without tags and what stands in them."""
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"<[^>]*>", " ", html)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def officer(people: Cast) -> Client:
    return enter(people, "finance_officer")


@pytest.fixture
def commitment(people: Cast) -> Commitment:
    found = people.participation.application.commitment
    assert found is not None
    return found


@pytest.mark.parametrize("name", LISTS)
def test_lists_say_names(officer: Client, commitment: Commitment, name: str) -> None:
    source = commitment.source
    source.term.plain_lv = "Nauda tavām mācībām"
    source.term.save()
    said = text(officer.get(reverse(f"admin:funding_{name}_changelist")).content.decode())
    assert not KEY.search(said)
    scheme = commitment.policy.scheme
    for code in (source.code, scheme.code):
        assert not re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", said), code
    if name in ("commitment", "fundingsource", "reconciliationrun", "scheme"):
        assert "Nauda tavām mācībām" in said


@pytest.mark.parametrize("name", ["commitment", "ledgeraccount", "allocationround"])
def test_names_cost_no_query_for_each_row(
    officer: Client,
    commitment: Commitment,
    name: str,
    django_assert_max_num_queries: object,
) -> None:
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        officer.get(reverse(f"admin:funding_{name}_changelist"))


def test_pages_of_rows_have_no_key_in_sight(officer: Client, commitment: Commitment) -> None:
    for row in (
        commitment,
        commitment.policy,
        Grant.objects.first(),
        Posting.objects.filter(reference__startswith="commitment:").first(),
        LedgerAccount.objects.filter(owner_key__startswith="grant:").first()
        or LedgerAccount.objects.first(),
    ):
        assert row is not None
        page = reverse(f"admin:funding_{row._meta.model_name}_change", args=[row.pk])
        for what in (page, page.replace("/change/", "/history/")):
            html = officer.get(what).content.decode()
            assert not KEY.search(text(html)), row
            title = html.split("<title>")[1].split("</title>")[0]
            assert "None" not in title and not KEY.search(title)


def test_a_row_is_found_by_its_short_number(officer: Client, commitment: Commitment) -> None:
    address = reverse("admin:funding_commitment_changelist")
    page = reverse("admin:funding_commitment_change", args=[commitment.pk])
    for number in (short(commitment.pk), short(commitment.pk).upper(), str(commitment.pk)):
        assert page in officer.get(address, {"q": number}).content.decode()
    other = "00000000" if short(commitment.pk) != "00000000" else "11111111"
    assert page not in officer.get(address, {"q": other}).content.decode()
    # Keys that are numbers, and words that are no key at all.
    for name in ("ledgeraccount", "commitment", "allocationround"):
        for term in ("00000000", "'; --", "zzzz"):
            found = officer.get(reverse(f"admin:funding_{name}_changelist"), {"q": term})
            assert found.status_code == 200


def test_a_reference_leads_to_what_it_names(commitment: Commitment) -> None:
    said = str(naming(f"commitment:{commitment.pk}"))
    assert reverse("admin:funding_commitment_change", args=[commitment.pk]) in said
    assert short(commitment.pk) in text(said) and str(commitment.pk) not in text(said)
    assert naming("2026-001 <b>") == "2026-001 &lt;b&gt;"
    assert text(str(naming(f"pay:{commitment.pk}"))) == f"pay {short(commitment.pk)}"


def test_numbers() -> None:
    first, last = keys_from(" 0A1B2C3D ") or (None, None)
    assert str(first) == "0a1b2c3d-0000-0000-0000-000000000000"
    assert str(last) == "0a1b2c3d-ffff-ffff-ffff-ffffffffffff"
    assert keys_from("0a1b2c3") is None and keys_from("MI") is None


def test_sums_of_sources_know_their_source(commitment: Commitment) -> None:
    (row,) = [one for one in budget_by_source() if one["source"] == commitment.source]
    assert row["pool"] is not None
    assert name_of(commitment.policy).startswith(commitment.policy.scheme.name)
