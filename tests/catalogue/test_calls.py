"""Calls: who writes them, and what visitors see of them (CAT-11)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from catalogue.calls import coming_calls, open_calls, past_calls
from catalogue.models import Call
from catalogue.services import calls
from stars.common.errors import Invalid
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.catalogue.review import DAY, NOW, call, later

pytestmark = pytest.mark.django_db


def test_open_coming_and_past() -> None:
    call(code="open", closes_on=date(2026, 2, 22))
    call(code="last-day", opens_on=date(2026, 1, 1), closes_on=DAY)
    call(code="coming", opens_on=date(2026, 2, 3))
    call(code="over", opens_on=date(2026, 1, 1), closes_on=date(2026, 2, 1))
    assert [c.call.code for c in open_calls(NOW)] == ["last-day", "open"]
    assert [c.days_left for c in open_calls(NOW)] == [0, 20]
    assert [c.call.code for c in coming_calls(NOW)] == ["coming"]
    assert [c.call.code for c in past_calls(NOW)] == ["over"]


def test_a_card_says_it_in_words(django_assert_num_queries: Any) -> None:
    f.ProgrammeTypeFactory(plain_lv="Īsie kursi", plain_en="Short courses")
    f.TermFactory(
        vocabulary=f.VocabularyFactory(code="qualification"), code="tech", name_en="Technician"
    )
    made = call(types=["non_formal"], qualifications=["tech"], modes=["on_site"])
    for days in (9, 3):
        calls.add_seminar(call_id=made.pk, starts_at=later(days), actor=SYSTEM, at=NOW)
    with translation.override("en"), django_assert_num_queries(4):
        (card,) = open_calls(NOW)
    assert (card.types, card.qualifications) == (["Short courses"], ["Technician"])
    assert card.modes == ["On site"]
    assert [s.starts_at for s in card.seminars] == [later(3), later(9)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"closes_on": date(2026, 2, 1)}, "closes_on"),
        ({"types": ["nothing"]}, "types"),
        ({"qualifications": ["nothing"]}, "qualifications"),
        ({"modes": ["by post"]}, "modes"),
        ({"code": "not a slug"}, "code"),
        ({"title_lv": " "}, "title_lv"),
        ({"title_en": "x" * 201}, "title_en"),
    ],
)
def test_nonsense(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        call(**change)
    assert caught.value.field == field
    assert not Call.objects.exists()


def test_codes_are_unique_and_a_call_is_written_anew() -> None:
    made = call()
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == "code"
    call(call_id=made.pk, title_lv="Cits")
    made.refresh_from_db()
    assert made.title_lv == "Cits"


def test_seminars() -> None:
    made = call()
    act = {"actor": SYSTEM, "at": NOW}
    seminar = calls.add_seminar(call_id=made.pk, starts_at=later(1), **act)
    with pytest.raises(Invalid):
        calls.add_seminar(call_id=made.pk, starts_at=later(1), **act)
    calls.drop_seminar(seminar_id=seminar.pk, **act)
    assert not made.seminars.exists()
    with pytest.raises(Call.DoesNotExist):
        calls.add_seminar(call_id=uuid4(), starts_at=later(1), **act)


def test_the_database_orders_the_days() -> None:
    call()
    with pytest.raises(IntegrityError, match="call_days_ordered"), transaction.atomic():
        Call.objects.update(closes_on=date(2020, 1, 1))
