"""Every criterion says the same in Python and in SQL (architecture, Eligibility)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import TestCase
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from accounts.enums import FactKind, FactSource
from accounts.models import PersonFact
from funding.criteria import CRITERIA, CriteriaSet, FactAmong, MinimumAge, outcome
from funding.enums import Answer
from funding.facts import gather
from learning_accounts.models import LearningAccount, LearningPath
from tests.funding import build
from tests.funding.build import riga

VALUES = ("employed", "unemployed", "self_employed", "yes", "no", "higher", "latgale")


def instances() -> list[Any]:
    made: list[Any] = []
    for cls in CRITERIA.values():
        if issubclass(cls, FactAmong) and not cls().accepted():
            made.append(cls(any_of=VALUES[:2]))
        elif cls is MinimumAge:
            made += [cls(years=16), cls(years=18), cls(years=65)]
        else:
            made.append(cls())
    return made


FACTS = st.lists(
    st.tuples(
        st.sampled_from([k for k in FactKind.values if k != FactKind.BIRTH_DATE]),
        st.sampled_from(VALUES),
        st.integers(0, 30),
    ),
    max_size=6,
)


class TestAgreement(HypothesisTestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        born=st.dates(date(1930, 1, 1), date(2012, 12, 31)),
        on=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
        facts=FACTS,
        profile=st.booleans(),
        path=st.booleans(),
        closed=st.booleans(),
    )
    def test_evaluate_and_as_q(
        self, born: date, on: date, facts: Any, profile: bool, path: bool, closed: bool
    ) -> None:
        account = build.person(born=born, profile=profile, asked=None)
        if closed:
            account.move("close", by=None, at=riga(2024, 12, 31))
        if path:
            LearningPath.objects.create(account=account, goal="x", begun_at=riga(2024, 12, 6))
        for kind, value, days in facts:
            PersonFact.objects.create(
                person=account.person,
                kind=kind,
                value=value,
                source=FactSource.DECLARATION,
                observed_at=riga(2024, 1, 1) + timedelta(days=days),
            )
        at = riga(on.year, on.month, on.day)
        known = gather(account, at)
        for criterion in instances():
            said = criterion.evaluate(known).answer == Answer.YES
            found = LearningAccount.objects.filter(criterion.as_q(on), pk=account.pk).exists()
            assert said == found, criterion


class TestSentences(TestCase):
    def test_each_answer_has_words_in_both_languages(self) -> None:
        account = build.person(asked=None)
        known = gather(account, riga(2025, 1, 1))
        for criterion in instances():
            line = criterion.evaluate(known)
            assert line.text_lv
            assert line.text_en
            with translation.override("en"):
                assert line.text == line.text_en

    def test_the_fact_names_its_source_and_day(self) -> None:
        account = build.person(asked=None)
        line = MinimumAge(18).evaluate(gather(account, riga(2025, 1, 1)))
        assert (line.source, line.observed_on) == ("identity", "2024-12-05")

    def test_no_beats_unknown(self) -> None:
        account = build.person(born=date(2015, 1, 1), asked=None)
        lines = CriteriaSet.read(
            [{"criterion": "employed"}, {"criterion": "minimum_age", "years": 18}]
        ).evaluate(gather(account, riga(2025, 1, 1)))
        assert [line.answer for line in lines] == ["unknown", "no"]
        assert outcome(lines) == "no"


@pytest.mark.parametrize(
    "data", [[{"criterion": "nonsense"}], [{"criterion": "minimum_age", "months": 3}]]
)
def test_unknown_criteria_are_refused(data: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match=r"nonsense|minimum_age"):
        CriteriaSet.read(data)
