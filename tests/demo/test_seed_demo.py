"""The demo in the database: every state that services can bring about, and a ledger that proves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.db.models import F

from accounts.enums import CodeKind
from accounts.models import Acceptance, Membership, Person, PersonCode, User
from accounts.services.identity import find
from catalogue import reviews
from catalogue.enums import GroupState, RegistrationState
from catalogue.models import (
    Group,
    Programme,
    ProgrammeVersion,
    ProviderRegistration,
    TemporaryStatus,
)
from catalogue.pages import archive_page
from catalogue.selectors import cards
from enrolments.enums import (
    ApplicationState,
    ConfirmedBy,
    ExcuseState,
    MoveState,
    ParticipationState,
    Presence,
)
from enrolments.models import (
    Application,
    Attendance,
    AttendanceChange,
    Certificate,
    CertificateTemplate,
    Excuse,
    GroupMove,
    MonthClosing,
    Participation,
)
from enrolments.selectors import places_that_differ
from funding.enums import CommitmentState, GrantState, RoundState
from funding.models import Claim, Commitment, CoPayment, Correction, Grant, StandingRequest
from funding.selectors import money
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningAccount, LearningRecord
from stars.common.dates import now
from stars.demo.offer.data import invented_providers
from stars.demo.story import staff
from stars.demo.story.plan import fewest
from stars.demo.story.seed import is_empty, seed
from stars.notifications.models import Message

pytestmark = pytest.mark.django_db

# States that nothing of the portal brings about yet.
WITHOUT_SERVICES = {
    ApplicationState: {"cancelled", "moved"},
    ParticipationState: {"moved"},
    CommitmentState: {"payable_held"},  # nobody of the story is under suspicion
    GroupState: {"cancelled", "suspended"},
    RoundState: {"closed"},
    GrantState: set(),
}


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[str]]:
    """Loaded once for the module inside a transaction that is taken back; what it said."""
    said: list[str] = []
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            assert is_empty()
            folder = tmp_path_factory.mktemp("sandbox")
            assert seed(now=now(), residents=fewest(), folder=folder, say=said.append)
            yield said
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


def rows() -> dict[str, int]:
    """Rows of every table of ours."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }


@pytest.mark.parametrize(
    ("model", "states"),
    [
        ("enrolments.Application", ApplicationState),
        ("enrolments.Participation", ParticipationState),
        ("funding.Grant", GrantState),
        ("funding.Commitment", CommitmentState),
        ("funding.AllocationRound", RoundState),
        ("catalogue.Group", GroupState),
    ],
)
def test_every_state_is_there(demo: list[str], model: str, states: type) -> None:
    found = set(apps.get_model(model).objects.order_by().values_list("state", flat=True).distinct())
    assert found == set(states.values) - WITHOUT_SERVICES[states]  # type: ignore[attr-defined]


def test_claims_for_refunds_are_in_many_states(demo: list[str]) -> None:
    states = {*Claim.objects.values_list("state", flat=True)}
    assert states == {"draft", "submitted", "approved", "rejected", "withdrawn"}
    less = Claim.objects.get(what__code="iso-27001-lead-auditor")
    assert less.commitment is not None
    assert less.amount is not None
    assert less.commitment.support < less.amount
    capped = Claim.objects.get(what__code="cisa").commitment
    assert capped is not None
    assert capped.support == 2500


def test_what_states_do_not_say(demo: list[str]) -> None:
    completed = Participation.objects.filter(state=ParticipationState.COMPLETED)
    assert completed.filter(confirmed_by=ConfirmedBy.LEARNER).exists()
    assert completed.filter(confirmed_by=ConfirmedBy.AGENCY).exists()
    assert completed.filter(confirmed_at=None).exists()
    assert LearningRecord.objects.count() == completed.count()
    learning = Participation.objects.filter(state=ParticipationState.LEARNING)
    assert not learning.filter(attendance=None).exists()
    assert {*Attendance.objects.values_list("presence", flat=True)} == {*Presence.values}
    assert CoPayment.objects.filter(amount=70).exists()
    assert Commitment.objects.filter(policy__scheme__kind="full_cover").exists()
    assert Grant.objects.values("account").distinct().count() < Grant.objects.count()


def test_the_ledger_proves_and_places_are_counted_right(demo: list[str]) -> None:
    proof = reconcile(at=now())
    assert proof.ok, proof.problems
    assert places_that_differ() == []
    assert demo[-1] == "The ledger proves."
    assert any("residents" in line for line in demo)


def test_bad_news_only_at_invented_providers(demo: list[str]) -> None:
    at_real = {"group__version__programme__provider__organisation__invented": False}
    applied, took_part = (
        Application.objects.filter(**at_real),
        Participation.objects.filter(**at_real),
    )
    assert applied.filter(state=ApplicationState.APPROVED).exists()
    assert not applied.filter(state__in=("rejected", "lapsed", "withdrawn")).exists()
    assert took_part.filter(state=ParticipationState.COMPLETED).exists()
    assert not took_part.filter(state__in=("interrupted", "expelled", "released")).exists()
    absent = Attendance.objects.filter(presence=Presence.ABSENT)
    assert not absent.filter(participation__in=took_part).exists()


def test_pictures_of_the_catalogue(demo: list[str]) -> None:
    programmes = Programme.objects.filter(code__in=["ia-ux-short", "nks-quick-website"])
    loaded = programmes.select_related("provider", "current__type").order_by("code")
    full, nearly = cards(list(loaded), at=now())
    assert (full.places_left, nearly.places_left) == (0, 2)
    assert full.group and full.group.taken == full.group.capacity
    # Nobody is in a group that is not theirs to be in, and none of the story's is empty.
    assert not Group.objects.filter(taken__gt=F("capacity")).exists()


def test_residents_are_real_to_the_portal_and_to_nobody_else(demo: list[str]) -> None:
    accounts = LearningAccount.objects.select_related("person__user")
    assert accounts.count() == fewest() + 7
    assert Acceptance.objects.count() == 2 * accounts.count()
    assert 0 < StandingRequest.objects.count() < accounts.count()
    assert not User.objects.filter(person__isnull=False).exclude(email=None).exists()
    assert Message.objects.filter(kind="account_opened").count() == accounts.count()
    # Both codes of one person lead to one account.
    newer, older = find("003241-70825"), find("000462-90317")
    assert newer and newer == older
    assert PersonCode.objects.filter(person=newer, kind=CodeKind.HISTORIC).count() == 1
    # Left for trying out the journey.
    for code in ("003208-41975", "003275-20834", "003293-60418", "001146-90925", "002355-90674"):
        assert find(code) is None


def test_elina_has_what_is_promised_of_her(demo: list[str]) -> None:
    person = Person.objects.get(given_name="Elīna", family_name="Bērziņa")
    account = person.learning_account
    view = money(account, now())
    assert (view.free, view.held, view.spent) == (500, 0, 399)
    draft = Application.objects.get(account=account, state=ApplicationState.DRAFT)
    assert draft.offer.price == 570
    assert LearningRecord.objects.filter(account=account).count() == 1


def test_staff_sign_in_with_what_is_printed(demo: list[str], tmp_path: Path) -> None:
    out = StringIO()
    call_command("demo_signins", sandbox_data=tmp_path, stdout=out)
    printed = out.getvalue()
    secrets = {
        row["label"]: row["secret"]
        for row in json.loads((tmp_path / staff.AUTHENTICATOR).read_text(encoding="utf-8"))
    }
    for entry in staff.everybody():
        assert f"{entry.email} " in printed and entry.password in printed
        user = authenticate(None, email=entry.email, password=entry.password)
        assert user is not None, entry.email
        factor = Authenticator.objects.get(user=user.pk, type=Authenticator.Type.TOTP)
        assert decrypt(factor.data["secret"]) == entry.secret == secrets[entry.email]
    roles = set(Membership.objects.values_list("role", flat=True))
    assert roles == {
        "provider_admin",
        "provider_user",
        "administrator",
        "finance_officer",
        "auditor",
    }
    assert "Elīna Bērziņa" in printed and "/authenticator" in printed


def test_a_second_run_changes_nothing(demo: list[str], tmp_path: Path) -> None:
    before = rows()
    out = StringIO()
    call_command("seed_demo", sandbox_data=tmp_path, stdout=out)
    call_command("seed_demo", "--if-empty", sandbox_data=tmp_path, stdout=out)
    assert rows() == before
    assert "There is a demo already" in out.getvalue()
    assert not list(tmp_path.iterdir())


def test_the_agencys_table_has_something_on_it(demo: list[str]) -> None:
    queue = reviews.review_queue(now())
    assert [w.submission.version.state for w in queue] == ["submitted", "in_review"]
    assert [w.days for w in queue] == [6, 3]
    (sent,) = [w.submission for w in queue if w.submission.call]
    assert sent.call is not None
    assert sent.call.code == "next-open"
    (returned,) = ProgrammeVersion.objects.filter(state="returned")
    assert "follows_grant" in returned.submissions.get().findings[0]["flags"]
    assert reviews.remarks_for_provider(returned).count() == 2
    assert reviews.difference(reviews.version_before(returned), returned)
    assert TemporaryStatus.objects.get().programme.code == "ia-drone-maps"
    assert [each.code for each in archive_page()] == ["pmc-spreadsheet-module"]
    for version in ProgrammeVersion.objects.exclude(state="published"):
        assert version.programme.provider.organisation.invented


def test_workspaces_have_something_that_waits(demo: list[str]) -> None:
    """A queue with an offer that runs, a move, an excuse, a late mark, registrations."""
    line = Application.objects.filter(state=ApplicationState.WAITLISTED)
    offered = Application.objects.get(state=ApplicationState.OFFERED)
    assert offered.offered_until is not None and offered.offered_until > now()
    assert {row.group_id for row in line} == {offered.group_id}
    assert GroupMove.objects.get().state == MoveState.PROPOSED
    assert Excuse.objects.filter(state=ExcuseState.SUBMITTED).exists()
    assert MonthClosing.objects.exists()
    assert AttendanceChange.objects.exists()
    assert Correction.objects.filter(evidence__kind="attendance").get().amount < 0
    asked = ProviderRegistration.objects.filter(state=RegistrationState.SUBMITTED)
    assert asked.count() == 2
    assert any("workspaces: in line 3, moves 1" in line for line in demo)


def test_certificates_are_issued_by_invented_providers_alone(demo: list[str]) -> None:
    providers = {
        row.provider.slug for row in CertificateTemplate.objects.select_related("provider")
    }
    assert providers <= invented_providers() and len(providers) == 3
    issued = Certificate.objects.select_related(
        "participation__group__version__programme__provider"
    )
    slugs = {row.participation.group.version.programme.provider.slug for row in issued}
    assert slugs and slugs <= providers
