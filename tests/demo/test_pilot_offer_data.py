"""The offer's data say what the pilot published (seed 004; pilot-figures.md).

Pure: reads the YAML files, touches no database.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

import stars.demo
from stars.demo.offer.data import programmes as shown_programmes

DATA = Path(stars.demo.__file__).parent / "data"


def load(name: str) -> dict[str, Any]:
    """One data file as Python values."""
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def programmes() -> list[dict[str, Any]]:
    return load("programmes")["programmes"]


@pytest.fixture(scope="module")
def invented() -> list[dict[str, Any]]:
    return load("invented_programmes")["programmes"]


@pytest.fixture(scope="module")
def providers() -> dict[str, dict[str, Any]]:
    return {p["code"]: p for p in load("providers")["providers"]}


@pytest.fixture(scope="module")
def vocabularies() -> dict[str, dict[str, Any]]:
    return {
        v["code"]: {t["code"]: t for t in v["terms"]} for v in load("vocabularies")["vocabularies"]
    }


@pytest.fixture(scope="module")
def sources() -> dict[str, Any]:
    return load("sources")


# --- the published counts --------------------------------------------------------------------

TYPES = {  # L3001-L3010: number, hours, average price, lowest, highest (L1105)
    "further_education": (12, "2127.19", "2127.19", "2127.19"),
    "upskilling": (7, None, "200", "320"),
    "study_course": (26, "395.19", "257.50", "412.13"),
    "study_module": (10, "555.21", "412", "824"),
    "vocational_module": (44, "338.46", "106.80", "427.43"),
    "module_set": (27, "476.70", "138.84", "1784.02"),
    "non_formal": (13, "321", "249", "399"),
}
BANDS = {  # Table 12
    (960, 960): 12,
    (160, 458): 6,
    (100, 156): 31,
    (80, 98): 30,
    (60, 78): 40,
    (1, 56): 20,
}
PROVIDERS = {  # Table 12
    "mc-alfa": 14, "mc-plus": 13, "turiba": 12, "rtu": 10, "rvt": 9, "etv": 8, "lvpic": 7,
    "lmc": 7, "lu": 6, "rezt": 6, "via": 6, "jtt": 5, "citi": 36,
}  # fmt: skip
POPULAR = [4413, 2217, 1974, 827, 775, 599, 423, 417, 405, 334]


def test_there_are_139_programmes(programmes: list[dict[str, Any]]) -> None:
    assert len(programmes) == 139


def test_programmes_by_type(programmes: list[dict[str, Any]]) -> None:
    assert Counter(p["type"] for p in programmes) == {k: v[0] for k, v in TYPES.items()}


def test_programmes_by_sector(programmes: list[dict[str, Any]]) -> None:
    assert Counter(p["sector"] for p in programmes) == {"ict": 120, "business": 19}


def test_programmes_by_band_of_hours(programmes: list[dict[str, Any]]) -> None:
    counted: Counter[tuple[int, int]] = Counter()
    for p in programmes:
        fitting = [band for band in BANDS if band[0] <= p["hours"] <= band[1]]
        assert len(fitting) == 1, p["code"]
        counted[fitting[0]] += 1
    assert counted == BANDS


def test_programmes_by_provider(
    programmes: list[dict[str, Any]], providers: dict[str, dict[str, Any]]
) -> None:
    assert Counter(p["provider"] for p in programmes) == PROVIDERS
    assert {c: p["programmes"] for c, p in providers.items() if "programmes" in p} == PROVIDERS
    assert not any(providers[p["provider"]].get("invented") for p in programmes)


def test_33_programmes_had_no_applicant(programmes: list[dict[str, Any]]) -> None:
    without = [p for p in programmes if p.get("no_applicants")]
    assert len(without) == 33
    assert not any("pilot_participations" in p for p in without)


def test_the_ten_most_chosen_are_there(programmes: list[dict[str, Any]]) -> None:
    chosen = sorted(
        (p["pilot_participations"] for p in programmes if "pilot_participations" in p),
        reverse=True,
    )
    assert chosen == POPULAR
    assert all(3 <= len(p["outcomes"]) <= 5 for p in programmes if "pilot_participations" in p)


# --- prices ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TYPES)
def test_prices_of_a_type(programmes: list[dict[str, Any]], kind: str) -> None:
    _count, average, lowest, highest = TYPES[kind]
    prices = [Decimal(p["price"]) for p in programmes if p["type"] == kind]
    assert (min(prices), max(prices)) == (Decimal(lowest), Decimal(highest))
    if average is not None:  # exact to the cent, not only after rounding
        assert sum(prices) == Decimal(average) * len(prices)


def test_average_of_all_outside_full_cover_is_398(programmes: list[dict[str, Any]]) -> None:
    """The five averages and the overall one agree: 47 763.18 / 120 = 398.03 (L1105, L1109)."""
    prices = [
        Decimal(p["price"])
        for p in programmes
        if p["type"] not in ("further_education", "upskilling")
    ]
    assert len(prices) == 120
    assert round(sum(prices) / len(prices)) == 398


def test_prices_are_text_with_two_decimals(
    programmes: list[dict[str, Any]], invented: list[dict[str, Any]]
) -> None:
    assert all(re.fullmatch(r"\d+\.\d\d", p["price"]) for p in programmes + invented)


def test_one_programme_costs_570(programmes: list[dict[str, Any]]) -> None:
    dear = [p for p in programmes if p["price"] == "570.00"]
    assert [p["type"] for p in dear] == ["study_module"]


# --- rules of the types and references -------------------------------------------------------


def test_hours_are_within_the_rules_of_the_type(
    programmes: list[dict[str, Any]],
    invented: list[dict[str, Any]],
    vocabularies: dict[str, dict[str, Any]],
) -> None:
    types = vocabularies["programme_type"]
    assert set(types) == set(TYPES)
    for p in programmes + invented:
        rule = types[p["type"]]
        assert rule["hours_min"] <= p["hours"] <= rule["hours_max"], p["code"]
        assert rule["practice_hours"] <= p["hours"], p["code"]


def test_credit_points_follow_the_hours(
    programmes: list[dict[str, Any]],
    invented: list[dict[str, Any]],
    vocabularies: dict[str, dict[str, Any]],
) -> None:
    for p in programmes + invented:
        rule = vocabularies["programme_type"][p["type"]]["hours_per_credit_point"]
        if rule is None:
            assert "credit_points" not in p, p["code"]
        else:
            assert rule[0] <= p["hours"] / p["credit_points"] <= rule[1], p["code"]


def test_every_reference_exists(
    programmes: list[dict[str, Any]],
    invented: list[dict[str, Any]],
    providers: dict[str, dict[str, Any]],
    vocabularies: dict[str, dict[str, Any]],
) -> None:
    for p in programmes + invented:
        assert p["provider"] in providers
        assert p["mode"] in vocabularies["delivery_mode"]
        assert p["entry_level"] in vocabularies["entry_level"]
        assert p["language"] in vocabularies["language"]
        assert p["sector"] == vocabularies["field"][p["field"]]["sector"], p["code"]
        assert p["digcomp"]["area"] in vocabularies["digcomp_area"]
        assert str(p["digcomp"]["level"]) in vocabularies["digcomp_level"]
        if "qualification" in p:
            assert p["qualification"] in vocabularies["qualification"]
        assert (p["city"] is None) == (p["mode"] == "remote"), p["code"]
    assert all(p["kind"] in vocabularies["provider_kind"] for p in providers.values())


def test_the_pilot_taught_levels_four_to_six(programmes: list[dict[str, Any]]) -> None:
    assert {p["digcomp"]["level"] for p in programmes} == {4, 5, 6}  # L455
    assert {p["digcomp"]["area"] for p in programmes} == {"1", "2", "3", "4", "5"}


def test_further_education_is_on_site_and_names_its_qualification(
    programmes: list[dict[str, Any]],
) -> None:
    """Call 2 asked for on-site programmes in three qualifications (L471)."""
    full = [p for p in programmes if p["type"] == "further_education"]
    assert {p["mode"] for p in full} == {"on_site"}
    assert Counter(p["qualification"] for p in full).keys() == {"systems", "programming", "cyber"}


# --- words -----------------------------------------------------------------------------------


def test_codes_titles_and_sentences_are_distinct(
    programmes: list[dict[str, Any]], invented: list[dict[str, Any]]
) -> None:
    everything = programmes + invented
    for values in (
        [p["code"] for p in everything],
        [p["title"]["lv"].casefold() for p in everything],
        [p["title"]["en"].casefold() for p in everything],
        [p["summary"]["lv"] for p in everything],
        [p["summary"]["en"] for p in everything],
    ):
        assert [v for v, n in Counter(values).items() if n > 1] == []


def test_sentences_are_plain_and_address_the_reader(
    programmes: list[dict[str, Any]], invented: list[dict[str, Any]]
) -> None:
    for p in programmes + invented:
        lv, en = p["summary"]["lv"], p["summary"]["en"]
        assert lv.startswith("Iemācīsies "), p["code"]
        assert en.startswith("You will learn "), p["code"]
        for text in (lv, en):  # one sentence, of a length one reads in one breath
            assert text.endswith(".") and text.count(". ") == 0, p["code"]
            assert len(text) <= 150, (p["code"], len(text))
        assert not re.search(r"DigComp|IMK|\bMN\b", lv), p["code"]


def test_every_programme_says_what_one_will_be_able_to_do(
    programmes: list[dict[str, Any]],
    invented: list[dict[str, Any]],
    vocabularies: dict[str, dict[str, Any]],
) -> None:
    for p in programmes + invented:
        if p["type"] == "further_education":  # the same for everybody with the qualification
            outcomes = vocabularies["qualification"][p["qualification"]]["outcomes"]
        else:
            outcomes = p["outcomes"]
        assert 3 <= len(outcomes) <= 5, p["code"]
        assert len({o["lv"] for o in outcomes}) == len(outcomes), p["code"]
        for text in (text for o in outcomes for text in o.values()):
            assert text[0].isupper() and not text.endswith(".") and len(text) <= 70, text


def names(node: Any) -> list[dict[str, str]]:
    """Every pair of texts in a file."""
    if isinstance(node, dict):
        if set(node) == {"lv", "en"}:
            return [node]
        return [pair for value in node.values() for pair in names(value)]
    if isinstance(node, list):
        return [pair for value in node for pair in names(value)]
    return []


@pytest.mark.parametrize(
    "name", ["vocabularies", "providers", "sources", "programmes", "invented_programmes"]
)
def test_every_text_is_in_both_languages_and_well_quoted(name: str) -> None:
    pairs = names(load(name))
    assert pairs
    for pair in pairs:
        assert pair["lv"].strip() and pair["en"].strip(), pair
        assert pair["lv"] == pair["lv"].strip() and pair["en"] == pair["en"].strip(), pair
        assert '"' not in pair["lv"] + pair["en"], pair  # „ ” and “ ”, never straight
        assert "  " not in pair["lv"] + pair["en"], pair


# --- providers and sources -------------------------------------------------------------------


def test_only_invented_providers_have_teachers(providers: dict[str, dict[str, Any]]) -> None:
    for provider in providers.values():
        if provider.get("invented"):
            assert provider["teachers"] and provider["venues"]
        else:
            assert not {"teachers", "prone_to", "venues"} & set(provider), provider["code"]
            assert "streets" not in provider or "stands_for" in provider, provider["code"]
            assert set(provider.get("streets", ())) == set(provider.get("towns", ()))
    plain = [p for p in providers.values() if not p.get("invented") and not p.get("collective")]
    assert sum("stands_for" not in p for p in plain) == 12
    assert {p["stands_for"] for p in plain if "stands_for" in p} == {"citi"}
    assert sum(bool(p.get("invented")) for p in providers.values()) == 3


def test_invented_programmes_belong_to_invented_providers(
    invented: list[dict[str, Any]], providers: dict[str, dict[str, Any]]
) -> None:
    assert {p["provider"] for p in invented} == {
        code for code, p in providers.items() if p.get("invented")
    }
    assert any(p["price"] == "570.00" for p in invented)


def test_seven_sources_of_annex_1_and_one_invented(
    sources: dict[str, Any], vocabularies: dict[str, dict[str, Any]]
) -> None:
    by_code = {s["code"]: s for s in sources["sources"]}
    ends = {code: s["ends"] for code, s in by_code.items() if not s.get("invented")}
    assert ends == {  # L2984-L2999
        "imk": dt.date(2026, 6, 30),
        "ict": dt.date(2026, 6, 30),
        "mn": dt.date(2029, 11, 30),
        "varam": dt.date(2026, 6, 30),
        "coursera": dt.date(2026, 6, 30),
        "micro": dt.date(2027, 12, 31),
        "just-transition": dt.date(2029, 11, 30),
    }
    assert [c for c, s in by_code.items() if s.get("invented")] == ["imk-next", "region-next"]
    terms = vocabularies["funding_source"]
    assert {c: s["name"] for c, s in by_code.items()} == {c: t["name"] for c, t in terms.items()}


def test_budget_of_the_pilot(sources: dict[str, Any]) -> None:
    (imk,) = (s for s in sources["sources"] if s["code"] == "imk")
    budget = {b["origin"]: Decimal(b["amount"]) for b in imk["budget"]}
    assert budget == {"eu": Decimal("9860699.00"), "state": Decimal("638001.00")}
    assert sum(budget.values()) == Decimal("10498700")  # Table 2, L440


def test_policies_say_what_they_assume(
    sources: dict[str, Any], vocabularies: dict[str, dict[str, Any]]
) -> None:
    policies = sources["policies"]
    used = {scheme["policy"] for s in sources["sources"] for scheme in s["schemes"]}
    assert used == set(policies)
    owners = {o["code"] for o in sources["owners"]}
    assert {s["owner"] for s in sources["sources"]} <= owners
    codes = [scheme["code"] for s in sources["sources"] for scheme in s["schemes"]]
    assert len(codes) == len(set(codes))
    for code, policy in policies.items():
        for kind in policy.get("programme_types", []):
            assert kind in vocabularies["programme_type"], code
        for assumed in policy["assumptions"]:
            assert assumed in policy or assumed in policy["terms"], (code, assumed)


def test_every_programme_type_has_exactly_one_way_of_support_in_the_pilot(
    sources: dict[str, Any],
) -> None:
    policies = sources["policies"]
    grant = set(policies["imk-allocation"]["programme_types"])
    cover = set(policies["imk-full-cover"]["programme_types"])
    assert grant | cover == set(TYPES) and not grant & cover


def test_rounds_of_the_pilot_and_the_continuation(sources: dict[str, Any]) -> None:
    by_code = {s["code"]: s for s in sources["sources"]}
    assert [(r["code"], r["due"]) for r in by_code["imk"]["rounds"]] == [  # L480
        ("IMK-2024-12", dt.date(2024, 12, 9)),
        ("IMK-2025-06", dt.date(2025, 6, 9)),
        ("IMK-2025-12", dt.date(2025, 12, 9)),
    ]
    following = by_code["imk-next"]
    months = following["rounds_months"]
    step = sources["policies"]["imk-allocation"]["terms"]["period_months"]
    assert [b - a for a, b in itertools.pairwise(months)] == [step] * (len(months) - 1)
    assert min(months) < 0 < max(months)
    assert following["starts_months"] < min(months) and max(months) < following["ends_months"]
    policies = [scheme["policy"] for scheme in following["schemes"]]
    assert policies == [scheme["policy"] for scheme in by_code["imk"]["schemes"]]


def test_nobody_is_shown_under_the_collective_entry() -> None:
    shown = Counter(entry["provider"] for entry in shown_programmes())
    assert "citi" not in shown
    stand_ins = [p["code"] for p in load("providers")["providers"] if "stands_for" in p]
    assert sum(shown[code] for code in stand_ins) == 36
    assert all(shown[code] >= 3 for code in stand_ins)
