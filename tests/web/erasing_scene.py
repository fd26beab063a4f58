"""Somebody who has been everywhere: their name, code and contacts stand in every table they can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import connection

from accounts import codes
from accounts.enums import CodeKind, FactKind, FactSource
from accounts.models import PersonCode, PersonFact, SavedFilter
from catalogue.models import ProviderRegistration
from enrolments.models import (
    Application,
    Attendance,
    AttendanceChange,
    Certificate,
    Dispute,
    EnrolmentLog,
    Excuse,
    GroupMove,
    Participation,
)
from funding.enums import CommitmentState
from funding.models import (
    Appeal,
    Claim,
    CoPayment,
    Correction,
    Decision,
    FundingLog,
    PledgeEmployee,
)
from funding.services import claims, commitments, grants
from learning_accounts.models import (
    AccountLog,
    AlertMatch,
    Favourite,
    LearningAccount,
    LearningPath,
    LearningRecord,
    OpeningDraft,
    PathStep,
    SearchAlert,
)
from stars.api.models import ExternalId
from stars.audit import services as audit
from stars.common.permissions import SYSTEM
from stars.content.models import AccessibilityReport, Subscriber
from stars.files.models import StoredFile
from stars.notifications.services import notify
from tests import factories as f
from tests.funding import build, settle
from tests.funding import claim_scene as refunds
from tests.funding.test_payment_files import take

GIVEN, FAMILY = "Zeltīte", "Neaizmirstele"
CODE, EMAIL, PHONE = "320000-00017", "zeltite@pasts.example", "+37120000017"
UID = "latvija-subject-0017"
NOTE = f"{GIVEN} {FAMILY}, {CODE}, zvanīja no {PHONE} un rakstīja no {EMAIL}."
# None of these may be found anywhere afterwards.
WORDS = (GIVEN, FAMILY, CODE, CODE.replace("-", ""), EMAIL, PHONE, UID, refunds.IBAN)
AT = build.riga(2026, 4, 20)


@dataclass
class Scene:
    """The person, and the claim whose papers they added."""

    account: LearningAccount
    claim: Claim
    refunds: refunds.Scene
    settle: settle.Scene


def found() -> dict[str, set[str]]:
    """Every text column of every table → the words of the person that stand in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN"
            " ('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY', 'bytea', 'inet')"
        )
        columns = cursor.fetchall()
        words = [*WORDS, codes.lookup(CODE)]
        hits: dict[str, set[str]] = {}
        for table, column in columns:
            cursor.execute(f'SELECT string_agg("{column}"::text, chr(10)) FROM "{table}"')
            text = (cursor.fetchone()[0] or "").lower()
            if here := {word for word in words if word.lower() in text}:
                hits[f"{table}.{column}"] = here
    return hits


def scene() -> Scene:
    """Everything is over: a training paid, a claim rejected, an application refused."""
    refund = refunds.scene()
    account = build.person(refund.world)
    _who(account)
    build.run(refund.world, 1)
    claim = _claim(refund, account)
    paid = settle.Scene(refund.world)
    build_provider_account(paid)
    _money(paid, account, claim)
    _learning(account, refund.world)
    _own_things(account)
    _around(account)
    return Scene(account, claim, refund, paid)


def build_provider_account(paid: settle.Scene) -> None:
    paid.new_account(at=build.riga(2025, 1, 1))


def _who(account: LearningAccount) -> None:
    person = account.person
    person.given_name, person.family_name = GIVEN, FAMILY
    person.email, person.phone = EMAIL, PHONE
    person.save()
    PersonCode.objects.create(
        person=person,
        kind=CodeKind.CURRENT,
        encrypted=codes.encrypt(CODE),
        lookup=codes.lookup(CODE),
        recorded_at=build.ASKED,
    )
    PersonFact.objects.create(
        person=person,
        kind=FactKind.MUNICIPALITY,
        value=f"pie {FAMILY}",
        source=FactSource.DECLARATION,
        observed_at=build.ASKED,
    )
    user = person.user
    SocialAccount.objects.create(user=user, provider="latvija", uid=UID, extra_data={"n": GIVEN})
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": PHONE})
    SavedFilter.objects.create(user=user, page="x", name=GIVEN, query=f"q={FAMILY}", saved_at=AT)
    ProviderRegistration.objects.create(applicant=user, name="Skola", email=EMAIL, phone=PHONE)


def _claim(refund: refunds.Scene, account: LearningAccount) -> Claim:
    claim = refund.sent(account, number="NR-7")
    claims.reject(claim_id=claim.pk, reason=NOTE, actor=refund.officer, at=refunds.LATER)
    StoredFile.objects.filter(owner_id=claim.pk).update(name=f"{FAMILY}.pdf")
    draft = refund.ready(account, number="NR-9")
    Claim.objects.filter(pk=draft.pk).update(document_number=FAMILY)
    return refunds.read(claim)


def _money(paid: settle.Scene, account: LearningAccount, claim: Claim) -> None:
    LearningPath.objects.create(account=account, goal="Mērķis", begun_at=build.ASKED)
    offer = build.offer(paid.world, "300.00", "further_education")
    made = build.hold(account, offer, build.riga(2025, 5, 1), support="300.00")
    proof = {"hours": 30, "attendance_share": "0.90", "completed_on": "2025-06-09"}
    done = build.riga(2025, 6, 10)
    commitments.capture(commitment_id=made.pk, evidence=proof, actor=SYSTEM, at=done)
    Decision.objects.create(
        account=account,
        policy=claim.policy,
        reference="x:1",
        outcome="no",
        lines=[{"text_lv": NOTE}],
        decided_at=AT,
    )
    statement = paid.approved()
    payment = paid.payment(statement)
    paid.file(payment)
    take(paid, (payment, "paid"))
    made.refresh_from_db()
    assert made.state == CommitmentState.PAID
    Correction.objects.create(commitment=made, amount=Decimal("-1.00"), reason=NOTE, by=None, at=AT)
    begun = build.riga(2025, 6, 20)
    left = build.hold(account, build.offer(paid.world, "600.00"), begun, support="500.00")
    CoPayment.objects.filter(commitment=left).update(
        proof=FAMILY, paid_on=date(2025, 6, 21), recorded_at=begun
    )
    assert CoPayment.objects.filter(proof=FAMILY).exists()
    commitments.release(commitment_id=left.pk, cause="person", actor=SYSTEM, at=begun)
    grants.expire_due(at=build.riga(2025, 12, 10))
    for key in (made.pk, claim.pk):
        FundingLog.objects.create(
            object_type="x",
            object_id=key,
            transition="x",
            from_state="",
            to_state="",
            at=AT,
            note=NOTE,
        )
    Appeal.objects.create(
        account=account,
        scheme=claim.scheme,
        reference=f"claim:{claim.pk}",
        state="upheld",
        text=NOTE,
        answer=NOTE,
        lines=[{"text_lv": NOTE}],
        asked_at=AT,
        decided_at=AT,
        answer_by=date(2026, 5, 1),
    )
    pledge = f.OrganisationFactory().pledges.create(
        share=Decimal("0.5"), valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31)
    )
    PledgeEmployee.objects.create(pledge=pledge, lookup=codes.lookup(CODE))


def _application(account: LearningAccount, group: Any, offer: Any, **more: Any) -> Application:
    return Application.objects.create(
        account=account,
        offer=offer,
        group=group,
        submitted_at=AT,
        decide_by=date(2026, 4, 27),
        decided_at=AT,
        decision_note=NOTE,
        quote={"price": "570.00", "lines": [{"text_lv": NOTE}], "employer": FAMILY},
        **more,
    )


def _learning(account: LearningAccount, world: build.World) -> None:
    offer = f.OfferFactory()
    groups = [f.group(offer.version, starts_on=date(2026, 5, 1 + n)) for n in range(3)]
    _application(account, groups[0], offer, state="rejected")
    _application(account, groups[2], offer, state="draft")
    done = _application(account, groups[1], offer, state="approved")
    place = Participation.objects.create(
        application=done,
        account=account,
        group=groups[1],
        state="completed",
        admitted_at=AT,
        outcome_on=date(2026, 4, 1),
        outcome_note=NOTE,
        document_number=f"A-{FAMILY}",
        platform_name=GIVEN,
    )
    mark = Attendance.objects.create(
        participation=place, session=f.session(groups[1], 1), presence="present", marked_at=AT
    )
    AttendanceChange.objects.create(
        attendance=mark, before="absent", after="present", reason=NOTE, at=AT
    )
    excuse = Excuse.objects.create(
        participation=place,
        state="accepted",
        reason=Excuse._meta.get_field("reason").choices[0][0],
        first_day=AT.date(),
        last_day=AT.date(),
        note=NOTE,
        submitted_at=AT,
        decided_at=AT,
        decision_note=NOTE,
    )
    _cases(done, place, groups[0])
    for row in (done, place, excuse):
        EnrolmentLog.objects.create(**_move(row))
    ExternalId.objects.create(
        organisation=f.OrganisationFactory(),
        kind="completion",
        external_id=CODE.replace("-", ""),
        object_id=place.pk,
        content_hash="x",
        sent_at=AT,
    )


def _move(row: Any) -> dict[str, Any]:
    """A row of a log of moves, with a note."""
    states = {"from_state": "", "to_state": "", "transition": "x", "object_type": "x"}
    return {"object_id": row.pk, "at": AT, "note": NOTE, **states}


def _cases(done: Application, place: Participation, group: Any) -> None:
    GroupMove.objects.create(
        participation=place,
        to_group=group,
        state="refused",
        reason=NOTE,
        proposed_at=AT,
        answer_by=AT.date(),
    )
    Dispute.objects.create(
        application=done,
        state="dismissed",
        note=NOTE,
        opened_at=AT,
        decided_at=AT,
        decision_note=NOTE,
    )
    Certificate.objects.create(
        participation=place, code="abcd", content={"name": f"{GIVEN} {FAMILY}"}, issued_at=AT
    )


def _own_things(account: LearningAccount) -> None:
    programme = f.ProgrammeFactory()
    path = LearningPath.objects.create(account=account, goal=NOTE, begun_at=AT)
    PathStep.objects.create(path=path, order=1, title=NOTE)
    Favourite.objects.create(account=account, programme=programme, saved_at=AT)
    alert = SearchAlert.objects.create(
        account=account, query=FAMILY, filters={"q": GIVEN}, address=f"?q={FAMILY}", made_at=AT
    )
    AlertMatch.objects.create(alert=alert, programme=programme)
    LearningRecord.objects.create(
        account=account,
        title_lv=f"{GIVEN}s kurss",
        title_en=GIVEN,
        provider_name=FAMILY,
        completed_on=date(2026, 1, 1),
        document_number=FAMILY,
        source="own",
    )
    OpeningDraft.objects.create(person=account.person, answers={"email": EMAIL}, saved_at=AT)
    account.wish, account.reasons, account.heard_from = NOTE[:300], [FAMILY], [GIVEN]
    account.save()
    AccountLog.objects.create(
        object_type="learningaccount",
        object_id=account.pk,
        transition="x",
        from_state="",
        to_state="",
        at=AT,
        note=NOTE,
    )


def _around(account: LearningAccount) -> None:
    user = account.person.user
    assert user is not None
    notify(
        kind="account_opened",
        user_id=user.pk,
        language="lv",
        address=EMAIL,
        params={},
        dedupe_key=f"account_opened:{account.pk}",
        at=AT,
    )
    Subscriber.objects.create(email=EMAIL.upper(), language="lv", asked_at=AT, confirmed_at=AT)
    for settled in (None, AT):
        AccessibilityReport.objects.create(
            text="Podziņa neiet.",
            note="Salabots." if settled else "",
            name=GIVEN,
            email=EMAIL,
            language="lv",
            sent_at=AT,
            settled_at=settled,
        )
    audit.record(
        actor=user,
        action="contacts_changed",
        object_type="accounts.person",
        object_id=account.person_id,
        changes={"email": ("", EMAIL), "given_name": (GIVEN, "")},
        at=AT,
    )
    audit.look(actor=SYSTEM, person_ids=[account.person_id], what="x", purpose="y", at=AT)


def paper_of(owner_id: Any) -> StoredFile:
    """A paper of the claim."""
    return StoredFile.objects.filter(owner_id=owner_id).order_by("pk")[0]
