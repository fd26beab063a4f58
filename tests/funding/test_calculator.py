"""The cost calculator of annex 16: rules, what the portal knows, and the page."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from funding.admin_calculator import GROUP_NAMES, NAMES
from funding.models import Posting
from funding.rules import calculator
from funding.rules.calculator import FIGURES, GROUPS, plan, totals, year
from funding.selectors_calculator import known
from funding.services import commitments
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga
from tests.funding.test_books_pages import browser

D = Decimal
PAGE = "admin:funding_budget_calculator"
NOTHING = {figure.name: D(0) for figure in FIGURES}


@pytest.mark.parametrize(
    ("figures", "group", "eur"),
    [
        # L3319: 500 euro for other programmes, 2 000 for further education.
        (
            {"allocation_people": 100, "allocation_grant": 500, "allocation_used": 100},
            "allocation",
            "50000.00",
        ),
        (
            {"allocation_people": 100, "allocation_grant": 500, "allocation_used": 60},
            "allocation",
            "30000.00",
        ),
        ({"cover_people": 10, "cover_price": 2000}, "cover", "20000.00"),
        (
            {"cofunded_people": 3, "cofunded_price": 333, "cofunded_share": 90},
            "cofunded",
            "899.10",
        ),
        # L3323: 100 euro a month × months × recipients.
        (
            {"stipend_people": 7, "stipend_month": 100, "stipend_months": 5},
            "stipends",
            "3500.00",
        ),
        ({"certificate_people": 2, "certificate_price": "760.50"}, "certificates", "1521.00"),
        ({"platform": 300000}, "platform", "300000.00"),
        ({"platform": 100000, "administration": 7}, "administration", "7000.00"),
    ],
)
def test_a_group_of_costs(figures: dict[str, Any], group: str, eur: str) -> None:
    one = year(1, {**NOTHING, **{name: D(value) for name, value in figures.items()}})
    assert one.groups[group] == D(eur)


def test_prices_rise_and_policies_do_not() -> None:
    figures = {
        **NOTHING,
        "cover_people": D(10),
        "cover_price": D(1000),
        "growth_prices": D(10),
        "stipend_people": D(10),
        "stipend_month": D(100),
        "stipend_months": D(1),
    }
    first, second = plan(2, figures)
    assert second.groups["cover"] == first.groups["cover"] * D("1.1")
    assert second.groups["stipends"] == first.groups["stipends"] == D("1000.00")


def test_a_missing_figure_is_an_error() -> None:
    with pytest.raises(KeyError, match="platform"):
        plan(1, {name: D(1) for name in NOTHING if name != "platform"})


@given(
    st.integers(1, 10),
    st.fixed_dictionaries(
        {
            figure.name: st.decimals(0, 100, places=2)
            if figure.unit == calculator.Unit.SHARE
            else st.decimals(0, 100_000, places=2)
            for figure in FIGURES
        }
    ),
)
def test_years_and_groups_add_up_to_the_same(years: int, figures: dict[str, D]) -> None:
    made = plan(years, figures)
    assert len(made) == years
    assert sum(totals(made).values()) == sum(one.total for one in made)
    assert all(amount >= 0 for one in made for amount in one.groups.values())


def test_every_figure_and_group_has_a_name() -> None:
    assert set(NAMES) == set(NOTHING)
    assert set(GROUP_NAMES) == set(GROUPS)
    used = {name for parts in calculator.PER_PERSON.values() for name in parts if name}
    used |= {*calculator.PER_YEAR, "administration", "growth_people", "growth_prices"}
    assert used == set(NOTHING)


@pytest.mark.django_db
class TestKnown:
    def test_nothing_is_known_of_nothing(self) -> None:
        build.world()
        assert known(riga(2025, 7, 1)) == {}

    def test_the_last_twelve_months(self) -> None:
        w = build.world()
        account = build.person(w)
        build.person(w)
        build.run(w, 1)
        held = build.hold(account, build.offer(w, "250.00"), riga(2025, 6, 20), support="250.00")
        commitments.capture(commitment_id=held.pk, evidence={}, actor=SYSTEM, at=riga(2025, 8, 1))
        found = known(riga(2025, 9, 1))
        assert found["allocation_people"] == 2
        assert found["allocation_grant"] == D("500.00")
        assert found["allocation_used"] == D("25.00")
        assert known(riga(2026, 9, 1)) == {}


@pytest.mark.django_db
class TestPage:
    def ask(self, **more: Any) -> Any:
        asked = {figure.name: str(figure.value) for figure in FIGURES}
        return browser("auditor").get(reverse(PAGE), {**asked, "years": "2", **more})

    def test_prefilled_with_where_it_is_from(self) -> None:
        page = BeautifulSoup(browser().get(reverse(PAGE)).content, "html.parser")
        assert page.select_one("[name=stipend_month]")["value"] == "100"  # type: ignore[index]
        text = page.get_text(" ", strip=True)
        assert "from the report, annex 16 or the pilot" in text
        assert "an assumption" in text

    def test_a_result_by_year(self) -> None:
        page = BeautifulSoup(self.ask(cover_people="10").content, "html.parser")
        cells = [td.get_text(strip=True).replace("\xa0", " ") for td in page.select("section td")]
        assert "20 000.00 €" in cells or "20,000.00 €" in cells
        assert "your figure" in page.get_text()

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_as_a_file(self, kind: str) -> None:
        response = self.ask(file=kind)
        assert f'izmaksas.{kind}"' in response["Content-Disposition"]
        body = b"".join(response.streaming_content)
        if kind == "csv":
            rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
            assert len(rows[0]) == 4
            assert rows[len(GROUPS) + 1][0] == "Together"

    @pytest.mark.parametrize(
        "bad",
        [
            {"years": "0"},
            {"years": "11"},
            {"years": "x"},
            {"cover_price": "-1"},
            {"cover_price": "1.234"},
            {"cover_price": "NaN"},
            {"cover_price": "Infinity"},
            {"cover_people": "1e99"},
            {"allocation_used": "101"},
            {"quality": ""},
            {"file": "exe"},
        ],
    )
    def test_bad_figures_are_told_and_nothing_is_written(self, bad: dict[str, str]) -> None:
        before = Posting.objects.count()
        assert self.ask(**bad).status_code == 200
        assert Posting.objects.count() == before
