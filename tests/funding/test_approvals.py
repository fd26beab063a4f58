"""Four eyes on a round that is started by hand, in the service and in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from funding.models import RoundApproval
from funding.services.approvals import let_run, put_forward
from stars.common.dates import now, today
from stars.common.errors import Conflict, NotAllowed
from tests.funding import build

pytestmark = pytest.mark.django_db


def officer(role: Role = Role.FINANCE_OFFICER) -> User:
    agency, _ = Organisation.objects.get_or_create(
        name="Aģentūra", defaults={"kind": OrganisationKind.AGENCY}
    )
    user = User.objects.create_user()
    Membership.objects.create(
        user=user, organisation=agency, role=role, valid_from=today() - timedelta(days=1)
    )
    return user


def test_another_person_lets_it_run() -> None:
    w = build.world()
    asked = put_forward(round_id=w.rounds[0].pk, actor=officer(), at=now())
    with pytest.raises(NotAllowed):
        let_run(approval_id=asked.pk, approved=True, actor=asked.requested_by, at=now())
    done = let_run(approval_id=asked.pk, approved=True, actor=officer(), at=now())
    assert done.approved
    with pytest.raises(Conflict):
        let_run(approval_id=asked.pk, approved=True, actor=officer(), at=now())


def test_a_changed_round_has_to_be_put_forward_again() -> None:
    w = build.world()
    asked = put_forward(round_id=w.rounds[0].pk, actor=officer(), at=now())
    w.rounds[0].cap = 1
    w.rounds[0].save()
    with pytest.raises(Conflict):
        let_run(approval_id=asked.pk, approved=True, actor=officer(), at=now())
    assert not let_run(approval_id=asked.pk, approved=False, actor=officer(), at=now()).approved


def test_auditors_may_neither_ask_nor_decide() -> None:
    w = build.world()
    with pytest.raises(NotAllowed):
        put_forward(round_id=w.rounds[0].pk, actor=officer(Role.AUDITOR), at=now())


def test_only_one_request_waits() -> None:
    w = build.world()
    put_forward(round_id=w.rounds[0].pk, actor=officer(), at=now())
    with pytest.raises(Conflict):
        put_forward(round_id=w.rounds[0].pk, actor=officer(), at=now())


def test_the_database_refuses_one_pair_of_eyes() -> None:
    w = build.world()
    asked = put_forward(round_id=w.rounds[0].pk, actor=officer(), at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundApproval.objects.filter(pk=asked.pk).update(
            decided_by=asked.requested_by, decided_at=now(), approved=True
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundApproval.objects.filter(pk=asked.pk).update(approved=True)
