"""The agency's pages of policies: read in words, written after their effect was shown."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from funding.models import PolicyVersion, Scheme
from funding.services import policies
from stars.common.dates import add_months, now, today
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.funding import build
from tests.signin import as_staff

pytestmark = pytest.mark.django_db
TERMS = {**build.ALLOCATION_TERMS, "period_months": 6, "amount": "400.00"}


@pytest.fixture
def scheme() -> Scheme:
    w = build.world()
    w.source.ends_on = add_months(today(), 24)
    w.source.save(update_fields=["ends_on"])
    scheme = w.allocation.scheme
    scheme.name_en = "500 € on the account"
    scheme.name_lv = "500 € kontā"
    scheme.save(update_fields=["name_lv", "name_en"])
    return scheme


@pytest.fixture
def browser() -> Client:
    client = Client()
    user = f.MembershipFactory(finance_officer=True).user
    user.is_staff = True
    user.save()
    as_staff(client, user)
    client.cookies["django_language"] = "en"
    return client


def soup(response: Any) -> BeautifulSoup:
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def boxes(page: BeautifulSoup) -> dict[str, Any]:
    """What a browser would send of the page's form."""
    form = next(each for each in page.find_all("form") if each.find(attrs={"name": "why"}))
    data: dict[str, Any] = {}
    for box in form.find_all(["input", "select", "textarea"]):
        name, kind = box.get("name"), box.get("type")
        if not name or name == "csrfmiddlewaretoken":
            continue
        if box.name == "select":
            chosen = box.find("option", selected=True) or box.find("option")
            data[name] = chosen.get("value", "")
        elif box.name == "textarea":
            data[name] = box.get_text().strip("\n")
        elif kind in ("checkbox", "radio"):
            if box.has_attr("checked"):
                data.setdefault(name, []).append(box.get("value", "on"))
        else:
            data[name] = box.get("value", "")
    return data


def test_the_effect_is_shown_before_it_is_saved(scheme: Scheme, browser: Client) -> None:
    build.person()
    url = reverse("admin:funding_scheme_new-version", args=[scheme.pk])
    page = soup(browser.get(url))
    assert "What it would change" not in page.get_text()
    data = boxes(page)
    assert data["t_amount"] == "500.00"
    # Nobody saves what they have not seen, whatever they send.
    unseen = {**data, "save": "", "why": "x", "t_period_months": "6"}
    assert "What it would change" in soup(browser.post(url, unseen)).get_text()
    assert scheme.versions.count() == 1
    data |= {"t_amount": "600.00", "t_period_months": "6", "why": "Costs have grown"}
    data["c_low_income"] = "any"
    data["c_sector"], data["p_sector_any_of"] = "any", "F"
    seen = soup(browser.post(url, {**data, "look": ""}))
    text = seen.get_text(" ", strip=True).replace("\xa0", " ")
    assert "What it would change" in text
    assert "500 €" in text and "600 €" in text
    assert "At least one of these holds: you work in: F; you have low-income status" in text
    assert scheme.versions.count() == 1
    # Something else than what was shown is shown first.
    token = boxes(seen)["shown"]
    other = {**data, "t_amount": "700.00", "shown": token, "save": ""}
    assert soup(browser.post(url, other))
    assert scheme.versions.count() == 1
    saved = browser.post(url, {**data, "shown": token, "save": ""})
    assert saved.status_code == 302
    version = PolicyVersion.objects.get(scheme=scheme, number=2)
    assert (version.terms["amount"], version.why) == ("600.00", "Costs have grown")
    assert version.valid_from == today()
    assert {"criterion": "minimum_age", "years": 18} in version.criteria
    text = soup(browser.get(saved["Location"])).get_text()
    assert "Costs have grown" in text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"t_amount": "-1"}, "greater than or equal to 0"),
        ({"t_amount": "5.001"}, "no more than 2 decimal places"),
        ({"t_amount": "0"}, "more than zero"),
        ({"t_stages": "half"}, "50: 40"),
        ({"t_ceiling": "100"}, "The ceiling is below one grant"),
        ({"valid_from": "2020-01-01"}, "cannot begin in the past"),
        ({"valid_from": "soon"}, "Enter a valid date"),
        ({"c_region": "all"}, "This has to be said"),
        ({"t_order": "priority"}, "Name the groups"),
        ({"t_at_end": "explode"}, "Select a valid choice"),
        ({"why": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_stands_beside_its_box(
    scheme: Scheme, browser: Client, more: dict[str, str], said: str
) -> None:
    url = reverse("admin:funding_scheme_new-version", args=[scheme.pk])
    data = boxes(soup(browser.get(url))) | {"t_period_months": "6", "why": "x"}
    text = soup(browser.post(url, data | more | {"look": ""})).get_text(" ", strip=True)
    assert said in text
    assert "What it would change" not in text
    assert scheme.versions.count() == 1


def test_an_overlapping_version_is_refused_in_words(scheme: Scheme, browser: Client) -> None:
    later = add_months(today(), 3)
    policies.write_version(
        scheme_id=scheme.pk,
        valid_from=later,
        terms=TERMS,
        criteria=build.ADULT,
        why="x",
        actor=SYSTEM,
        at=now(),
    )
    url = reverse("admin:funding_scheme_new-version", args=[scheme.pk])
    data = boxes(soup(browser.get(url))) | {"why": "x"}
    text = soup(browser.post(url, data | {"look": ""})).get_text(" ", strip=True)
    assert "Version 2 begins on" in text
    assert scheme.versions.count() == 2


def test_a_version_is_read_in_words(scheme: Scheme, browser: Client) -> None:
    version = policies.write_version(
        scheme_id=scheme.pk,
        valid_from=add_months(today(), 1),
        terms=TERMS,
        criteria=[{"criterion": "low_income"}],
        why="Only for those who need it",
        actor=SYSTEM,
        at=now(),
        assumptions=["requested"],
    )
    url = reverse("admin:funding_policyversion_change", args=[version.pk])
    text = soup(browser.get(url)).get_text(" ", strip=True).replace("\xa0", " ")
    for said in (
        "Amount, EUR 400 €",
        "You have low-income status",
        "Different from the version before",
        "Assumed, since no source says it: Only to those who ask",
    ):
        assert said in text, said
    for sign in ("{", "criterion", "low_income", "used_and_completed"):
        assert sign not in text, sign
