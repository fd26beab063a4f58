"""The waiting line: a person's place in it, and the log that everybody may read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import FactKind
from funding import line
from funding.models import AllocationRound
from funding.selectors import place_in_line
from funding.services import grants, requests, rounds
from learning_accounts.models import LearningAccount
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga
from tests.funding.test_round_edge_cases import prefer, series

pytestmark = pytest.mark.django_db


def crowd(people: int, poor: int, cap: str = "2000.00") -> tuple[Any, list[LearningAccount]]:
    """A capped round that was run: `people` asked one after another, the last `poor` go first."""
    w = build.world()
    (this,) = series(
        w,
        date(2024, 12, 9),
        1,
        cap=cap,
        order="priority",
        priority=[{"criterion": "low_income"}],
    )
    accounts = [build.person(w, asked=riga(2024, 12, 1, 8 + n)) for n in range(people)]
    for account in accounts[people - poor :]:
        prefer(account, FactKind.LOW_INCOME)
    rounds.run(code=this.code, at=riga(2024, 12, 9), actor=SYSTEM)
    this.refresh_from_db()
    return this, accounts


def numbers(accounts: list[LearningAccount]) -> list[int | None]:
    places = [place_in_line(account) for account in accounts]
    return [place and place.number for place in places]


def test_who_waits_knows_their_number() -> None:
    this, accounts = crowd(7, 2)
    # Two with low income, then the first two of the others: four times 500.
    assert numbers(accounts) == [None, None, 1, 2, 3, None, None]
    place = place_in_line(accounts[2])
    assert place is not None
    assert (place.round, place.waiting, place.asked_at) == (this, 3, riga(2024, 12, 1, 10))


def test_the_line_moves_when_somebody_leaves_it_or_gives_money_back() -> None:
    this, accounts = crowd(7, 2)
    requests.end(account_id=accounts[2].pk, actor=accounts[2].person.user, at=riga(2024, 12, 10))
    assert numbers(accounts) == [None, None, None, 1, 2, None, None]
    grants.decline(grant_id=build.lot(accounts[0]).pk, actor=SYSTEM, at=riga(2024, 12, 10))
    rounds.run(code=this.code, at=riga(2024, 12, 11), actor=SYSTEM)
    assert numbers(accounts) == [None, None, None, None, 1, None, None]
    # Whoever gave money back waits no more.
    assert place_in_line(accounts[0]) is None


def test_nobody_waits_in_a_round_that_is_closed_or_has_no_cap() -> None:
    this, accounts = crowd(7, 2)
    rounds.close_ended(at=this.ends_at)
    assert numbers(accounts) == [None] * 7
    w = build.world()
    account = build.person(w)
    build.run(w, 0)
    assert place_in_line(account) is None


def test_a_place_costs_two_queries() -> None:
    _this, accounts = crowd(7, 2)
    for account, count in ((accounts[3], 2), (accounts[0], 1)):
        with CaptureQueriesContext(connection) as queries:
            place_in_line(account)
        assert len(queries) == count


def test_the_log_counts_groups_and_leaves_out_small_ones() -> None:
    this, accounts = crowd(12, 6, cap="3500.00")
    log = line.round_log(this)
    assert (log.asked, log.served, log.waiting, log.amount) == (12, 7, 5, Decimal("3500.00"))
    poor, others = log.groups
    assert (poor.asked, poor.served, poor.waiting) == (6, 6, 0)
    assert poor.served_until == riga(2024, 12, 1, 19)
    assert (others.asked, others.served, others.waiting) == (6, 1, 5)
    assert others.served_until == riga(2024, 12, 1, 8)
    grants.decline(grant_id=build.lot(accounts[0]).pk, actor=SYSTEM, at=riga(2024, 12, 10))
    assert line.round_log(this).declined == 1


def test_a_small_group_is_not_counted_in_public() -> None:
    few, _accounts = crowd(7, 2)
    assert [group.asked for group in line.round_log(few).groups] == [None, 5]


def test_the_pages_are_public_and_name_nobody(client: Client) -> None:
    this, accounts = crowd(12, 6, cap="3500.00")
    with CaptureQueriesContext(connection) as queries:
        shown = client.get(reverse("web:round_log", args=[this.code])).content.decode()
    assert len(queries) <= 12
    for said in (_("In which order"), _("Everybody else"), _("Day by day")):
        assert str(said) in shown
    person = accounts[0].person
    for secret in (person.given_name, person.family_name, str(accounts[0].pk), str(person.pk)):
        assert secret not in shown
    listed = client.get(reverse("web:rounds")).content.decode()
    assert reverse("web:round_log", args=[this.code]) in listed


def test_what_was_never_run_has_no_page(client: Client) -> None:
    w = build.world()
    for code in (w.rounds[0].code, "nothing-here"):
        assert client.get(reverse("web:round_log", args=[code])).status_code == 404
    assert not AllocationRound.objects.exclude(state="planned").exists()
    assert (
        str(_("No money has been given yet.")) in client.get(reverse("web:rounds")).content.decode()
    )
