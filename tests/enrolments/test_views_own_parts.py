"""Pages about own parts: the provider's group, its list, and what the learner sees."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enrolments.models import Participation
from enrolments.services import decisions
from funding.enums import SchemeKind
from funding.files_co_payments import CO_PAYMENT
from funding.models import CoPayment, Scheme
from funding.services import co_payments
from stars.common.dates import now, riga_date
from stars.common.permissions import SYSTEM
from stars.files.selectors import files_of
from tests.enrolments.scene import DECIDED, Scene, scene
from tests.files.conftest import PDF
from tests.funding import build
from tests.signin import as_resident, as_staff

pytestmark = pytest.mark.django_db


def with_proof() -> Scene:
    """A scene whose policy wants the own part proved."""
    s = scene()
    terms = {**build.ALLOCATION_TERMS, "own_part_proved_before_start": True}
    scheme = Scheme.objects.create(
        source=s.world.source, kind=SchemeKind.ALLOCATION, code="proved", order=0
    )
    round_ = s.world.rounds[2]
    round_.policy = build.policy(scheme, terms, build.ADULT)
    round_.save(update_fields=["policy"])
    return s


def staff_of(s: Scene) -> Client:
    client = Client()
    as_staff(client, s.staff)
    return client


def part_of(participation: Participation) -> CoPayment:
    commitment = participation.application.commitment
    assert commitment is not None
    return commitment.co_payments.get()


def page(s: Scene, name: str = "provider_own_parts") -> str:
    return reverse(f"enrolments:{name}", args=[s.group.pk])


def record(row: CoPayment) -> None:
    co_payments.record_paid(
        co_payment_id=row.pk,
        paid_on=date(2026, 2, 5),
        proof="MU-1",
        actor=SYSTEM,
        at=DECIDED.replace(month=3),
    )


def test_the_group_names_whose_own_part_is_missing() -> None:
    s = with_proof()
    first, second = s.admitted(), s.admitted()
    record(part_of(second))
    body = staff_of(s).get(reverse("enrolments:provider_group", args=[s.group.pk])).content.decode()
    notice = body[body.index("notice") :]
    assert first.account.person.full_name in notice[: notice.index("</section>")]
    assert page(s) in body


def test_many_are_recorded_at_once_with_a_proof() -> None:
    s = with_proof()
    rows = [part_of(s.admitted()) for _person in range(3)]
    today = riga_date(now()).isoformat()
    sent: dict[str, Any] = {}
    for row in rows[:2]:
        sent |= {f"{row.pk}-paid_on": today, f"{row.pk}-proof": f"MU-{row.pk.hex[:5]}"}
    # Several files at once (PRO-7).
    sent[f"{rows[0].pk}-file"] = [SimpleUploadedFile(n, PDF) for n in ("a.pdf", "b.pdf")]
    answer = staff_of(s).post(page(s), sent)
    assert answer.status_code == 302
    assert CoPayment.objects.filter(paid_on__isnull=False).count() == 2
    kept = files_of(CO_PAYMENT, rows[0].pk).values_list("name", flat=True)
    assert sorted(kept) == ["a.pdf", "b.pdf"]
    assert b"multiple" in staff_of(s).get(page(s)).content


def test_a_wrong_row_is_named_and_the_right_one_is_kept() -> None:
    s = with_proof()
    good, bad = part_of(s.admitted()), part_of(s.admitted())
    today = riga_date(now()).isoformat()
    answer = staff_of(s).post(
        page(s),
        {
            f"{good.pk}-paid_on": today,
            f"{good.pk}-proof": "MU-1",
            f"{bad.pk}-paid_on": "2000-01-01",
            f"{bad.pk}-proof": "MU-2",
        },
    )
    assert answer.status_code == 400
    assert f"#part-{bad.pk}" in answer.content.decode()
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.paid_on is not None, bad.paid_on) == (True, None)


def test_nothing_entered_is_said() -> None:
    s = with_proof()
    s.admitted()
    assert staff_of(s).post(page(s), {}).status_code == 400


def test_the_list_comes_back_filled_in() -> None:
    s = with_proof()
    for _person in range(2):
        s.admitted()
    client = staff_of(s)
    answer = client.get(page(s, "provider_own_parts_list"))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    today = riga_date(timezone.now())
    for number, row in enumerate(rows[1:]):
        assert row[1] == "70,00"
        row[2], row[3] = f"{today:%d.%m.%Y}", f"MU-{number}"
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    sent = SimpleUploadedFile("saraksts.csv", out.getvalue().encode("utf-8-sig"))
    answer = client.post(page(s, "provider_own_parts_import"), {"file": sent})
    assert answer.status_code == 302
    assert CoPayment.objects.filter(paid_on=today).count() == 2


def test_a_list_with_a_wrong_row_says_which_and_takes_nothing() -> None:
    s = with_proof()
    row = part_of(s.admitted())
    text = f"kods;summa;samaksāts;dokuments\n{row.pk};71,00;05.02.2026;MU-1\n"
    answer = staff_of(s).post(
        page(s, "provider_own_parts_import"),
        {"file": SimpleUploadedFile("a.csv", text.encode())},
    )
    assert answer.status_code == 400
    assert 'id="report"' in answer.content.decode()
    row.refresh_from_db()
    assert row.paid_on is None


@pytest.mark.parametrize("content", [b"\xff\x00", b"nothing", b"PK\x03\x04"])
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a"])
def test_what_is_no_list_never_breaks_the_page(name: str, content: bytes) -> None:
    s = with_proof()
    s.admitted()
    answer = staff_of(s).post(
        page(s, "provider_own_parts_import"), {"file": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 400


def test_a_correction_asks_why() -> None:
    s = with_proof()
    row = part_of(s.admitted())
    client, where = staff_of(s), reverse("enrolments:provider_own_part", args=[row.pk])
    assert client.get(where).status_code == 404  # nothing is recorded yet
    record(row)
    assert client.get(where).status_code == 200
    assert client.post(where, {"paid": "no"}).status_code == 400
    assert client.post(where, {"paid": "no", "reason": "Atmaksāts"}).status_code == 302
    row.refresh_from_db()
    assert row.paid_on is None


def test_pages_cost_the_same_for_many(django_assert_max_num_queries: Any) -> None:
    s = with_proof()
    for _person in range(6):
        s.admitted()
    client = staff_of(s)
    client.get(page(s))
    with django_assert_max_num_queries(30):
        client.get(page(s))
    with django_assert_max_num_queries(34):
        client.get(reverse("enrolments:provider_group", args=[s.group.pk]))


def test_the_learner_reads_what_is_missing_instead_of_a_button_that_fails() -> None:
    s = with_proof()
    participation = s.completed()
    client = Client()
    as_resident(client, participation.account.person)
    where = reverse("enrolments:application", args=[participation.application_id])
    confirm = reverse("enrolments:confirm", args=[participation.application_id])
    assert confirm not in client.get(where).content.decode()
    client.post(confirm)
    participation.refresh_from_db()
    assert participation.confirmed_at is None
    record(part_of(participation))
    assert confirm in client.get(where).content.decode()
    client.post(confirm)
    participation.refresh_from_db()
    assert participation.confirmed_at is not None


def test_the_own_part_of_somebody_who_withdrew_is_asked_of_nobody() -> None:
    s = with_proof()
    application = s.applied()
    client = staff_of(s)
    assert str(application.commitment.co_payments.get().pk) in client.get(page(s)).content.decode()  # type: ignore[union-attr]
    decisions.withdraw(
        application_id=application.pk, actor=application.account.person.user, at=DECIDED
    )
    body = client.get(page(s)).content.decode()
    assert str(application.commitment.co_payments.get().pk) not in body  # type: ignore[union-attr]
