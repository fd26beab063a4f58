"""Suggestions: from what was learned, saved, wished and told; never identifying anybody."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from accounts.enums import FactKind, FactSource
from accounts.models import PersonFact
from catalogue.models import Group, Offer, Programme, ProgrammeAffinity
from enrolments.affinity import MOST_EACH, together
from enrolments.enums import ApplicationState
from enrolments.evaluation import Result, evaluate
from enrolments.models import Application
from enrolments.services.affinity import write_affinity
from enrolments.suggestions import Because, Suggestion, suggest
from learning_accounts.models import LearningAccount
from learning_accounts.services.favourites import save_programme, switch_suggestions
from stars.common.dates import riga_date
from tests import factories as f
from tests.enrolments.scene import riga

Queries = Callable[..., AbstractContextManager[object]]
AT = riga(2026, 2, 2)
A, B, C = (UUID(int=n) for n in (1, 2, 3))


# --- counting ------------------------------------------------------------------------------


def test_pairs_are_told_from_five_people_on() -> None:
    assert together([(n, [A, B]) for n in range(4)]) == []
    found = together([*((n, [A, B, A]) for n in range(5)), (5, [A, C]), (6, [A]), (7, [A])])
    assert [(each.one, each.other, each.people) for each in found] == [(A, B, 5)]
    assert found[0].share == pytest.approx(5 / (8 * 5) ** 0.5)


def test_who_chose_very_much_is_not_counted() -> None:
    many = [UUID(int=n) for n in range(1, MOST_EACH + 2)]
    assert together([(n, many) for n in range(9)]) == []


# --- one person ----------------------------------------------------------------------------


def programme(title: str, *, field: str = "ict", **version: Any) -> Offer:
    """A programme with one open group, by its title."""
    made = f.VersionFactory(
        published=True, title_lv=title, field=f.TermFactory(code=field), **version
    )
    offer: Offer = f.OfferFactory(version=made)
    f.group(made, starts_on=riga_date(AT) + timedelta(days=20), at=AT)
    return offer


def chose(account: LearningAccount, offer: Offer, state: str = "submitted") -> Application:
    """An application as it stands in the database, `state` whatever came of it."""
    group = Group.objects.get(version=offer.version)
    decided = AT if state in ("approved", "rejected") else None
    return Application.objects.create(
        account=account,
        offer=offer,
        group=group,
        state=state,
        submitted_at=AT,
        decide_by=riga_date(AT),
        decided_at=decided,
    )


def suggested(account: LearningAccount, limit: int = 10) -> dict[str, Suggestion]:
    """What is suggested, by title, in order."""
    found = suggest(account, AT, limit=limit)
    titles = dict(
        Programme.objects.filter(pk__in=[each.programme for each in found]).values_list(
            "pk", "current__title_lv"
        )
    )
    return {titles[each.programme]: each for each in found}


def tell(account: LearningAccount, kind: FactKind, vocabulary: str, code: str, **term: Any) -> None:
    """A fact of the person with its word in the vocabulary."""
    f.TermFactory(vocabulary=f.VocabularyFactory(code=vocabulary), code=code, **term)
    PersonFact.objects.create(
        person=account.person,
        kind=kind,
        value=code,
        source=FactSource.DECLARATION,
        observed_at=AT,
    )


@pytest.fixture
def account(db: None) -> LearningAccount:
    made: LearningAccount = f.LearningAccountFactory()
    return made


def test_nothing_is_known_so_nothing_is_suggested(account: LearningAccount) -> None:
    programme("Keramika")
    assert suggested(account) == {}


def test_what_is_like_the_chosen_and_not_the_chosen_itself(account: LearningAccount) -> None:
    mine, alike = programme("Keramikas pamati"), programme("Krāsaina keramika")
    programme("Datubāzes", field="data")
    chose(account, mine)
    write_affinity()
    found = suggested(account)
    assert list(found) == ["Krāsaina keramika"]
    each = found["Krāsaina keramika"]
    assert (each.because, each.about) == (Because.APPLIED, mine.version.programme_id)
    assert each.programme == alike.version.programme_id


def test_what_others_chose_too_with_five_of_them(account: LearningAccount) -> None:
    mine, other = programme("Keramika", field="a"), programme("Datubāzes", field="b")
    chose(account, mine)
    people = [f.LearningAccountFactory() for _ in range(5)]
    for person in people:
        chose(person, mine, "approved")
        chose(person, other, "rejected")
    write_affinity()
    assert suggested(account)["Datubāzes"].because == Because.TOGETHER
    # One of the five no longer wants to be counted.
    switch_suggestions(account_id=people[0].pk, on=False, actor=people[0].person.user)
    write_affinity()
    assert suggested(account) == {}
    assert not ProgrammeAffinity.objects.filter(together__gt=0).exists()


@pytest.mark.parametrize("state", [ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
def test_what_was_not_sent_or_taken_back_does_not_count(
    account: LearningAccount, state: str
) -> None:
    mine = programme("Keramika")
    programme("Krāsaina keramika")
    chose(account, mine, state)
    write_affinity()
    assert suggested(account) == {}


def test_saved_and_wished(account: LearningAccount) -> None:
    saved = programme("Keramika")
    programme("Krāsaina keramika")
    programme("Aušana iesācējiem", field="b")
    write_affinity()
    save_programme(
        account_id=account.pk,
        slug=saved.version.programme.slug,
        actor=account.person.user,
        at=AT,
    )
    account.wish = "aušana"
    found = suggested(account)
    assert {title: each.because for title, each in found.items()} == {
        "Krāsaina keramika": Because.SAVED,
        "Aušana iesācējiem": Because.WISH,
    }


def test_little_education_sees_professions_first(account: LearningAccount) -> None:
    kind = f.ProgrammeTypeFactory(further_education=True)
    book = f.VocabularyFactory(code="education_level")
    secondary = f.TermFactory(vocabulary=book, code="secondary", order=4, extra={"band": "medium"})
    of_a_year: dict[str, Any] = {"type": kind, "hours": 960, "practice_hours": 240}
    programme("Datorsistēmu tehniķis", field="a", **of_a_year)
    programme("Programmētājs", field="b", education=secondary, **of_a_year)
    mine = programme("Keramika", field="c")
    programme("Krāsaina keramika", field="c")
    chose(account, mine)
    write_affinity()
    assert list(suggested(account)) == ["Krāsaina keramika"]
    tell(account, FactKind.EDUCATION, "education_level", "basic", order=2, extra={"band": "low"})
    found = suggested(account)
    # First, and only what the person may enter; nothing else is taken away.
    assert list(found) == ["Datorsistēmu tehniķis", "Krāsaina keramika"]
    assert found["Datorsistēmu tehniķis"].because == Because.PROFESSION


def test_work_decides_about_evenings_and_new_jobs(account: LearningAccount) -> None:
    programme("Vakaros", field="a")  # the groups of these tests meet at 18.00
    kind = f.ProgrammeTypeFactory(code="upskilling", hours_max=160)
    programme("Darbam", field="b", type=kind)
    tell(account, FactKind.EMPLOYMENT, "employment_status", "job_seeker")
    assert {t: e.because for t, e in suggested(account).items()} == {"Darbam": Because.NEW_JOB}
    worker = f.LearningAccountFactory()
    tell(worker, FactKind.EMPLOYMENT, "employment_status", "employed", extra={"working": True})
    assert {e.because for e in suggested(worker).values()} == {Because.WORKING}


def test_own_path_comes_before_everything(account: LearningAccount) -> None:
    planned = programme("Pirmais solis", field="z")
    other = f.LearningAccountFactory(with_path=planned.version.programme)
    other.wish = "keramika"
    programme("Keramika")
    assert [each.because for each in suggested(other).values()] == [Because.PATH, Because.WISH]


def test_switched_off_is_off(account: LearningAccount) -> None:
    programme("Keramika")
    account.wish = "keramika"
    assert suggested(account)
    switch_suggestions(account_id=account.pk, on=False, actor=account.person.user)
    account.refresh_from_db()
    account.wish = "keramika"
    assert suggested(account) == {}


def test_what_is_not_offered_any_more_is_not_suggested(account: LearningAccount) -> None:
    offer = programme("Keramika")
    account.wish = "keramika"
    offer.version.move("archive", by=None, at=AT)
    assert suggested(account) == {}


def test_queries_do_not_grow(
    account: LearningAccount,
    django_assert_max_num_queries: Queries,
    django_assert_num_queries: Queries,
) -> None:
    tell(account, FactKind.EMPLOYMENT, "employment_status", "employed", extra={"working": True})
    account.wish = "keramika"
    for number in range(3):
        offer = programme(f"Keramika {number}")
        if number:
            chose(account, offer)
    write_affinity()
    with django_assert_max_num_queries(16) as few:
        suggest(account, AT, limit=4)
    before = len(few)  # type: ignore[arg-type]
    for number in range(8):
        offer = programme(f"Keramika vēl {number}")
        if number % 2:
            chose(account, offer)
    write_affinity()
    with django_assert_num_queries(before):
        assert len(suggest(account, AT, limit=40)) == 5


# --- how good they are ---------------------------------------------------------------------


def test_evaluation_finds_what_goes_together(db: None) -> None:
    """Ten popular programmes nobody combines, and two that belong together."""
    crowd = [programme(f"Cits temats numur{n}", field=f"f{n}") for n in range(12)]
    first, second = programme("Keramika", field="k"), programme("Krāsaina keramika", field="k")
    for offer in crowd:
        for _ in range(2):
            chose(f.LearningAccountFactory(), offer)
    for _ in range(3):
        person = f.LearningAccountFactory()
        chose(person, first)
        later = chose(person, second)
        Application.objects.filter(pk=later.pk).update(submitted_at=AT + timedelta(days=1))
    result = evaluate()
    assert (result.people, result.by_suggestions, result.by_popularity) == (3, 3, 0)
    assert (result.suggested, result.popular) == (1.0, 0.0)
    assert (result.only_by_suggestions, result.only_by_popularity) == (3, 0)


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [(0, 0, False), (3, 0, False), (5, 0, True), (4, 6, False), (10, 40, True)],
)
def test_a_few_people_tell_nothing_apart(ours: int, theirs: int, told: bool) -> None:
    assert Result(46, 139, 30 + ours, 30 + theirs, ours, theirs).is_told_apart is told


def test_command_prints_both_and_writes_nothing(db: None) -> None:
    account = f.LearningAccountFactory()
    for title in ("Keramika", "Krāsaina keramika"):
        chose(account, programme(title))
    printed = []
    for _ in range(2):
        out = StringIO()
        call_command("evaluate_recommendations", stdout=out)
        printed.append(out.getvalue())
    assert printed[0] == printed[1]
    assert "hit-rate@10, suggestions:" in printed[0]
    assert "hit-rate@10, most popular:" in printed[0]
    assert "too few people to tell the two apart" in printed[0]
    assert not ProgrammeAffinity.objects.exists()


def test_command_without_anybody(db: None) -> None:
    out = StringIO()
    call_command("evaluate_recommendations", stdout=out)
    assert "nothing is measured" in out.getvalue()
