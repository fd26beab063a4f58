"""Asking for news, confirming, stopping; letters through the real outbox."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail, signing
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from stars.audit.models import AuditEntry
from stars.common.dates import now
from stars.common.errors import Conflict, NotAllowed
from stars.content.models import Subscriber
from stars.content.services import mailing, subscription
from stars.content.tasks import forget_unconfirmed
from stars.notifications.models import Message, OutboxEmail
from stars.notifications.services import send_outbox
from tests import factories as f
from tests.content.conftest import make_news

pytestmark = pytest.mark.django_db
ASK = "/jaunumi/sanemt/"


def send() -> list[EmailMultiAlternatives]:
    """What the outbox sends now."""
    before = len(mail.outbox)
    send_outbox(at=now())
    return mail.outbox[before:]  # type: ignore[return-value]


def link(letter: EmailMultiAlternatives) -> str:
    """The one action of a letter."""
    address = re.search(r"https?://\S+", str(letter.body))
    assert address
    return urlsplit(address[0]).path


def subscribed(email: str = "liga@example.org", language: str = "lv") -> Subscriber:
    at = now()
    return Subscriber.objects.create(email=email, language=language, asked_at=at, confirmed_at=at)


def test_from_asking_to_stopping(client: Client, editor: User) -> None:
    asked = client.post(ASK, {"email": "liga@example.org"})
    assert asked.status_code == 200
    assert "liga@example.org" not in asked.content.decode()
    (letter,) = send()
    assert letter.to == ["liga@example.org"]
    assert "List-Unsubscribe" not in letter.extra_headers

    address = link(letter)
    assert client.get(address).status_code == 200
    assert Subscriber.objects.get().confirmed_at is None, "opening the link is no yes"
    assert client.post(address).status_code == 200
    assert Subscriber.objects.get().confirmed_at is not None
    assert client.post(address).status_code == 200, "twice is nothing"

    news = make_news()
    assert mailing.mail(news_id=news.pk, actor=editor, at=now()) == 1
    (letter,) = send()
    assert news.title_lv in letter.body
    assert news.title_lv not in letter.subject
    assert link(letter) == "/jaunumi/zina/"
    leaving = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert leaving in letter.body

    # As a mail program presses it: no cookie, no token of the form (RFC 8058).
    program = Client(enforce_csrf_checks=True)
    path = urlsplit(leaving).path
    assert program.get(path).status_code == 200
    assert Subscriber.objects.count() == 1, "opening the link ends nothing"
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exists()
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not OutboxEmail.objects.exclude(address="").exists()


def test_every_address_gets_the_same_answer(client: Client) -> None:
    subscribed()
    Subscriber.objects.create(email="cita@example.org", language="lv", asked_at=now())
    answers = {
        re.sub(r'value="[^"]{64}"|nonce="[^"]+"|"X-CSRFToken": "[^"]+"', "", page)
        for email in ("liga@example.org", "LIGA@example.org", "cita@example.org", "jauna@x.lv")
        if (page := client.post(ASK, {"email": email}).content.decode())
    }
    assert len(answers) == 1
    assert Subscriber.objects.count() == 3


def test_whoever_is_subscribed_learns_it_by_letter(client: Client) -> None:
    known = subscribed()
    Subscriber.objects.update(asked_at=now() - timedelta(hours=2))
    client.post(ASK, {"email": "Liga@Example.org"})
    (letter,) = send()
    assert "List-Unsubscribe" in letter.extra_headers
    known.refresh_from_db()
    assert known.confirmed_at is not None
    assert letter.to == ["liga@example.org"]


def test_one_letter_an_hour(client: Client) -> None:
    for _ in range(3):
        client.post(ASK, {"email": "liga@example.org"})
    assert len(send()) == 1
    Subscriber.objects.update(asked_at=now() - timedelta(minutes=61))
    client.post(ASK, {"email": "liga@example.org"})
    assert len(send()) == 1


def test_too_many_from_one_place(client: Client) -> None:
    for number in range(subscription.MOST_PER_HOUR):
        assert client.post(ASK, {"email": f"a{number}@example.org"}).status_code == 200
    refused = client.post(ASK, {"email": "b@example.org"})
    assert refused.status_code == 429
    assert refused.context["form"].errors
    assert Subscriber.objects.count() == subscription.MOST_PER_HOUR
    assert client.post(ASK, {"email": "c@example.org"}, REMOTE_ADDR="10.0.0.9").status_code == 200


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "a@example.org\nBcc: b@example.org", "a@example.org, b@x.lv", "\0"]
)
def test_what_is_no_address(client: Client, email: str) -> None:
    answer = client.post(ASK, {"email": email})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("what", ["sanemt", "nesanemt"])
def test_changed_and_foreign_links(client: Client, what: str) -> None:
    known = Subscriber.objects.create(email="a@example.org", language="lv", asked_at=now())
    good = {
        "sanemt": subscription.confirmation_token(known.pk),
        "nesanemt": subscription.leaving_token(known.pk),
    }
    other = good["nesanemt" if what == "sanemt" else "sanemt"]
    for token in ("x", good[what][:-1], other, signing.dumps(7, salt="stars.content.subscribe")):
        for method in (client.get, client.post):
            assert method(f"/jaunumi/{what}/{token}/").status_code == 410
    known.refresh_from_db()
    assert known.confirmed_at is None


def test_an_old_link_confirms_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Subscriber.objects.create(email="a@example.org", language="lv", asked_at=now())
    with monkeypatch.context() as clock:
        clock.setattr("django.core.signing.time.time", lambda: 1_700_000_000)
        token = subscription.confirmation_token(known.pk)
        leaving = subscription.leaving_token(known.pk)
    assert client.post(f"/jaunumi/sanemt/{token}/").status_code == 410
    # Letters lie in mailboxes for years; the way out of them stays open.
    assert client.post(f"/jaunumi/nesanemt/{leaving}/").status_code == 200
    assert not Subscriber.objects.exists()


def test_what_is_forgotten() -> None:
    at = now()
    old = at - timedelta(days=8)
    Subscriber.objects.create(email="old@example.org", language="lv", asked_at=old)
    Subscriber.objects.create(email="new@example.org", language="lv", asked_at=at)
    Subscriber.objects.create(
        email="yes@example.org", language="lv", asked_at=old, confirmed_at=old
    )
    user = f.UserFactory()
    for number, owner in enumerate((None, user)):
        Message.objects.create(
            user=owner, kind="news", dedupe_key=str(number), created_at=at - timedelta(days=91)
        )
    assert forget_unconfirmed() == 1
    assert set(Subscriber.objects.values_list("email", flat=True)) == {
        "new@example.org",
        "yes@example.org",
    }
    assert Message.objects.get().user == user


def test_mailing_reaches_confirmed_readers_in_their_language_once(editor: User) -> None:
    subscribed("lv@example.org")
    subscribed("en@example.org", "en")
    Subscriber.objects.create(email="no@example.org", language="lv", asked_at=now())
    news = make_news()
    assert mailing.mail(news_id=news.pk, actor=editor, at=now()) == 2
    letters = {letter.to[0]: letter for letter in send()}
    assert set(letters) == {"lv@example.org", "en@example.org"}
    assert "Virsraksts" in letters["lv@example.org"].body
    assert "A title" in letters["en@example.org"].body
    assert mailing.progress(news.pk) == mailing.Progress(sent=2, waiting=0, failed=0)
    with pytest.raises(Conflict):
        mailing.mail(news_id=news.pk, actor=editor, at=now())
    entry = AuditEntry.objects.get(action="news_mailed")
    assert (entry.actor_id, entry.object_id) == (editor.pk, news.pk)


def test_nothing_goes_to_those_who_left_or_of_what_was_taken_back(editor: User) -> None:
    leaver, other = subscribed("a@example.org"), subscribed("b@example.org")
    news = make_news()
    mailing.mail(news_id=news.pk, actor=editor, at=now())
    subscription.leave(token=subscription.leaving_token(leaver.pk))
    assert [letter.to for letter in send()] == [[other.email]]


@pytest.mark.parametrize("days", [1, None])
def test_drafts_are_not_mailed(editor: User, days: int | None) -> None:
    subscribed()
    news = make_news(**({"days": days} if days else {"published_from": None}))  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        mailing.mail(news_id=news.pk, actor=editor, at=now())
    assert not OutboxEmail.objects.exists()


@pytest.mark.parametrize("trait", ["finance_officer", "auditor", "admin"])
def test_others_may_not_mail(db: None, trait: str) -> None:
    news = make_news()
    with pytest.raises(NotAllowed):
        mailing.mail(news_id=news.pk, actor=f.MembershipFactory(**{trait: True}).user, at=now())


def test_an_address_is_there_once() -> None:
    subscribed("a@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        subscribed("A@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        subscribed(" ")
