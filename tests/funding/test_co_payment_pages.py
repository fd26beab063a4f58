"""Own parts on the agency's pages and the proof that was sent with them."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from funding.models import CoPayment
from stars.audit.models import LookEntry
from tests import factories as f
from tests.files.conftest import PDF
from tests.funding.test_co_payments import held, record
from tests.signin import as_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def officer(role: str = "finance_officer") -> Client:
    user = f.MembershipFactory(**{role: True}).user
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    client = Client()
    as_staff(client, user)
    return client


def address(row: CoPayment, what: str = "change") -> str:
    return reverse(f"admin:funding_copayment_{what}", args=[row.pk])


def test_the_proof_can_be_opened_and_each_look_is_logged() -> None:
    row = record(held(), file=io.BytesIO(PDF), file_name="maksajums.pdf")
    client = officer("auditor")
    body = client.get(address(row)).content.decode()
    assert "maksajums.pdf" in body
    assert LookEntry.objects.filter(person_id=row.commitment.account.person_id).exists()
    link = body.partition('href="/fails/')[2].partition('"')[0]
    assert b"".join(client.get(f"/fails/{link}").streaming_content) == PDF  # type: ignore[attr-defined]
    # From the support it belongs to, too.
    support = reverse("admin:funding_commitment_change", args=[row.commitment_id])
    assert address(row) in client.get(support).content.decode()
    assert client.get(address(row, "correct")).status_code == 403


def test_an_officer_records_and_corrects_with_a_reason() -> None:
    row = held()
    client = officer()
    bad = client.post(address(row, "record"), {"paid_on": "2025-02-31", "proof": ""})
    assert bad.status_code == 200
    assert bad.content.decode().count("errorlist") or "error" in bad.content.decode()
    sent = {"paid_on": "2025-02-10", "proof": "MU-17"}
    assert client.post(address(row, "record"), sent).status_code == 302
    row.refresh_from_db()
    assert (row.paid_on, row.proof) == (date(2025, 2, 10), "MU-17")
    changed = {"paid_on": "2025-02-11", "proof": "MU-18", "reason": "Cits datums."}
    assert client.post(address(row, "correct"), {**changed, "reason": ""}).status_code == 200
    assert client.post(address(row, "correct"), changed).status_code == 302
    assert "Cits datums." in client.get(address(row)).content.decode()


def test_the_list_names_nobody(django_assert_max_num_queries: Any) -> None:
    row = record(held())
    client = officer()
    client.get(reverse("admin:funding_copayment_changelist"))
    with django_assert_max_num_queries(20):
        body = client.get(reverse("admin:funding_copayment_changelist")).content.decode()
    assert row.commitment.title in body
    assert row.commitment.account.person.family_name not in body
