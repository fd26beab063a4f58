"""The list of what is paid back: kept by hand and by file, whole or not at all (FUN-10)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from funding.models import Refundable
from funding.refundable_list import ListRefused
from funding.services import refundables
from stars.audit.models import AuditEntry
from stars.common.errors import Invalid, NotAllowed
from tests import factories as f
from tests.funding import claim_scene as scenes
from tests.funding.claim_scene import NOW
from tests.signin import as_staff

pytestmark = pytest.mark.django_db
HEAD = "code;kind;name_lv;name_en;issuer;ceiling;valid_from;valid_to\n"
CISM = "cism;certificate;CISM;CISM;ISACA;2500,00;25.09.2025;\n"
CISA = "cisa;International certificate;CISA;CISA;ISACA;2 500,50;2025-09-25;31.12.2027\n"


@pytest.fixture
def officer() -> User:
    made: User = f.MembershipFactory(finance_officer=True).user
    made.is_staff = True
    made.save(update_fields=["is_staff"])
    return made


def take(officer: User, text: str | bytes) -> dict[str, int]:
    content = text if isinstance(text, bytes) else text.encode()
    return refundables.import_list(content=content, actor=officer, at=NOW)


def test_bom_decimal_commas_and_days_as_people_write_them(officer: User) -> None:
    text = (
        "\ufeff"
        + HEAD
        + CISM
        + CISA.replace("Starptautisks sertifikāts", "International certificate")
    )
    assert take(officer, text.replace("\n", "\r\n")) == {"new": 2, "update": 0, "skip": 0}
    cisa = Refundable.objects.get(code="cisa")
    assert (cisa.ceiling, cisa.valid_from, cisa.valid_to) == (
        Decimal("2500.50"),
        date(2025, 9, 25),
        date(2027, 12, 31),
    )


def test_commas_between_cells_are_read_as_well(officer: User) -> None:
    text = 'code,kind,name_lv,name_en,ceiling,valid_from\na,assessment,A,A,"92,50",2025-04-09\n'
    assert take(officer, text)["new"] == 1
    assert Refundable.objects.get().ceiling == Decimal("92.50")


def test_the_same_file_twice_changes_nothing(officer: User) -> None:
    take(officer, HEAD + CISM)
    assert take(officer, HEAD + CISM) == {"new": 0, "update": 0, "skip": 1}
    changed = take(officer, HEAD + CISM.replace("2500,00", "900,00"))
    assert changed == {"new": 0, "update": 1, "skip": 0}
    assert Refundable.objects.get().ceiling == Decimal("900.00")


BAD = [
    ("x;certificate;X;X;;-5;25.09.2025;\n", "above zero"),
    ("x;certificate;X;X;;2500,005;25.09.2025;\n", "decimals"),
    ("x;certificate;X;X;;daudz;25.09.2025;\n", "figures"),
    ("x;diploms;X;X;;1;25.09.2025;\n", "certificate"),
    ("x;certificate;X;X;;1;35.09.2025;\n", "25.09.2025"),
    ("x;certificate;X;X;;1;;\n", ""),
    ("x;certificate;;X;;1;25.09.2025;\n", ""),
    ("X X;certificate;X;X;;1;25.09.2025;\n", ""),
    ("x;certificate;X;X;;1;25.09.2025;01.01.2025\n", ""),
    ("x;certificate;X;X\n", "cells"),
    ("cism;certificate;X;X;;1;25.09.2025;\n", "more than once"),
]


@pytest.mark.parametrize(("line", "says"), BAD)
def test_one_bad_row_and_nothing_is_taken_over(officer: User, line: str, says: str) -> None:
    with translation.override("en"), pytest.raises(ListRefused) as refused:
        take(officer, HEAD + CISM + line)
    assert not Refundable.objects.exists()
    rows = {problem.row for problem in refused.value.problems}
    assert rows <= {2, 3}
    assert 3 in rows
    assert says in str(refused.value)


def test_every_bad_row_is_named(officer: User) -> None:
    text = HEAD + CISM + BAD[0][0].replace("x;", "y;", 1) + "\n" + BAD[3][0]
    with pytest.raises(ListRefused) as refused:
        take(officer, text)
    assert [problem.row for problem in refused.value.problems] == [3, 5]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        HEAD.encode() + "ē".encode("cp1257"),
        b"code;kind\nx;certificate\n",
        HEAD.replace("issuer", "devejs").encode() + CISM.encode(),
        HEAD.replace("issuer", "code").encode() + CISM.encode(),
        b"PK\x03\x04" + b"\x00" * 100,
        HEAD.encode() + b'"open;;;\n',
        HEAD.encode() + b"x" * (1024 * 1024),
        HEAD.encode(),
    ],
)
def test_what_is_no_list_is_refused(officer: User, content: bytes) -> None:
    with pytest.raises(Invalid):
        take(officer, content)
    assert not Refundable.objects.exists()


def test_what_was_saved_as_a_file_can_be_taken_over(officer: User) -> None:
    take(officer, HEAD + CISM + CISA)
    table = refundables.export_list(actor=officer, at=NOW)
    text = table.export("csv", delimiter=";")
    assert "2500,50" in text
    assert take(officer, text) == {"new": 0, "update": 0, "skip": 2}


def test_an_entry_is_written_and_its_change_logged(officer: User) -> None:
    values = {
        "kind": "certificate",
        "code": "cism",
        "name_lv": "CISM",
        "name_en": "CISM",
        "ceiling": Decimal("2500.00"),
        "valid_from": date(2025, 9, 25),
    }
    entry = refundables.save(refundable_id=None, values=values, actor=officer, at=NOW)
    with pytest.raises(Invalid):
        refundables.save(refundable_id=None, values=values, actor=officer, at=NOW)
    new = {"ceiling": Decimal("900.00"), "valid_to": date(2026, 1, 1)}
    refundables.save(refundable_id=entry.pk, values=new, actor=officer, at=NOW)
    log = AuditEntry.objects.filter(object_type="funding.refundable").latest("at", "pk")
    assert set(log.changes) == {"ceiling", "valid_to"}
    with pytest.raises(Invalid):
        refundables.save(
            refundable_id=entry.pk, values={"valid_to": date(2025, 1, 1)}, actor=officer, at=NOW
        )
    with pytest.raises(NotAllowed):
        refundables.save(
            refundable_id=entry.pk,
            values=new,
            actor=f.MembershipFactory(auditor=True).user,
            at=NOW,
        )


def test_the_agency_takes_a_file_over_and_reads_what_is_wrong(officer: User) -> None:
    client = Client()
    as_staff(client, officer)
    where = reverse("admin:funding_refundable_import")

    def send(text: str) -> Any:
        return client.post(where, {"file": SimpleUploadedFile("a.csv", text.encode())})

    wrong = send(HEAD + CISM + BAD[0][0] + BAD[3][0].replace("x;", "y;", 1))
    assert wrong.status_code == 200
    assert wrong.content.decode().count('id="id_file_error"') == 2
    assert not Refundable.objects.exists()
    assert send(HEAD + CISM).status_code == 302
    assert Refundable.objects.get().code == "cism"
    saved = client.post(reverse("admin:funding_refundable_export"), {"kind": "csv"})
    assert b"".join(saved).decode().startswith("\ufeffcode,kind")  # type: ignore[arg-type]


def test_the_queue_shows_papers_hints_and_both_buttons(
    officer: User, settings: Any, tmp_path: Any, django_assert_max_num_queries: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    scene = scenes.scene()
    first = scene.sent(number="1", at=NOW)
    scene.ready(scene.person(), number="2")
    claim = scene.sent(number="3", document_number="C-1", at=NOW.replace(hour=13))
    client = Client()
    as_staff(client, officer)
    with django_assert_max_num_queries(30):
        page = client.get(reverse("admin:funding_claim_changelist")).content.decode()
    assert page.index(str(first.pk)) < page.index(str(claim.pk))
    assert page.count("/funding/claim/") >= 2
    page = client.get(reverse("admin:funding_claim_change", args=[claim.pk])).content.decode()
    assert page.count("/fails/") == 2
    assert reverse("admin:funding_claim_approve", args=[claim.pk]) in page
    assert reverse("admin:funding_claim_change", args=[first.pk]) in page  # the hint
    assert "Izdoma Pārbaude" in page
    answer = client.post(
        reverse("admin:funding_claim_approve", args=[claim.pk]),
        {"amount": "700,00", "reason": "Bez ceļa."},
    )
    assert answer.status_code == 302
    claim = scenes.read(claim)
    assert claim.commitment is not None
    assert (claim.state, claim.commitment.support) == ("approved", Decimal("700.00"))
    wrong = client.post(
        reverse("admin:funding_claim_approve", args=[first.pk]), {"amount": "1,001"}
    )
    assert wrong.status_code == 200
    assert scenes.read(first).state == "submitted"
