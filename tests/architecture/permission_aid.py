"""Own parts, pledges and monthly aid in the world of permissions, and who may do what with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.services.employers import record_employer
from enrolments.services import applications, decisions
from funding.enums import SchemeKind
from funding.models import AidMonth, CoPayment, Scheme
from funding.rules.aid import last_counted
from funding.services import aid, aid_lists, co_payments, pledges
from stars.common.dates import add_months, riga_date
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.funding import build as build_world

MONEY = ("finance", "administrator")
OWNER = ("owner",)


def pledge_of(world: Any, **more: Any) -> dict[str, Any]:
    """A promise that an employer could make today."""
    today = riga_date(world.at)
    return {
        "employer_id": world.rows["employer"].pk,
        "source_id": None,
        "share": Decimal("0.5"),
        "per_person": None,
        "total": None,
        "valid_from": today,
        "valid_to": today + timedelta(days=100),
        "with_code": True,
        **more,
    }


def build(world: Any) -> None:
    """What the rows below are about."""
    who = {"actor": SYSTEM, "at": world.at}
    world.rows["employer"] = record_employer(
        name="SIA Izdomāts darbs", registration_number="40000000001", **who
    )
    recorded = pledges.record(**pledge_of(world), **who)
    world.rows |= {"pledge": recorded.pledge, "pledge-code": recorded.code}
    _own_parts(world)
    _aid(world)


def _own_parts(world: Any) -> None:
    """The resident pays 50 € beside the support: one person's is recorded, another's is not."""
    day = riga_date(world.day(12))
    version = f.VersionFactory(
        programme=f.ProgrammeFactory(provider=world.provider), published=True
    )
    offer = f.OfferFactory(
        version=version, source=world.rows["source-used"].term, price=Decimal("550.00")
    )
    group = f.group(version, starts_on=day, at=world.day(-10))
    account = world.accounts["resident"]
    user, at = account.person.user, world.day(-5)
    draft = applications.start_draft(
        account_id=account.pk, offer_id=offer.pk, group_id=group.pk, actor=user, at=at
    )
    applications.update_draft(
        application_id=draft.pk, payer="person", knows_consequences=True, actor=user, at=at
    )
    sent = applications.submit(
        application_id=draft.pk,
        expected_group_id=group.pk,
        expected_support=Decimal("500.00"),
        actor=user,
        at=at,
    )
    assert sent.commitment is not None
    decisions.approve(application_id=draft.pk, actor=world.users["staff"], at=world.day(-4))
    # Two payers, so that one share can be recorded and the other corrected.
    open_one = sent.commitment.co_payments.get()
    CoPayment.objects.filter(pk=open_one.pk).update(amount=Decimal("20.00"))
    paid = CoPayment.objects.create(
        commitment=sent.commitment, payer="family", amount=Decimal("30.00")
    )
    co_payments.record_paid(
        co_payment_id=paid.pk, paid_on=riga_date(at), proof="MU-1", actor=SYSTEM, at=world.at
    )
    world.applications["own-part"] = sent
    world.rows |= {"group-own-part": group, "own-part-open": open_one, "own-part-paid": paid}


def _aid(world: Any) -> None:
    """The resident's stipend is approved and in lists; travel costs wait for an answer."""
    held = world.applications["own-part"].commitment
    for number, kind in enumerate(("stipend", "transport", "housing")):
        scheme = Scheme.objects.create(
            source=held.source, kind=SchemeKind.STIPEND, code=f"aid-{kind}", order=6 + number
        )
        terms = {"aid_kind": kind, "amount": "50.00", "attendance_required": "0.80"}
        build_world.policy(scheme, terms, [])
    who = {"actor": held.account.person.user, "at": world.day(-3)}
    requests = [
        aid.ask(commitment_id=held.pk, **ask_for(kind), **who) for kind in ("stipend", "transport")
    ]
    aid.approve(request_id=requests[0].pk, actor=SYSTEM, at=world.at)
    officer = f.MembershipFactory(finance_officer=True).user
    last, made = last_counted(riga_date(world.at)), []
    for back in (3, 2, 1):
        month = add_months(last, -back)
        AidMonth.objects.create(
            request=requests[0], month=month, hours_held=10, hours_attended=9, amount=Decimal("50")
        )
        if back > 1:
            made.append(
                aid_lists.make_list(
                    source_id=held.source_id, month=month, actor=officer, at=world.at
                )
            )
    approval = aid_lists.put_forward(list_id=made[1].pk, actor=officer, at=world.at)
    world.rows |= {"aid-asked": requests[1], "aid": requests[0], "aid-month": last}
    world.rows |= {"aid-list": made[0], "aid-approval": approval}
    housing = aid.ask(commitment_id=held.pk, **ask_for("housing"), **who)
    refused = aid.refuse(request_id=housing.pk, reason="Nevar", actor=SYSTEM, at=world.at)
    world.rows |= {"aid-refused": refused}
    for code, term in (("education_level", "higher"), ("employment_status", "employed")):
        build_world.term(code, term)


def ask_for(kind: str) -> dict[str, Any]:
    """What somebody asks for."""
    bank = {"iban": "LV80BANK0000435195001", "holder": "Izdoma Pārbaude"}
    return {"kind": kind, "monthly": Decimal("30.00"), **bank}


def rows(world: Any) -> tuple[Any, ...]:
    """Rows whose actions in the admin are possible."""
    named = ("pledge", "aid-asked", "aid-list", "aid-approval", "own-part-paid")
    return tuple(world.rows[name] for name in named)


def keys(world: Any) -> dict[str, Any]:
    """What may stand in an address."""
    return {
        "co_payment_id": world.rows["own-part-paid"].pk,
        "commitment_id": world.applications["own-part"].commitment_id,
        "request_id": world.rows["aid"].pk,
    }


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """Forms filled in."""
    row, day = world.rows["own-part-open"], riga_date(world.at)
    why = {"note": "Tā vajag"}
    return {
        "funding:aid": ask_for("housing"),
        "enrolments:apply_code": {"code": world.rows["pledge-code"]},
        "admin:funding_aidrequest_refuse": why,
        "admin:funding_copayment_record": {"paid_on": riga_date(world.day(-5)), "proof": "MU-1"},
        "admin:funding_copayment_correct": {"paid_on": day, "proof": "MU-9", "reason": "Tā bija"},
        "admin:funding_aidrequest_end": why,
        "admin:funding_aidlist_make": {
            "source": world.applications["own-part"].commitment.source_id
        },
        "admin:funding_aidlist_cancel": why,
        "admin:funding_aidlistapproval_decide": {"approved": "no"},
        "admin:funding_pledge_record": {
            "employer": world.rows["employer"].pk,
            "percent": "50",
            "valid_from": day,
            "valid_to": day,
            "with_code": "on",
        },
        "admin:funding_pledge_employer": {
            "name": "SIA Trešais darbs",
            "registration_number": "40000000003",
        },
        "admin:funding_pledge_extend": {"employees": "320000-00002"},
        "enrolments:provider_own_parts": {f"{row.pk}-paid_on": day, f"{row.pk}-proof": "MU-2"},
        "enrolments:provider_own_part": {
            "paid": "yes",
            "paid_on": day,
            "proof": "MU-3",
            "reason": "Cits rēķins",
        },
    }


Given = Callable[[Any], dict[str, Any]]
SERVICES: dict[str, tuple[tuple[str, ...], Given]] = {
    "funding.services.aid.ask": (
        ("resident",),
        lambda w: {
            "commitment_id": w.applications["own-part"].commitment_id,
            **ask_for("housing"),
        },
    ),
    "funding.services.aid.approve": (MONEY, lambda w: {"request_id": w.rows["aid-asked"].pk}),
    "funding.services.aid.approve_after_all": (
        MONEY,
        lambda w: {"request_id": w.rows["aid-refused"].pk},
    ),
    "funding.services.aid.refuse": (
        MONEY,
        lambda w: {"request_id": w.rows["aid-asked"].pk, "reason": "Nevar"},
    ),
    "funding.services.aid.end": (
        ("resident", *MONEY),
        lambda w: {"request_id": w.rows["aid"].pk, "reason": ""},
    ),
    "funding.services.aid.count_month": (
        MONEY,
        lambda w: {
            "request_id": w.rows["aid"].pk,
            "month": w.rows["aid-month"],
            "hours_held": Decimal(10),
            "hours_attended": Decimal(9),
        },
    ),
    "funding.services.aid_lists.make_list": (
        MONEY,
        lambda w: {
            "source_id": w.applications["own-part"].commitment.source_id,
            "month": w.rows["aid-month"],
        },
    ),
    "funding.services.aid_lists.cancel": (MONEY, lambda w: {"list_id": w.rows["aid-list"].pk}),
    "funding.services.aid_lists.put_forward": (
        MONEY,
        lambda w: {"list_id": w.rows["aid-list"].pk},
    ),
    "funding.services.aid_lists.second": (
        MONEY,
        lambda w: {"approval_id": w.rows["aid-approval"].pk, "approved": False},
    ),
    "accounts.services.employers.record_employer": (
        MONEY,
        lambda w: {"name": "SIA Cits darbs", "registration_number": "40000000002"},
    ),
    # Rows of others are as unknown to a rival as rows that do not exist (tests/funding).
    "funding.services.co_payment_import.import_list": (
        ("staff", "rival", *MONEY),
        lambda w: {"name": "a.csv", "content": b"code,amount,paid on,document"},
    ),
    "funding.services.co_payments.record_paid": (
        ("staff", *MONEY),
        lambda w: {
            "co_payment_id": w.rows["own-part-open"].pk,
            "paid_on": riga_date(w.at),
            "proof": "MU-2",
        },
    ),
    "funding.services.co_payments.correct": (
        ("staff", *MONEY),
        lambda w: {
            "co_payment_id": w.rows["own-part-paid"].pk,
            "paid_on": riga_date(w.at),
            "proof": "MU-3",
            "reason": "Cits rēķins",
        },
    ),
    "funding.services.pledges.record": (MONEY, pledge_of),
    "funding.services.pledges.add_employees": (
        MONEY,
        lambda w: {"pledge_id": w.rows["pledge"].pk, "employees": ["320000-00001"]},
    ),
    "funding.services.pledges.end": (MONEY, lambda w: {"pledge_id": w.rows["pledge"].pk}),
    "funding.services.pledges.use_code": (
        OWNER,
        lambda w: {"account_id": w.accounts["owner"].pk, "code": w.rows["pledge-code"]},
    ),
}
