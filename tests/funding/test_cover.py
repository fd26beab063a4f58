"""Full cover lost later: a flag, off by default; reading 2.7, edge case 14."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from funding.enums import CommitmentState
from funding.models import Commitment, Decision, Posting
from funding.services import appeals, commitments, cover, reconcile
from learning_accounts.models import LearningPath
from stars.common.permissions import SYSTEM
from stars.notifications.models import Message
from tests.funding import build
from tests.funding.build import riga
from tests.signin import as_resident

pytestmark = pytest.mark.django_db
HELD, GONE = riga(2025, 2, 1), riga(2025, 2, 10)
OVER = GONE + timedelta(days=15)


def covered(flag: bool) -> Commitment:
    """Somebody who learns with full cover and no longer has a learning path."""
    w = build.world(full={"withdraw_when_cover_is_lost": flag, "cover_notice_days": 14})
    account = build.person(w)
    path = LearningPath.objects.create(account=account, goal="x", begun_at=HELD)
    what = build.offer(w, "2127.19", "further_education")
    held = build.hold(account, what, HELD, support="2127.19")
    path.delete()
    return held


def references() -> set[str]:
    found = Decision.objects.values_list("reference", flat=True)
    return {each.partition(":")[0] for each in found} - {"application"}


def test_off_by_default_nothing_is_lost() -> None:
    covered(False)
    assert cover.review(at=GONE) == cover.review(at=OVER) == (0, 0)
    assert references() == set()


def test_case_14_cover_is_lost_after_a_notice_and_the_provider_is_paid() -> None:
    held = covered(True)
    postings = Posting.objects.count()
    assert cover.review(at=GONE) == (1, 0)
    assert cover.review(at=GONE) == (0, 0)  # said once
    assert cover.review(at=GONE + timedelta(days=14)) == (0, 0)  # the last day is theirs
    assert cover.review(at=OVER) == (0, 1)
    assert cover.review(at=OVER) == (0, 0)
    assert references() == {"cover", "cover_lost"}
    assert cover.owes(held.pk)
    lost = Decision.objects.get(reference=f"cover_lost:{held.pk}")
    assert (lost.lines[-1]["criterion"], lost.lines[-1]["value"]) == ("owed", "2127.19")
    assert list(Message.objects.order_by("created_at").values_list("kind", flat=True)) == [
        "cover_ends",
        "cover_lost",
    ]
    assert Posting.objects.count() == postings
    commitments.capture(commitment_id=held.pk, evidence={}, actor=SYSTEM, at=OVER)
    held.refresh_from_db()
    assert held.state == CommitmentState.CAPTURED
    assert reconcile.reconcile(at=OVER).ok


def test_case_14_put_right_in_time() -> None:
    held = covered(True)
    cover.review(at=GONE)
    LearningPath.objects.create(account=held.account, goal="y", begun_at=GONE)
    assert cover.review(at=OVER) == (0, 0)
    assert not cover.owes(held.pk)


def ask(held: Commitment, at: Any) -> Any:
    return appeals.ask(
        account_id=held.account_id,
        reference=f"commitment:{held.pk}",
        text="Man ir mācību ceļš citur.",
        actor=held.account.person.user,
        at=at,
    )


def test_case_14_who_objects_in_time_loses_nothing_meanwhile() -> None:
    held = covered(True)
    cover.review(at=GONE)
    appeal = ask(held, GONE)
    assert cover.review(at=OVER) == (0, 0)
    appeals.uphold(appeal_id=appeal.pk, answer="Ceļa nav.", actor=SYSTEM, at=OVER)
    assert cover.review(at=OVER) == (0, 1)


def test_case_14_reinstated_on_appeal_without_paying_twice() -> None:
    held = covered(True)
    cover.review(at=GONE)
    cover.review(at=OVER)
    before = Posting.objects.count()
    appeal = ask(held, OVER)
    appeals.change(appeal_id=appeal.pk, answer="Taisnība.", actor=SYSTEM, at=OVER)
    assert not cover.owes(held.pk)
    assert Posting.objects.count() == before
    assert cover.review(at=OVER + timedelta(days=60)) == (0, 0)
    for _ in range(2):
        commitments.capture(commitment_id=held.pk, evidence={}, actor=SYSTEM, at=OVER)
    assert Posting.objects.filter(kind="capture").count() == 1
    assert reconcile.reconcile(at=OVER).ok


def test_the_decision_leads_to_the_objection() -> None:
    held = covered(True)
    cover.review(at=GONE)
    client = Client()
    as_resident(client, held.account.person)
    decision = Decision.objects.get(reference=f"cover:{held.pk}")
    page = client.get(reverse("funding:decision", args=[decision.pk])).content.decode()
    where = f"{reverse('funding:appeal')}?par=commitment:{held.pk}"
    assert where in page
    assert client.get(where).status_code == 200
