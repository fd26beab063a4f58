"""Every service × every role: the views are not the only way in, and services refuse by themselves.

A service that takes an `actor` and has no row fails the test. Whoever is not named in its row gets
`NotAllowed`, and nothing is written.
"""

from __future__ import annotations

import importlib.util
import inspect
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from accounts.enums import FactKind, Role
from accounts.models import LegalText, Membership, User
from catalogue.selectors_find import Filters
from enrolments.enums import Presence
from enrolments.models import Participation
from enrolments.services.outcomes import Completed
from learning_accounts.services.account import Profile
from stars.common.dates import riga_date
from stars.common.errors import DomainError, NotAllowed
from stars.content.models import GlossaryTerm, Page
from stars.files.models import StoredFile
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
from tests.architecture.permission_walk import wrote
from tests.architecture.permission_world import FILES, PRICE, World
from tests.content.conftest import picture_file
from tests.files.conftest import PDF

Given = Callable[[World], dict[str, Any]]
OWNER, STAFF, AGENCY = ("owner",), ("staff",), ("administrator",)
MONEY = ("finance", "administrator")

# Called by a service above that has asked already; no view and no action reaches them.
WITHIN = {
    "enrolments.services.certificates.issue_if_set_up",
    "enrolments.services.learning.write_mark",
    "enrolments.services.stages.owe_before_end",
    "funding.services.aid_lists.hear_came_back",
    "funding.services.aid_lists.hear_paid",
    "funding.services.aid_lists.mark_paid",
    "funding.services.co_payments.write",
    "funding.services.commitments.hold",
    "funding.services.commitments.capture",
    "funding.services.commitments.release",
    "funding.services.commitments.forfeit",
    "funding.services.freezing.freeze",
    "funding.services.freezing.thaw",
    "funding.services.payments.create_payment",
    "funding.services.payments.tell_came_back",
    "funding.services.payments.tell_paid",
    "funding.services.settling.statement_came_back",
    "funding.services.settling.statement_paid",
    "funding.services.stages.capture_stages",
    "funding.services.rounds.run_due",
    "funding.services.claim_money.hold",
    "funding.services.claim_money.give_back",
    "funding.services.claims.mark_paid",
    "funding.services.claims.hear_paid",
    "funding.services.claims.come_back",
    "funding.services.claims.hear_came_back",
    "stars.audit.services.record",
    "stars.audit.services.look",
}


def _favourite(w: World) -> dict[str, Any]:
    return {**_account(w), "slug": w.rows["group-new"].version.programme.slug}


def _application(stage: str) -> Given:
    return lambda w: {"application_id": w.applications[stage].pk}


def _group(stage: str) -> Given:
    return lambda w: {"group_id": w.rows[f"group-{stage}"].pk}


def _place(stage: str, **more: Any) -> Given:
    def given(w: World) -> dict[str, Any]:
        place = Participation.objects.get(application=w.applications[stage])
        return {"participation_id": place.pk, **more}

    return given


def _today(given: Given, **more: Any) -> Given:
    return lambda w: {**given(w), "on": riga_date(w.at), **more}


def _person(w: World) -> dict[str, Any]:
    return {"person_id": w.accounts["owner"].person_id}


def _account(w: World) -> dict[str, Any]:
    return {"account_id": w.accounts["owner"].pk}


def _grant(w: World) -> dict[str, Any]:
    return {"grant_id": w.rows["grant"].pk}


def _version(stage: str, **more: Any) -> Given:
    return lambda w: {"version_id": w.rows[f"version-{stage}"].pk, **more}


def _temporary(w: World) -> dict[str, Any]:
    return {"status_id": w.rows["temporary"].pk, "note": "Vērtē labi"}


def _new_group(w: World) -> dict[str, Any]:
    day = riga_date(w.day(30))
    days = {"starts_on": day, "ends_on": day, "apply_until": riga_date(w.day(20))}
    return {"version_id": w.rows["group-new"].version_id, "code": "N", "capacity": 5, **days}


def _file(w: World) -> dict[str, Any]:
    return {"file_id": StoredFile.objects.get(owner_kind=FILES).pk}


SERVICES: dict[str, tuple[tuple[str, ...], Given]] = {
    "accounts.services.consent.accept": (
        OWNER,
        lambda w: {**_person(w), "text_ids": [text.pk for text in LegalText.objects.all()]},
    ),
    "accounts.services.contacts.set_contacts": (
        OWNER,
        lambda w: {**_person(w), "email": "x@stars.example", "phone": ""},
    ),
    "accounts.services.erasure.erase_person": (
        (*OWNER, *AGENCY),
        _person,
    ),
    "accounts.services.facts.declare": (
        OWNER,
        lambda w: {**_person(w), "kind": FactKind.EMPLOYMENT, "value": "employed"},
    ),
    "accounts.services.staff.create_staff": (
        AGENCY,
        lambda w: {"email": "jauns@stars.example", "password": "correct horse battery"},
    ),
    "accounts.services.staff.set_second_factor": (
        AGENCY,
        lambda w: {"user_id": w.users["staff"].pk, "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"},
    ),
    "accounts.services.staff.reset_second_factor": (
        AGENCY,
        lambda w: {"user_id": w.users["staff"].pk},
    ),
    "accounts.services.staff.add_membership": (
        AGENCY,  # and whoever administers the provider itself (tests/accounts)
        lambda w: {
            "user_id": f.UserFactory(staff=True).pk,
            "organisation_id": w.provider.organisation_id,
            "role": Role.PROVIDER_USER,
            "valid_from": riga_date(w.at),
        },
    ),
    "accounts.services.staff.end_membership": (
        AGENCY,
        lambda w: {
            "membership_id": Membership.objects.get(user=w.users["staff"]).pk,
            "ends_on": riga_date(w.day(3)),
        },
    ),
    "catalogue.services.groups.create_group": ((*STAFF, *AGENCY), _new_group),
    "catalogue.services.groups.open_group": ((*STAFF, *AGENCY), _group("new")),
    "catalogue.services.groups.close_group": ((*STAFF, *AGENCY), _group("new")),
    "catalogue.services.group_changes.edit_group": ((*STAFF, *AGENCY), permission_groups.facts),
    "catalogue.services.group_changes.reopen_group": ((*STAFF, *AGENCY), _group("new")),
    "catalogue.services.group_changes.postpone_group": (
        (*STAFF, *AGENCY),
        permission_groups.later,
    ),
    "catalogue.services.group_changes.cancel_group": (
        (*STAFF, *AGENCY),
        lambda w: {**_group("new")(w), "reason": "Nav telpu"},
    ),
    "catalogue.services.timetable.set_timetable": (
        (*STAFF, *AGENCY),
        permission_groups.timetable,
    ),
    "enrolments.services.groups.change_timetable": (
        (*STAFF, *AGENCY),
        lambda w: {**permission_groups.timetable(w), "expected": None},
    ),
    "enrolments.services.groups.change": (
        (*STAFF, *AGENCY),
        lambda w: {**permission_groups.facts(w), "expected": None},
    ),
    "enrolments.services.queue.join": (OWNER, permission_groups.queue),
    "enrolments.services.moves.propose": (STAFF, permission_groups.proposal),
    "enrolments.services.moves.accept": (OWNER, lambda w: {"move_id": w.rows["move"].pk}),
    "enrolments.services.moves.decline": (OWNER, lambda w: {"move_id": w.rows["move"].pk}),
    "enrolments.services.moves.withdraw_proposal": (
        STAFF,
        lambda w: {"move_id": w.rows["move"].pk},
    ),
    "enrolments.services.decisions.approve_many": (
        STAFF,
        lambda w: {"application_ids": [w.applications["waiting"].pk]},
    ),
    "enrolments.services.groups.postpone": ((*STAFF, *AGENCY), permission_groups.later),
    "enrolments.services.groups.cancel": (
        (*STAFF, *AGENCY),
        lambda w: {**_group("new")(w), "reason": "Nav telpu"},
    ),
    "enrolments.services.groups.release_everybody": (
        STAFF,
        lambda w: {**_group("new")(w), "cause": "provider", "reason": "Apturēta"},
    ),
    "catalogue.services.groups.start_group": ((*STAFF, *AGENCY), _group("beginning")),
    "catalogue.services.groups.finish_group": ((*STAFF, *AGENCY), _group("running")),
    "catalogue.services.addresses.change_programme_slug": (
        AGENCY,
        lambda w: {"programme_id": w.rows["version-written"].programme_id, "slug": "cita-adrese"},
    ),
    "catalogue.services.providers.describe_provider": (
        AGENCY,
        lambda w: {
            "provider_id": w.provider.pk,
            **dict.fromkeys(("about_lv", "about_en", "city"), "Teksts"),
            **dict.fromkeys(("accreditation_lv", "accreditation_en"), ""),
            "accredited_until": None,
        },
    ),
    "catalogue.services.addresses.change_provider_slug": (
        AGENCY,
        lambda w: {"provider_id": w.provider.pk, "slug": "cita-adrese"},
    ),
    "catalogue.services.providers.rename_provider": (
        AGENCY,
        lambda w: {"provider_id": w.provider.pk, "name": "Cits nosaukums"},
    ),
    "catalogue.services.calls.save_call": (
        AGENCY,
        lambda w: {
            "code": "n",
            "title_lv": "N",
            "title_en": "N",
            "opens_on": riga_date(w.at),
            "closes_on": riga_date(w.at),
        },
    ),
    "catalogue.services.calls.add_seminar": (
        AGENCY,
        lambda w: {"call_id": w.rows["call"].pk, "starts_at": w.at},
    ),
    "catalogue.services.calls.drop_seminar": (
        AGENCY,
        lambda w: {"seminar_id": w.rows["seminar"].pk},
    ),
    "catalogue.services.drafts.new_programme": (
        STAFF,
        lambda w: {"provider_id": w.provider.pk, "values": {"title_lv": "Jauna"}},
    ),
    "catalogue.services.drafts.new_version": (
        STAFF,
        lambda w: {"programme_id": w.rows["group-new"].version.programme_id},
    ),
    "catalogue.services.drafts.edit_draft": (
        (*STAFF, *AGENCY),
        _version("written", values={"title_lv": "Cits"}),
    ),
    "catalogue.services.drafts.set_offer": (
        STAFF,
        lambda w: {
            **_version("written", source_id=None, price=PRICE)(w),
            "open_from": riga_date(w.at),
            "open_until": riga_date(w.at),
        },
    ),
    "catalogue.services.drafts.drop_offer": (STAFF, _version("written", source_id=None)),
    "catalogue.services.remarks.add_remark": (
        AGENCY,
        _version("in-review", field="hours", text="Par maz"),
    ),
    "catalogue.services.remarks.resolve_remark": (
        AGENCY,
        lambda w: {"remark_id": w.rows["remark"].pk},
    ),
    "catalogue.services.temporary.give_temporary_status": (
        AGENCY,
        lambda w: {
            "programme_id": w.rows["group-new"].version.programme_id,
            "recommender": "expert",
            "recommended_by": "Eksperts",
            "recommendation": "Vajag",
        },
    ),
    "catalogue.services.temporary.extend_temporary_status": (AGENCY, _temporary),
    "catalogue.services.temporary.end_temporary_status": (AGENCY, _temporary),
    "catalogue.services.temporary.write_rules": (
        AGENCY,
        lambda w: {
            "valid_from": riga_date(w.at),
            **dict.fromkeys(("price_spread", "least_spread", "price_rise"), Decimal("0.5")),
            **dict.fromkeys(("grant_tolerance", "temporary_share"), Decimal("0.5")),
            "least_compared": 5,
            "grant_amounts": ["500.00"],
            "review_months": 12,
        },
    ),
    "catalogue.services.versions.submit": (STAFF, _version("written")),
    "catalogue.services.versions.take_in_review": (AGENCY, _version("submitted")),
    "catalogue.services.versions.return_with_remarks": (AGENCY, _version("in-review", note="x")),
    "catalogue.services.versions.approve": (AGENCY, _version("in-review")),
    "catalogue.services.versions.reject": (AGENCY, _version("in-review", note="x")),
    "catalogue.services.versions.publish_version": (AGENCY, _version("approved")),
    "catalogue.services.versions.suspend": (
        AGENCY,
        lambda w: {"version_id": w.rows["group-new"].version_id, "note": "x"},
    ),
    "catalogue.services.versions.resume": (AGENCY, _version("suspended")),
    # A draft is its provider's to throw away; the agency may clear up, too.
    "catalogue.services.versions.archive": ((*STAFF, *AGENCY), _version("written")),
    "enrolments.services.applications.start_draft": (
        OWNER,
        lambda w: {
            **_account(w),
            **_group("new")(w),
            "offer_id": w.rows["group-new"].version.offers.get().pk,
        },
    ),
    "enrolments.services.applications.update_draft": (OWNER, _application("draft")),
    "enrolments.services.applications.submit": (
        OWNER,
        lambda w: {
            **_application("draft")(w),
            "expected_group_id": w.rows["group-draft"].pk,
            "expected_support": PRICE,
        },
    ),
    "enrolments.services.decisions.approve": (STAFF, _application("waiting")),
    "enrolments.services.decisions.reject": (
        STAFF,
        lambda w: {**_application("waiting")(w), "note": "Nē"},
    ),
    "enrolments.services.decisions.withdraw": (OWNER, _application("waiting")),
    "enrolments.services.learning.start_group": (STAFF, _group("beginning")),
    "enrolments.services.learning.mark_attendance": (
        STAFF,
        lambda w: {
            **_place("running", presence=Presence.PRESENT, expected_version=0)(w),
            "session_id": w.rows["session"].pk,
        },
    ),
    "enrolments.services.learning.mark_rest": (
        STAFF,
        lambda w: {"session_id": w.rows["session"].pk, "presence": Presence.PRESENT},
    ),
    **permission_attendance.SERVICES,
    "enrolments.services.outcomes.complete": (
        STAFF,
        _today(_place("running"), document_number="B-1"),
    ),
    "enrolments.services.outcomes.complete_group": (
        STAFF,
        _today(
            lambda w: {
                **_group("running")(w),
                "people": [Completed(_place("running")(w)["participation_id"], "B-1")],
            }
        ),
    ),
    "enrolments.services.outcomes.interrupt": (STAFF, _today(_place("running"), note="Slims")),
    "enrolments.services.outcomes.expel": (STAFF, _today(_place("running"), note="Nenāca")),
    "enrolments.services.outcomes.confirm_completion": (OWNER, _place("completed")),
    "enrolments.services.outcomes.confirm_for_agency": (MONEY, _place("completed", note="Zvanīju")),
    "funding.services.books.export": (
        ("finance", "auditor", "administrator"),
        lambda w: {"what": "journal", "first": riga_date(w.at), "last": riga_date(w.at)},
    ),
    "funding.services.periods.close_month": (("finance",), lambda w: {"month": riga_date(w.at)}),
    "funding.services.erasure.forget": (
        ("owner", "administrator"),
        lambda w: {"account_id": w.accounts["owner"].pk},
    ),
    "funding.services.approvals.put_forward": (
        MONEY,
        lambda w: {"round_id": w.rows["round-whole"].pk},
    ),
    "funding.services.approvals.let_run": (
        MONEY,
        lambda w: {"approval_id": w.rows["approval"].pk, "approved": False},
    ),
    "funding.services.bank_accounts.record": (
        OWNER,
        lambda w: {**_account(w), "iban": "LV80BANK0000435195001", "holder": "A B"},
    ),
    "funding.services.grants.accumulate": (OWNER, _grant),
    "funding.services.grants.decline": (OWNER, _grant),
    **permission_aid.SERVICES,
    **permission_organisation.SERVICES,
    **permission_api.SERVICES,
    **permission_programmes.SERVICES,
    **permission_certificates.SERVICES,
    **permission_disputes.SERVICES,
    **permission_policy.SERVICES,
    **permission_claims.SERVICES,
    **permission_settle.SERVICES,
    "funding.services.requests.ask": (OWNER, _account),
    "funding.services.requests.end": (OWNER, _account),
    "funding.services.planning.plan_rounds": (
        MONEY,
        lambda w: {
            "policy_id": w.rows["round-whole"].policy_id,
            "first_due_on": riga_date(w.at) + timedelta(days=200),
            "count": 1,
        },
    ),
    "funding.services.rounds.dry_run": (MONEY, lambda w: {"code": w.rows["round-whole"].code}),
    "funding.services.rounds.run": (MONEY, lambda w: {"code": w.rows["round-whole"].code}),
    "funding.services.sources.authorise": (
        ("finance",),
        lambda w: {
            "source_id": w.rows["source-whole"].pk,
            "origin": "eu",
            "amount": Decimal("5.00"),
            "key": "d-7",
        },
    ),
    "learning_accounts.services.account.open_account": (
        OWNER,
        lambda w: {
            **_person(w),
            "accepted_text_ids": [text.pk for text in LegalText.objects.all()],
            "profile": Profile("x@stars.example", "", "higher", "employed"),
        },
    ),
    "learning_accounts.services.account.complete_profile": (
        OWNER,
        lambda w: {**_account(w), "education": "higher", "employment": "employed"},
    ),
    "learning_accounts.services.alerts.make_alert": (
        OWNER,
        lambda w: {
            **_account(w),
            "query": "Tamborēt",
            "filters": Filters(),
            "address": "/macibas/?q=Tambor%C4%93t",
        },
    ),
    "learning_accounts.services.alerts.end_alert": (
        OWNER,
        lambda w: {"alert_id": w.rows["alert"].pk},
    ),
    "learning_accounts.services.favourites.save_programme": (OWNER, _favourite),
    "learning_accounts.services.favourites.remove_programme": (OWNER, _favourite),
    "learning_accounts.services.favourites.switch_suggestions": (
        OWNER,
        lambda w: {**_account(w), "on": False},
    ),
    "learning_accounts.services.draft.save_draft": (
        OWNER,
        lambda w: {**_person(w), "answers": {"wish": "Šūt"}},
    ),
    "learning_accounts.services.path.create_path": (
        OWNER,
        lambda w: {
            **_account(w),
            "goal": "Labot",
            "programme_id": w.rows["group-new"].version.programme_id,
        },
    ),
    "stars.content.services.reports.settle": (
        AGENCY,
        lambda w: {"report_id": w.rows["report"].pk, "note": "Salabots"},
    ),
    "stars.content.services.editing.save": (AGENCY, lambda w: {"row": w.rows["page"]}),
    "stars.content.services.editing.remove": (
        AGENCY,
        lambda w: {"row": GlossaryTerm.objects.get()},
    ),
    "stars.content.services.editing.go_back": (
        AGENCY,
        lambda w: {
            "model": Page,
            "row_id": w.rows["page"].pk,
            "version": w.rows["page"].events.get().pgh_id,
        },
    ),
    "stars.content.services.mailing.mail": (AGENCY, lambda w: {"news_id": w.rows["news"].pk}),
    "stars.content.services.pictures.add": (
        AGENCY,
        lambda w: {"name": "b.png", "content": picture_file(), "alt_lv": "A", "alt_en": "A"},
    ),
    "stars.content.services.pictures.describe": (
        AGENCY,
        lambda w: {"picture_id": w.rows["picture"].pk, "alt_lv": "B", "alt_en": "B"},
    ),
    "stars.files.services.store": (
        OWNER,
        lambda w: {
            "owner_kind": FILES,
            "owner_id": w.accounts["owner"].person_id,
            "name": "b.pdf",
            "content": BytesIO(PDF),
        },
    ),
    "stars.files.services.link": (
        OWNER,
        lambda w: {"file": StoredFile.objects.get(owner_kind=FILES)},
    ),
    "stars.files.services.open_link": (OWNER, lambda w: {"token": w.rows["token"]}),
    "stars.files.services.remove": (OWNER, _file),
}


def services() -> dict[str, Callable[..., Any]]:
    """Every public function of a services module that is told who acts."""
    found: dict[str, Callable[..., Any]] = {}
    for app in apps.get_app_configs():
        if importlib.util.find_spec(f"{app.name}.services") is None or "site-packages" in app.path:
            continue
        package = importlib.import_module(f"{app.name}.services")
        modules = [package]
        for each in pkgutil.iter_modules(getattr(package, "__path__", [])):
            modules.append(importlib.import_module(f"{package.__name__}.{each.name}"))
        for module in modules:
            for name, function in inspect.getmembers(module, inspect.isfunction):
                ours = function.__module__ == module.__name__ and name[0] != "_"
                if ours and "actor" in inspect.signature(function).parameters:
                    found[f"{module.__name__}.{name}"] = function
    return found


FOUND = services()


def test_every_service_is_decided() -> None:
    known = set(FOUND) - WITHIN
    assert known == set(SERVICES), {"undecided": known - set(SERVICES)}
    assert set(FOUND) >= WITHIN


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_foreign_actor_is_refused(world: World, name: str) -> None:
    allowed, given = SERVICES[name]
    got = {role: _call(world, name, role, given) for role in ROLES}
    assert {role for role, refused in got.items() if not refused} == set(allowed)


def _call(world: World, name: str, role: str, given: Given) -> bool:
    """Whether the service refused; a refusal has to leave nothing behind."""
    user: Any = world.users.get(role)
    actor = AnonymousUser() if user is None else User.objects.get(pk=user.pk)
    function = FOUND[name]
    with transaction.atomic():
        arguments = {**given(world), "actor": actor}
        if "at" in inspect.signature(function).parameters:
            arguments["at"] = world.at
        wrote(world)
        refused = False
        try:
            with transaction.atomic():
                function(**arguments)
        except NotAllowed:
            refused = True
        except DomainError:
            pass  # allowed, though not at this moment
        changed = wrote(world)
        transaction.set_rollback(True)
    assert not (refused and changed), (role, changed)
    return refused
