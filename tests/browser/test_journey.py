"""The whole journey: sign in, receive 500 €, learn, finish. No step is faked.

Locators are names and ids, not words, so that the same walk is done in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation, User
from accounts.services import staff
from accounts.services.consent import publish_texts
from catalogue.models import Group, Programme
from catalogue.rules import Block
from catalogue.services.groups import create_group, open_group
from enrolments.models import Application, Participation
from funding.models import Commitment, CoPayment, LedgerAccount
from funding.services.reconcile import reconcile
from funding.tasks import daily
from stars.common.dates import RIGA, now, today
from stars.common.permissions import SYSTEM
from stars.demo.offer.loader import load
from stars.notifications.models import Message
from stars.notifications.services import send_outbox
from tests.browser.conftest import Visitor
from tests.sandbox.support import Running

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "pietiekami-gara-parole-22"
SECRETS = {
    "provider@stars.example": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "finance@stars.example": "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU",
}
PROGRAMME = "ia-marketing-module"


def todays_group() -> Group:
    """A group of the 570 € programme that begins and ends today, so that all can happen today."""
    programme = Programme.objects.get(code=PROGRAMME)
    begin = datetime.combine(today(), time(0, 0), tzinfo=RIGA)
    assert programme.current is not None
    group = create_group(
        version_id=programme.current.pk,
        code="SODIEN",
        starts_on=today(),
        ends_on=today(),
        apply_until=today(),
        capacity=3,
        sessions=[Block(begin, begin + timedelta(minutes=1, hours=1), 1)],
        times_lv="Šodien 0.00–1.01",
        times_en="Today 0:00–1:01",
        actor=SYSTEM,
        at=now(),
    )
    return open_group(group_id=group.pk, actor=SYSTEM, at=now())


def make_staff(email: str, organisation: Organisation, role: Role) -> User:
    """A member of staff with a second factor."""
    user = staff.create_staff(email=email, password=PASSWORD, actor=SYSTEM, at=now())
    staff.set_second_factor(user_id=user.pk, secret=SECRETS[email], actor=SYSTEM, at=now())
    staff.add_membership(
        user_id=user.pk,
        organisation_id=organisation.pk,
        role=role,
        valid_from=today(),
        actor=SYSTEM,
        at=now(),
    )
    return user


@pytest.fixture
def offer(authenticator: Callable[[str, str], None]) -> Group:
    """The pilot's real offer, today's group, and staff."""
    load(today=today())
    publish_texts(at=now())
    group = todays_group()
    organisation = group.version.programme.provider.organisation
    make_staff("provider@stars.example", organisation, Role.PROVIDER_USER)
    agency, _ = Organisation.objects.get_or_create(
        name="Aģentūra", defaults={"kind": OrganisationKind.AGENCY}
    )
    make_staff("finance@stars.example", agency, Role.FINANCE_OFFICER)
    for email, secret in SECRETS.items():
        authenticator(email, secret)
    return group


def sign_in_as_staff(visitor: Visitor, sandbox: Running, email: str) -> None:
    """Password and the code that the authenticator shows."""
    visitor.open("/accounts/login/")
    visitor.page.locator("input[name=login]").fill(email)
    visitor.page.locator("input[name=password]").fill(PASSWORD)
    with visitor.page.expect_navigation():
        visitor.page.locator("input[name=password]").press("Enter")
    visitor.look("second-factor")
    enter_code(visitor, sandbox, email)
    if visitor.page.locator("input[name=code]").count():
        # The code had changed between reading and sending, which the page says; the next one fits.
        enter_code(visitor, sandbox, email)


def enter_code(visitor: Visitor, sandbox: Running, email: str) -> None:
    """Read the code from the authenticator and send it."""
    codes = visitor.context.new_page()
    codes.goto(f"{sandbox.issuer}/authenticator")
    code = codes.locator(f"tr:has(th:text-is('{email}')) .totp").inner_text().strip()
    codes.close()
    visitor.page.locator("input[name=code]").fill(re.sub(r"\D", "", code))
    with visitor.page.expect_navigation():
        visitor.page.locator("input[name=code]").press("Enter")


def find_the_programme(learner: Visitor) -> None:
    """Step 1: home, search, programme."""
    page = learner.page
    learner.open("/")
    learner.look("home")
    page.locator("main input[name=q]").first.fill("digitalais marketings")
    with page.expect_navigation():
        page.locator("main input[name=q]").first.press("Enter")
    learner.look("catalogue")
    with page.expect_navigation():
        page.locator("main a[href*='digitalais-marketings-no-plana']").first.click()
    learner.look("programme")
    assert "570" in page.locator("main").inner_text()


def open_the_account(learner: Visitor, sandbox: Running) -> None:
    """Steps 2 and 3: Latvija.lv, then the short form with the tick for the money."""
    page = learner.page
    learner.open("/accounts/login/?next=/pec-ienaksanas/")
    learner.look("sign-in")
    learner.send("main form[action*='oidc'] button")
    assert page.url.startswith(sandbox.issuer)
    with page.expect_navigation(url=re.compile(re.escape(learner.portal))):
        page.get_by_role("button", name="Elīna Bērziņa").click()
    assert page.url.endswith("/konts/atvert/")
    learner.look("opening")
    # Nothing filled in: the summary takes the focus and leads to the fields.
    learner.send()
    assert page.locator(".error-summary a").count() >= 3
    learner.look("opening-errors")
    page.locator("input[name=email]").fill("elina@epasts.example")
    page.locator("select[name=education]").select_option(index=3)
    page.locator("select[name=employment]").select_option(index=1)
    page.locator("input[name=money]").check()
    page.locator("input[name=accepted]").check()
    learner.send()
    assert page.url.endswith("/konts/")
    learner.look("account-empty")


def apply(learner: Visitor, group: Group) -> Application:
    """Step 5: four steps; 570 € need 70 €, and the page says so."""
    page = learner.page
    learner.open(f"/pieteikties/{group.pk}/")
    learner.look("apply-1")
    page.locator(f"input[name=group][value='{group.pk}']").check()
    learner.send("#application button[type=submit]")
    assert "70" in page.locator("main").inner_text()
    learner.look("apply-2")
    page.locator("input[name=funding][value=support]").check()
    learner.send("#application button[type=submit]")
    # Nobody was chosen to pay the 70 €.
    assert page.locator(".error-summary").is_visible()
    learner.look("apply-2-error")
    page.locator("input[name=payer][value=person]").check()
    learner.send("#application button[type=submit]")
    learner.look("apply-3")
    page.locator("input[name=understood]").check()
    learner.send("#application button[type=submit]")
    learner.look("apply-4")
    learner.send("#application button[type=submit]")
    learner.look("application")
    return Application.objects.get(state="submitted")


def own_part_is_paid(provider: Visitor, group: Group) -> None:
    """The provider writes down the 70 € that the person has paid; support waits for it."""
    provider.open(reverse("enrolments:provider_own_parts", args=[group.pk]))
    form = provider.page.locator("#own-parts")
    form.locator("input[name$='paid_on']").fill(today().isoformat())
    form.locator("input[name$='proof']").fill("M-1")
    provider.look("own-part")
    provider.send("#own-parts button[type=submit]")
    assert CoPayment.objects.get().paid_on == today()


def teach(provider: Visitor, sandbox: Running, application: Application) -> None:
    """Step 6: decide, start, mark attendance, record completion."""
    page = provider.page
    group = application.group
    sign_in_as_staff(provider, sandbox, "provider@stars.example")
    assert page.url.endswith("/darbvieta/")
    provider.look("dashboard")
    provider.open("/darbvieta/grupas/")
    provider.look("groups")
    provider.open(f"/darbvieta/pieteikumi/{application.pk}/")
    seen = page.locator("main").inner_text()
    assert "elina@epasts.example" in seen
    assert not re.search(r"\d{6}-\d{5}", seen)
    provider.look("decide")
    page.locator("input[name=decision][value=approve]").check()
    provider.send("main form button[type=submit]")
    own_part_is_paid(provider, group)
    provider.open(f"/darbvieta/grupas/{group.pk}/")
    provider.look("group")
    provider.send("form[action$='/sakt/'] button")
    session = group.sessions.get()
    provider.open(f"/darbvieta/nodarbibas/{session.pk}/")
    provider.look("attendance")
    participation = Participation.objects.get(application=application)
    with page.expect_response(lambda r: r.request.method == "POST"):
        page.locator(f"label[for='mark-{participation.pk}-present']").click()
    page.locator("#attendance-saved .saved").wait_for()
    assert participation.attendance.get().presence == "present"
    provider.look("attendance-marked")
    provider.open(f"/darbvieta/grupas/{group.pk}/rezultati/")
    page.locator(f"label[for='outcome-{participation.pk}-completed']").click()
    page.locator(f"input[name='{participation.pk}-detail']").fill("DM-2026-001")
    provider.look("results")
    provider.send("#completion button[type=submit]")
    provider.look("results-saved")
    participation.refresh_from_db()
    assert participation.state == "completed"


@pytest.mark.parametrize(("language", "width"), [("lv", 390), ("en", 1280)])
def test_sign_in_receive_500_learn_finish(
    offer: Group, visit: Callable[..., Visitor], sandbox: Running, language: str, width: int
) -> None:
    learner = visit("learner", width=width, language=language)
    page = learner.page
    find_the_programme(learner)
    open_the_account(learner, sandbox)

    # Step 4: the scheduler's task grants the money.
    daily()
    learner.open("/konts/")
    assert "500" in page.locator("main").inner_text()
    learner.look("account-500")

    application = apply(learner, offer)
    held = Commitment.objects.get(application_id=application.pk)
    assert (held.support, held.own_part) == (Decimal("500.00"), Decimal("70.00"))

    provider = visit("provider", width=width, language=language)
    teach(provider, sandbox, application)

    # Step 7: the learner's yes turns the hold into an amount owed.
    learner.open(f"/pieteikums/{application.pk}/")
    learner.look("confirm")
    learner.send("form[action$='/apstiprinat/'] button")
    learner.look("completed")
    held.refresh_from_db()
    assert held.state == "captured"
    assert LedgerAccount.objects.get(kind="payable").balance == Decimal("500.00")
    run = reconcile(at=now())
    assert run.ok, run.problems
    learner.open("/konts/")
    learner.look("account-after")

    # Step 9: messages in the account, and as e-mail through the outbox.
    learner.open("/konts/zinas/")
    learner.look("messages")
    learner.open("/konts/dati/")
    learner.look("data")
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert {"account_opened", "money_granted", "application_decided"} <= kinds
    send_outbox(at=now())
    assert len(mail.outbox) >= 3
    assert all("Elīna" not in letter.subject for letter in mail.outbox)

    # Step 8: the agency sees it all.
    agency = visit("agency", width=1280, language=language)
    sign_in_as_staff(agency, sandbox, "finance@stars.example")
    for path in (
        f"/admin/enrolments/application/{application.pk}/change/",
        f"/admin/funding/commitment/{held.pk}/change/",
        "/admin/funding/posting/",
    ):
        agency.open(path)
    assert not _server_errors(agency)


def _server_errors(visitor: Visitor) -> list[Any]:
    return [problem for problem in visitor.problems if "500" in problem]
