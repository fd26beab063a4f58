"""docs/assumptions.md names what the data mark as assumed."""

from __future__ import annotations

from decimal import Decimal

from stars.demo.offer.data import load
from tests.architecture import code


def _page() -> str:
    return (code.ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8")


def test_every_assumption_of_a_policy_is_on_the_page() -> None:
    assumed = {
        name for policy in load("sources")["policies"].values() for name in policy["assumptions"]
    }
    assumed |= {
        name
        for scenario in load("scenarios").values()
        for scheme in scenario["schemes"].values()
        for name in scheme.get("assumptions", [])
    }
    page = _page()
    assert not {name for name in assumed if f"`{name}`" not in page}


def test_every_assumed_amount_is_on_the_page() -> None:
    page = _page()
    for source in load("sources")["sources"]:
        for part in [*source["budget"], *source.get("promise", [])]:
            if part.get("assumption") and source["code"] != "ict":  # its amount is a fact
                amount = f"{Decimal(part['amount']):,.2f}".replace(",", " ")
                assert f"{amount} €" in page, (source["code"], part)
