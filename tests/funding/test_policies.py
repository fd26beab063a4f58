"""New versions of policies: what may be written, what changes and what never does (FUN-3)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from accounts.enums import FactKind, FactSource
from accounts.models import PersonFact
from funding import policy_form, policy_words
from funding.enums import SchemeKind
from funding.models import PolicyVersion, Scheme
from funding.rules.completeness import check
from funding.rules.terms import Terms, WrongTerms, used_by
from funding.services import policies
from stars.common.dates import start_of_day
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db
D = Decimal
NOW = riga(2025, 3, 1)
NEXT = date(2025, 6, 1)
TERMS = {**build.ALLOCATION_TERMS, "period_months": 6}


def write(scheme: Scheme, **more: Any) -> PolicyVersion:
    given: dict[str, Any] = {
        "valid_from": NEXT,
        "terms": TERMS,
        "criteria": build.ADULT,
        "why": "Jauna kārtība",
        "actor": SYSTEM,
        "at": NOW,
    }
    return policies.write_version(scheme_id=scheme.pk, **{**given, **more})


class TestWriting:
    def test_the_version_before_ends_the_day_before_and_nothing_else_of_it_changes(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        before = PolicyVersion.objects.filter(pk=w.allocation.pk).values().get()
        version = write(w.allocation.scheme, terms={**TERMS, "amount": "600.00"})
        after = PolicyVersion.objects.filter(pk=w.allocation.pk).values().get()
        assert after == {**before, "valid_to": NEXT}
        assert (version.number, version.valid_from, version.valid_to) == (2, NEXT, None)
        assert version.why == "Jauna kārtība"
        lot = build.lot(account)
        assert (lot.policy_id, lot.amount) == (w.allocation.pk, D(500))  # rule 11

    def test_every_parameter_is_stored(self) -> None:
        w = build.world()
        version = write(w.allocation.scheme)
        stated = {n for n in used_by("allocation") if getattr(Terms(), n) is not None}
        assert stated <= set(version.terms)
        assert Terms.read(version.terms) == Terms.read(TERMS)

    def test_planned_rounds_due_later_follow_it(self) -> None:
        w = build.world()
        terms = {**TERMS, "term_months": 3, "round_cap": "1000.00", "amount": "200.00"}
        version = write(w.allocation.scheme, terms=terms)
        for this in w.rounds:
            this.refresh_from_db()
        assert [r.policy_id == version.pk for r in w.rounds] == [False, True, True]
        assert w.rounds[0].ends_at == start_of_day(date(2025, 6, 9))
        assert w.rounds[1].ends_at == start_of_day(date(2025, 9, 9))
        assert (w.rounds[0].cap, w.rounds[1].cap) == (None, D(1000))
        account = build.person(w)
        build.run(w, 1)
        assert (build.lot(account).amount, build.lot(account).policy_id) == (D(200), version.pk)

    def test_only_the_end_may_be_written_by_the_application(self) -> None:
        w = build.world()
        for statement in (
            "UPDATE funding_policyversion SET terms = '{}' WHERE id = %s",
            "UPDATE funding_policyversion SET valid_from = '2020-01-01' WHERE id = %s",
            "UPDATE funding_policyversion SET criteria = '[]' WHERE id = %s",
            "DELETE FROM funding_policyversion WHERE id = %s",
        ):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement, [w.allocation.pk])

    def test_who_is_nobody_may_not(self) -> None:
        w = build.world()
        account = build.person(w)
        with pytest.raises(NotAllowed):
            write(w.allocation.scheme, actor=account.person.user)


class TestRefusals:
    def test_overlapping_versions(self) -> None:
        w = build.world()
        write(w.allocation.scheme)
        for day in (NEXT, NEXT - timedelta(days=1), date(2025, 3, 1)):
            with pytest.raises(Conflict, match=r"2025\D*2\D*j") as refusal:
                write(w.allocation.scheme, valid_from=day)
            assert refusal.value.field == "valid_from"
        assert write(w.allocation.scheme, valid_from=NEXT + timedelta(days=1)).number == 3
        ends = w.allocation.scheme.versions.order_by("number").values_list("valid_to", flat=True)
        assert list(ends) == [NEXT, NEXT + timedelta(days=1), None]

    @pytest.mark.parametrize(
        ("day", "code"), [(date(2025, 2, 28), "past"), (date(2026, 7, 1), "after_source")]
    )
    def test_days(self, day: date, code: str) -> None:
        w = build.world()
        with pytest.raises(Invalid) as refusal:
            write(w.allocation.scheme, valid_from=day)
        assert refusal.value.code == code
        assert w.allocation.scheme.versions.count() == 1

    def test_today_is_not_the_past(self) -> None:
        w = build.world()
        assert write(w.allocation.scheme, valid_from=date(2025, 3, 1)).number == 2

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"amount": "-500.00"}, "amount"),
            ({"amount": "500.001"}, "amount"),
            ({"amount": "0.00"}, "amount"),
            ({"amount": None}, "amount"),
            ({"amont": "500.00"}, "amont"),
            ({"share": "0.90"}, "share"),
            ({"term_months": 0}, "term_months"),
            ({"period_months": None}, "period_months"),
            ({"ceiling": "400.00"}, "ceiling"),
            ({"accumulate_times": 2}, "accumulate_times"),
            ({"accumulate_months": 0}, "accumulate_months"),
            ({"accumulate_times": 0, "accumulate_months": 0, "at_end": "accumulate"}, "at_end"),
            ({"max_grants": 0}, "max_grants"),
            ({"order": "priority"}, "priority"),
            ({"priority": [{"criterion": "low_income"}]}, "priority"),
            ({"order": "priority", "priority": [{"criterion": "rich"}]}, "priority"),
        ],
    )
    def test_terms_with_the_name_of_what_is_wrong(self, more: dict[str, Any], field: str) -> None:
        w = build.world()
        with pytest.raises(WrongTerms) as refusal:
            write(w.allocation.scheme, terms={**TERMS, **more})
        assert refusal.value.field == field
        with pytest.raises(WrongTerms):
            policies.preview_version(
                scheme_id=w.allocation.scheme_id,
                valid_from=NEXT,
                terms={**TERMS, **more},
                criteria=build.ADULT,
                at=NOW,
            )
        assert w.allocation.scheme.versions.count() == 1

    @pytest.mark.parametrize(
        ("kind", "terms", "field"),
        [
            ("full_cover", {"share": "0.90"}, "share"),
            ("full_cover", {}, "share"),
            ("cofunded", {"share": "0.90", "share_for_exempt": "0.50"}, "share_for_exempt"),
            ("cofunded", {"share": "0.90", "exempt": ["low_income"]}, "share_for_exempt"),
            ("reimbursement", {"share": "1.00"}, "refund_kind"),
            ("stipend", {"aid_kind": "housing"}, "amount"),
            ("stipend", {"amount": "100.00", "term_months": 6}, "term_months"),
        ],
    )
    def test_of_each_way_of_support(self, kind: str, terms: Any, field: str) -> None:
        with pytest.raises(WrongTerms) as refusal:
            check(kind, terms)
        assert refusal.value.field == field

    def test_exemptions_that_are_no_criteria(self) -> None:
        w = build.world()
        scheme = Scheme.objects.create(source=w.source, kind=SchemeKind.COFUNDED, code="part")
        terms = {"share": "0.90", "share_for_exempt": "1.00"}
        for name in ("rich", "region", "any_of"):
            with pytest.raises(WrongTerms) as refusal:
                write(scheme, terms={**terms, "exempt": [name]})
            assert refusal.value.field == "exempt"
        assert write(scheme, terms={**terms, "exempt": ["low_income"]}).number == 1

    def test_without_a_reason(self) -> None:
        w = build.world()
        with pytest.raises(Invalid) as refusal:
            write(w.allocation.scheme, why="  ")
        assert refusal.value.field == "why"


class TestPreview:
    def test_counts_people_and_money_and_writes_nothing(self) -> None:
        w = build.world()
        young = build.person(w, born=date(2009, 1, 1))  # 16
        adult, poor, silent = build.person(w), build.person(w), build.person(w, asked=None)
        for account in (poor, silent):
            PersonFact.objects.create(
                person=account.person,
                kind=FactKind.LOW_INCOME,
                value="yes",
                source=FactSource.REGISTER,
                observed_at=NOW,
            )
        assert young and adult
        seen = policies.preview_version(
            scheme_id=w.allocation.scheme_id,
            valid_from=NEXT,
            terms={**TERMS, "amount": "700.00"},
            criteria=[{"criterion": "minimum_age", "years": 16}, {"criterion": "low_income"}],
            at=NOW,
        )
        assert (seen.accounts, seen.eligible_before, seen.eligible) == (4, 3, 2)
        assert (seen.gain, seen.lose) == (0, 1)
        assert (seen.served_before, seen.served) == (2, 1)
        assert (seen.cost_before, seen.cost) == (D(1000), D(700))
        assert seen.available == D(100000)
        assert seen.rounds == tuple(sorted(seen.rounds)) and len(seen.rounds) == 2
        assert PolicyVersion.objects.filter(scheme=w.allocation.scheme).count() == 1

    def test_without_a_request_everybody_is_served_up_to_the_cap(self) -> None:
        w = build.world()
        for _ in range(3):
            build.person(w, asked=None)
        seen = policies.preview_version(
            scheme_id=w.allocation.scheme_id,
            valid_from=NEXT,
            terms={**TERMS, "requested": False, "round_cap": "1200.00"},
            criteria=build.ADULT,
            at=NOW,
        )
        assert (seen.served_before, seen.served, seen.cost) == (0, 3, D(1200))

    def test_a_share_is_reckoned_from_the_use_of_the_last_year(self) -> None:
        w = build.world()
        scheme = Scheme.objects.create(
            source=w.source, kind=SchemeKind.COFUNDED, code="part", order=0
        )
        build.policy(scheme, {"share": "0.90"}, [])
        account = build.person(w)
        build.hold(account, build.offer(w, "333.33"), riga(2025, 1, 5), support="300.00")
        seen = policies.preview_version(
            scheme_id=scheme.pk, valid_from=NEXT, terms={"share": "0.50"}, criteria=[], at=NOW
        )
        assert (seen.cost_before, seen.cost) == (D("300.00"), D("166.67"))


class TestWords:
    def test_every_parameter_and_value_has_words(self) -> None:
        for name, each in Terms.__dataclass_fields__.items():
            assert str(policy_words.label(name))
            for value in each.metadata["values"]:
                assert not value or str(policy_words.VALUES[value]), (name, value)

    def test_what_is_different_is_said_in_words(self) -> None:
        before = (Terms.read(TERMS), build.ADULT)
        new = {**TERMS, "amount": "600.00", "requested": False, "at_end": "accumulate"}
        groups = {"criterion": "any_of", "of": [{"criterion": "disability"}]}
        with translation.override("en"):
            found = policy_words.differences(
                "allocation", before, (Terms.read(new), [*build.ADULT[:1], groups]), {}
            )
        assert [
            (each.what, each.before.replace("\xa0", " "), each.after.replace("\xa0", " "))
            for each in found
        ] == [
            ("Amount, EUR", "500 €", "600 €"),
            ("Only to those who ask", "Yes", "No"),
            (
                "At the end of the term, if nothing was chosen",
                "the free part is taken back",
                "it is kept by itself, where it can be kept",
            ),
            ("Condition", "You have a learning account", "–"),
            ("Condition", "Your profile is filled in", "–"),
            ("Condition", "–", "At least one of these holds: you have a recognised disability"),
        ]


class TestForm:
    def test_what_is_stored_comes_back_unchanged(self) -> None:
        w = build.world()
        build.term("region", "latgale")
        terms = {
            **TERMS,
            "stages": [{"after": "0.5", "pays": "0.4"}],
            "order": "priority",
            "priority": [{"criterion": "child_under", "years": 3}, {"criterion": "low_income"}],
        }
        criteria = [
            {"criterion": "minimum_age", "years": 18},
            {"criterion": "region", "any_of": ["latgale"]},
            {"criterion": "earlier_participation", "source": "imk", "at_most": 2},
            {
                "criterion": "any_of",
                "of": [
                    {"criterion": "occupation", "any_of": ["25", "31"]},
                    {"criterion": "disability"},
                ],
            },
        ]
        version = write(w.allocation.scheme, terms=terms, criteria=criteria)
        first = policy_form.initial(w.allocation.scheme, version)
        shown = policy_form.PolicyForm(w.allocation.scheme, initial=first)
        data: dict[str, Any] = {"valid_from": "2025-07-01", "why": "Pārbaude"}
        for name, field in shown.fields.items():
            value = shown[name].value()
            if name in ("valid_from", "why") or value in (None, False, ""):
                continue
            prepared = field.prepare_value(value)
            data[name] = prepared if isinstance(prepared, list) else str(prepared)
        form = policy_form.PolicyForm(w.allocation.scheme, data, initial=first)
        assert form.is_valid(), form.errors
        answers = form.answers()
        assert Terms.read(answers["terms"]) == Terms.read(version.terms)
        assert sorted(answers["criteria"], key=str) == sorted(criteria, key=str)
        assert answers["valid_from"] == date(2025, 7, 1)

    def test_nested_groups_cannot_be_shown(self) -> None:
        w = build.world()
        inner = {"criterion": "any_of", "of": [{"criterion": "disability"}]}
        version = write(w.allocation.scheme, criteria=[{"criterion": "any_of", "of": [inner]}])
        with pytest.raises(policy_form.NotInForm):
            policy_form.initial(w.allocation.scheme, version)
