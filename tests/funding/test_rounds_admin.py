"""A round in the agency's workplace: looked at first, started by two people, watched as it runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from funding.models import AllocationRound, RoundApproval, RoundRun
from stars.common.dates import now, today
from tests.cast import Cast, cast, enter
from tests.funding import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def page(row: models.Model, what: str = "change") -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{what}", args=[row.pk])


def test_two_people_start_a_round(people: Cast) -> None:
    this = build.open_today(people.scene.world.rounds[2])
    first, second = enter(people, "finance_officer"), enter(people, "administrator")
    assert page(this, "put-forward") not in first.get(page(this)).content.decode()
    assert first.post(page(this, "put-forward")).context["form"].errors
    assert first.post(page(this, "dry-run")).status_code == 302
    assert page(this, "put-forward") in first.get(page(this)).content.decode()
    assert first.post(page(this, "put-forward")).status_code == 302
    approval = RoundApproval.objects.get(round=this)
    refused = first.post(page(approval, "decide"), {"approved": "yes"})
    assert refused.status_code == 200
    assert refused.context["form"].errors
    seen = second.get(page(approval)).content.decode()
    assert str(_("Dry runs before it")) in seen
    assert second.post(page(approval, "decide"), {"approved": "no"}).status_code == 302
    approval.refresh_from_db()
    assert approval.approved is False


def test_refusals_are_told_in_words(people: Cast) -> None:
    this = build.open_today(people.scene.world.rounds[2])
    build.person(asked=None)
    client = enter(people, "finance_officer")
    client.post(page(this, "dry-run"))
    shown = client.get(page(this)).content.decode()
    assert str(_("have not asked for the money")) in shown
    assert "no_request" not in shown


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (None, _("This round has not run yet.")),
        ({"granted": 3, "amount": "1500.00", "waiting": 2}, _("Look again")),
        (
            {"granted": 3, "finished_at": now(), "refusals": {"ceiling": 7}},
            _("have as much as an account may hold"),
        ),
    ],
)
def test_progress_of_a_round(people: Cast, fields: dict[str, Any] | None, says: Any) -> None:
    this = build.open_today(people.scene.world.rounds[2])
    this.runs.all().delete()
    if fields is not None:
        at = {"at": now(), "started_at": now()}
        RoundRun.objects.create(round=this, expected=12, **at, **fields)
        RoundRun.objects.create(round=this, dry=True, expected=99, **at)
    client = enter(people, "auditor")
    address = reverse("admin:funding_allocationround_progress", args=[this.pk])
    assert address in client.get(page(this)).content.decode()
    shown = client.get(address).content.decode()
    assert str(says) in shown
    assert ('hx-trigger="every' in shown) == (fields is not None and "finished_at" not in fields)
    if fields is not None:
        assert 'max="12"' in shown and 'value="3"' in shown
    missing = reverse("admin:funding_allocationround_progress", args=[people.scene.world.source.pk])
    assert client.get(missing).status_code == 404


def test_rounds_are_planned_in_the_workplace(people: Cast) -> None:
    w = people.scene.world
    w.source.ends_on = today() + timedelta(days=900)
    w.source.save()
    client = enter(people, "finance_officer")
    address = reverse("admin:funding_allocationround_plan")
    answers = {"policy_id": w.allocation.pk, "first_due_on": today() + timedelta(days=30)}
    assert client.get(address).status_code == 200
    before = AllocationRound.objects.count()
    for wrong in ({"count": "0"}, {"count": "2", "cap": "1.005"}, {"count": "x"}, {}):
        assert client.post(address, {**answers, **wrong}).context["form"].errors
    assert AllocationRound.objects.count() == before
    assert client.post(address, {**answers, "count": "2"}).status_code == 302
    assert AllocationRound.objects.count() == before + 2
    again = client.post(address, {**answers, "count": "2"})
    assert again.context["form"].errors["first_due_on"]
