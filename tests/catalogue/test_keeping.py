"""Keeping a draft field by field: nothing is lost, nobody overwrites a colleague (PRO-3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.boxes import UNITS, boxes, mark, marks, read_marks, tidy, write_marks
from catalogue.enums import VersionState as S
from catalogue.fields import offers_of
from catalogue.models import Offer, ProgrammeVersion
from catalogue.services import versions
from catalogue.services.keeping import Kept, keep_draft
from stars.common.errors import Conflict, Invalid, NotAllowed
from tests import factories as f
from tests.catalogue.review import NOW, Stage, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def stands(stage: Stage) -> dict[str, Any]:
    """What stands in the boxes now."""
    version = ProgrammeVersion.objects.get(pk=stage.version.pk)
    return boxes(version, offers_of(version))


def keep(stage: Stage, values: dict[str, Any], seen: dict[str, str] | None = None) -> Kept:
    """As the provider's staff; without `seen` the page was opened just now."""
    found: Kept = keep_draft(
        version_id=stage.version.pk,
        values=values,
        seen=marks(stands(stage)) if seen is None else seen,
        actor=stage.staff,
        at=NOW,
    )
    stage.version.refresh_from_db()
    return found


def test_what_cannot_be_kept_holds_up_nothing_else(stage: Stage) -> None:
    kept = keep(stage, {"title_lv": " Jauns ", "hours": "daudz", "mode": "by post", "city": "Rīga"})
    assert set(kept.saved) == {"title_lv", "city"}
    assert set(kept.refused) == {"hours", "mode"}
    assert (stage.version.title_lv, stage.version.city, stage.version.hours) == (
        "Jauns",
        "Rīga",
        40,
    )


def test_the_whole_page_sent_back_changes_nothing(stage: Stage) -> None:
    stage.supported("92.50")
    before = ProgrammeVersion.objects.values().get(pk=stage.version.pk)
    kept = keep(stage, stands(stage))
    assert (kept.saved, kept.refused, kept.clashes, kept.moved) == ([], {}, [], [])
    assert ProgrammeVersion.objects.values().get(pk=stage.version.pk) == before


def test_half_a_line_is_kept_and_not_sent(stage: Stage) -> None:
    keep(stage, {"topics": [{"lv": "Pamati", "en": ""}, {"lv": " ", "en": ""}]})
    assert stage.version.topics == [{"lv": "Pamati", "en": ""}]
    assert stage.version.topic_list == ["Pamati"]
    with pytest.raises(Invalid) as caught:
        stage.do(versions.submit)
    assert caught.value.field == "topics"


class TestColleagues:
    def test_two_fields_at_once(self, stage: Stage) -> None:
        seen = marks(stands(stage))
        keep(stage, {"title_lv": "Pirmais"}, seen)
        kept = keep(stage, {"summary_lv": "Otrais"}, seen)
        assert kept.saved == ["summary_lv"]
        assert (stage.version.title_lv, stage.version.summary_lv) == ("Pirmais", "Otrais")

    def test_the_same_field_keeps_theirs_until_somebody_chooses(self, stage: Stage) -> None:
        seen = marks(stands(stage))
        keep(stage, {"title_lv": "Pirmais"}, seen)
        kept = keep(stage, {"title_lv": "Otrais", "city": "Cēsis"}, seen)
        assert (kept.clashes, kept.saved) == (["title_lv"], ["city"])
        assert kept.stands["title_lv"] == "Pirmais"
        assert stage.version.title_lv == "Pirmais"
        # Having read both, the writer sends again with what stands now.
        assert keep(stage, {"title_lv": "Otrais"}).saved == ["title_lv"]
        assert stage.version.title_lv == "Otrais"

    def test_an_untouched_field_takes_what_the_colleague_wrote(self, stage: Stage) -> None:
        before = stands(stage)
        keep(stage, {"title_lv": "Pirmais"}, marks(before))
        kept = keep(stage, before, marks(before))
        assert (kept.moved, kept.saved) == (["title_lv"], [])
        assert stage.version.title_lv == "Pirmais"

    def test_both_write_the_same(self, stage: Stage) -> None:
        seen = marks(stands(stage))
        keep(stage, {"title_lv": "Vienādi"}, seen)
        kept = keep(stage, {"title_lv": "Vienādi"}, seen)
        assert not kept.clashes


class TestPrices:
    def rows(self, *prices: tuple[str, str]) -> list[dict[str, str]]:
        days = {"from": "2026-02-02", "until": "2026-12-31"}
        return [{"source": who, "price": price, **days} for who, price in prices]

    def test_added_changed_and_dropped(self, stage: Stage) -> None:
        imk = str(source().pk)
        keep(stage, {"offers": self.rows(("", "92,50 €"), (imk, "300"))})
        found = dict(stage.version.offers.values_list("source__code", "price"))
        assert found == {None: Decimal("92.50"), "imk": Decimal("300.00")}
        kept_id = Offer.objects.get(version=stage.version, source__code="imk").pk
        keep(stage, {"offers": self.rows(("", " "), (imk, "310"))})
        offer = stage.version.offers.get()
        assert (offer.pk, offer.price) == (kept_id, Decimal("310.00"))

    @pytest.mark.parametrize(
        "row",
        [
            {"price": "abc"},
            {"price": "-1"},
            {"price": "1.001"},
            {"price": "NaN"},
            {"price": "1e30"},
            {"from": ""},
            {"from": "2026-13-01"},
            {"until": "2025-01-01"},
            {"source": "x"},
            {"source": "6f1c1f7e-0000-4000-8000-000000000000"},
        ],
    )
    def test_all_of_them_or_none(self, stage: Stage, row: dict[str, str]) -> None:
        good = self.rows(("", "10.00"))[0]
        kept = keep(stage, {"offers": [good, {**good, "source": str(source().pk), **row}]})
        assert "offers" in kept.refused
        assert [o.price for o in offers_of(stage.version)] == [Decimal("100.00")]

    def test_one_price_for_each_source(self, stage: Stage) -> None:
        kept = keep(stage, {"offers": self.rows(("", "10"), ("", "20"))})
        assert "offers" in kept.refused


def test_practice_is_within_the_hours(stage: Stage) -> None:
    kept = keep(stage, {"practice_hours": "41", "city": "Rīga"})
    assert (list(kept.refused), kept.saved) == (["practice_hours"], ["city"])
    assert (stage.version.hours, stage.version.practice_hours) == (40, 0)
    assert keep(stage, {"hours": "50", "practice_hours": "45"}).saved == ["hours", "practice_hours"]


def test_only_its_own_staff_and_only_until_it_is_sent(stage: Stage) -> None:
    for somebody in (f.MembershipFactory(admin=True).user, stage.reviewer, f.UserFactory()):
        with pytest.raises(NotAllowed):
            keep_draft(version_id=stage.version.pk, values={}, seen={}, actor=somebody, at=NOW)
    stage.bring_to(S.SUBMITTED)
    with pytest.raises(Conflict):
        keep(stage, {"title_lv": "Vēl"})


def test_a_unit_that_does_not_exist(stage: Stage) -> None:
    with pytest.raises(Invalid):
        keep(stage, {"state": "published"})


ANYTHING = st.one_of(st.text(max_size=30), st.integers().map(str), st.just("\x00"), st.just("1,5"))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([name for name in UNITS if name not in ("topics", "outcomes", "offers")]),
    ANYTHING,
)
def test_anything_is_kept_or_named(stage: Stage, name: str, value: str) -> None:
    kept = keep(stage, {name: value})
    now = mark(stands(stage)[name])
    assert (name in kept.refused) or now == mark(tidy(name, value))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(UNITS), st.text(max_size=40))
def test_marks_travel_in_one_line(name: str, value: str) -> None:
    found = {name: mark(value)}
    assert read_marks(write_marks(found)) == found


def test_broken_marks_are_left_out() -> None:
    assert read_marks("title_lv: x:y :z nonsense state:1 city:ab") == {"title_lv": "", "city": "ab"}
