"""Registering an organisation on the pages, and the agency's decision on its own."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from catalogue.models import Provider, ProviderRegistration
from stars.common.dates import now
from tests import factories as f
from tests.signin import as_resident, as_staff

pytestmark = pytest.mark.django_db
FIRST = {
    "registration_number": "00000 000022",
    "name": "SIA “Digitālā darbnīca”",
    "city": "Valmiera",
    "email": "birojs@darbnica.example",
    "phone": "60000000",
    "about_lv": "Mācām strādāt ar datoru.",
}
SECOND = {
    "accreditation": "Profesionālā pilnveide",
    "accredited_until": "2030-01-01",
    "title_1": "Datu analīze",
    "year_1": "2025",
    "graduates_1": "14",
    "title_2": "Grāmatvedība",
    "year_2": "2024",
    "graduates_2": "11",
    "no_exclusion": "on",
}
JOIN = "/klusti-par-sniedzeju/"


@pytest.fixture
def client() -> Client:
    cache.clear()
    client = Client()
    client.cookies["django_language"] = "en"
    as_resident(client, f.PersonFactory())
    return client


def soup(response: object) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")  # type: ignore[attr-defined]


def test_the_whole_way(client: Client) -> None:
    assert "Register your organisation" in client.get(JOIN).content.decode()
    assert not ProviderRegistration.objects.exists()  # looking writes nothing
    first = client.post(reverse("web:join_organisation"), FIRST)
    assert first["Location"] == reverse("web:join_experience")
    second = client.post(reverse("web:join_experience"), SECOND)
    assert second["Location"] == reverse("web:join_check")
    check = soup(client.get(reverse("web:join_check")))
    assert "SIA “Digitālā darbnīca”" in check.get_text()
    assert "Grāmatvedība, 2024: 11 graduates" in check.get_text()
    assert client.post(reverse("web:join_check"))["Location"] == JOIN
    row = ProviderRegistration.objects.get()
    assert row.state == "submitted"
    assert row.registration_number == "00000000022"
    assert "Not known" in client.get(JOIN).content.decode()  # no register in this test
    # Steps of what was sent lead to the answer.
    for name in ("web:join_organisation", "web:join_check"):
        assert client.get(reverse(name))["Location"] == JOIN

    agency = Client()
    agency.cookies["django_language"] = "en"
    officer = f.MembershipFactory(administrator=True).user
    officer.is_staff = True
    officer.save(update_fields=["is_staff"])
    as_staff(agency, officer)
    desk = agency.get(reverse("admin:index")).content.decode()
    assert "Organisations that want to become providers" in desk
    url = reverse("admin:catalogue_providerregistration_change", args=[row.pk])
    page = soup(agency.get(url)).get_text()
    assert "Not known" in page
    assert "birojs@darbnica.example" in page
    act = reverse("admin:catalogue_providerregistration_approve", args=[row.pk])
    assert "Not everything is fulfilled" in agency.post(act, {"note": ""}).content.decode()
    assert agency.post(act, {"note": "Skatījos reģistrā."}).status_code == 302
    assert Provider.objects.get().registration == row
    answer = client.get(JOIN).content.decode()
    assert "We have sent an invitation to birojs@darbnica.example" in answer
    assert "Skatījos reģistrā." in answer


def test_nothing_typed_is_lost(client: Client) -> None:
    keep = reverse("web:join_keep", args=[1])
    half = {"name": "SIA “Pus”", "registration_number": "12", "email": "nav", "city": "Cēsis"}
    assert client.post(keep, half).status_code == 204
    row = ProviderRegistration.objects.get()
    assert (row.name, row.city, row.registration_number, row.email) == (
        "SIA “Pus”",
        "Cēsis",
        "",
        "",
    )
    page = soup(client.get(reverse("web:join_organisation")))
    assert page.select_one("#id_name")["value"] == "SIA “Pus”"  # type: ignore[index]
    # The check leads back to what is missing.
    assert client.get(reverse("web:join_check"))["Location"] == reverse("web:join_organisation")


@pytest.mark.parametrize(
    ("step", "fields", "wrong"),
    [
        ("web:join_organisation", {}, "id_name"),
        ("web:join_organisation", {**FIRST, "registration_number": "1"}, "id_registration_number"),
        ("web:join_organisation", {**FIRST, "email": "x"}, "id_email"),
        ("web:join_organisation", {**FIRST, "name": "x" * 300}, "id_name"),
        ("web:join_experience", {**SECOND, "year_1": ""}, "id_year_1"),
        ("web:join_experience", {**SECOND, "graduates_1": "-1"}, "id_graduates_1"),
        ("web:join_experience", {**SECOND, "accredited_until": "soon"}, "id_accredited_until"),
    ],
)
def test_wrong_answers(client: Client, step: str, fields: dict[str, str], wrong: str) -> None:
    client.post(reverse("web:join_organisation"), FIRST)
    response = client.post(reverse(step), fields)
    assert response.status_code == 400
    links = [a["href"] for a in soup(response).select(".error-summary a")]
    assert f"#{wrong}" in links


def test_withdrawing(client: Client) -> None:
    client.post(reverse("web:join_organisation"), FIRST)
    assert client.post(reverse("web:join_withdraw"))["Location"] == JOIN
    assert ProviderRegistration.objects.get().state == "withdrawn"
    assert client.post(reverse("web:join_withdraw")).status_code == 302  # nothing is open


def test_staff_register_nothing() -> None:
    client = Client()
    as_staff(client, f.MembershipFactory().user)
    assert client.get(JOIN).status_code == 200
    for name in ("web:join_organisation", "web:join_experience", "web:join_check"):
        assert client.get(reverse(name)).status_code == 403
    assert client.post(reverse("web:join_withdraw")).status_code == 403


def test_a_visitor_reads_and_is_led_to_sign_in() -> None:
    client = Client()
    assert client.get(JOIN).status_code == 200
    assert client.get(reverse("web:join_organisation")).status_code == 302


def test_one_registration_in_two_windows(client: Client) -> None:
    client.post(reverse("web:join_organisation"), FIRST)
    client.post(reverse("web:join_organisation"), {**FIRST, "city": "Rīga"})
    assert ProviderRegistration.objects.get().city == "Rīga"
    assert ProviderRegistration.objects.get().created_at <= now()
