"""A person in a training with monthly aid, for tests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from funding.enums import SchemeKind
from funding.models import AidList, AidMonth, AidRequest, Commitment, Scheme
from funding.services import aid, aid_lists
from learning_accounts.models import LearningPath, PathStep
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.funding import build
from tests.funding.build import riga

IBAN = "LV80BANK0000435195001"
HELD, ASKED = riga(2025, 2, 1), riga(2025, 2, 3)
FEBRUARY, MARCH, APRIL = date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 1)
LATER = riga(2025, 5, 20)


def with_aid(w: build.World, kind: str = "stipend", amount: str = "100.00") -> Scheme:
    """A scheme of monthly aid for further education."""
    scheme = Scheme.objects.create(
        source=w.source,
        kind=SchemeKind.STIPEND,
        code=f"{kind}-{w.source.code}",
        programme_types=["further_education"],
        order=5,
    )
    build.policy(scheme, {"aid_kind": kind, "amount": amount, "attendance_required": "0.80"}, [])
    return scheme


def learner(w: build.World) -> Commitment:
    """Somebody whose further education is paid in full."""
    account = build.person(w)
    path = LearningPath.objects.create(account=account, goal="Mērķis", begun_at=HELD)
    PathStep.objects.create(path=path, order=1, title="Solis")
    return build.hold(
        account, build.offer(w, "2000.00", "further_education"), HELD, support="2000.00"
    )


def ask(commitment: Commitment, kind: str = "stipend", **more: Any) -> AidRequest:
    """The person asks."""
    given: dict[str, Any] = {
        "monthly": None,
        "iban": IBAN,
        "holder": "Izdoma Pārbaude",
        "actor": commitment.account.person.user,
        "at": ASKED,
        **more,
    }
    return aid.ask(commitment_id=commitment.pk, kind=kind, **given)


def approved(w: build.World) -> AidRequest:
    """A stipend that was agreed to."""
    return aid.approve(request_id=ask(learner(w)).pk, actor=SYSTEM, at=ASKED)


def count(
    request: AidRequest, month: date, held: int, attended: int, at: datetime = LATER
) -> AidMonth | None:
    """Count a month."""
    return aid.count_month(
        request_id=request.pk,
        month=month,
        hours_held=Decimal(held),
        hours_attended=Decimal(attended),
        actor=SYSTEM,
        at=at,
    )


def officers() -> tuple[User, User]:
    """Two people of the agency."""
    agency = f.OrganisationFactory(agency=True)
    return tuple(
        f.MembershipFactory(finance_officer=True, organisation=agency).user for _ in range(2)
    )  # type: ignore[return-value]


def paid_out(w: build.World, month: date, at: datetime = LATER) -> AidList:
    """A list made, put forward and approved by two."""
    first, second = officers()
    this = aid_lists.make_list(source_id=w.source.pk, month=month, actor=first, at=at)
    approval = aid_lists.put_forward(list_id=this.pk, actor=first, at=at)
    aid_lists.second(approval_id=approval.pk, approved=True, actor=second, at=at)
    this.refresh_from_db()
    return this
