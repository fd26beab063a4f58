"""Writing drafts: what is kept, what is refused, nonsense."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.fields import EDITABLE
from catalogue.models import Offer, Programme, ProgrammeVersion
from catalogue.services import drafts
from stars.common.errors import Conflict, DomainError, Invalid, NotAllowed
from tests import factories as f
from tests.catalogue.review import NOW, OFFERED, Stage, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_every_field_is_written(stage: Stage) -> None:
    terms = {
        name: f.TermFactory(vocabulary=f.VocabularyFactory(code=code), code="x").pk
        for name, code in drafts.VOCABULARIES.items()
    }
    values: dict[str, Any] = {name: f" {name} " for name in EDITABLE}
    values |= terms
    values |= {"type": f.ProgrammeTypeFactory(study_course=True).pk, "mode": "hybrid"}
    values |= {"topics": [{"lv": "a", "en": "b"}], "outcomes": [{"lv": " c ", "en": "d"}]}
    values |= {"self_study_hours": "30"}
    values |= {"hours": 60, "practice_hours": "10", "credit_points": "2.5", "digcomp_level": 4}
    values |= {"language": "en"}
    stage.do(drafts.edit_draft, values=values)
    version = stage.version
    assert version.title_lv == "title_lv"
    assert version.outcomes == [{"lv": "c", "en": "d"}]
    assert (version.practice_hours, version.credit_points) == (10, Decimal("2.5"))
    assert (version.self_study_hours, version.taught_hours) == (30, 30)
    assert {name: getattr(version, f"{name}_id") for name in terms} == terms
    assert version.price_reason == "price_reason"


def test_what_is_not_named_stays(stage: Stage) -> None:
    before = stage.version.summary_lv
    stage.do(drafts.edit_draft, values={"title_lv": "Cits"})
    assert (stage.version.title_lv, stage.version.summary_lv) == ("Cits", before)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "published"),
        ("programme", "x"),
        ("number", 7),
        ("call", "x"),
        ("title_lv", ""),
        ("title_lv", "x" * 201),
        ("title_lv", "a\x00b"),
        ("about_lv", "x" * 20_001),
        ("hours", 0),
        ("hours", -1),
        ("hours", "many"),
        ("hours", None),
        ("hours", 10**9),
        ("practice_hours", 41),  # of 40
        ("self_study_hours", 41),
        ("credit_points", "1e9"),
        ("credit_points", "NaN"),
        ("digcomp_level", 9),
        ("mode", "by post"),
        ("mode", ""),
        ("language", "xx"),
        ("type", "x"),
        ("type", None),
        ("type", uuid4()),
        ("field", uuid4()),
        ("topics", "a"),
        ("topics", ["a"]),
        ("topics", [{"lv": "tikai"}]),
        ("topics", [{"lv": "a", "en": "b", "ru": "c"}]),
        ("outcomes", [{"lv": "a", "en": "b"}] * 61),
    ],
)
def test_nonsense_is_refused_by_its_name(stage: Stage, name: str, value: Any) -> None:
    before = ProgrammeVersion.objects.values().get(pk=stage.version.pk)
    with pytest.raises(Invalid) as caught:
        stage.do(drafts.edit_draft, values={"summary_lv": "Cits", name: value})
    assert caught.value.field == name
    assert ProgrammeVersion.objects.values().get(pk=stage.version.pk) == before


def test_a_term_of_another_classification(stage: Stage) -> None:
    with pytest.raises(Invalid):
        stage.do(drafts.edit_draft, values={"qualification": stage.version.field_id})


ANYTHING = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(),
    st.booleans(),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(EDITABLE), ANYTHING)
def test_anything_at_all_is_written_or_refused(stage: Stage, name: str, value: Any) -> None:
    try:
        stage.do(drafts.edit_draft, values={name: value})
    except DomainError as error:
        assert error.field in (name, "practice_hours", "self_study_hours")


def test_two_windows(stage: Stage) -> None:
    seen = stage.version.updated_at
    stage.do(drafts.edit_draft, values={"title_lv": "Pirmais"}, expected=seen)
    with pytest.raises(Conflict) as caught:
        stage.do(drafts.edit_draft, values={"title_lv": "Otrais"}, expected=seen)
    assert caught.value.code == "changed"
    stage.version.refresh_from_db()
    assert stage.version.title_lv == "Pirmais"


class TestPrices:
    def test_one_offer_for_each_source(self, stage: Stage) -> None:
        for price in ("10.00", "20.00"):
            stage.do(drafts.set_offer, source_id=source().pk, price=price, **OFFERED)
        prices = stage.version.offers.order_by("price").values_list("price", flat=True)
        assert list(prices) == [Decimal("20.00"), Decimal("100.00")]
        stage.do(drafts.drop_offer, source_id=None)
        assert Offer.objects.get().source == source()

    @pytest.mark.parametrize("price", ["-1", "1.001", "abc", "NaN", "1e20"])
    def test_nonsense(self, stage: Stage, price: str) -> None:
        with pytest.raises(Invalid):
            stage.do(drafts.set_offer, source_id=None, price=price, **OFFERED)

    def test_days_and_sources(self, stage: Stage) -> None:
        with pytest.raises(Invalid) as caught:
            stage.do(
                drafts.set_offer,
                source_id=None,
                price="1.00",
                open_from=date(2026, 2, 2),
                open_until=date(2026, 2, 1),
            )
        assert caught.value.field == "open_until"
        with pytest.raises(Invalid):
            stage.do(drafts.set_offer, source_id=uuid4(), price="1.00", **OFFERED)


class TestNewProgramme:
    def values(self, stage: Stage, **more: Any) -> dict[str, Any]:
        version = stage.version
        given = {"title_lv": "Šūšana iesācējiem", "hours": 20, "mode": "remote", **more}
        subject = f.TermFactory(vocabulary=f.VocabularyFactory(code="field"), code="crafts")
        return {**given, "type": version.type_id, "field": subject.pk}

    def test_its_address_comes_from_the_title(self, stage: Stage) -> None:
        provider = stage.version.programme.provider
        act = {"provider_id": provider.pk, "actor": stage.staff, "at": NOW}
        first = drafts.new_programme(values=self.values(stage), **act)
        second = drafts.new_programme(values=self.values(stage), **act)
        assert (first.programme.slug, first.number, first.state) == (
            "susana-iesacejiem",
            1,
            "draft",
        )
        assert second.programme.slug == "susana-iesacejiem-2"
        reserved = drafts.new_programme(values=self.values(stage, title_lv="Arhīvs"), **act)
        assert reserved.programme.slug == "arhivs-2"
        signs = drafts.new_programme(values=self.values(stage, title_lv="!!!"), **act)
        assert signs.programme.slug == "programma"

    def test_nothing_is_left_behind(self, stage: Stage) -> None:
        provider = stage.version.programme.provider
        act = {"provider_id": provider.pk, "at": NOW}
        with pytest.raises(Invalid) as caught:
            drafts.new_programme(values=self.values(stage, mode=""), actor=stage.staff, **act)
        assert caught.value.field == "mode"
        with pytest.raises(NotAllowed):
            drafts.new_programme(values=self.values(stage), actor=stage.reviewer, **act)
        assert Programme.objects.count() == 1
