"""Each grant on the account page, what can be done with it, and the statement as a document."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from funding.enums import ReleaseCause
from funding.models import AllocationRound, Appeal, Grant
from funding.selectors_account import LotStory, lots
from funding.selectors_movements import movements
from funding.selectors_statement import account_statement
from funding.services import commitments, grants
from learning_accounts.models import LearningAccount
from stars.audit.models import LookEntry
from stars.common.dates import add_months, now, riga_date, start_of_day
from stars.common.errors import Invalid
from stars.common.permissions import SYSTEM
from stars.web import account_lots
from tests import factories as f
from tests.funding import aid as aids
from tests.funding import build
from tests.funding.build import riga
from tests.funding.test_line import crowd
from tests.funding.test_pledges import promise, with_code
from tests.pdf_reader import read
from tests.signin import as_staff
from tests.web.scene import Scene
from tests.web.test_account import page, words

Queries = Callable[..., AbstractContextManager[object]]


def served(*rounds: int) -> tuple[build.World, LearningAccount]:
    """Somebody whom these rounds of the pilot have served."""
    w = build.world()
    account = build.person(w)
    for number in rounds:
        build.run(w, number)
    return w, account


def story(account: LearningAccount, at: datetime, number: int = 0) -> LotStory:
    return lots(account, at)[number]


def adds_up(one: LotStory) -> bool:
    return one.grant.amount == one.free + one.held + one.paid + one.gone


# --- each grant ------------------------------------------------------------------------------


def test_every_euro_of_a_grant_has_a_place(db: None) -> None:
    w, account = served(0)
    at = riga(2025, 3, 1)
    build.hold(account, build.offer(w, "112.50"), at, support="112.50")
    done = build.hold(account, build.offer(w, "75.00"), at, support="75.00")
    commitments.capture(commitment_id=done.pk, evidence={}, actor=SYSTEM, at=at)
    one = story(account, at)
    assert (one.free, one.held, one.paid, one.gone) == (D("312.50"), D("112.50"), D("75.00"), 0)
    assert one.last_day == date(2025, 6, 8)
    assert one.leaves_on == date(2025, 6, 9)
    with translation.override("en"):
        assert account_lots.if_nothing(one).replace("\xa0", " ") == (
            "On 9 June 2025 312.50 € leave your account unless you apply or keep them."
        )
    assert not one.give_back.possible
    assert one.keep.possible


def test_annulled_grant_says_when_and_why(db: None) -> None:
    _w, account = served(0)
    grants.expire_due(at=start_of_day(date(2025, 6, 9)))
    one = story(account, riga(2025, 7, 1))
    assert not one.living
    assert (one.free, one.gone, one.ended_on) == (0, D("500.00"), date(2025, 6, 9))
    with translation.override("en"):
        assert "had not been used" in account_lots.why_ended(one)
        (notice,) = account_lots.nothing_left([one])
    assert "you do not receive more" in notice["text"]


def test_time_that_is_over_is_over_before_the_nightly_run(db: None) -> None:
    _w, account = served(0)
    one = story(account, riga(2025, 6, 9, 0, 1))
    assert (one.living, one.free, one.gone) == (False, 0, D("500.00"))
    assert not one.keep.possible


def test_declined_grant_lets_the_next_one_come(db: None) -> None:
    _w, account = served(0)
    grants.decline(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 1, 5))
    one = story(account, riga(2025, 1, 6))
    with translation.override("en"):
        assert account_lots.why_ended(one).replace("\xa0", " ") == (
            "You gave it back on 5 January 2025."
        )
        (notice,) = account_lots.nothing_left([one])
        assert account_lots.ended([one])[0]["parts"][0]["term"] == "Given back"
    assert "You can still receive money in a later period" in notice["text"]


def test_forfeited_grant_says_what_was_lost(db: None) -> None:
    w, account = served(0)
    held = build.hold(account, build.offer(w, "300.00"), riga(2025, 2, 1), support="300.00")
    commitments.forfeit(commitment_id=held.pk, actor=SYSTEM, at=riga(2025, 4, 2))
    one = story(account, riga(2025, 4, 3))
    assert adds_up(one)
    assert one.gone == D("500.00")
    with translation.override("en"):
        assert "since you stopped a training" in account_lots.why_ended(one)
        told = movements(account)[0].sentence.replace("\xa0", " ")
    assert "You lost 300 € reserved for it and 200 € of the same money" in told


def test_reading_9_refund_into_an_expired_lot_is_told_with_its_new_day(db: None) -> None:
    w, account = served(0)
    held = build.hold(account, build.offer(w, "300.00"), riga(2025, 2, 1), support="300.00")
    grants.expire_due(at=start_of_day(date(2025, 6, 9)))
    commitments.release(
        commitment_id=held.pk, cause=ReleaseCause.PROVIDER, actor=SYSTEM, at=riga(2025, 7, 1)
    )
    at = riga(2025, 7, 2)
    new, old = lots(account, at)
    assert (new.living, new.free, new.keep.why_not) == (True, D("300.00"), "replacement")
    assert (old.renewed, old.gone) == (D("300.00"), D("500.00"))
    assert adds_up(old)
    with translation.override("en"):
        told = movements(account)[0].sentence.replace("\xa0", " ")
        parts = {p["term"]: p["amount"] for p in account_lots.ended([old])[0]["parts"]}
    assert "300 € of it have a new term, since the old one had ended: until 30 August 2025" in told
    assert parts == {"Given again with a new term": D("300.00"), "Left unused": D("200.00")}


def test_own_withdrawal_after_the_end_says_that_the_money_is_gone(db: None) -> None:
    w, account = served(0)
    held = build.hold(account, build.offer(w, "300.00"), riga(2025, 2, 1), support="300.00")
    grants.expire_due(at=start_of_day(date(2025, 6, 9)))
    commitments.release(
        commitment_id=held.pk, cause=ReleaseCause.PERSON, actor=SYSTEM, at=riga(2025, 7, 1)
    )
    told = movements(account)[0]
    with translation.override("en"):
        assert "its money was annulled" in told.sentence
    assert (told.amount, told.held, told.held_balance) == (0, D("-300.00"), 0)


def test_reading_7_what_the_ceiling_cut_is_recorded_and_shown(db: None) -> None:
    w, account = served(0)
    grants.accumulate(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 2, 1))
    terms = build.ALLOCATION_TERMS | {"ceiling": "800.00"}
    lower = build.policy(_scheme(w), terms, build.ADULT)
    AllocationRound.objects.filter(pk=w.rounds[1].pk).update(policy=lower)
    build.run(w, 1)
    second = build.lot(account, 1)
    assert (second.amount, second.cut) == (D("300.00"), D("200.00"))
    with translation.override("en"):
        cards = account_lots.cards(lots(account, riga(2025, 6, 10)), date(2025, 6, 10))
        told = movements(account)[0].sentence.replace("\xa0", " ")
    said = " ".join(note for card in cards for note in card["notes"]).replace("\xa0", " ")
    assert "200 € were not given" in said
    assert "never more than 800 € together" in said
    assert "200 € were not given" in told


def _scheme(w: build.World) -> Any:
    """Another scheme of the same source, for a policy with other terms."""
    scheme = w.allocation.scheme
    return type(scheme).objects.create(
        source=w.source, kind=scheme.kind, code=f"{scheme.code}-b", order=3
    )


def test_only_the_whole_can_be_kept_where_the_policy_says_so(db: None) -> None:
    w, account = served(0)
    build.hold(account, build.offer(w, "100.00"), riga(2025, 2, 1), support="100.00")
    assert story(account, riga(2025, 2, 2)).keep.possible
    terms = build.ALLOCATION_TERMS | {"accumulate_parts": ["whole"]}
    grant = build.lot(account)
    grant.policy = build.policy(_scheme(w), terms, build.ADULT)
    grant.save(update_fields=["policy"])
    assert story(account, riga(2025, 2, 2)).keep.why_not == "whole_only"


# --- the page --------------------------------------------------------------------------------


@pytest.fixture
def learner(scene: Scene, client: Client) -> LearningAccount:
    """Somebody with 500 € who is signed in."""
    cache.clear()
    account = scene.learner()
    client.force_login(account.person.user)
    return account


def part(soup: BeautifulSoup) -> str:
    return words(soup.select_one("#money")).replace("\xa0", " ")


def test_page_says_what_can_be_done_and_what_happens_otherwise(
    learner: LearningAccount, client: Client
) -> None:
    grant = Grant.objects.get()
    soup = page(client, "/konts/")
    said = part(soup)
    for word in ("Use Apply for training", "Keep for another period", "Give back"):
        assert word in said
    day = riga_date(grant.ends_at)
    assert "We will remind you 60, 30, 7 and 1 days before." in words(soup.main)
    leaves = f"On {day.day} {day:%B %Y} 500 € leave your account unless you apply or keep them."
    assert leaves in said
    links = [a["href"] for a in soup.select("#money a")]
    assert reverse("web:accumulate", args=[grant.pk]) in links
    assert reverse("web:decline", args=[grant.pk]) in links


@pytest.mark.parametrize(
    ("days", "tone"),
    [(61, None), (60, "info"), (31, "info"), (30, "wait"), (7, "wait"), (0, "wait")],
)
def test_notice_comes_sixty_days_before_and_offers_to_keep(
    learner: LearningAccount, client: Client, days: int, tone: str | None
) -> None:
    grant = Grant.objects.get()
    grant.ends_at = start_of_day(riga_date(now()) + timedelta(days=days + 1))
    grant.granted_at = now() - timedelta(days=1)
    grant.save(update_fields=["ends_at", "granted_at"])
    notices = page(client, "/konts/").select("main .notice")
    if tone is None:
        assert not notices
        return
    assert f"notice-{tone}" in notices[0]["class"]
    assert "You can use 500 €" in words(notices[0]).replace("\xa0", " ")
    keep = reverse("web:accumulate", args=[grant.pk])
    assert notices[0].select_one("a")["href"] == keep


def test_keeping_and_giving_back_say_amounts_days_and_that_it_stays_so(
    learner: LearningAccount, client: Client
) -> None:
    grant = Grant.objects.get()
    last = riga_date(grant.ends_at) - timedelta(days=1)
    kept = add_months(grant.round.due_on, 12) - timedelta(days=1)
    said = words(page(client, reverse("web:accumulate", args=[grant.pk])).main)
    said = said.replace("\xa0", " ")
    assert f"You can use 500 € until {kept.day} {kept:%B}" in said
    assert f"Without this they can be used until {last.day} {last:%B}" in said
    assert "cannot be undone" in said
    assert "never more than 1 000 €" in said
    said = words(page(client, reverse("web:decline", args=[grant.pk])).main).replace("\xa0", " ")
    assert "500 € leave your account at once" in said
    assert "This cannot be undone" in said


def test_money_that_is_over_is_told_on_the_page(learner: LearningAccount, client: Client) -> None:
    grant = Grant.objects.get()
    client.post(reverse("web:decline", args=[grant.pk]))
    soup = page(client, "/konts/")
    assert "Your last 500 € are no longer there" in words(soup.main).replace("\xa0", " ")
    assert "Money you had before" in part(soup)
    assert "0 €" in words(soup.select_one(".money-card"))


def test_who_waits_in_line_is_told_the_number(client: Client, db: None) -> None:
    this, accounts = crowd(7, 2)
    client.force_login(accounts[3].person.user)
    notice = page(client, "/konts/").select_one("main .notice")
    assert "You are number 2 of 3 in line" in words(notice)
    assert notice is not None
    assert notice.select_one("a")["href"] == reverse("web:round_log", args=[this.code])
    client.force_login(accounts[0].person.user)
    assert "in line" not in words(page(client, "/konts/").main)


def test_amounts_are_written_in_latvian(
    scene: Scene, learner: LearningAccount, client: Client
) -> None:
    build.hold(learner, scene.offer("187.50"), scene.at, support="187.50")
    text = words(page(client, "/konts/", language="lv").main)
    assert "312,50 €" in text
    assert "187,50 €" in text
    assert "312.50" not in text


def test_queries_stay_the_same_whatever_happened(
    scene: Scene, learner: LearningAccount, client: Client, django_assert_max_num_queries: Queries
) -> None:
    def some(n: int) -> None:
        for _ in range(n):
            held = build.hold(learner, scene.offer("10.00"), now(), support="10.00")
            commitments.release(
                commitment_id=held.pk, cause=ReleaseCause.PERSON, actor=SYSTEM, at=now()
            )

    some(1)
    counts = {}
    for name in ("web:account", "web:movements"):
        with django_assert_max_num_queries(45) as few:
            client.get(reverse(name))
        counts[name] = len(few)  # type: ignore[arg-type]
    some(4)
    for name, count in counts.items():
        with django_assert_max_num_queries(count):
            client.get(reverse(name))


def test_aid_objections_and_promises_are_listed_with_their_pages(db: None, client: Client) -> None:
    w = build.world()
    aids.with_aid(w)
    asked = aids.ask(aids.learner(w))
    account = with_code(asked.commitment.account)
    today = riga_date(now())
    promise(valid_from=today, valid_to=today)
    appeal = Appeal.objects.create(
        account=account,
        scheme=w.allocation.scheme,
        reference="test:1",
        text="Lūdzu!",
        asked_at=now(),
        answer_by=today,
    )
    client.force_login(account.person.user)
    soup = page(client, "/konts/")
    said = words(soup.main)
    for word in ("SIA Izdomāts darbs 1", "Pays 50% of your part", "Stipend", "look at a decision"):
        assert word in said
    links = {a["href"] for a in soup.select("main a")}
    assert reverse("funding:aid", args=[asked.commitment_id]) in links
    assert reverse("funding:appeal_answer", args=[appeal.pk]) in links


# --- the statement ---------------------------------------------------------------------------


def test_opening_changes_and_closing_add_up_for_every_grant(db: None) -> None:
    w, account = served(0)
    grants.accumulate(grant_id=build.lot(account).pk, actor=SYSTEM, at=riga(2025, 2, 1))
    build.run(w, 1)
    held = build.hold(account, build.offer(w, "612.35"), riga(2025, 6, 20), support="612.35")
    commitments.release(
        commitment_id=held.pk, cause=ReleaseCause.PERSON, actor=SYSTEM, at=riga(2025, 7, 5)
    )
    done = build.hold(account, build.offer(w, "19.99"), riga(2025, 7, 6), support="19.99")
    commitments.capture(commitment_id=done.pk, evidence={}, actor=SYSTEM, at=riga(2025, 7, 7))
    whole = date(2024, 12, 1), date(2025, 12, 31)
    cuts = [date(2024, 12, 1), date(2025, 6, 20), date(2025, 7, 1), date(2025, 7, 7)]
    made = account_statement(account, first=whole[0], last=whole[1], today=whole[1])
    assert (made.opening, made.closing, made.held_closing) == (0, D("980.01"), 0)
    before = (D(0), D(0))
    for first, next_one in zip(cuts, [*cuts[1:], date(2026, 1, 1)], strict=True):
        last = next_one - timedelta(days=1)
        this = account_statement(account, first=first, last=last, today=whole[1])
        assert (this.opening, this.held_opening) == before
        assert this.closing == this.opening + sum(m.amount for m in this.movements)
        assert this.closing == sum(lot.closing for lot in this.lots)
        assert this.opening == sum(lot.opening for lot in this.lots)
        before = (this.closing, this.held_closing)
    assert before == (made.closing, made.held_closing)
    # In summer what was kept ends after what came in June; in January nobody knew of keeping.
    assert [lot.last_day for lot in made.ending] == [date(2025, 12, 8), date(2025, 12, 8)]
    january = account_statement(
        account, first=date(2025, 1, 1), last=date(2025, 1, 31), today=whole[1]
    )
    assert [lot.last_day for lot in january.ending] == [date(2025, 6, 8)]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(date(2025, 2, 2), date(2025, 2, 1), "first"), (date(2025, 2, 2), date(2025, 3, 2), "last")],
)
def test_days_that_make_no_period(db: None, first: date, last: date, field: str) -> None:
    _w, account = served(0)
    with pytest.raises(Invalid) as refused:
        account_statement(account, first=first, last=last, today=date(2025, 3, 1))
    assert refused.value.field == field


def document(client: Client, url: str, language: str = "lv", **days: str) -> Any:
    """The PDF of an address, taken apart."""
    client.cookies["django_language"] = language
    response = client.get(url, days)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    return read(response.content)


@pytest.mark.parametrize(
    ("language", "sums"),
    [("lv", ("500,00 €", "312,50 €", "187,50 €")), ("en", ("500.00 €", "312.50 €", "187.50 €"))],
)
def test_statement_as_a_document_reads_back(
    scene: Scene, learner: LearningAccount, client: Client, language: str, sums: tuple[str, ...]
) -> None:
    offer = scene.offer("187.50")
    build.hold(learner, offer, now(), support="187.50")
    made = document(client, reverse("web:statement"), language)
    assert made.language == language
    assert made.is_tagged
    assert {"H1", "H2", "Table", "TH", "TD"} <= set(made.tags)
    with translation.override(language):
        title = translation.gettext("Statement of the learning account")
        named = offer.version.title
    assert made.title == title
    text = made.text.replace("\xa0", " ")
    for word in (*sums, learner.person.full_name, named.replace("\xa0", " ")):
        assert word in text
    assert "−" in text


def test_statement_of_days_with_nothing_in_them(learner: LearningAccount, client: Client) -> None:
    day = riga_date(now()).isoformat()
    made = document(client, reverse("web:statement"), "en", first=day, last=day)
    text = made.text.replace("\xa0", " ")
    assert "Nothing changed in these days." in text
    assert "500.00 €" in text


@pytest.mark.parametrize(
    "days",
    [
        {"first": "2026-13-01", "last": "2026-01-01"},
        {"first": "2026-02-02", "last": "2026-02-01"},
        {"first": "2026-01-01", "last": "9999-12-31"},
        {"first": "0001-01-01", "last": ""},
        {"last": "x" * 500},
    ],
)
def test_bad_days_are_told_on_the_page(
    learner: LearningAccount, client: Client, days: dict[str, str]
) -> None:
    answer = client.get(reverse("web:statement"), days)
    assert answer.status_code == 302
    there = client.get(answer["Location"])
    assert there.status_code == 400
    soup = BeautifulSoup(there.content, "html.parser")
    assert soup.select(".error-summary a")
    assert not soup.select("main table")


def test_days_before_everything_are_empty(learner: LearningAccount, client: Client) -> None:
    days = {"first": "0001-01-01", "last": "1999-12-31"}
    soup = page(client, f"{reverse('web:movements')}?first={days['first']}&last={days['last']}")
    assert "Nothing changed in these days." in words(soup.main)


def test_period_on_the_page(scene: Scene, learner: LearningAccount, client: Client) -> None:
    build.hold(learner, scene.offer("187.50"), now(), support="187.50")
    today = riga_date(now()).isoformat()
    soup = page(client, f"{reverse('web:movements')}?first={today}&last={today}")
    said = words(soup.select_one("dl.sums")).replace("\xa0", " ")
    assert said == (
        "You could use at the beginning 500 € Changes in these days −187.50 €"
        " You could use at the end 312.50 € Reserved at the end 187.50 €"
    )
    assert len(soup.select("tbody tr")) == 1
    assert soup.select_one("button[formaction]")["formaction"] == reverse("web:statement")


def test_document_costs_the_same_queries_whatever_is_in_it(
    scene: Scene, learner: LearningAccount, client: Client, django_assert_max_num_queries: Queries
) -> None:
    with django_assert_max_num_queries(20) as few:
        client.get(reverse("web:statement"))
    for _ in range(3):
        build.hold(learner, scene.offer("20.00"), now(), support="20.00")
    with django_assert_max_num_queries(len(few)):  # type: ignore[arg-type]
        client.get(reverse("web:statement"))


def test_agency_makes_a_statement_and_the_person_sees_who_looked(
    scene: Scene, client: Client
) -> None:
    cache.clear()
    account = scene.learner()
    auditor = f.MembershipFactory(auditor=True, user__is_staff=True).user
    as_staff(client, auditor)
    url = reverse("web:statement_of", args=[account.pk])
    made = document(client, url)
    assert "500,00 €" in made.text.replace("\xa0", " ")
    look = LookEntry.objects.get(what="account_statement")
    assert (look.actor_id, look.person_id) == (auditor.pk, account.person_id)
    shown = client.get(reverse("admin:learning_accounts_learningaccount_change", args=[account.pk]))
    assert url in shown.content.decode()


def test_documents_are_not_made_without_end(learner: LearningAccount, client: Client) -> None:
    cache.set(f"limit:statement:{learner.person.user_id}", 30, 600)
    assert client.get(reverse("web:statement")).status_code == 429
