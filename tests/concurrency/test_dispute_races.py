""" "This was not me" against the end of a training: frozen or owed, never both."""

from __future__ import annotations

from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction

from enrolments import selectors
from enrolments.models import Dispute
from enrolments.services import disputes, outcomes
from funding.models import Commitment, Posting
from funding.services.reconcile import reconcile
from stars.common.dates import now
from stars.common.errors import Conflict
from tests import factories as f
from tests.concurrency.together import together
from tests.enrolments.scene import CONFIRMED, scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def proven() -> None:
    assert selectors.places_that_differ() == []
    run = reconcile(at=now())
    assert run.ok, run.problems


def test_a_case_and_the_second_side_at_once() -> None:
    s = scene()
    for _ in range(6):
        offer, group = s.another_offer()
        place = s.completed(offer=offer, group=group)
        user = place.account.person.user

        def act(number: int, place: Any = place, user: Any = user) -> Any:
            if number % 2:
                return disputes.open_case(
                    application_id=place.application_id, actor=user, at=CONFIRMED
                )
            return outcomes.confirm_completion(participation_id=place.pk, actor=user, at=CONFIRMED)

        results = together(4, act)
        errors = [one for one in results if isinstance(one, Exception)]
        assert all(isinstance(one, Conflict) for one in errors), errors
        assert len(errors) == 2, "one side wins, twice"
        commitment = Commitment.objects.get(application_id=place.application_id)
        frozen = commitment.frozen_at is not None
        assert commitment.state == ("held" if frozen else "captured")
        assert Dispute.objects.filter(application=place.application_id).exists() is frozen
        assert (
            Posting.objects.filter(idempotency_key=f"capture:{commitment.pk}").exists()
            is not frozen
        )
    proven()


def test_two_decisions_at_once_are_one() -> None:
    s = scene()
    agent = f.MembershipFactory(administrator=True).user
    place = s.learning()
    case = disputes.open_case(
        application_id=place.application_id, actor=place.account.person.user, at=CONFIRMED
    )

    def act(number: int) -> Any:
        decide = disputes.uphold if number % 2 else disputes.dismiss
        return decide(dispute_id=case.pk, note="Skatīts.", actor=agent, at=CONFIRMED)

    results = together(4, act)
    assert sum(isinstance(one, Dispute) for one in results) == 1
    assert sum(isinstance(one, Conflict) for one in results) == 3
    proven()


def test_control_without_the_lock_the_training_is_frozen_while_it_becomes_owed() -> None:
    s = scene()
    place = s.completed()
    key = place.application.commitment_id
    both_have_read = Barrier(2)

    def unguarded(number: int) -> tuple[str, datetime | None]:
        with transaction.atomic():
            row = Commitment.objects.get(pk=key)
            both_have_read.wait(timeout=30)
            return row.state, row.frozen_at

    # Both would go on: the one to freeze what is held, the other to pay what is not frozen.
    assert together(2, unguarded) == [("held", None)] * 2
