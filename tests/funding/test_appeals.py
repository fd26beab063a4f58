"""A refusal put before a person of the agency, its answer, and decisions read years later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.enums import FactKind, FactSource
from accounts.models import PersonFact
from funding import decision_words
from funding.enums import AppealState
from funding.models import Appeal, Decision, FundingLog, Waiver
from funding.no_grant import no_grant_yet
from funding.services import appeals, grants
from funding.services.quote import quote
from learning_accounts.models import LearningAccount
from stars.common.dates import today
from stars.common.errors import Conflict, DomainError, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.notifications.models import Message
from tests import factories as f
from tests.funding import build
from tests.funding.build import riga
from tests.signin import as_resident, as_staff

NOBODY = UUID(int=7)
pytestmark = pytest.mark.django_db
NOW = riga(2025, 1, 10)


def refused(w: build.World) -> tuple[LearningAccount, str]:
    """Somebody without a learning path, and the full cover they do not get."""
    account = build.person(w)
    return account, f"offer:{build.offer(w, '2127.19', 'further_education').pk}"


def ask(account: LearningAccount, reference: str, **more: Any) -> Appeal:
    given = {"text": "Es jau zinu, ko gribu.", "actor": account.person.user, "at": NOW}
    return appeals.ask(account_id=account.pk, reference=reference, **{**given, **more})


class TestAsking:
    def test_keeps_the_refusal_as_the_person_saw_it(self) -> None:
        w = build.world()
        account, reference = refused(w)
        appeal = ask(account, reference)
        assert appeal.scheme_id == w.full.scheme_id
        assert appeal.answer_by == date(2025, 1, 24)  # ten working days
        wrong = [line["criterion"] for line in appeal.lines if line["answer"] != "yes"]
        assert wrong == ["learning_path"]
        (log,) = FundingLog.objects.filter(object_type="appeal", object_id=appeal.pk)
        assert log.to_state == "asked"

    def test_once_while_it_waits(self) -> None:
        account, reference = refused(build.world())
        ask(account, reference)
        with pytest.raises(Conflict) as refusal:
            ask(account, reference)
        assert refusal.value.code == "asked"

    def test_nobody_floods_the_agency(self) -> None:
        w = build.world()
        account, _reference = refused(w)
        for _ in range(appeals.ASKED_AT_MOST):
            offer = build.offer(w, "100.00", "further_education")
            ask(account, f"offer:{offer.pk}")
        last = f"offer:{build.offer(w, '100.00', 'further_education').pk}"
        with pytest.raises(DomainError) as refusal:
            ask(account, last)
        assert refusal.value.status == 429
        later = NOW + timedelta(days=31)
        assert ask(account, last, at=later)

    @pytest.mark.parametrize(
        "reference", ["", "offer", "offer:x", "party:1", f"offer:{NOBODY}", f"claim:{NOBODY}"]
    )
    def test_what_was_not_refused_cannot_be_asked_about(self, reference: str) -> None:
        account = build.person(build.world())
        with pytest.raises(Invalid) as refusal:
            ask(account, reference)
        assert refusal.value.code == "no_refusal"

    def test_what_one_gets_is_no_refusal(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        with pytest.raises(Invalid):
            ask(account, f"offer:{build.offer(w, '100.00').pk}")
        with pytest.raises(Invalid):
            ask(account, f"round:{w.rounds[0].pk}")

    def test_a_round_that_left_one_out(self) -> None:
        w = build.world()
        account = build.person(w, profile=False)
        build.run(w, 0)
        appeal = ask(account, f"round:{w.rounds[0].pk}")
        assert appeal.scheme_id == w.allocation.scheme_id

    def test_words_are_needed_and_only_ones_own(self) -> None:
        w = build.world()
        account, reference = refused(w)
        other = build.person(w)
        for text in ("", "  ", "x" * 2001):
            with pytest.raises(Invalid) as refusal:
                ask(account, reference, text=text)
            assert refusal.value.field == "text"
        with pytest.raises(NotAllowed):
            ask(account, reference, actor=other.person.user)


class TestAnswering:
    def test_a_waived_criterion_lets_the_person_apply(self) -> None:
        w = build.world()
        account, reference = refused(w)
        offer = build.offer(w, "100.00", "further_education")
        appeal = ask(account, reference)
        appeals.change(
            appeal_id=appeal.pk,
            answer="Mācību ceļš nav vajadzīgs.",
            waive=["learning_path"],
            until=date(2025, 6, 30),
            actor=SYSTEM,
            at=NOW,
        )
        appeal.refresh_from_db()
        assert (appeal.state, appeal.decided_at) == (AppealState.CHANGED, NOW)
        said = quote(offer=offer, account=account, at=NOW)
        assert (said.answer, said.support) == ("yes", offer.price)
        assert next(o.source for o in said.lines if o.criterion == "learning_path") == "agency"
        assert quote(offer=offer, account=account, at=riga(2025, 7, 1)).answer == "no"
        held = build.hold(account, offer, NOW, support="100.00")
        assert held.policy_id == w.full.pk
        message = Message.objects.get(user=account.person.user, kind="appeal_changed")
        assert message.params == {"appeal_id": str(appeal.pk)}

    def test_the_refusal_stands_with_a_reason(self) -> None:
        account, reference = refused(build.world())
        appeal = ask(account, reference)
        with pytest.raises(Invalid):
            appeals.uphold(appeal_id=appeal.pk, answer=" ", actor=SYSTEM, at=NOW)
        appeals.uphold(appeal_id=appeal.pk, answer="Noteikumi to prasa.", actor=SYSTEM, at=NOW)
        assert Message.objects.filter(kind="appeal_upheld").count() == 1
        for act in (appeals.uphold, appeals.change):
            with pytest.raises((Conflict, Invalid)):
                act(appeal_id=appeal.pk, answer="Vēlreiz", actor=SYSTEM, at=NOW)
        assert not Waiver.objects.exists()

    @pytest.mark.parametrize(
        ("waive", "until", "field"),
        [
            ([], None, "waive"),
            (["minimum_age"], date(2025, 2, 1), "waive"),  # was not refused
            (["account_open"], date(2025, 2, 1), "waive"),
            (["learning_path"], None, "until"),
            (["learning_path"], date(2025, 1, 9), "until"),
            (["learning_path"], date(2026, 1, 11), "until"),
        ],
    )
    def test_what_cannot_be_waived(self, waive: list[str], until: Any, field: str) -> None:
        account, reference = refused(build.world())
        appeal = ask(account, reference)
        with pytest.raises(Invalid) as refusal:
            appeals.change(
                appeal_id=appeal.pk, answer="Jā", waive=waive, until=until, actor=SYSTEM, at=NOW
            )
        assert refusal.value.field == field
        appeal.refresh_from_db()
        assert appeal.state == AppealState.ASKED
        assert not Waiver.objects.exists()

    def test_nobody_answers_themselves(self) -> None:
        account, reference = refused(build.world())
        appeal = ask(account, reference)
        officer = f.MembershipFactory(administrator=True, user=account.person.user).user
        with pytest.raises(NotAllowed):
            appeals.uphold(appeal_id=appeal.pk, answer="Jā", actor=officer, at=NOW)

    def test_taken_back(self) -> None:
        account, reference = refused(build.world())
        appeal = ask(account, reference)
        appeals.withdraw(appeal_id=appeal.pk, actor=account.person.user, at=NOW)
        with pytest.raises(Conflict):
            appeals.uphold(appeal_id=appeal.pk, answer="Jā", actor=SYSTEM, at=NOW)
        assert ask(account, reference)


class TestAnotherGrant:
    """Rule 3 refuses at once, so it too can be put before a person."""

    AT = riga(2025, 6, 12)

    def refused(self) -> tuple[build.World, LearningAccount, str]:
        """Somebody who did nothing with the first money, in the round after it."""
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        grants.expire_due(at=riga(2025, 6, 9, 0))
        assert build.run(w, 1).granted == 0
        return w, account, f"round:{w.rounds[1].pk}"

    def test_the_account_says_so(self) -> None:
        _w, account, reference = self.refused()
        said = no_grant_yet(account, self.AT)
        assert said is not None
        assert (said.reason, said.refused) == ("no_second", reference)
        with translation.override("en"):
            said = no_grant_yet(account, self.AT)
            assert said is not None
            assert "kept for later or used, with the training completed" in said.text

    def test_a_person_of_the_agency_can_waive_it(self) -> None:
        w, account, reference = self.refused()
        appeal = ask(account, reference, at=self.AT)
        wrong = [line["criterion"] for line in appeal.lines if line["answer"] != "yes"]
        assert wrong == ["second_grant"]
        appeals.change(
            appeal_id=appeal.pk,
            answer="Slimība.",
            waive=["second_grant"],
            until=date(2025, 6, 30),
            actor=SYSTEM,
            at=self.AT,
        )
        assert build.run(w, 1, riga(2025, 6, 13)).granted == 1
        assert no_grant_yet(account, riga(2025, 6, 13)) is None

    def test_only_while_it_is_waived(self) -> None:
        w, account, reference = self.refused()
        appeal = ask(account, reference, at=self.AT)
        appeals.change(
            appeal_id=appeal.pk,
            answer="Slimība.",
            waive=["second_grant"],
            until=date(2025, 6, 30),
            actor=SYSTEM,
            at=self.AT,
        )
        assert build.run(w, 1, riga(2025, 7, 1)).granted == 0

    def test_nothing_is_refused_to_others(self) -> None:
        w, account, reference = self.refused()
        other = build.person(w, opened=riga(2025, 6, 11))
        learning = build.person(w)
        assert no_grant_yet(account, riga(2025, 6, 8)) is None  # before the due day
        for one in (other, learning):
            with pytest.raises(Invalid):
                ask(one, reference, at=self.AT)


class TestReadYearsLater:
    def test_of_a_round_by_its_facts(self) -> None:
        w = build.world()
        account = build.person(w, born=date(1990, 5, 1))
        build.run(w, 0)
        decision = Decision.objects.get(account=account)
        with translation.override("en"):
            lines = decision_words.of(decision)
            said = [(o.text, o.value.replace("\xa0", " "), str(o.source)) for o in lines]
        assert said[:2] == [
            ("You are at least 18 years old", "1 May 1990", "Latvija.lv"),
            ("You have a learning account", "", "This portal"),
        ]

    def test_of_an_application_by_its_lines(self) -> None:
        w = build.world()
        account = build.person(w)
        PersonFact.objects.create(
            person=account.person,
            kind=FactKind.LOW_INCOME,
            value="yes",
            source=FactSource.REGISTER,
            observed_at=NOW,
        )
        stored = [
            {
                "criterion": "low_income",
                "answer": "yes",
                "value": "yes",
                "source": "register",
                "observed_on": "2025-01-10",
                "text_lv": "Tev ir statuss",
                "text_en": "You have low-income status",
            }
        ]
        with translation.override("en"):
            (line,) = decision_words.lines(stored, {})
            assert (line.value, str(line.source)) == ("Yes", "State register")
            assert line.observed_on.replace("\xa0", " ") == "10 January 2025"


class TestPages:
    def test_from_the_refusal_to_the_answer(self) -> None:
        w = build.world()
        w.source.ends_on = today() + timedelta(days=400)
        w.source.save(update_fields=["ends_on"])
        account, reference = refused(w)
        client, agency = Client(), Client()
        for browser in (client, agency):
            browser.cookies["django_language"] = "en"
        as_resident(client, account.person)
        url = f"{reverse('funding:appeal')}?par={reference}"
        page = BeautifulSoup(client.get(url).content, "html.parser")
        assert "First make a learning path" in page.get_text()
        assert client.post(url, {"text": ""}).status_code == 400
        sent = client.post(url, {"text": "Es jau zinu"})
        appeal = Appeal.objects.get()
        assert sent["Location"] == reverse("funding:appeal_answer", args=[appeal.pk])
        assert client.get(url)["Location"] == sent["Location"]  # waits already
        officer = f.MembershipFactory(administrator=True).user
        officer.is_staff = True
        officer.save()
        as_staff(agency, officer)
        shown = agency.get(reverse("admin:funding_appeal_change", args=[appeal.pk]))
        row = BeautifulSoup(shown.content, "html.parser").get_text(" ", strip=True)
        assert "First make a learning path" in row and "learning_path" not in row
        last = (today() + timedelta(days=30)).isoformat()
        done = agency.post(
            reverse("admin:funding_appeal_alter", args=[appeal.pk]),
            {
                "answer": "We know your goal.",
                "waive": "First make a learning path: your goal and the first step towards it",
                "until": last,
            },
        )
        assert done.status_code == 302
        text = BeautifulSoup(client.get(sent["Location"]).content, "html.parser").get_text()
        assert "The decision was changed" in text and "We know your goal." in text
        assert "we do not ask" in text
        listed = client.get(reverse("funding:decisions")).content.decode()
        assert sent["Location"] in listed

    @pytest.mark.parametrize("par", ["", "x", "offer:1", "claim:%00", f"offer:{NOBODY}"])
    def test_nothing_to_ask_about(self, par: str) -> None:
        account = build.person(build.world())
        client = Client()
        as_resident(client, account.person)
        assert client.get(reverse("funding:appeal"), {"par": par}).status_code == 404

    def test_a_decision_page(self, django_assert_max_num_queries: Any) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 0)
        client = Client()
        client.cookies["django_language"] = "en"
        as_resident(client, account.person)
        decision = Decision.objects.get(account=account)
        url = reverse("funding:decision", args=[decision.pk])
        with django_assert_max_num_queries(20):
            text = BeautifulSoup(client.get(url).content, "html.parser").get_text(" ", strip=True)
        assert "You are at least 18 years old" in text and "Latvija.lv" in text
