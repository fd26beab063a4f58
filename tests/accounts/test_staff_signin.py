"""Staff come with a password and a second factor, and with nothing less."""

from __future__ import annotations

import base64
import re
import time
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.services import staff
from stars.common.dates import now, today
from stars.common.permissions import SYSTEM
from stars.sandbox.totp import totp
from tests.factories import OrganisationFactory, PersonFactory
from tests.signin import SECRET, as_resident, as_staff

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Limits of attempts and used codes are counted in the cache."""
    cache.clear()


@pytest.fixture
def client() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def officer() -> User:
    """A new finance officer who has not signed in yet."""
    return hired(Role.FINANCE_OFFICER, agency=True)


def hired(role: Role, *, agency: bool = False, **organisation: Any) -> User:
    number = User.objects.count()
    user = staff.create_staff(
        email=f"darbs{number}@stars.example", password=PASSWORD, actor=SYSTEM, at=now()
    )
    staff.add_membership(
        user_id=user.pk,
        organisation_id=OrganisationFactory(agency=agency, **organisation).pk,
        role=role,
        valid_from=date(2024, 1, 1),
        actor=SYSTEM,
        at=now(),
    )
    user.refresh_from_db()
    return user


def code(secret: str, ago: int = 0) -> str:
    return totp(base64.b32decode(secret), time.time() - ago)


def log_in(client: Client, user: User, password: str = PASSWORD, **query: str) -> HttpResponse:
    return client.post(
        "/accounts/login/", {"login": user.email, "password": password, "next": "/admin/", **query}
    )


def with_factor(user: User) -> User:
    staff.set_second_factor(user_id=user.pk, secret=SECRET, actor=SYSTEM, at=now())
    return user


def test_password_and_code(client: Client, officer: User) -> None:
    with_factor(officer)
    response = log_in(client, officer)
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302
    response = client.post("/accounts/2fa/authenticate/", {"code": code(SECRET)})
    assert response["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_code_pasted_with_a_space(client: Client, officer: User) -> None:
    with_factor(officer)
    log_in(client, officer)
    digits = code(SECRET)
    response = client.post("/accounts/2fa/authenticate/", {"code": f" {digits[:3]} {digits[3:]} "})
    assert response["Location"] == "/admin/"


def test_the_password_alone_opens_nothing(client: Client, officer: User) -> None:
    with_factor(officer)
    log_in(client, officer)
    for address in ("/admin/", "/accounts/2fa/", "/accounts/2fa/recovery-codes/"):
        response = client.get(address)
        assert response.status_code == 302
        assert "/login/" in response["Location"]
    assert "_auth_user_id" not in client.session


def test_a_wrong_code(client: Client, officer: User) -> None:
    with_factor(officer)
    log_in(client, officer)
    response = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert response.status_code == 200
    assert "The code is not right." in response.content.decode()
    assert client.get("/admin/").status_code == 302


def test_a_code_is_good_once(client: Client, officer: User) -> None:
    with_factor(officer)
    used = code(SECRET)
    for response in ("/admin/", None):
        client = Client()
        log_in(client, officer)
        answer = client.post("/accounts/2fa/authenticate/", {"code": used})
        assert answer.get("Location") == response


@pytest.mark.parametrize("which", ["password", "address"])
def test_wrong_password_and_unknown_address_sound_the_same(
    client: Client, officer: User, which: str
) -> None:
    if which == "password":
        response = log_in(client, officer, "another password entirely")
    else:
        response = log_in(client, officer, login="nobody@stars.example")
    page = response.content.decode()
    assert "The e-mail or the password is not right. Try again." in page
    assert "another password entirely" not in page


def test_guessing_is_slowed_down(client: Client, officer: User) -> None:
    for _ in range(5):
        log_in(client, officer, "wrong")
    page = log_in(client, officer).content.decode()
    assert "Too many attempts. Wait five minutes" in page


@pytest.mark.django_db(transaction=True)
def test_the_first_time_sets_up_the_factor(client: Client, officer: User) -> None:
    assert log_in(client, officer)["Location"] == "/admin/"
    response = client.get("/admin/")
    assert response["Location"] == "/accounts/2fa/totp/activate/?next=%2Fadmin%2F"
    page = client.get(response["Location"]).content.decode()
    assert "data:image/svg+xml;base64," in page
    found = re.search(r"translate=\"no\">([A-Z2-7 ]{39})<", page)
    assert found
    secret = found[1].replace(" ", "")
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "123"})
    assert "The code is not right." in wrong.content.decode()
    response = client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    spare = BeautifulSoup(client.get(response["Location"]).content, "html.parser").select(
        "ul.num li"
    )
    assert len(spare) == 10
    assert client.get("/admin/").status_code == 200
    # Another session needs a code, and a spare one will do.
    other = Client()
    log_in(other, officer)
    response = other.post("/accounts/2fa/authenticate/", {"code": spare[0].text})
    assert response["Location"] == "/admin/"


def test_the_secret_is_sealed(client: Client, officer: User) -> None:
    with_factor(officer)
    assert SECRET not in str(Authenticator.objects.get().data)


def test_nobody_takes_the_factor_away(client: Client, officer: User) -> None:
    as_staff(client, officer)
    assert client.get("/accounts/2fa/totp/deactivate/").status_code == 404
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 404
    assert client.get("/accounts/2fa/").status_code == 200


def test_a_lost_factor(client: Client, officer: User) -> None:
    with_factor(officer)
    staff.reset_second_factor(user_id=officer.pk, actor=SYSTEM, at=now())
    log_in(client, officer)
    assert client.get("/admin/")["Location"].startswith("/accounts/2fa/totp/activate/")


def test_a_factor_that_came_during_the_session(client: Client, officer: User) -> None:
    log_in(client, officer)
    with_factor(officer)
    assert client.get("/admin/")["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"
    response = client.post(
        "/accounts/2fa/reauthenticate/?next=/admin/", {"code": code(SECRET), "next": "/admin/"}
    )
    assert response["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_session_of_latvija_never_serves_staff(client: Client) -> None:
    """Even where old data gave a resident's user a role."""
    person = PersonFactory()
    Membership.objects.create(
        user=person.user,
        organisation=OrganisationFactory(agency=True),
        role=Role.ADMINISTRATOR,
        valid_from=date(2024, 1, 1),
    )
    User.objects.filter(pk=person.user.pk).update(is_staff=True)
    as_resident(client, person)
    response = client.get("/admin/")
    assert response["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    assert "_auth_user_id" not in client.session


def test_provider_staff_need_it_too(client: Client) -> None:
    user = hired(Role.PROVIDER_USER)
    log_in(client, user, next="/accounts/logout/")
    assert client.get("/admin/")["Location"].startswith("/accounts/2fa/totp/activate/")
    as_staff(client, user)
    # A second factor is not a right: the admin is the agency's.
    assert client.get("/admin/").status_code == 403
    assert client.get("/admin/login/").status_code == 403


def test_a_role_that_ended_closes_the_admin(client: Client, officer: User) -> None:
    as_staff(client, officer)
    assert client.get("/admin/").status_code == 200
    membership = Membership.objects.get(user=officer)
    staff.end_membership(membership_id=membership.pk, ends_on=today(), actor=SYSTEM, at=now())
    assert client.get("/admin/login/").status_code == 403


def test_a_role_of_tomorrow_opens_nothing_today(client: Client) -> None:
    user = staff.create_staff(email="rit@stars.example", password=PASSWORD, actor=SYSTEM, at=now())
    staff.add_membership(
        user_id=user.pk,
        organisation_id=OrganisationFactory(agency=True).pk,
        role=Role.AUDITOR,
        valid_from=today() + timedelta(days=1),
        actor=SYSTEM,
        at=now(),
    )
    as_staff(client, user)
    assert client.get("/admin/login/").status_code == 403


def test_the_admin_has_no_door_of_its_own(client: Client, officer: User) -> None:
    response = client.get("/admin/login/?next=/admin/accounts/")
    assert response["Location"] == "/accounts/login/?next=%2Fadmin%2Faccounts%2F"
    response = client.post("/admin/login/", {"username": officer.email, "password": PASSWORD})
    assert response.status_code == 302
    assert "_auth_user_id" not in client.session
    as_staff(client, officer)
    assert client.get("/admin/login/")["Location"] == "/admin/"


def test_residents_have_no_second_factor_here(client: Client) -> None:
    as_resident(client, PersonFactory())
    for address in ("", "totp/activate/", "recovery-codes/", "recovery-codes/generate/"):
        assert client.get(f"/accounts/2fa/{address}").status_code == 403
    assert client.get("/admin/login/").status_code == 403


def test_signing_out(client: Client, officer: User) -> None:
    as_staff(client, officer)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert "_auth_user_id" not in client.session


def test_inactive(client: Client, officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(is_active=False)
    response = log_in(client, officer)
    assert response.status_code in (200, 302)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "address",
    ["signup/", "password/reset/", "password/change/", "email/", "3rdparty/", "3rdparty/signup/"],
)
def test_what_allauth_could_do_is_not_here(client: Client, address: str) -> None:
    assert client.get(f"/accounts/{address}").status_code in (302, 404)
    assert not User.objects.exists()


def test_the_form_helps_those_who_do_not_type(client: Client) -> None:
    """Pasting and filling in by a password manager work; nothing has to be remembered."""
    page = BeautifulSoup(client.get("/accounts/login/").content, "html.parser")
    email, password = page.select_one("#id_login"), page.select_one("#id_password")
    assert email and password
    assert (email["autocomplete"], password["autocomplete"]) == ("username", "current-password")
    assert "onpaste" not in str(page)
    assert "placeholder" not in email.attrs
    assert page.select_one("label[for=id_login]")


def test_no_session_holds_a_password(client: Client, officer: User) -> None:
    log_in(client, officer)
    for session in Session.objects.all():
        assert PASSWORD not in str(session.get_decoded())
