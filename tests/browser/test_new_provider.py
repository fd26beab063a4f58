"""A new provider without help: registered, approved, published, sixteen taught, and paid for.

Everything that a person does is done on the pages: nothing is made by a factory or a service but
what was there before the story begins (the pilot's offer with its calls and money, two officers of
the agency). What the scheduler does is done by its tasks, and the server's clock is moved on from
day to day; everybody signs in anew then, as people do.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from allauth.account.internal.flows import login, reauthentication
from allauth.mfa.totp.internal import auth
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Locator, expect

from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from accounts.services import staff
from accounts.services.consent import publish_texts
from enrolments import selectors
from funding.models import Commitment
from funding.services.reconcile import reconcile
from funding.tasks import daily
from stars.common.dates import RIGA, now, today
from stars.common.permissions import SYSTEM
from stars.demo.offer.loader import load
from stars.notifications.services import send_outbox
from stars.sandbox.totp import totp
from tests.browser.conftest import PICTURES, Visitor
from tests.sandbox.support import Running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "pietiekami-gara-parole-22"
SCHOOL, MAILBOX = "SIA “Digitālā darbnīca”", "birojs@darbnica.example"
PEOPLE = 16
AGENCY = {
    "admin@agentura.example": Role.ADMINISTRATOR,
    "nauda@agentura.example": Role.FINANCE_OFFICER,
    "otra.nauda@agentura.example": Role.FINANCE_OFFICER,
}


class Clock:
    """The server's clock: stands at a moment of the story and goes on from there."""

    def __init__(self) -> None:
        self._real = timezone.now
        self.to(2026, 11, 23, 9)

    def __call__(self) -> datetime:
        return self._at + (self._real() - self._set)

    def time(self) -> float:
        """For those who ask the module `time`."""
        return self().timestamp()

    def to(self, year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> None:
        """It is this moment in Riga."""
        self._at, self._set = datetime(year, month, day, hour, minute, tzinfo=RIGA), self._real()


@dataclass
class Story:
    """Who takes part, and the secrets of their second factors."""

    visit: Callable[..., Visitor]
    clock: Clock
    secrets: dict[str, str] = field(default_factory=dict)

    def letter(self, words: str) -> str:
        """The text of the last letter to the school with these words, once the outbox has run."""
        send_outbox(at=now())
        letters = [m.body for m in mail.outbox if m.to == [MAILBOX] and words in str(m.body)]
        return str(letters[-1])

    def staff(self, email: str, name: str, width: int = 1280) -> Visitor:
        """Somebody signs in with password and the code of their telephone."""
        visitor = self.visit(name, width=width)
        visitor.open("/accounts/login/")
        visitor.page.fill("#id_login", email)
        visitor.page.fill("#id_password", PASSWORD)
        visitor.send("main form:has(#id_login) button[type=submit]")
        for _ in range(2):  # a code may change between reading and sending
            if visitor.page.locator("input[name=code]").count():
                visitor.page.fill("input[name=code]", self.code(email))
                visitor.send("main form:has(input[name=code]) button[type=submit]")
        return visitor

    def code(self, email: str) -> str:
        return totp(base64.b32decode(self.secrets[email]), self.clock.time())


@pytest.fixture
def story(
    visit: Callable[..., Visitor],
    sandbox: Running,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> Story:
    """The pilot's offer on a Monday morning, and three officers of the agency."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    monkeypatch.setattr(login, "time", clock)  # when somebody typed a password
    monkeypatch.setattr(reauthentication, "time", clock)
    monkeypatch.setattr(auth, "time", clock)  # codes of telephones
    settings.ENTERPRISE_REGISTER_URL = f"{sandbox.issuer}/registers/enterprises"
    settings.MEDIA_ROOT = tmp_path
    load(today=today())
    publish_texts(at=now())
    agency, _ = Organisation.objects.get_or_create(
        name="Aģentūra", defaults={"kind": OrganisationKind.AGENCY}
    )
    made = Story(visit, clock)
    for number, (email, role) in enumerate(AGENCY.items()):
        user = staff.create_staff(email=email, password=PASSWORD, actor=SYSTEM, at=now())
        made.secrets[email] = base64.b32encode(bytes([number + 1] * 20)).decode()
        secret = made.secrets[email]
        staff.set_second_factor(user_id=user.pk, secret=secret, actor=SYSTEM, at=now())
        staff.add_membership(
            user_id=user.pk,
            organisation_id=agency.pk,
            role=role,
            valid_from=today(),
            actor=SYSTEM,
            at=now(),
        )
    return made


def look(visitor: Visitor, what: str) -> None:
    """No barrier on the page and nothing beside it; other tests look at both themes."""
    found = Axe().run(visitor.page)
    assert found.violations_count == 0, f"{what}: {found.generate_report()}"
    wider = visitor.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider <= 0, f"{what} scrolls sideways by {wider} px"
    assert not visitor.problems, visitor.problems
    visitor.page.screenshot(path=PICTURES / f"{visitor.name}-{what}.png")


def main(visitor: Visitor) -> Locator:
    return visitor.page.locator("main")


def go(visitor: Visitor, words: str) -> None:
    """Follow the link or press the button that says this."""
    inside = visitor.page.locator("main").first
    with visitor.page.expect_navigation():
        link = inside.get_by_role("link", name=words, exact=True)
        link.or_(inside.get_by_role("button", name=words, exact=True)).first.click()


def fill(visitor: Visitor, **values: str) -> None:
    for name, value in values.items():
        visitor.page.locator(f"main [name={name}]").fill(value)


def with_latvija(visitor: Visitor, given: str, family: str) -> None:
    """Sign in with Latvija.lv as a person whom nobody knows yet."""
    visitor.send("main form[action*='oidc'] button")
    fill(visitor, given_name=given, family_name=family, birthdate="1985-05-05")
    with visitor.page.expect_navigation(url=re.compile(re.escape(visitor.portal))):
        visitor.page.locator("button[name=new]").click()


def register(story: Story) -> None:
    """From the foot of the first page to a registration that the agency can decide about."""
    person = story.visit("new-provider", width=1280)
    person.open("/")
    person.send("footer a:has-text('Kļūsti par sniedzēju')")
    look(person, "join")
    go(person, "Reģistrē savu organizāciju")
    with_latvija(person, "Sandra", "Vilciņa")
    fill(
        person,
        registration_number="00000000022",
        name=SCHOOL,
        city="Valmiera",
        email=MAILBOX,
        phone="60000000",
        about_lv="Mācām strādāt ar datoru. Esam mazs centrs Valmierā.",
    )
    look(person, "join-organisation")
    go(person, "Turpināt")
    fill(
        person,
        accreditation="Neformālās izglītības programmas digitālajās prasmēs",
        accredited_until="2028-01-01",
        title_1="Datu analīze",
        year_1="2025",
        graduates_1="14",
        title_2="Grāmatvedība",
        year_2="2024",
        graduates_2="11",
    )
    main(person).locator("[name=no_exclusion]").check()
    look(person, "join-experience")
    go(person, "Turpināt")
    expect(main(person)).to_contain_text("līdz 2028. gada 1. janvārim")
    look(person, "join-check")
    go(person, "Iesniegt aģentūrai")
    expect(main(person)).to_contain_text("Pieteikums ir aģentūrā.")
    look(person, "join-sent")


def be_approved(story: Story) -> None:
    """The agency reads what the criteria say, and approves."""
    agency = story.staff("admin@agentura.example", "new-provider-agency")
    agency.send("a:has-text('Organizācijas, kas vēlas kļūt par sniedzējiem')")
    look(agency, "registrations")
    agency.send(f"#result_list a:has-text('{SCHOOL}')")
    look(agency, "registration")
    agency.send("a[href$='/approve/']")
    agency.send(".agency-form button[type=submit], #main form button[type=submit]")
    expect(agency.page.locator("body")).to_contain_text("Uzaicinājums ir ceļā.")
    agency.context.close()


def take_the_invitation(story: Story) -> Visitor:
    """The letter, a password, a telephone; the workspace opens."""
    link = re.search(r"http://[^/]+(/accounts/uzaicinajums/\S+)", story.letter("Tava loma"))
    assert link is not None
    school = story.visit("new-provider-school", width=1280)
    page = school.page
    school.open(link[1])
    look(school, "invitation")
    fill(school, password=PASSWORD, again=PASSWORD)
    go(school, "Pieņemt uzaicinājumu")
    page.fill("#id_login", MAILBOX)
    page.fill("#id_password", PASSWORD)
    school.send("main form:has(#id_login) button[type=submit]")
    secret = page.locator("b[translate=no]").inner_text().replace(" ", "")
    story.secrets[MAILBOX] = secret
    for _ in range(2):
        if "/activate/" in page.url:
            page.fill("#id_code", story.code(MAILBOX))
            school.send("main form:has(#id_code) button[type=submit]")
    look(school, "spare-codes")
    return school


def press(visitor: Visitor, code: str) -> None:
    """Press a button of the agency's workplace, and again on the page that says what follows."""
    visitor.send(f"a[href$='/{code}/']")
    visitor.send(".agency-form button[type=submit], #main form button[type=submit]")


def kept(school: Visitor) -> None:
    """The page has kept by itself what was written; then it is opened anew."""
    school.until("!Object.keys(localStorage).some((key) => key.startsWith('draft:'))")
    school.page.reload()


def write_a_programme(school: Visitor) -> None:
    """From the first page of the workspace to the agency, with a price that is asked about."""
    page = school.page
    school.open("/darbvieta/")
    look(school, "first-day")
    go(school, "Uzraksti pirmo programmu")
    go(school, "Rakstīt programmu")
    fill(school, title_lv="Excel biroja darbam", hours="12")
    page.locator("#id_type").select_option(label="Īss praktisks kurss")
    page.locator("#id_field").select_option(label="Biroja darbs")
    look(school, "programme-new")
    go(school, "Tālāk")
    fill(
        school,
        title_en="Excel for the office",
        summary_lv="Iemācīsies ātri apkopot datus tabulās.",
        summary_en="You learn to sum up data in tables quickly.",
        final_test_lv="Praktisks darbs pie datora.",
        audience_lv="Tiem, kas birojā strādā ar tabulām.",
        prior_knowledge_lv="Jāprot lietot datoru.",
        city="Valmiera",
    )
    for name, latvian, english in (
        ("outcomes", "Sastādīt tabulu", "Make a table"),
        ("topics", "Tabulas", "Tables"),
    ):
        page.locator(f"[name={name}_lv]").first.fill(latvian)
        page.locator(f"[name={name}_en]").first.fill(english)
    page.locator("#id_entry_level").select_option(label="Lietoju ikdienā")
    page.locator("[name=offer_source]").first.select_option(label="Turpinājums: digitālās prasmes")
    page.locator("[name=offer_price]").first.fill("300")
    page.locator("[name=offer_from]").first.fill("2026-11-23")
    page.locator("[name=offer_until]").first.fill("2027-06-30")
    kept(school)
    expect(page.locator("[data-missing]")).to_contain_text("Cena atšķiras")
    page.locator("[name=offer_price]").first.fill("120")
    kept(school)
    expect(page.locator("[data-missing]")).to_contain_text("Viss ir gatavs.")
    look(school, "programme-written")
    school.send("button[name=then][value=send]")
    look(school, "programme-send")
    go(school, "Iesniegt aģentūrai")
    expect(main(school)).to_contain_text("Programma ir aģentūrā.")


def be_published(story: Story) -> None:
    """The agency takes it in review, approves and publishes it."""
    agency = story.staff("admin@agentura.example", "new-provider-review")
    agency.send("a:has-text('Versijas, kas jāizskata')")
    look(agency, "queue")
    agency.send("#result_list a:has-text('Excel biroja darbam')")
    agency.send("a:has-text('Excel biroja darbam')")
    look(agency, "version")
    for code in ("take", "approve", "publish"):
        press(agency, code)
    agency.context.close()


def plan_a_group(school: Visitor) -> str:
    """Sixteen places on three evenings; returns the address of the group."""
    school.open("/darbvieta/programmas/")
    go(school, "Excel biroja darbam")
    look(school, "programme-published")
    school.open("/darbvieta/")
    go(school, "Izveido grupu, kad programma publicēta")
    look(school, "no-groups")
    go(school, "Izveido grupu")
    fill(
        school,
        code="Ziema 1",
        starts_on="2026-12-01",
        begins="18:00",
        ends="21:00",
        capacity=str(PEOPLE),
        minimum="8",
        place="Rīgas iela 1, Valmiera",
        teacher="Anna Egle",
    )
    for day in ("Otrdiena", "Ceturtdiena"):
        main(school).get_by_label(day, exact=True).check()
    look(school, "group-new")
    go(school, "Saglabāt grupu")
    expect(main(school)).to_contain_text("Saplānotas 12 no 12 stundas.")
    look(school, "timetable")
    go(school, "Excel biroja darbam, Ziema 1")
    school.send("main form[action$='/atvert/'] button")
    expect(main(school)).to_contain_text("Grupa ir atvērta.")
    look(school, "group-open")
    return school.page.url.removeprefix(school.portal)


def people() -> list[tuple[str, str]]:
    """Sixteen names."""
    given = ("Agnese", "Baiba", "Dace", "Evita")
    family = ("Apse", "Bite", "Cielava", "Dzenis")
    return [(first, last) for first in given for last in family]


def open_an_account(story: Story, number: int, name: tuple[str, str]) -> Visitor:
    """A person nobody knows signs in, opens an account and asks for money."""
    learner = story.visit(f"new-provider-learner-{number:02}", width=1280)
    learner.open("/accounts/login/?next=/pec-ienaksanas/")
    with_latvija(learner, *name)
    fill(learner, email=f"macas{number}@epasts.example")
    learner.page.locator("select[name=education]").select_option(index=3)
    learner.page.locator("select[name=employment]").select_option(index=1)
    learner.page.locator("input[name=money]").check()
    learner.page.locator("input[name=accepted]").check()
    learner.send()
    assert learner.page.url.endswith("/konts/")
    return learner


def find_and_apply(learner: Visitor, number: int) -> None:
    """From the catalogue through the steps to an application that is sent."""
    page = learner.page
    learner.open("/macibas/")
    page.locator("main input[name=q]").first.fill("Excel biroja darbam")
    with page.expect_navigation():
        page.locator("main input[name=q]").first.press("Enter")
    go(learner, "Excel biroja darbam")
    expect(main(learner)).to_contain_text("Tu maksā")
    if not number:
        look(learner, "programme")
    go(learner, "Piesakies")
    for step in range(1, 5):
        if not number:
            look(learner, f"apply-{step}")
        for box in ("input[name=funding][value=support]", "input[name=understood]"):
            if page.locator(box).count():
                page.locator(box).check()
        learner.send("#application button[type=submit]")
    expect(main(learner)).to_contain_text("Gaida atbildi")


def admit_everybody(school: Visitor, group: str) -> None:
    """All who wait are admitted at once; the group is full."""
    school.open("/darbvieta/")
    expect(main(school)).to_contain_text("Atbildi uz 16 pieteikumiem")
    school.open(group)
    look(school, "group-waits")
    for box in main(school).locator("input[name=application]").all():
        box.check()
    go(school, "Uzņemt izvēlētos")
    expect(main(school)).to_contain_text("16 cilvēki ir uzņemti.")
    look(school, "group-full")


def teach(story: Story) -> None:
    """Three evenings: the teacher marks who is there on a telephone."""
    story.clock.to(2026, 12, 1, 17, 50)
    school = story.staff(MAILBOX, "new-provider-start")
    school.send("main a:has-text('Sākt grupu')")
    go(school, "Sākt grupu")
    expect(main(school)).to_contain_text("Notiek")
    school.context.close()
    for number, day in enumerate((1, 3, 8)):
        story.clock.to(2026, 12, day, 18, 5)
        teacher = story.staff(MAILBOX, f"new-provider-teacher-{number}", width=390)
        teacher.send("main a:has-text('Atzīmē apmeklējumu')")
        teacher.page.locator("button[name=rest]").click()
        expect(teacher.page.locator("#attendance-state")).to_contain_text("16")
        expect(teacher.page.locator("#attendance-saved .saved")).to_be_visible()
        look(teacher, f"attendance-{number}")
        teacher.context.close()


def record_results(story: Story, group: str) -> None:
    """What certificates say, then sixteen results at once; each gets a certificate."""
    story.clock.to(2026, 12, 8, 21, 5)
    school = story.staff(MAILBOX, "new-provider-results")
    school.send("main a:has-text('Ieraksti')")
    go(school, "Šīs grupas apliecības")
    go(school, "Kas rakstīts apliecībās")
    fill(
        school,
        heading_lv="Apliecība",
        heading_en="Certificate",
        signatory="Anna Egle",
        position_lv="direktore",
        position_en="director",
    )
    look(school, "certificate-text")
    go(school, "Saglabāt")
    school.open(f"{group}rezultati/")
    for box in main(school).locator("input[type=radio][value=completed]").all():
        main(school).locator(f"label[for='{box.get_attribute('id')}']").click()
    for number, box in enumerate(main(school).locator("input[name$='-detail']").all(), start=1):
        box.fill(f"DD-{number}")
    look(school, "results")
    go(school, "Saglabāt rezultātus")
    expect(main(school)).to_contain_text("16 no 16")
    go(school, "Šīs grupas apliecības")
    look(school, "certificates")
    assert main(school).locator("a[href*='/apliecinajum']").count() >= PEOPLE
    school.context.close()


def confirm(learner: Visitor, name: tuple[str, str], *, first: bool) -> None:
    """The second side: the person comes back, and says that it is true."""
    learner.open("/accounts/login/?next=/konts/")
    learner.send("main form[action*='oidc'] button")
    with learner.page.expect_navigation(url=re.compile(re.escape(learner.portal))):
        learner.page.get_by_role("button", name=" ".join(name), exact=True).click()
    go(learner, "Ieskaties un apstiprini")
    go(learner, "Apstiprinu, ka mācības ir pabeigtas")
    expect(main(learner)).to_contain_text("Paldies!")
    if first:
        look(learner, "completed")


def say_where_to_pay(story: Story) -> None:
    """What is owed, and the account to which it goes."""
    story.clock.to(2026, 12, 9, 9, 5)
    school = story.staff(MAILBOX, "new-provider-money")
    expect(main(school)).to_contain_text("1 920,00 €")
    school.send("main a:has-text('Pievienot konta numuru')")
    fill(school, iban="LV80BANK0000435195001", holder=SCHOOL)
    look(school, "bank")
    go(school, "Saglabāt konta numuru")
    expect(main(school)).to_contain_text("1 920,00 €")
    look(school, "owed")
    school.context.close()


def settle(story: Story) -> None:
    """In January one officer makes the statement and another approves it."""
    story.clock.to(2027, 1, 5, 10)
    first = story.staff("nauda@agentura.example", "new-provider-officer")
    first.open("/admin/funding/statement/")
    press(first, "settle")
    first.send("#result_list a:has-text('IMK-NEXT-202612')")
    press(first, "put-forward")
    second = story.staff("otra.nauda@agentura.example", "new-provider-second")
    second.open("/admin/funding/statementapproval/")
    second.send("#result_list tbody a")
    second.send("a[href$='/decide/']")
    second.page.locator("#id_approved_0").check()
    second.send(".agency-form button[type=submit], #main form button[type=submit]")
    for officer in (first, second):
        officer.context.close()


def see_what_is_paid(story: Story) -> None:
    """The statement names sixteen people's money, down to the cent."""
    story.clock.to(2027, 1, 5, 12)
    school = story.staff(MAILBOX, "new-provider-paid")
    school.send("nav a:has-text('Norēķini')")
    look(school, "statements")
    school.send("main a[href*='/darbvieta/norekini/']")
    expect(main(school)).to_contain_text("1 920,00 €")
    assert main(school).get_by_text("120,00 €", exact=True).count() >= PEOPLE
    look(school, "statement")


def test_a_new_provider_without_help(story: Story) -> None:
    register(story)
    be_approved(story)
    school = take_the_invitation(story)
    write_a_programme(school)
    be_published(story)
    group = plan_a_group(school)
    names = people()
    learners = [open_an_account(story, n, name) for n, name in enumerate(names)]
    daily()  # the scheduler's task grants the money
    for number, learner in enumerate(learners):
        find_and_apply(learner, number)
    admit_everybody(school, group)
    school.context.close()
    teach(story)
    record_results(story, group)
    for learner, name in zip(learners, names, strict=True):
        confirm(learner, name, first=name == names[0])
    say_where_to_pay(story)
    settle(story)
    see_what_is_paid(story)
    assert Commitment.objects.filter(state="payable", support=120).count() == PEOPLE
    assert selectors.places_that_differ() == []
    run = reconcile(at=now())
    assert run.ok, run.problems
