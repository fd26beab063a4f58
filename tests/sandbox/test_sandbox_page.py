"""The pages: choosing a person, adding one, what goes wrong, and the authenticator."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup

from stars.sandbox.codes import is_sandbox_code
from tests.sandbox.support import Portal, Running, returned

NEW = {"new": "1", "given_name": "Žanete", "family_name": "O’Nīla-Šēfere", "birthdate": "7.3.1991"}


def soup(response: requests.Response) -> Any:
    """The parsed page; untyped, because a missing element fails the test anyway."""
    return BeautifulSoup(response.text, "html.parser")


def test_page_says_what_it_is_in_both_languages(portal: Portal) -> None:
    page = soup(portal.authorize())
    assert page.html["lang"] == "lv"
    assert "Izmēģinājumu vide – nav īstais Latvija.lv" in page.header.text
    english = soup(requests.get(f"{portal.issuer}{page.header.a['href']}", timeout=10))
    assert english.html["lang"] == "en"
    assert "not the real Latvija.lv" in english.header.text
    assert soup(portal.authorize(ui_locales="ru en-GB lv")).html["lang"] == "en"
    assert not page.find_all("script")


def test_every_resident_can_be_chosen(portal: Portal) -> None:
    residents = requests.get(f"{portal.issuer}/residents.json", timeout=10).json()
    buttons = soup(portal.authorize()).select("button[name=resident]")
    invented = [button for button in buttons if not button["value"].startswith("added-")]
    assert [button["value"] for button in invented] == [who["key"] for who in residents]
    assert len({button.text for button in invented}) == 13


def test_added_person_signs_in_and_stays_in_the_list(
    start_sandbox: Callable[..., Running],
) -> None:
    first = start_sandbox()
    portal = first.portal
    answer = returned(portal.submit(portal.authorize(), **NEW))
    tokens = portal.exchange(answer["code"]).json()
    person = portal.userinfo(tokens["access_token"]).json()
    assert (person["given_name"], person["family_name"]) == ("Žanete", "O’Nīla-Šēfere")
    assert person["birthdate"] == "1991-03-07"
    assert is_sandbox_code(person["personal_code"])
    first.process.terminate()
    assert first.process.wait(timeout=10) == 0

    again = start_sandbox(data_dir=first.data_dir).portal
    button = soup(again.authorize()).find("button", string="Žanete O’Nīla-Šēfere")
    tokens = again.exchange(again.code_for(button["value"])).json()
    assert again.userinfo(tokens["access_token"]).json() == person


def test_own_code_is_kept(portal: Portal) -> None:
    page = portal.authorize()
    code = returned(portal.submit(page, **NEW, personal_code="00777712345"))["code"]
    tokens = portal.exchange(code).json()
    assert portal.userinfo(tokens["access_token"]).json()["personal_code"] == "007777-12345"
    taken = portal.submit(page, **NEW, personal_code="007777-12345")
    assert "jau pieder personai Žanete" in taken.text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("given_name", " ", "Ieraksti vārdu."),
        ("family_name", "", "Ieraksti uzvārdu."),
        ("given_name", "R2D2", "Lieto tikai burtus"),
        ("family_name", "a" * 61, "ne vairāk par 60 zīmēm"),
        ("birthdate", "", "Ieraksti dzimšanas datumu."),
        ("birthdate", "31.02.1990", "Tāda datuma nav."),
        ("birthdate", "01.01.2999", "nākotnē"),
        ("birthdate", "01.01.1850", "senāks par 120 gadiem"),
        ("personal_code", "12345", "tieši 11 ciparus"),
        ("personal_code", "161175-19997", "Kodam jāsākas ar 00."),
        ("personal_code", "328673-00679", "Kodam jāsākas ar 00."),
        ("personal_code", "000462-90317", "jau pieder personai Skaidrīte Vītola"),
    ],
)
def test_wrong_field_is_explained_and_kept(
    portal: Portal, field: str, value: str, message: str
) -> None:
    answer = portal.submit(portal.authorize(), **{**NEW, field: value})
    assert answer.status_code == 422
    page = soup(answer)
    assert page.title.text.startswith("Kļūda:")
    assert message in page.select_one(f".summary a[href='#{field}']").text
    entry = page.find(id=field)
    assert entry["value"] == value
    assert message in page.find(id=entry["aria-describedby"].split()[0]).text
    assert page.find(id="given_name")["value"] == {**NEW, field: value}["given_name"]


def test_unknown_person_is_explained(portal: Portal) -> None:
    answer = portal.submit(portal.authorize(), resident="nobody")
    assert answer.status_code == 422
    assert "Šīs personas sarakstā vairs nav." in answer.text


def test_what_is_typed_is_escaped(portal: Portal) -> None:
    attack = '"><script>alert(1)</script>'
    page = portal.submit(portal.authorize(state=attack), **{**NEW, "given_name": attack})
    assert page.status_code == 422
    assert "<script" not in page.text
    assert soup(page).find(id="given_name")["value"] == attack
    wrong = portal.authorize(redirect_uri="http://localhost/<script>alert(1)</script>")
    assert wrong.status_code == 400
    assert "<script" not in wrong.text


def test_pages_may_not_be_framed_or_run_scripts(portal: Portal) -> None:
    policy = portal.authorize().headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://localhost:8000" in policy


def test_authenticator_shows_the_codes_of_the_file(
    start_sandbox: Callable[..., Running],
) -> None:
    running = start_sandbox()
    url = f"{running.issuer}/authenticator"
    assert "Kodu vēl nav." in requests.get(url, timeout=10).text

    accounts = [{"label": "Inga <admin>", "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}]
    file = running.data_dir / "authenticator.json"
    file.write_text(json.dumps(accounts))
    answer = requests.get(url, timeout=10)
    row = soup(answer).tbody.tr
    assert row.th.text == "Inga <admin>"
    assert re.fullmatch("[0-9]{6}", row.td.text)
    assert 1 <= int(answer.headers["Refresh"]) <= 30
    assert "Refresh" not in requests.get(f"{url}?refresh=off", timeout=10).headers

    file.write_text('[{"label": "no secret"}]')
    broken = requests.get(url, timeout=10)
    assert broken.status_code == 200
    assert "Kodu failu nevar izlasīt." in broken.text


def test_health(portal: Portal) -> None:
    answer = requests.get(f"{portal.issuer}/health", timeout=10)
    assert answer.json() == {"status": "ok", "issuer": portal.issuer}
