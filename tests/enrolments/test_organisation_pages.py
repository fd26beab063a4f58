"""The organisation in its workspace: what everybody reads, places, teachers, staff (PRO-1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Invitation, Membership
from accounts.services import staff
from catalogue.models import Provider, Room, Teacher, Venue
from catalogue.services import agreements, venues
from stars.common.dates import now, today
from stars.common.errors import Conflict
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.signin import as_staff

pytestmark = pytest.mark.django_db
PLACE = {"name": "Māja", "street": "Ceļa iela 1", "city": "Cēsis", "step_free": "yes"}


def browser(provider: Provider, role: Role = Role.PROVIDER_ADMIN) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    member = f.MembershipFactory(organisation=provider.organisation, role=role)
    as_staff(client, member.user)
    client.user = member.user  # type: ignore[attr-defined]
    return client


@pytest.fixture
def provider() -> Provider:
    return f.ProviderFactory(city="Cēsis", email="a@skola.example")


@pytest.fixture
def client(provider: Provider) -> Client:
    return browser(provider)


def url(name: str, *keys: Any) -> str:
    return reverse(f"enrolments:provider_{name}", args=keys)


def soup(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_at_a_glance(client: Client, provider: Provider) -> None:
    agreements.add_agreement(
        provider_id=provider.pk,
        number="L-77",
        signed_on=date(2026, 1, 1),
        valid_from=date(2026, 1, 1),
        valid_to=None,
        terms="Maksā reizi mēnesī.",
        actor=SYSTEM,
        at=now(),
    )
    assert client.get(url("organisations"))["Location"] == url("organisation", provider.pk)
    page = soup(client, url("organisation", provider.pk)).get_text()
    assert provider.name in page
    assert "L-77" in page
    assert "Maksā reizi mēnesī." in page
    assert "Holds" in page


def test_whoever_works_for_two_chooses(client: Client, provider: Provider) -> None:
    other = f.ProviderFactory()
    f.MembershipFactory(organisation=other.organisation, user=client.user)  # type: ignore[attr-defined]
    page = soup(client, url("organisations"))
    assert {provider.name, other.name} <= {a.get_text() for a in page.select("main a")}


def test_what_everybody_reads(client: Client, provider: Provider) -> None:
    fields = {"about_lv": "Mācām.", "about_en": "We teach.", "city": "Rīga", "phone": "1"}
    assert client.post(url("about", provider.pk), fields).status_code == 302
    provider.refresh_from_db()
    assert (provider.about_lv, provider.city, provider.email) == ("Mācām.", "Rīga", "")
    for wrong in ({**fields, "about_en": ""}, {**fields, "phone": ""}, {**fields, "city": ""}):
        assert client.post(url("about", provider.pk), wrong).status_code == 400


def test_places_and_rooms(client: Client, provider: Provider) -> None:
    assert "No places yet" in client.get(url("venues", provider.pk)).content.decode()
    assert client.post(url("venues", provider.pk), PLACE).status_code == 302
    place = Venue.objects.get()
    assert place.step_free is True
    assert client.post(url("venues", provider.pk), PLACE).status_code == 400  # the same name
    room = {"room-name": "101", "room-seats": "16"}
    assert client.post(url("rooms", place.pk), room).status_code == 302
    this = Room.objects.get()
    assert (this.name, this.seats) == ("101", 16)
    assert client.post(url("rooms", place.pk), {"name": "101"}).status_code == 400
    assert client.post(url("room", this.pk), {"name": "101", "seats": "x"}).status_code == 400
    assert client.post(url("room", this.pk), {"name": "102"}).status_code == 302
    this.refresh_from_db()
    assert (this.name, this.seats, this.active) == ("102", None, False)
    page = soup(client, url("venue", place.pk))
    assert page.select_one("input[name=step_free][value=yes]").has_attr("checked")  # type: ignore[union-attr]
    changed = {**PLACE, "city": "Rīga", "step_free": ""}
    assert client.post(url("venue", place.pk), changed).status_code == 302
    place.refresh_from_db()
    assert (place.city, place.step_free, place.active) == ("Rīga", None, False)


def test_teachers(client: Client, provider: Provider) -> None:
    assert client.post(url("teachers", provider.pk), {"name": " "}).status_code == 400
    assert client.post(url("teachers", provider.pk), {"name": "Ilze  Bērza"}).status_code == 302
    teacher = Teacher.objects.get()
    assert teacher.name == "Ilze Bērza"
    sent = {"name": "Ilze Bērza", "about_lv": "Grāmatvede", "active": "on"}
    assert client.post(url("teacher", teacher.pk), sent).status_code == 302
    teacher.refresh_from_db()
    assert (teacher.about_lv, teacher.active) == ("Grāmatvede", True)
    page = soup(client, url("teachers", provider.pk) + "?q=ilze")
    assert "Ilze Bērza" in page.get_text()
    assert "Nothing found" in soup(client, url("teachers", provider.pk) + "?q=zzz").get_text()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lists_as_files(client: Client, provider: Provider, kind: str) -> None:
    client.post(url("venues", provider.pk), {**PLACE, "name": "=1+1"})
    response = client.get(url("venues", provider.pk) + f"?format={kind}")
    body = b"".join(response)  # type: ignore[arg-type]
    assert f".{kind}" in response["Content-Disposition"]
    if kind == "csv":
        assert "'=1+1" in body.decode()
    assert client.get(url("venues", provider.pk) + "?format=exe").status_code == 200


def test_staff_is_invited_and_ended(client: Client, provider: Provider) -> None:
    address = url("staff", provider.pk)
    sent = {"email": "jana@skola.example", "role": Role.PROVIDER_USER}
    assert client.post(address, {"email": "x", "role": Role.PROVIDER_USER}).status_code == 400
    assert client.post(address, {**sent, "role": Role.ADMINISTRATOR}).status_code == 400
    assert client.post(address, sent).status_code == 302
    row = Invitation.objects.get()
    assert "jana@skola.example" in soup(client, address).get_text()
    Invitation.objects.update(sent_at=now() - timedelta(days=20))
    assert "the link is too old" in soup(client, address).get_text()
    assert client.post(url("invitation_again", row.pk)).status_code == 302
    assert "the link is too old" not in soup(client, address).get_text()
    assert client.post(url("invitation_withdraw", row.pk)).status_code == 302
    assert client.post(url("invitation_withdraw", row.pk)).status_code == 302  # said, no error
    assert "jana@skola.example" not in soup(client, address).select_one("main ul").get_text()  # type: ignore[union-attr]
    member = f.MembershipFactory(organisation=provider.organisation)
    assert client.get(url("staff_end", member.pk)).status_code == 200
    assert client.post(url("staff_end", member.pk)).status_code == 302
    member.refresh_from_db()
    assert member.valid_to == today() + timedelta(days=1)


def test_the_last_administrator_stays(client: Client, provider: Provider) -> None:
    mine = Membership.objects.get(user=client.user)  # type: ignore[attr-defined]
    assert client.post(url("staff_end", mine.pk)).status_code == 409
    with pytest.raises(Conflict):
        staff.end_provider_membership(
            membership_id=mine.pk, ends_on=today() + timedelta(days=1), actor=SYSTEM, at=now()
        )
    f.MembershipFactory(organisation=provider.organisation, admin=True)
    assert client.post(url("staff_end", mine.pk)).status_code == 302


def test_staff_without_the_role_and_rivals(client: Client, provider: Provider) -> None:
    """Plain staff write places and teachers; nothing of another provider exists."""
    client.post(url("venues", provider.pk), PLACE)
    client.post(url("teachers", provider.pk), {"name": "Ilze"})
    place, teacher = Venue.objects.get(), Teacher.objects.get()
    client.post(url("rooms", place.pk), {"name": "1"})
    room = Room.objects.get()
    member = f.MembershipFactory(organisation=provider.organisation)
    row = Invitation.objects.create(
        organisation=provider.organisation,
        email="x@skola.example",
        role=Role.PROVIDER_USER,
        invited_at=now(),
        sent_at=now(),
    )
    plain = browser(provider, Role.PROVIDER_USER)
    for name, key in (("venues", provider), ("teachers", provider), ("organisation", provider)):
        assert plain.get(url(name, key.pk)).status_code == 200
    for name, key in (("about", provider), ("staff", provider), ("staff_end", member)):
        assert plain.get(url(name, key.pk)).status_code == 404
    assert plain.post(url("invitation_withdraw", row.pk)).status_code == 404
    rival = browser(f.ProviderFactory())
    every = (
        *(("organisation", provider), ("about", provider), ("venues", provider)),
        *(("teachers", provider), ("staff", provider), ("venue", place), ("rooms", place)),
        *(("room", room), ("teacher", teacher), ("staff_end", member)),
    )
    for name, key in every:
        assert rival.get(url(name, key.pk)).status_code == 404, name
    for name in ("invitation_again", "invitation_withdraw"):
        assert rival.post(url(name, row.pk)).status_code == 404


@pytest.mark.parametrize("name", ["organisation", "venues", "teachers", "staff"])
def test_queries_do_not_grow(client: Client, provider: Provider, name: str) -> None:
    def fill(n: int) -> None:
        for number in range(n):
            word = f"{name}-{n}-{number}"
            place = venues.save_venue(
                provider_id=provider.pk,
                name=word,
                street="Iela",
                city="Rīga",
                step_free=None,
                actor=SYSTEM,
                at=now(),
            )
            venues.save_room(venue_id=place.pk, name="1", actor=SYSTEM, at=now())
            venues.save_teacher(provider_id=provider.pk, name=word, actor=SYSTEM, at=now())
            f.MembershipFactory(organisation=provider.organisation)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url(name, provider.pk)).status_code == 200
        return len(caught)

    fill(1)
    few = queries()
    fill(6)
    assert queries() == few
