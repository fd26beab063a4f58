"""Which support fits: questions from data, answers in words, the same criteria as decide."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from accounts.enums import FactKind
from funding import fitting, questions
from funding.criteria import CRITERIA, AnyOf
from funding.enums import SchemeKind
from funding.models import FundingSource, Scheme
from tests.funding import build

Queries = Callable[..., AbstractContextManager[object]]
ON = date(2025, 3, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def source(code: str, *, starts: date = date(2025, 1, 1)) -> FundingSource:
    """A source until 2027."""
    return FundingSource.objects.create(
        term=build.term("funding-source", code),
        code=code,
        full_name_lv="Avots",
        full_name_en="Source",
        starts_on=starts,
        ends_on=date(2027, 12, 31),
    )


def support(
    code: str,
    kind: str,
    criteria: list[dict[str, Any]],
    *,
    terms: dict[str, Any] | None = None,
    types: tuple[str, ...] = (),
    starts: date = date(2025, 1, 1),
) -> None:
    """A source with one scheme and one policy."""
    scheme = Scheme.objects.create(
        source=source(code, starts=starts), kind=kind, code=code, programme_types=list(types)
    )
    build.policy(scheme, terms or {"share": "1.00"}, criteria)


def asked(on: date = ON) -> list[questions.Question]:
    """The screens of the day."""
    return questions.questions(fitting.policies(on))


def judged(answers: dict[str, tuple[str, ...]], on: date = ON) -> dict[str, fitting.SourceFit]:
    """The result by code of the source."""
    current = fitting.policies(on)
    screens = questions.questions(current)
    kind = (answers.get("kind") or ("",))[0]
    found = fitting.fits(current, questions.facts(answers, on), kind, screens, on)
    return {each.source.code: each for each in found}


def test_every_criterion_is_asked_for_or_can_be_done() -> None:
    for cls in CRITERIA.values():
        if cls is AnyOf:  # those within ask
            continue
        assert bool(cls.asks) != bool(cls.todo), cls
        if cls.asks:
            assert cls.asks in {*questions.WORDS, *questions.TICKS, *questions.EACH}, cls


def test_without_policies_nothing_is_asked() -> None:
    assert asked() == []


def test_questions_follow_from_the_policies() -> None:
    support("adult", SchemeKind.FULL_COVER, [{"criterion": "minimum_age", "years": 18}])
    assert [q.name for q in asked()] == ["age"]
    assert [o.text for o in asked()[0].options] == ["Younger than 18", "18 or older"]
    # A new policy appears without code, with a new question and a new age.
    support(
        "new",
        SchemeKind.COFUNDED,
        [
            {"criterion": "minimum_age", "years": 55},
            {"criterion": "region", "any_of": ["latgale"]},
            {"criterion": "disability"},
        ],
    )
    assert [q.name for q in asked()] == ["age", "region", "about"]
    assert [o.text for o in asked()[0].options] == ["Younger than 18", "18–54", "55 or older"]
    assert [o.value for o in asked()[1].options] == ["latgale"]


def test_what_exempts_is_asked_too() -> None:
    terms = {"share": "0.90", "share_for_exempt": "1.00", "exempt": ["low_income"]}
    support("share", SchemeKind.COFUNDED, [{"criterion": "employed"}], terms=terms)
    assert [q.name for q in asked()] == ["work", "about"]
    plain = judged({"work": ("employed",), "about": ()})["share"].schemes[0]
    exempt = judged({"work": ("employed",), "about": ("low_income",)})["share"].schemes[0]
    assert (plain.share, exempt.share) == (Decimal("0.90"), Decimal("1.00"))


def test_there_are_never_more_than_six_screens() -> None:
    everything: list[dict[str, Any]] = [
        {"criterion": cls.name, **({"any_of": ["x"]} if "any_of" in fields(cls) else {})}
        for cls in CRITERIA.values()
        if cls is not AnyOf
    ]
    everything.append({"criterion": "any_of", "of": [{"criterion": "disability"}]})
    build.programme_type("non_formal")
    support("all", SchemeKind.FULL_COVER, everything, types=("non_formal",))
    assert 1 <= len(asked()) <= 6
    each = {f"{key}.x" for key in questions.EACH}
    assert {option.value for option in asked()[-1].options} == {*questions.TICKS, *each}


def test_groups_are_asked_for_and_one_of_them_is_enough() -> None:
    groups = [
        {"criterion": "child_under", "years": 7},
        {"criterion": "sector", "any_of": ["F", "I"]},
        {"criterion": "low_income"},
    ]
    support("groups", SchemeKind.FULL_COVER, [{"criterion": "any_of", "of": groups}])
    build.term("economic_sector", "F")
    (screen,) = asked()
    ticks = {option.value: option.text for option in screen.options}
    assert ticks == {
        "low_income": "I have the status of a low-income or needy person",
        "youngest_child": "I have a child younger than 7 years",
        "sector.F": "I work in: F",
        "sector.I": "I work in: I",
    }
    for ticked, answer in (
        ((), "no"),
        (("sector.I",), "yes"),
        (("youngest_child",), "yes"),
        (("low_income",), "yes"),
    ):
        assert judged({"about": ticked})["groups"].answer == answer, ticked
    assert judged({})["groups"].answer == "unknown"


def test_earlier_training_is_asked_for() -> None:
    support("first", SchemeKind.FULL_COVER, [{"criterion": "earlier_participation"}])
    assert judged({"about": ("trainings",)})["first"].answer == "no"
    assert judged({"about": ()})["first"].answer == "yes"


def fields(cls: type) -> Any:
    """Names of a criterion's parameters."""
    return cls.__dataclass_fields__  # type: ignore[attr-defined]


def test_yes_no_and_unknown_with_the_reason() -> None:
    support("workers", SchemeKind.COFUNDED, [{"criterion": "employed"}])
    build.term("employment_status", "employed")
    build.term("employment_status", "retired")
    assert judged({"work": ("employed",)})["workers"].answer == "yes"
    no = judged({"work": ("retired",)})["workers"]
    assert no.answer == "no"
    assert no.schemes[0].whys[0].text == "This support is for people who are working: employed"
    assert judged({"work": ()})["workers"].answer == "unknown"


def test_what_everybody_can_do_is_a_step_and_no_obstacle() -> None:
    support("full", SchemeKind.FULL_COVER, [*build.ADULT, {"criterion": "learning_path"}])
    fit = judged({"age": ("18",)})["full"].schemes[0]
    assert fit.answer == "yes"
    assert [str(todo) for todo in fit.todos] == [
        "Open a learning account",
        "Fill in your profile",
        "Make a learning path: your goal and the first step towards it",
    ]


def test_support_for_other_learning_does_not_fit() -> None:
    for code in ("non_formal", "further_education"):
        build.programme_type(code)
    support("short", SchemeKind.FULL_COVER, [], types=("non_formal",))
    support("long", SchemeKind.FULL_COVER, [], types=("further_education",))
    support("papers", SchemeKind.REIMBURSEMENT, [])
    found = judged({"kind": ("non_formal",)})
    assert {code: fit.answer for code, fit in found.items()} == {
        "short": "yes",
        "long": "no",
        "papers": "no",
    }
    assert found["long"].schemes[0].whys[0].text.endswith("more in the one I have")
    assert judged({"kind": ("proof",)})["papers"].answer == "yes"
    assert judged({"kind": ("proof",)})["short"].answer == "no"
    assert {fit.answer for fit in judged({}).values()} == {"yes"}


def test_what_begins_soon_is_last_and_what_is_over_or_far_is_left_out() -> None:
    support("soon", SchemeKind.FULL_COVER, [], starts=date(2025, 9, 1))
    support("far", SchemeKind.FULL_COVER, [], starts=date(2027, 1, 1))
    support("now", SchemeKind.FULL_COVER, [{"criterion": "employed"}])
    assert list(judged({"work": ("retired",)})) == ["now", "soon"]
    assert "now" not in judged({}, on=date(2028, 1, 1))


@pytest.mark.parametrize("years", [0, 17, 18, 54, 55, 70])
def test_an_age_is_in_its_band(years: int) -> None:
    support("old", SchemeKind.FULL_COVER, [{"criterion": "minimum_age", "years": 55}])
    support("adult", SchemeKind.FULL_COVER, [{"criterion": "minimum_age", "years": 18}])
    born = date(ON.year - years, ON.month, ON.day)
    known = {FactKind.BIRTH_DATE.value: questions.Fact(born, "identity")}
    band = questions.answers_from(known, asked(), ON)["age"]
    found = judged({"age": (band,)})
    assert found["adult"].answer == ("yes" if years >= 18 else "no")
    assert found["old"].answer == ("yes" if years >= 55 else "no")


def test_queries_do_not_grow(django_assert_num_queries: Queries) -> None:
    build.programme_type("non_formal")
    for n in range(6):
        support(f"s{n}", SchemeKind.FULL_COVER, [{"criterion": "employed"}], types=("non_formal",))
    with django_assert_num_queries(3):
        judged({"work": ("employed",), "kind": ("non_formal",)})
