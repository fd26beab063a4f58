"""The agency's workplace: who sees what, what is written down, what is never shown."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts import codes
from accounts.enums import CodeKind
from accounts.models import Person, PersonCode
from catalogue.admin_search import SynonymsAdmin
from catalogue.models import Synonyms
from enrolments.models import Participation
from funding.models import AllocationRound, ReconciliationRun
from stars.audit.models import LookEntry
from stars.common.admin import AgencyAdmin
from stars.common.admin_words import MOVES, plain
from stars.common.dates import now, today
from stars.common.workflow import Workflow
from stars.content.admin import EditorAdmin
from stars.vocabularies.models import Term
from tests import factories as f
from tests.cast import AGENCY, Cast, cast, enter
from tests.funding import build

pytestmark = pytest.mark.django_db
REGISTRY = admin.site._registry
# Pages of rows that this cast does not have: tests/catalogue/test_admin_review.py and the
# permission matrix open them.
REVIEWED = {
    f"catalogue.{name}"
    for name in (
        *("Submission", "ProgrammeRemark", "Call", "Seminar", "TemporaryStatus", "OfferRules"),
        *("UnmetSearch", "ProviderRegistration", "Agreement", "Suspension"),
    )
} | {"api.ApiKey", "enrolments.Dispute"}
BOOKS = {
    "funding.Budget",
    "funding.PeriodClose",
    "funding.RoundApproval",
}  # tests/funding/test_books_pages.py
WHO_SEES = {
    "agency.view_records": set(AGENCY),
    "agency.view_people": {"administrator", "auditor"},
    "agency.view_logs": {"administrator", "auditor"},
    "funding.view_payments": {"finance_officer", "auditor"},
}
# Opened with their rows where they are made: tests/funding/test_*_pages.py and the permission walk.
MONEY = {
    f"funding.{name}"
    for name in (
        *("AidList", "AidListApproval", "AidRequest", "Appeal", "Claim", "Payment", "PaymentFile"),
        *("PaymentFileApproval", "Pledge", "Refundable", "Statement", "StatementApproval"),
        *("Waiver", "Correction", "BankAccount"),
    )
}
MODELS = sorted(REGISTRY, key=lambda m: m._meta.label)


@pytest.fixture
def people() -> Cast:
    return cast()


def complete_another(people: Cast) -> Participation:
    """Somebody else completes another programme of the same provider."""
    offer, group = people.scene.another_offer()
    return people.scene.completed(offer=offer, group=group)


def listing(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page(row: models.Model, what: str = "change") -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{what}", args=[row.pk])


class TestDoors:
    def test_visitors_are_sent_to_the_portals_sign_in(self, client: Client) -> None:
        for inside in (reverse("admin:index"), listing(Participation)):
            response = client.get(inside, follow=True)
            wanted = f"{reverse('account_login')}?next={inside}"
            assert unquote(response.redirect_chain[-1][0]) == wanted

    @pytest.mark.parametrize("role", ["learner", "provider"])
    def test_others_are_refused(self, people: Cast, role: str) -> None:
        client = enter(people, role)
        for name in ("admin:index", "admin:login", "admin:funding_grant_changelist"):
            assert client.get(reverse(name)).status_code == 403

    def test_a_superuser_without_a_role_is_refused(self, people: Cast) -> None:
        user = f.UserFactory(staff=True, is_staff=True, is_superuser=True)
        people.users["nobody"] = user
        client = enter(people, "nobody")
        assert client.get(reverse("admin:index")).status_code == 403

    def test_a_role_that_ended_opens_nothing(self, people: Cast) -> None:
        user = people.users["administrator"]
        user.memberships.update(valid_to=now().date() - timedelta(days=1))
        assert enter(people, "administrator").get(reverse("admin:index")).status_code == 403

    def test_libraries_bring_no_admin_of_their_own(self) -> None:
        strangers = [m._meta.label for m, a in REGISTRY.items() if not isinstance(a, AgencyAdmin)]
        assert not strangers

    def test_the_theme_has_its_own_policy(self, people: Cast) -> None:
        policy = enter(people, "auditor").get(reverse("admin:index"))["Content-Security-Policy"]
        assert "'unsafe-eval'" in policy
        refused = enter(people, "learner").get(reverse("admin:index"))["Content-Security-Policy"]
        assert "unsafe" not in refused


class TestReading:
    @pytest.mark.parametrize("role", AGENCY)
    def test_lists(self, people: Cast, role: str) -> None:
        client = enter(people, role)
        for model in MODELS:
            # Finance officers see no people, administrators no account numbers.
            seen = WHO_SEES[REGISTRY[model].view_permission]
            assert client.get(listing(model)).status_code == (200 if role in seen else 403), model

    def test_every_row_has_a_page(self, people: Cast) -> None:
        client = enter(people, "administrator")
        empty = []
        for model in MODELS:
            row = model.objects.first()
            if row is None:
                empty.append(model._meta.label)
                continue
            response = client.get(page(row))
            assert response.status_code == 200, model
            assert client.get(page(row, "history")).status_code == 200, model
        # Content: tests/content and the permission matrix open each of its pages.
        empty = [label for label in empty if not label.startswith("content.")]
        empty = [label for label in empty if label not in REVIEWED]
        assert set(empty) <= {
            *BOOKS,
            *MONEY,
            "files.StoredFile",
            "accounts.LegalText",
        }

    @pytest.mark.parametrize("role", AGENCY)
    def test_only_synonyms_are_deleted_and_only_editors_add(self, people: Cast, role: str) -> None:
        client = enter(people, role)
        for model in MODELS:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            edits = role == "administrator"
            writes = isinstance(REGISTRY[model], EditorAdmin | SynonymsAdmin) and edits
            deletes = model is Synonyms and edits
            assert client.get(reverse(f"{name}_add")).status_code == (200 if writes else 403)
            row = model.objects.first()
            if row is not None:
                status = client.post(page(row, "delete"), {"post": "yes"}).status_code
                assert status == (302 if deletes else 403)
                if role == "auditor":
                    assert client.post(page(row), {}).status_code == 403

    def test_lists_cost_the_same_however_long(self, people: Cast) -> None:
        client = enter(people, "auditor")
        before = {model: self._queries(client, model) for model in MODELS}
        for _ in range(2):
            complete_another(people)
        after = {model: self._queries(client, model) for model in MODELS}
        grown = {m._meta.label: (before[m], after[m]) for m in MODELS if after[m] > before[m]}
        assert not grown

    @staticmethod
    def _queries(client: Client, model: type[models.Model]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(listing(model)).status_code == 200
        return len(queries)

    def test_moves_and_movements_with_actor_and_time(self, people: Cast) -> None:
        client = enter(people, "auditor")
        shown = client.get(page(people.participation)).content.decode()
        assert people.users["provider"].email in shown
        assert str(MOVES["complete"]) in shown
        money = client.get(page(people.account)).content.decode()
        kinds = re.findall(r"/admin/funding/posting/[^/]+/change/", money)
        assert len(set(kinds)) == 3  # granted, held, captured

    def test_search_by_key(self, people: Cast) -> None:
        client = enter(people, "administrator")
        found = client.get(listing(Participation), {"q": str(people.account.pk)})
        assert found.context["cl"].result_count == 1
        nothing = client.get(listing(Participation), {"q": "Uzvārds"})
        assert nothing.context["cl"].result_count == 0

    def test_finance_officer_sees_money_but_not_people(self, people: Cast) -> None:
        client = enter(people, "finance_officer")
        commitment = people.participation.application.commitment
        assert client.get(page(commitment)).status_code == 200
        assert client.get(page(people.account)).status_code == 403
        assert client.get(page(people.account.person)).status_code == 403


class TestPrivacy:
    def test_looking_at_a_person_is_written_down(self, people: Cast) -> None:
        person = people.account.person
        LookEntry.objects.all()
        enter(people, "auditor").get(page(person))
        look = LookEntry.objects.latest("id")
        assert (look.actor_id, look.person_id) == (people.users["auditor"].pk, person.pk)
        assert look.what == "admin_person"

    @pytest.mark.parametrize("row", ["account", "participation"])
    def test_so_is_looking_at_what_is_theirs(self, people: Cast, row: str) -> None:
        enter(people, "administrator").get(page(getattr(people, row)))
        assert LookEntry.objects.latest("id").person_id == people.account.person_id

    def test_a_refused_look_is_no_look(self, people: Cast) -> None:
        enter(people, "finance_officer").get(page(people.account.person))
        assert not LookEntry.objects.exists()

    def test_lists_name_nobody(self, people: Cast) -> None:
        client = enter(people, "auditor")
        person = people.account.person
        for model in MODELS:
            shown = client.get(listing(model)).content.decode()
            for secret in (person.given_name, person.family_name, person.email):
                assert secret not in shown, model

    def test_codes_are_never_shown(self, people: Cast) -> None:
        PersonCode.objects.create(
            person=people.account.person,
            kind=CodeKind.CURRENT,
            encrypted=b"sealed",
            lookup="a" * 64,
            recorded_at=now(),
        )
        shown = enter(people, "administrator").get(page(people.account.person)).content.decode()
        assert "a" * 64 not in shown
        assert PersonCode not in REGISTRY

    def test_passwords_are_never_shown(self, people: Cast) -> None:
        user = people.users["administrator"]
        user.set_password("correct horse battery staple")
        user.save()
        client = enter(people, "auditor")
        assert user.password not in client.get(page(user)).content.decode()


class TestActing:
    def test_the_agency_is_the_second_side(self, people: Cast) -> None:
        participation = complete_another(people)
        client = enter(people, "administrator")
        address = page(participation, "confirm")
        assert address in client.get(page(participation)).content.decode()
        assert client.get(address).status_code == 200
        again = client.post(address, {"note": ""})
        assert again.context["form"].errors
        response = client.post(address, {"note": "Zvanīju, viss kārtībā."})
        assert response.status_code == 302
        participation.refresh_from_db()
        assert participation.confirmed_by == "agency"

    def test_a_domain_error_becomes_a_form_error(self, people: Cast) -> None:
        offer, group = people.scene.another_offer()
        stuck = people.scene.learning(offer=offer, group=group)
        response = enter(people, "administrator").post(page(stuck, "confirm"), {"note": "x"})
        assert response.status_code == 200
        assert response.context["form"].non_field_errors()

    @pytest.mark.parametrize("role", ["auditor", "learner", "provider"])
    def test_others_may_not(self, people: Cast, role: str) -> None:
        for address in (
            page(people.participation, "confirm"),
            page(people.scene.world.rounds[2], "dry-run"),
            page(people.scene.world.source, "authorise"),
            reverse("admin:funding_reconciliationrun_prove"),
        ):
            client = enter(people, role)
            assert client.get(address).status_code == 403
            assert client.post(address, {"note": "x"}).status_code == 403

    def test_dry_run_writes_nothing(self, people: Cast) -> None:
        this = people.scene.world.rounds[2]
        response = enter(people, "finance_officer").post(page(this, "dry-run"))
        # The pilot's window is long over: the answer is an explanation, not a stack trace.
        assert response.status_code == 200
        assert this.code in str(response.context["form"].non_field_errors())

    def test_money_is_made_available_once_per_decision(self, people: Cast) -> None:
        source = people.scene.world.source
        client = enter(people, "finance_officer")
        address = page(source, "authorise")
        answers: dict[str, Any] = {"origin": "eu", "amount": "1000.00", "key": "decision-7"}
        assert client.post(address, answers).status_code == 302
        assert client.post(address, answers).status_code == 302
        other = client.post(address, {**answers, "amount": "2000.00"})
        assert other.context["form"].errors
        three = client.post(address, {**answers, "amount": "1.005", "key": "decision-8"})
        assert three.context["form"].errors["amount"]

    def test_proof_now_and_its_page(self, people: Cast) -> None:
        client = enter(people, "finance_officer")
        assert client.post(reverse("admin:funding_reconciliationrun_prove")).status_code == 302
        assert ReconciliationRun.objects.count() == 2
        shown = client.get(listing(ReconciliationRun)).content.decode()
        assert people.scene.world.source.code in shown
        assert "Price is support and own part together" in shown or "Cena ir atbalsts" in shown

    def test_finding_a_person_by_code(self, people: Cast) -> None:
        person = people.account.person
        code = "320000-00017"
        PersonCode.objects.create(
            person=person,
            kind=CodeKind.CURRENT,
            encrypted=codes.encrypt(code),
            lookup=codes.lookup(code),
            recorded_at=now(),
        )
        client = enter(people, "administrator")
        address = reverse("admin:accounts_person_find")
        found = client.post(address, {"personal_code": "32000000017"})
        assert found["Location"] == page(person)
        for wrong in ("320000-00018", "12", "abc"):
            assert client.post(address, {"personal_code": wrong}).context["form"].errors
        assert code not in client.get(page(person)).content.decode()
        officer = enter(people, "finance_officer")
        assert officer.post(address, {"personal_code": code}).status_code == 403

    def test_a_role_gets_an_end(self, people: Cast) -> None:
        membership = people.users["provider"].memberships.get()
        client = enter(people, "administrator")
        day = (today() + timedelta(days=3)).isoformat()
        assert client.post(page(membership, "end"), {"ends_on": day}).status_code == 302
        membership.refresh_from_db()
        assert membership.valid_to.isoformat() == day
        assert client.post(page(membership, "end"), {"ends_on": "1999"}).context["form"].errors

    def test_a_lost_second_factor(self, people: Cast) -> None:
        user = people.users["auditor"]
        enter(people, "auditor")
        client = enter(people, "administrator")
        assert client.post(page(user, "reset-second-factor")).status_code == 302
        assert not Authenticator.objects.filter(user=user).exists()

    def test_words_of_a_term(self, people: Cast) -> None:
        term = Term.objects.earliest("pk")
        client = enter(people, "administrator")
        fields = {"name_lv": "Jauns", "name_en": "New", "plain_lv": "", "plain_en": ""}
        assert client.post(page(term), {**fields, "code": "other"}).status_code == 302
        before = term.code
        term.refresh_from_db()
        assert (term.name_lv, term.code) == ("Jauns", before)

    def test_actions_stand_in_the_rows_history(self, people: Cast) -> None:
        this = build.open_today(people.scene.world.rounds[2])
        client = enter(people, "finance_officer")
        client.post(page(this, "dry-run"))
        client.post(page(this, "put-forward"))
        assert "put-forward" in client.get(page(this, "history")).content.decode()


def test_policies_are_never_edited(people: Cast) -> None:
    version = people.scene.world.allocation
    response = enter(people, "administrator").post(page(version), {"number": 2})
    assert response.status_code == 403
    assert AllocationRound in REGISTRY
    assert apps.get_model("accounts", "Person") is Person


def test_every_transition_has_words() -> None:
    names = {name for workflow in Workflow.registry.values() for name in workflow.by_name}
    # Money is frozen while its state stays (funding.services.freezing).
    assert names | {"create", "freeze", "thaw"} == set(MOVES)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([], "–"),
        ({}, "–"),
        (True, "Yes"),
        ([{"lv": "Adīt", "en": "Knit"}], '<ul class="list-disc pl-5"><li>Adīt / Knit</li></ul>'),
        ({"own_part": "5 <b>"}, '<ul class="list-disc pl-5"><li>own part: 5 &lt;b&gt;</li></ul>'),
        ([["a"], 0], "<li>0</li>"),
    ],
)
def test_json_is_read_as_lists(value: Any, shown: str) -> None:
    with translation.override("en"):
        assert shown in str(plain(value))
