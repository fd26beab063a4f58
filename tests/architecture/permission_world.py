"""One world for the permission matrix, alive today, in which every address has something to show.

The learner ("owner") has money and a place in every stage from draft to completion, all with one
provider, under a support that asked for income and health; another resident has an account, money
and the same facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.cache import cache
from django.test import Client

from accounts import codes
from accounts.enums import CodeKind, FactKind, FactSource, Role
from accounts.models import Membership, Organisation, PersonCode, PersonFact, User
from accounts.services.consent import publish_texts
from accounts.services.contacts import set_contacts
from catalogue.enums import Recommender
from catalogue.models import Group, Offer, OfferRules, Provider, TemporaryStatus
from catalogue.selectors_find import Filters
from catalogue.services import calls, remarks, versions
from catalogue.services.unmet import record_unmet
from enrolments.enums import Presence
from enrolments.models import Application, Participation
from enrolments.services import applications, decisions, learning, outcomes
from funding.enums import Origin, SchemeKind
from funding.models import (
    AllocationRound,
    Budget,
    FundingSource,
    Grant,
    PeriodClose,
    Scheme,
    StandingRequest,
)
from funding.services import approvals, reconcile, rounds, sources
from learning_accounts.models import LearningAccount
from learning_accounts.services import alerts
from stars.audit import services as audit
from stars.common.dates import add_months, now, riga_date, start_of_day
from stars.common.permissions import SYSTEM
from stars.content.models import AccessibilityReport, Contact, News, Page, Subscriber
from stars.content.services import pictures, subscription
from stars.files import owners
from stars.files import services as files
from stars.notifications.models import Message
from tests import factories as f
from tests.architecture import (
    permission_aid,
    permission_api,
    permission_attendance,
    permission_certificates,
    permission_claims,
    permission_disputes,
    permission_groups,
    permission_organisation,
    permission_policy,
    permission_programmes,
    permission_settle,
)
from tests.architecture.permission_matrix import ROLES
from tests.content.conftest import make_term, picture_file
from tests.files.conftest import PDF
from tests.funding import build
from tests.signin import SECRET, as_resident, as_staff

CODE = "320000-00017"  # in the series that is given to nobody
BORN = date(1977, 12, 24)
FILES = "tests.permissions"
PRICE = Decimal("60.00")  # of 500: one lot pays for every stage
# What the support asks about a person, beyond what everybody is asked.
SENSITIVE = (FactKind.LOW_INCOME, FactKind.DISABILITY)


@dataclass(eq=False)
class World:
    """Who there is and what is theirs; `counted` are the rows written so far (permission_walk)."""

    at: datetime
    provider: Provider
    users: dict[str, User]
    accounts: dict[str, LearningAccount]
    clients: dict[str, Client] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)

    def day(self, days: int) -> datetime:
        """So many days from now."""
        return self.at + timedelta(days=days)

    def signed_in(self, role: str) -> tuple[User, Any]:
        """The user and the session with which the role's browser comes, read once."""
        kept = f"signed-in-{role}"
        if kept not in self.rows:
            session = self.clients[role].session
            self.rows[kept] = (User.objects.get(pk=self.users[role].pk), session)
        return self.rows[kept]


def build_world() -> World:
    """Everybody and everything; belongs into a transaction that is undone."""
    at = now()
    provider, rival = f.ProviderFactory(), f.ProviderFactory()
    agency = f.OrganisationFactory(agency=True)
    owner = f.LearningAccountFactory(with_path=True, person__birth_date=BORN)
    resident = f.LearningAccountFactory(with_path=True)
    users = {
        "owner": owner.person.user,
        "resident": resident.person.user,
        "staff": _staff(provider.organisation, Role.PROVIDER_USER),
        "rival": _staff(rival.organisation, Role.PROVIDER_ADMIN),
        "finance": _staff(agency, Role.FINANCE_OFFICER),
        "auditor": _staff(agency, Role.AUDITOR),
        "administrator": _staff(agency, Role.ADMINISTRATOR),
    }
    world = World(at, provider, users, {"owner": owner, "resident": resident})
    world.clients = {role: _browser(world, role) for role in ROLES}
    world.rows["leaver"] = f.PersonFactory()  # nothing is open, so the agency may erase them
    _facts(world)
    _money(world)
    _learning(world)
    _mail_and_files(world)
    _agency(world)
    permission_settle.build_settlement(world)
    _published(world)
    permission_aid.build(world)
    permission_attendance.build(world)
    permission_claims.build_claims(world)
    permission_policy.build(world)
    permission_organisation.build(world)
    permission_api.build(world)
    permission_programmes.build(world)
    permission_groups.build(world)
    permission_certificates.build(world)
    permission_disputes.build(world)
    return world


def _staff(organisation: Organisation, role: Role) -> User:
    made: User = f.MembershipFactory(organisation=organisation, role=role).user
    made.is_staff = role not in (Role.PROVIDER_ADMIN, Role.PROVIDER_USER)
    made.set_password(SECRET)
    made.save(update_fields=["is_staff", "password"])
    return made


def _browser(world: World, role: str) -> Client:
    client = Client()
    if role in world.accounts:
        as_resident(client, world.accounts[role].person)
    elif role != "visitor":
        as_staff(client, world.users[role])
    return client


def _money(world: World) -> None:
    """Two sources with a round each: the lot of the first is used, that of the second is not."""
    asked = [*build.ADULT, *({"criterion": kind.value} for kind in SENSITIVE)]
    for account in world.accounts.values():
        StandingRequest.objects.create(account=account, asked_at=f.BEGINNING)
    for code, due in (("used", -70), ("whole", -20)):
        day = riga_date(world.day(due))
        source = FundingSource.objects.create(
            term=build.term("funding-source", code),
            code=code,
            full_name_lv="Avots",
            full_name_en="Source",
            starts_on=add_months(day, -1),
            ends_on=add_months(day, 24),
        )
        scheme = Scheme.objects.create(
            source=source, kind=SchemeKind.ALLOCATION, code=f"{code}-500", order=1
        )
        this = AllocationRound.objects.create(
            code=f"{code}-1",
            policy=build.policy(scheme, build.ALLOCATION_TERMS, asked),
            due_on=day,
            ends_at=start_of_day(add_months(day, 6)),
        )
        opened = start_of_day(source.starts_on)
        budget = {"origin": "eu", "amount": Decimal("10000.00"), "key": code}
        sources.authorise(source_id=source.pk, **budget, actor=SYSTEM, at=opened)
        rounds.run(code=this.code, at=start_of_day(day), actor=SYSTEM)
        world.rows |= {f"source-{code}": source, f"round-{code}": this}
    mine = Grant.objects.filter(account=world.accounts["owner"])
    world.rows["grant"] = mine.get(round=world.rows["round-whole"])


def _learning(world: World) -> None:
    """One programme for each stage; the owner is in each of them but the first."""
    world.rows["group-new"] = _group(world, 10)[1]
    _apply(world, "draft", 10, applied=-1)
    _apply(world, "waiting", 10, applied=-1)
    _apply(world, "beginning", 0, applied=-10)
    _apply(world, "running", -20, applied=-28)
    _apply(world, "completed", -60, applied=-68)
    participation = Participation.objects.get(application=world.applications["completed"])
    learned = {"participation_id": participation.pk, "actor": world.users["staff"]}
    for number in range(1, 5):
        learning.mark_attendance(
            **learned,
            session_id=f.session(participation.group, number).pk,
            presence=Presence.PRESENT,
            expected_version=0,
            at=world.day(-38),
        )
    on = riga_date(world.day(-39))
    outcomes.complete(**learned, document_number="A-1", on=on, at=world.day(-38))
    record_unmet(query="cits", filters="", at=now())
    world.rows["participation"] = participation
    _versions(world)
    world.rows["session"] = f.session(world.rows["group-running"], 1)


def _versions(world: World) -> None:
    """A version in each state on its way to the catalogue, and what the agency says about it."""
    staff, administrator = world.users["staff"], f.MembershipFactory(administrator=True).user
    for stage in ("written", "submitted", "in-review", "approved", "suspended"):
        version = f.VersionFactory(
            programme=f.ProgrammeFactory(provider=world.provider),
            complete=True,
            field=f.TermFactory(vocabulary=f.VocabularyFactory(code="field")),
        )
        f.OfferFactory(version=version)
        world.rows[f"version-{stage}"] = version
        if stage == "written":
            continue
        versions.submit(version_id=version.pk, actor=staff, at=world.day(-3))
        if stage == "submitted":
            continue
        act = {"version_id": version.pk, "actor": administrator, "at": world.day(-2)}
        world.rows["submission"] = versions.take_in_review(**act)
        if stage == "in-review":
            world.rows["remark"] = remarks.add_remark(field="", text="Īsāk!", **act)
            continue
        versions.approve(**act)
        if stage == "suspended":
            versions.publish_version(**act)
            versions.suspend(note="Sūdzības", **act)
    world.rows["version-shown"] = world.rows["group-new"].version
    call = {"code": "c", "title_lv": "Aicinājums", "title_en": "Call"}
    days = {"opens_on": riga_date(world.at), "closes_on": riga_date(world.day(9))}
    who = {"actor": administrator, "at": world.at}
    world.rows["call"] = calls.save_call(**call, **days, **who)
    key = world.rows["call"].pk
    world.rows["seminar"] = calls.add_seminar(call_id=key, starts_at=world.day(1), **who)
    world.rows["temporary"] = TemporaryStatus.objects.create(
        programme=world.rows["version-in-review"].programme,
        recommender=Recommender.EMPLOYER,
        recommended_by="SIA Izdomāts",
        recommendation="Vajag.",
        starts_on=riga_date(world.day(-400)),
        review_on=riga_date(world.day(-35)),
    )
    OfferRules.objects.create(
        valid_from=riga_date(world.day(-500)), written_at=world.at, temporary_share=1
    )


def _version(world: World) -> Any:
    programme = f.ProgrammeFactory(provider=world.provider)
    return f.VersionFactory(programme=programme, published=True)


def _group(world: World, starts: int) -> tuple[Offer, Group]:
    """A group of four weeks that begins so many days from now, with a programme of its own."""
    version = _version(world)
    offer = f.OfferFactory(version=version, source=world.rows["source-used"].term, price=PRICE)
    day = riga_date(world.day(starts))
    return offer, f.group(version, starts_on=day, at=world.day(starts - 30))


def _apply(world: World, stage: str, starts: int, *, applied: int) -> None:
    """The owner's application, as far as its name says."""
    owner, staff, at = world.users["owner"], world.users["staff"], world.day(applied)
    offer, group = _group(world, starts)
    draft = applications.start_draft(
        account_id=world.accounts["owner"].pk,
        offer_id=offer.pk,
        group_id=group.pk,
        actor=owner,
        at=at,
    )
    world.applications[stage] = applications.update_draft(
        application_id=draft.pk, payer="", knows_consequences=True, actor=owner, at=at
    )
    world.rows[f"group-{stage}"] = group
    if stage == "draft":
        return
    applications.submit(
        application_id=draft.pk,
        expected_group_id=group.pk,
        expected_support=PRICE,
        actor=owner,
        at=at,
    )
    if stage == "waiting":
        return
    decisions.approve(application_id=draft.pk, actor=staff, at=world.day(applied + 1))
    if stage != "beginning":
        learning.start_group(group_id=group.pk, actor=SYSTEM, at=world.day(starts))


def _facts(world: World) -> None:
    """What only few may ever read: income, illness, and a personal code."""
    for account in world.accounts.values():
        for kind in SENSITIVE:
            PersonFact.objects.create(
                person=account.person,
                kind=kind,
                value="yes",
                source=FactSource.REGISTER,
                observed_at=f.BEGINNING,
            )
    PersonCode.objects.create(
        person=world.accounts["owner"].person,
        kind=CodeKind.CURRENT,
        encrypted=codes.encrypt(CODE),
        lookup=codes.lookup(CODE),
        recorded_at=f.BEGINNING,
    )


def _mail_and_files(world: World) -> None:
    """Messages, a change of contacts, and a file of the owner's own."""
    person = world.accounts["owner"].person
    kind = owners.OwnerKind(
        FILES,
        may_read=lambda actor, key: actor.pk == person.user_id,
        may_write=lambda actor, key: actor.pk == person.user_id,
        looked_at=lambda actor, key: None,
        purpose="checking",
    )
    owners.register(kind)
    file = files.store(
        actor=person.user,
        owner_kind=FILES,
        owner_id=person.pk,
        name="a.pdf",
        content=BytesIO(PDF),
        at=world.at,
    )
    world.rows["token"] = files.link(file=file, actor=person.user).split("/")[-2]
    world.rows["message"] = Message.objects.filter(user=person.user).latest("created_at")
    world.rows["alert"] = alerts.make_alert(
        account_id=world.accounts["owner"].pk,
        query="Adīt",
        filters=Filters(),
        address="/macibas/?q=Ad%C4%ABt",
        actor=person.user,
        at=world.at,
    )
    world.rows["membership"] = Membership.objects.get(user=world.users["staff"])
    contacts = {"email": "jauna@stars.example", "phone": "20000000"}
    set_contacts(person_id=person.pk, **contacts, actor=person.user, at=world.at)


def _agency(world: World) -> None:
    """What the agency's own pages show besides."""
    publish_texts(at=f.BEGINNING)
    officer = _staff(f.OrganisationFactory(agency=True), Role.FINANCE_OFFICER)
    for code in ("round-used", "round-whole"):
        rounds.dry_run(code=world.rows[code].code, at=world.at, actor=officer)
    world.rows["approval"] = approvals.put_forward(
        round_id=world.rows["round-used"].pk, actor=officer, at=world.at
    )
    reconcile.reconcile(at=world.at)
    Budget.objects.create(source=world.rows["source-whole"], origin=Origin.EU, amount=PRICE)
    PeriodClose.objects.create(
        month=date(2000, 1, 1), until=f.BEGINNING.replace(year=2000), closed_at=world.at
    )
    audit.look(
        actor=world.users["administrator"],
        person_ids=[world.accounts["owner"].person_id],
        what="person",
        purpose="agency_work",
        at=world.at,
    )


def _published(world: World) -> None:
    """One of everything that editors write, and somebody who asked for news."""
    cache.clear()  # what other runs counted of requests
    words = {"title_lv": "Ziņa", "title_en": "News", "lead_lv": "Ievads", "lead_en": "Lead"}
    shown = pictures.add(
        name="a.png",
        content=picture_file(),
        alt_lv="Lauks",
        alt_en="A field",
        actor=world.users["administrator"],
        at=world.at,
    )
    more = {"picture": shown, "published_from": world.day(-1)}
    world.rows |= {
        "picture": shown,
        "news": News.objects.create(slug="zina", **words, **more),
        "page": Page.objects.create(slug="pieklustamiba", **words, **more),
        "slug-content:news": "zina",
        "slug-content:page": "pieklustamiba",
    }
    make_term("konts")
    said = {"title_lv": "A", "title_en": "A", "text_lv": "B", "text_en": "B"}
    Contact.objects.create(key="a", email="a@stars.example", **said)
    world.rows["report"] = AccessibilityReport.objects.create(
        text="Poga nav nospiežama", language="lv", sent_at=world.at
    )
    reader = Subscriber.objects.create(email="cits@stars.example", language="lv", asked_at=world.at)
    world.rows["token-content:confirm"] = subscription.confirmation_token(reader.pk)
    world.rows["token-content:unsubscribe"] = subscription.leaving_token(reader.pk)
