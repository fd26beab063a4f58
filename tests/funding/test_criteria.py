"""Every criterion says the same in Python and in SQL (architecture, Eligibility)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import TestCase
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from accounts.enums import FactKind, FactSource
from accounts.models import Person, PersonFact
from funding.criteria import (
    CRITERIA,
    AnyOf,
    CriteriaSet,
    Criterion,
    FactAmong,
    MinimumAge,
    WrongCriteria,
    outcome,
)
from funding.criteria_history import EarlierParticipation, FinishedPrevious
from funding.criteria_person import (
    ChildUnder,
    Disability,
    HasLearningPath,
    Occupation,
    SelfEmployed,
)
from funding.enums import Answer
from funding.facts import gather
from funding.models import Appeal, Scheme, Waiver
from funding.services import commitments
from learning_accounts.models import LearningAccount, LearningPath
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga

VALUES = (
    *("employed", "unemployed", "self_employed", "yes", "no", "higher", "latgale"),
    *("none", "2020-02-29", "2019-03-01", "2512", "25", "512", "J"),
)


def instances() -> list[Criterion]:
    made: list[Criterion] = []
    for cls in CRITERIA.values():
        if cls is Occupation:
            made += [Occupation(any_of=("25", "512")), Occupation(any_of=("2",))]
        elif issubclass(cls, FactAmong) and not cls().accepted():
            made.append(cls(any_of=VALUES[:2]))
        elif cls is MinimumAge:
            made += [MinimumAge(years=16), MinimumAge(years=18), MinimumAge(years=65)]
        elif cls is ChildUnder:
            made += [ChildUnder(years=7), ChildUnder(years=6), ChildUnder(years=0)]
        elif cls is EarlierParticipation:
            made += [EarlierParticipation(at_most=n) for n in (0, 1, 2)]
            made += [EarlierParticipation(source="other"), EarlierParticipation(source=SOURCE)]
        elif cls is FinishedPrevious:
            made += [FinishedPrevious(), FinishedPrevious(source=SOURCE)]
        elif cls is AnyOf:
            inner = (Disability(), ChildUnder(), AnyOf(of=(MinimumAge(years=55), SelfEmployed())))
            made += [AnyOf(of=inner), AnyOf(of=(HasLearningPath(),))]
        else:
            made.append(cls())
    return made


SOURCE = "trained"
FACTS = st.lists(
    st.tuples(
        st.sampled_from([k for k in FactKind.values if k != FactKind.BIRTH_DATE]),
        st.sampled_from(VALUES),
        st.integers(0, 30),
    ),
    max_size=6,
)
TRAININGS = st.lists(st.sampled_from([None, "capture", "release", "forfeit"]), max_size=3)
WAIVED = st.lists(
    st.tuples(
        st.sampled_from(sorted(CRITERIA)),
        st.integers(-3, 3),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=3,
)


def full_cover() -> build.World:
    """A world whose source has a known code and pays for further education."""
    w = build.world()
    w.source.code = SOURCE
    w.source.save(update_fields=["code"])
    return w


def learn(w: build.World, account: LearningAccount, fates: list[str | None]) -> None:
    """Supported trainings of one account, one after another, each with its fate."""
    LearningPath.objects.get_or_create(
        account=account, defaults={"goal": "x", "begun_at": riga(2024, 12, 6)}
    )
    for number, fate in enumerate(fates):
        at = riga(2024, 12, 10 + number)
        held = build.hold(
            account, build.offer(w, "50.00", "further_education"), at, support="50.00"
        )
        if fate == "capture":
            commitments.capture(commitment_id=held.pk, evidence={}, actor=SYSTEM, at=at)
        elif fate == "release":
            commitments.release(commitment_id=held.pk, cause="provider", actor=SYSTEM, at=at)
        elif fate == "forfeit":
            commitments.forfeit(commitment_id=held.pk, actor=SYSTEM, at=at)


def waive(account: LearningAccount, scheme: Scheme, name: str, first: date, last: date) -> None:
    """One exception the agency made."""
    appeal = Appeal.objects.create(
        account=account,
        scheme=scheme,
        reference=f"test:{uuid4()}",
        text="Lūdzu!",
        asked_at=riga(2025, 1, 1),
        answer_by=first,
    )
    Waiver.objects.create(
        account=account,
        scheme=scheme,
        criterion=name,
        appeal=appeal,
        valid_from=first,
        valid_to=last,
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
        fates=TRAININGS,
        waived=WAIVED,
    )
    def test_evaluate_and_as_q(
        self,
        born: date,
        on: date,
        facts: Any,
        profile: bool,
        path: bool,
        closed: bool,
        fates: list[str | None],
        waived: Any,
    ) -> None:
        account = build.person(born=date(1990, 1, 1), asked=None)
        w = full_cover() if fates or waived else None
        if w:
            learn(w, account, fates)
        LearningAccount.objects.filter(pk=account.pk).update(
            profile_completed_at=account.opened_at if profile else None
        )
        LearningPath.objects.filter(account=account).delete()
        Person.objects.filter(pk=account.person_id).update(birth_date=born)
        account = LearningAccount.objects.select_related("person").get(pk=account.pk)
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
        for name, begins, days, own in waived:
            assert w is not None
            first = on + timedelta(days=begins)
            scheme = (w.allocation if own else w.full).scheme
            waive(account, scheme, name, first, first + timedelta(days=days))
        at = riga(on.year, on.month, on.day)
        known = gather(account, at)
        scheme_id = w.allocation.scheme_id if w else None
        for criterion in instances():
            for of_scheme in {None, scheme_id}:
                asked = CriteriaSet((criterion,), of_scheme)
                said = asked.evaluate(known)[0].answer == Answer.YES
                found = LearningAccount.objects.filter(asked.as_q(on), pk=account.pk).exists()
                assert said == found, (criterion, of_scheme)


class TestWaivers(TestCase):
    """What the agency decided for one person holds for that scheme, for its days and no longer."""

    def test_it_says_yes_by_the_agency_and_only_within_its_days(self) -> None:
        w = build.world()
        account = build.person(w, profile=False)
        policy = w.allocation
        waive(account, policy.scheme, "profile_complete", date(2025, 1, 10), date(2025, 1, 12))
        for day, answer, source in (
            (9, "no", "stars"),
            (10, "yes", "agency"),
            (12, "yes", "agency"),
            (13, "no", "stars"),
        ):
            lines = CriteriaSet.of(policy).evaluate(gather(account, riga(2025, 1, day)))
            (line,) = [one for one in lines if one.criterion == "profile_complete"]
            assert (line.answer, line.source) == (answer, source), day
        other = CriteriaSet.of(w.full).evaluate(gather(account, riga(2025, 1, 11)))
        assert next(o for o in other if o.criterion == "profile_complete").answer == "no"

    def test_a_round_serves_whom_the_agency_excepted(self) -> None:
        w = build.world()
        excepted = build.person(w, profile=False)
        build.person(w, profile=False)
        waive(
            excepted, w.allocation.scheme, "profile_complete", date(2024, 12, 1), date(2025, 1, 1)
        )
        assert build.run(w, 0).granted == 1
        assert build.lot(excepted).amount == 500

    def test_nobody_is_asked_about_waivers_where_everything_says_yes(self) -> None:
        w = build.world()
        account = build.person(w)
        known = gather(account, riga(2025, 1, 1))
        with self.assertNumQueries(0):
            CriteriaSet.of(w.allocation).evaluate(known)
        with self.assertNumQueries(2):  # path is known; waivers once, trainings once
            CriteriaSet.of(w.full).evaluate(known)
            CriteriaSet((EarlierParticipation(), FinishedPrevious())).evaluate(known)


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
    ("entry", "named"),
    [
        ({"criterion": "nonsense"}, "nonsense"),
        ({}, "None"),
        ("employed", "employed"),
        ({"criterion": "minimum_age", "months": 3}, "months"),
        ({"criterion": "minimum_age", "years": -1}, "years"),
        ({"criterion": "minimum_age", "years": "18"}, "years"),
        ({"criterion": "minimum_age", "years": True}, "years"),
        ({"criterion": "minimum_age", "years": 1000}, "years"),
        ({"criterion": "region", "any_of": "latgale"}, "any_of"),
        ({"criterion": "region", "any_of": [7]}, "any_of"),
        ({"criterion": "region"}, "region"),
        ({"criterion": "earlier_participation", "source": None}, "source"),
        ({"criterion": "any_of"}, "any_of"),
        ({"criterion": "any_of", "of": [{"criterion": "nonsense"}]}, "nonsense"),
    ],
)
def test_wrong_criteria_are_refused_by_name(entry: Any, named: str) -> None:
    with pytest.raises(WrongCriteria, match=named):
        CriteriaSet.read([entry])
