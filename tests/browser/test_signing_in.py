"""Signing in where it does not go smoothly, and the first day of new staff."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from datetime import date

import pytest
from django.core.cache import cache

from accounts.enums import Role
from accounts.models import User
from accounts.services import staff
from stars.common.dates import now
from stars.common.permissions import SYSTEM
from stars.sandbox.totp import totp
from tests.browser.conftest import Visitor
from tests.factories import OrganisationFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PASSWORD = "correct horse battery staple"


@pytest.fixture
def officer() -> User:
    """Hired today; has not signed in yet."""
    cache.clear()
    user = staff.create_staff(
        email="nora.liepa@agentura.example", password=PASSWORD, actor=SYSTEM, at=now()
    )
    staff.add_membership(
        user_id=user.pk,
        organisation_id=OrganisationFactory(agency=True).pk,
        role=Role.FINANCE_OFFICER,
        valid_from=date(2024, 1, 1),
        actor=SYSTEM,
        at=now(),
    )
    return user


@pytest.mark.parametrize(("width", "language"), [(390, "lv"), (1280, "en")])
def test_the_first_day_of_new_staff(
    visit: Callable[..., Visitor], officer: User, width: int, language: str
) -> None:
    visitor = visit("staff", width=width, language=language)
    page = visitor.page
    visitor.open("/accounts/login/?next=/accounts/2fa/")
    page.fill("#id_login", "nora.liepa@agentura.example")
    page.fill("#id_password", "not this one at all")
    visitor.send("main form:has(#id_login) button[type=submit]")
    visitor.look("wrong-password")
    page.fill("#id_password", PASSWORD)
    visitor.send("main form:has(#id_login) button[type=submit]")
    assert "/2fa/totp/activate/" in page.url
    visitor.look("second-factor")
    page.fill("#id_code", "123456")
    visitor.send()
    visitor.look("wrong-code")
    # A code may change between reading and sending; the page then asks for the next one.
    for _ in range(2):
        if "/recovery-codes/" not in page.url:
            secret = page.locator("b[translate=no]").inner_text().replace(" ", "")
            page.fill("#id_code", totp(base64.b32decode(secret), time.time()))
            visitor.send()
    assert "/recovery-codes/" in page.url
    assert page.locator("ul[translate=no] li").count() == 10
    visitor.look("spare-codes")
    visitor.open("/accounts/2fa/")
    visitor.look("your-second-factor")
    visitor.open("/accounts/2fa/recovery-codes/generate/")
    visitor.look("new-codes")
    visitor.open("/accounts/logout/")
    visitor.look("sign-out")
    visitor.send("main form button[type=submit]")
    # The next time asks for a code.
    visitor.open("/accounts/login/")
    page.fill("#id_login", "nora.liepa@agentura.example")
    page.fill("#id_password", PASSWORD)
    visitor.send("main form:has(#id_login) button[type=submit]")
    assert "/2fa/authenticate/" in page.url
    visitor.look("code")


@pytest.mark.parametrize(("width", "language"), [(390, "lv"), (1280, "en")])
def test_residents_who_do_not_get_in(
    visit: Callable[..., Visitor], width: int, language: str
) -> None:
    visitor = visit("resident", width=width, language=language)
    page = visitor.page
    visitor.open("/accounts/login/")
    visitor.look("sign-in")
    visitor.send("main form[action*=oidc] button")
    with page.expect_navigation(url="**/callback/**"):
        page.locator("button[name=cancel]").click()
    visitor.look("cancelled")
    page.reload()
    visitor.look("used-twice")
    visitor.open("/accounts/login/")
    visitor.send("main form[action*=oidc] button")
    with page.expect_navigation(url="**/callback/**"):
        page.locator("button[value=arvids-krumins]").click()
    visitor.look("deceased")
    visitor.open("/accounts/login/")
    visitor.send("main form[action*=oidc] button")
    page.locator("button[value=roberts-liepins]").click()
    page.wait_for_url(lambda url: "sign-in" not in url and "callback" not in url)
    page.goto(visitor.portal + "/konts/atvert/")
    visitor.look("too-young")
