"""Four eyes on a round that is started by hand, in the service and in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from funding.models import AllocationRound, Grant, RoundApproval, RoundRank, RoundRun
from funding.services import rounds
from funding.services.approvals import let_run, put_forward
from stars.common.dates import today
from stars.common.errors import Conflict, NotAllowed
from tests.funding import build

pytestmark = pytest.mark.django_db
AT = build.riga(2024, 12, 10)


def officer(role: Role = Role.FINANCE_OFFICER) -> User:
    agency, _ = Organisation.objects.get_or_create(
        name="Aģentūra", defaults={"kind": OrganisationKind.AGENCY}
    )
    user = User.objects.create_user()
    Membership.objects.create(
        user=user, organisation=agency, role=role, valid_from=today() - timedelta(days=1)
    )
    return user


def looked_at(at: datetime = AT, **kwargs: Any) -> build.World:
    """A world whose first round had a dry run at `at`."""
    w = build.world(**kwargs)
    rounds.dry_run(code=w.rounds[0].code, at=at, actor=officer())
    return w


def test_another_person_lets_it_run() -> None:
    w = looked_at()
    asked = put_forward(round_id=w.rounds[0].pk, actor=officer(), at=AT)
    with pytest.raises(NotAllowed):
        let_run(approval_id=asked.pk, approved=True, actor=asked.requested_by, at=AT)
    done = let_run(approval_id=asked.pk, approved=True, actor=officer(), at=AT)
    assert done.approved
    with pytest.raises(Conflict):
        let_run(approval_id=asked.pk, approved=True, actor=officer(), at=AT)


def test_a_changed_round_has_to_be_put_forward_again() -> None:
    w = looked_at()
    asked = put_forward(round_id=w.rounds[0].pk, actor=officer(), at=AT)
    w.rounds[0].cap = 1
    w.rounds[0].save()
    with pytest.raises(Conflict):
        let_run(approval_id=asked.pk, approved=True, actor=officer(), at=AT)
    assert not let_run(approval_id=asked.pk, approved=False, actor=officer(), at=AT).approved


def test_auditors_may_neither_ask_nor_decide() -> None:
    w = build.world()
    with pytest.raises(NotAllowed):
        put_forward(round_id=w.rounds[0].pk, actor=officer(Role.AUDITOR), at=AT)


def test_only_one_request_waits() -> None:
    w = looked_at()
    put_forward(round_id=w.rounds[0].pk, actor=officer(), at=AT)
    with pytest.raises(Conflict):
        put_forward(round_id=w.rounds[0].pk, actor=officer(), at=AT)


def test_the_database_refuses_one_pair_of_eyes() -> None:
    w = looked_at()
    asked = put_forward(round_id=w.rounds[0].pk, actor=officer(), at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundApproval.objects.filter(pk=asked.pk).update(
            decided_by=asked.requested_by, decided_at=AT, approved=True
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundApproval.objects.filter(pk=asked.pk).update(approved=True)


def test_nobody_starts_what_they_have_not_seen() -> None:
    """A dry run of the same content, on the same day."""
    w = build.world()
    with pytest.raises(Conflict) as refused:
        put_forward(round_id=w.rounds[0].pk, actor=officer(), at=AT)
    assert refused.value.code == "dry_run_first"
    rounds.dry_run(code=w.rounds[0].code, at=AT - timedelta(days=1), actor=officer())
    with pytest.raises(Conflict) as refused:
        put_forward(round_id=w.rounds[0].pk, actor=officer(), at=AT)
    assert refused.value.code == "dry_run_first"
    rounds.dry_run(code=w.rounds[0].code, at=AT, actor=officer())
    AllocationRound.objects.filter(pk=w.rounds[0].pk).update(cap=Decimal("1000.00"))
    with pytest.raises(Conflict) as refused:
        put_forward(round_id=w.rounds[0].pk, actor=officer(), at=AT)
    assert refused.value.code == "dry_run_first"
    rounds.dry_run(code=w.rounds[0].code, at=AT, actor=officer())
    assert put_forward(round_id=w.rounds[0].pk, actor=officer(), at=AT).decided_at is None


def test_a_dry_run_keeps_its_counts_and_grants_nothing() -> None:
    w = build.world(cap="500.00")
    build.person(w)
    build.person(w)
    build.person(w, asked=None)
    rounds.dry_run(code=w.rounds[0].code, at=AT, actor=officer())
    run = RoundRun.objects.get()
    assert (run.dry, run.expected, run.granted, run.waiting) == (True, 1, 0, 1)
    assert run.amount == Decimal("500.00")
    assert run.refusals == {"no_request": 1}
    assert not Grant.objects.exists()
    assert not RoundRank.objects.exists()


def test_auditors_may_not_make_dry_runs() -> None:
    w = build.world()
    with pytest.raises(NotAllowed):
        rounds.dry_run(code=w.rounds[0].code, at=AT, actor=officer(Role.AUDITOR))
