"""The person's pages of a claim: three screens, nothing lost, nobody else's (FUN-10)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from funding.models import BankAccount, Claim, Payment
from funding.services import claims
from stars.common.dates import now, riga_date
from stars.files.models import StoredFile
from tests.files.conftest import PDF, PNG
from tests.funding import build
from tests.funding import claim_scene as scenes
from tests.funding.claim_scene import IBAN, Scene
from tests.signin import as_resident, as_staff

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def scene() -> Scene:
    made = scenes.scene()
    made.world.source.ends_on = riga_date(now()) + timedelta(days=300)
    made.world.source.save()
    return made


class Here:
    """Somebody signed in, and the pages they open."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.account, self.client = scene, scene.person(), Client()
        as_resident(self.client, self.account.person)

    def page(self, name: str, *args: Any) -> str:
        return reverse(f"funding:{name}", args=args)

    def begin(self, **more: str) -> Claim:
        fields = {"what": str(self.scene.cism.pk), "earned_on": self.day(-30), **more}
        answer = self.client.post(self.page("claim_new"), fields)
        assert answer.status_code == 302, answer.content
        return Claim.objects.get(account=self.account)

    @staticmethod
    def day(days: int) -> str:
        return (riga_date(now()) + timedelta(days=days)).isoformat()

    def invoice(self, **more: Any) -> dict[str, Any]:
        return {
            "invoice_issuer": "ISACA",
            "invoice_number": "R-1",
            "invoiced_on": self.day(-40),
            "amount": "760,50",
            "iban": IBAN,
            "holder": "Izdoma Pārbaude",
            "proof_file": SimpleUploadedFile("sertifikāts.pdf", PDF),
            "invoice_file": SimpleUploadedFile("rekins.png", PNG),
        } | more

    def ready(self) -> Claim:
        draft = self.begin()
        answer = self.client.post(self.page("claim_papers", draft.pk), self.invoice())
        assert answer.headers["Location"] == self.page("claim_check", draft.pk), answer.content
        return scenes.read(draft)


@pytest.fixture
def here(scene: Scene) -> Here:
    return Here(scene)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_three_screens_lead_to_a_claim(here: Here) -> None:
    page = text_of(here.client.get(here.page("claims")))
    assert "CISM" in page
    assert "2&nbsp;500" in page or "2\u00a0500" in page
    draft = here.ready()
    assert (draft.amount, draft.invoice_issuer) == (D("760.50"), "ISACA")
    assert BankAccount.objects.get(account=here.account).iban == IBAN
    check = here.client.get(here.page("claim_check", draft.pk))
    assert "760,50" in text_of(check)
    sent = here.client.post(
        here.page("claim_check", draft.pk), {"expected": "760.50", "declared": "on"}, follow=True
    )
    assert sent.status_code == 200
    claim = scenes.read(draft)
    assert claim.state == "submitted"
    assert claim.commitment is not None
    assert claim.commitment.support == D("760.50")
    assert "sertifikāts.pdf" in text_of(sent)
    # Any of the screens now leads to where the claim stands.
    for name in ("claim_what", "claim_papers", "claim_check"):
        again = here.client.get(here.page(name, draft.pk))
        assert again.headers["Location"] == here.page("claim", draft.pk)


def test_what_is_known_is_filled_in(here: Here) -> None:
    first = here.ready()
    here.client.post(here.page("claim_check", first.pk), {"expected": "760.50", "declared": "on"})
    page = text_of(here.client.get(f"{here.page('claim_new')}?kas={here.scene.cisa.pk}"))
    assert f'value="{here.scene.cisa.pk}" selected' in page
    here.client.post(
        here.page("claim_new"), {"what": str(here.scene.cisa.pk), "earned_on": here.day(-3)}
    )
    second = Claim.objects.get(what=here.scene.cisa)
    page = text_of(here.client.get(here.page("claim_papers", second.pk)))
    assert "LV80 BANK 0000 4351 9500 1" in page
    assert "Izdoma Pārbaude" in page


def test_right_answers_are_kept_beside_wrong_ones(here: Here) -> None:
    draft = here.begin()
    wrong = here.invoice(amount="12,345", iban="LV00BANK0000435195001", invoice_file=b"")
    answer = here.client.post(here.page("claim_papers", draft.pk), wrong)
    assert answer.status_code == 400
    kept = scenes.read(draft)
    assert (kept.invoice_number, kept.amount, kept.bank_account) == ("R-1", None, None)
    assert StoredFile.objects.get(owner_id=draft.pk).name == "sertifikāts.pdf"
    assert "12,345" in text_of(answer)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "-5"),
        ("amount", "5,001"),
        ("amount", "daudz"),
        ("amount", "0"),
        ("invoiced_on", "2026-13-40"),
        ("invoiced_on", "2999-01-01"),
        ("invoice_number", ""),
        ("invoice_issuer", "x" * 121),
        ("iban", "nav"),
        ("iban", ""),
        ("holder", "\x07"),
        ("proof_file", SimpleUploadedFile("a.exe", b"MZ")),
        ("proof_file", SimpleUploadedFile("a.pdf", b"MZ")),
        ("proof_file", SimpleUploadedFile("a.pdf", b"")),
        ("invoice_file", SimpleUploadedFile("a.pdf", PDF + b"0" * (10 * 1024 * 1024))),
    ],
)
def test_bad_input_is_said_at_its_field(here: Here, field: str, value: Any) -> None:
    draft = here.begin()
    answer = here.client.post(here.page("claim_papers", draft.pk), here.invoice(**{field: value}))
    assert answer.status_code == 400
    page = text_of(answer)
    assert f'id="id_{field}_error"' in page
    assert f'href="#id_{field}"' in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"what": ""}, "what"),
        ({"what": "cism"}, "what"),
        ({"what": str(uuid4())}, "what"),
        ({"earned_on": ""}, "earned_on"),
        ({"earned_on": "2025-09-24"}, "earned_on"),
        ({"earned_on": "2999-01-01"}, "earned_on"),
        ({"earned_on": "vakar"}, "earned_on"),
        ({"document_number": "9" * 61}, "document_number"),
    ],
)
def test_the_first_screen_says_what_is_wrong(
    here: Here, fields: dict[str, str], field: str
) -> None:
    given = {"what": str(here.scene.cism.pk), "earned_on": here.day(-30), **fields}
    answer = here.client.post(here.page("claim_new"), given)
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in text_of(answer)


def test_finishing_later_and_taking_it_up(here: Here) -> None:
    draft = here.begin()
    later = here.client.post(
        here.page("claim_papers", draft.pk), {"invoice_number": "R-9", "amount": "5", "later": "1"}
    )
    assert later.headers["Location"] == here.page("claims")
    page = text_of(here.client.get(here.page("claims")))
    assert here.page("claim", draft.pk) in page
    again = here.client.get(here.page("claim", draft.pk))
    assert again.headers["Location"] == here.page("claim_papers", draft.pk)
    assert 'value="R-9"' in text_of(here.client.get(again.headers["Location"]))
    typed = here.client.post(here.page("claim_keep", draft.pk), {"invoice_number": "R-10"})
    assert typed.status_code == 200
    assert scenes.read(draft).invoice_number == "R-10"
    typed = here.client.post(
        here.page("claim_keep", draft.pk), {"what": str(here.scene.cism.pk), "earned_on": "rīt"}
    )
    assert typed.status_code == 200
    assert scenes.read(draft).earned_on is not None


def test_a_paper_is_removed_and_a_draft_deleted(here: Here) -> None:
    draft = here.ready()
    paper = StoredFile.objects.filter(owner_id=draft.pk)[0]
    where = here.page("claim_papers", draft.pk)
    assert here.client.post(where, {"remove": str(paper.pk)}).status_code == 302
    assert StoredFile.objects.filter(owner_id=draft.pk).count() == 1
    assert here.client.post(where, {"remove": "nothing"}).status_code == 404
    check = here.client.get(here.page("claim_check", draft.pk))
    assert "error-summary" in text_of(check)
    assert 'name="declared"' not in text_of(check)
    assert here.client.get(here.page("claim_withdraw", draft.pk)).status_code == 200
    here.client.post(here.page("claim_withdraw", draft.pk))
    assert not Claim.objects.exists()


def test_sending_needs_the_declaration_and_the_shown_amount(here: Here) -> None:
    draft = here.ready()
    where = here.page("claim_check", draft.pk)
    assert here.client.post(where, {"expected": "760.50"}).status_code == 400
    changed = here.client.post(where, {"expected": "760.51", "declared": "on"})
    assert changed.status_code == 409
    assert 'value="760.50"' in text_of(changed)
    for broken in ("", "abc", "NaN", "1e400"):
        answer = here.client.post(where, {"expected": broken, "declared": "on"})
        assert answer.status_code in (400, 409)
    assert scenes.read(draft).state == "draft"


def test_ten_a_day_are_enough(here: Here) -> None:
    draft = here.ready()
    where = here.page("claim_check", draft.pk)
    answers = [
        here.client.post(where, {"expected": "1.00", "declared": "on"}).status_code
        for _n in range(11)
    ]
    assert answers == [409] * 10 + [429]


def test_withdrawing_says_what_follows(here: Here) -> None:
    draft = here.ready()
    here.client.post(here.page("claim_check", draft.pk), {"expected": "760.50", "declared": "on"})
    where = here.page("claim_withdraw", draft.pk)
    assert "760,50" in text_of(here.client.get(where))
    here.client.post(where)
    assert scenes.read(draft).state == "withdrawn"
    assert here.client.get(where).status_code == 302
    assert here.client.post(where).status_code == 302


def test_a_rejection_is_read_with_its_reason(here: Here) -> None:
    draft = here.ready()
    here.client.post(here.page("claim_check", draft.pk), {"expected": "760.50", "declared": "on"})
    reason = "Rēķinā ir cita cilvēka vārds."
    claims.reject(claim_id=draft.pk, reason=reason, actor=here.scene.officer, at=now())
    assert reason in text_of(here.client.get(here.page("claim", draft.pk)))
    inbox = text_of(here.client.get(reverse("web:inbox")))
    assert "CISM" in inbox


def test_another_account_number_before_the_money_has_come(here: Here) -> None:
    draft = here.ready()
    here.client.post(here.page("claim_check", draft.pk), {"expected": "760.50", "declared": "on"})
    where = here.page("claim_account", draft.pk)
    assert "5001" in text_of(here.client.get(where))
    for wrong in ({"iban": "", "holder": "A"}, {"iban": "nav", "holder": "A"}, {"iban": IBAN}):
        assert here.client.post(where, wrong).status_code == 400
    new = {"iban": "LV47BANK4351950000000", "holder": "Izdoma"}
    assert here.client.post(where, new).status_code == 302
    claims.approve(claim_id=draft.pk, actor=here.scene.officer, at=now())
    payment = Payment.objects.get()
    assert payment.bank_account.iban == "LV47BANK4351950000000"
    # The bank sends it back: the page says so until the person gives another number.
    Payment.objects.filter(pk=payment.pk).update(state="cancelled")
    Payment.objects.create(
        source=payment.source,
        reference=payment.reference,
        payable=payment.payable,
        amount=payment.amount,
        bank_account=payment.bank_account,
        end_to_end_id="RETURNED",
        state="rejected",
    )
    page = here.page("claim", draft.pk)
    assert "notice-error" in text_of(here.client.get(page))
    here.client.post(where, {"iban": "LV20BANK4351950000001", "holder": "Izdoma"})
    assert "notice-error" not in text_of(here.client.get(page))


def test_somebody_elses_claim_does_not_exist(here: Here) -> None:
    draft = here.ready()
    other = Here(here.scene)
    pages = ("claim", "claim_what", "claim_papers", "claim_check", "claim_withdraw")
    for name in (*pages, "claim_account"):
        assert other.client.get(other.page(name, draft.pk)).status_code == 404
    for name in ("claim_what", "claim_papers", "claim_check", "claim_keep", "claim_withdraw"):
        assert other.client.post(other.page(name, draft.pk), {}).status_code == 404
    assert Claim.objects.count() == 1


def test_staff_and_visitors_are_led_elsewhere(here: Here) -> None:
    assert Client().get(here.page("claims")).status_code == 302
    staff = Client()
    as_staff(staff, here.scene.officer)
    assert staff.get(here.page("claims")).status_code == 403
    young = build.person(here.scene.world, asked=None)
    young.state = "closed"
    young.save()
    client = Client()
    as_resident(client, young.person)
    assert client.get(here.page("claims")).status_code == 404


def test_pages_ask_the_database_as_often_for_many_as_for_few(
    here: Here, django_assert_max_num_queries: Any
) -> None:
    here.ready()
    for n in range(8):
        scenes.refundable(f"more{n}")
    with django_assert_max_num_queries(16):
        here.client.get(here.page("claims"))
