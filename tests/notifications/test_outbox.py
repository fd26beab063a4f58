"""Letters leave at least once, outside transactions, and forget their address."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.core import mail
from django.db import connection, transaction

from accounts.models import User
from stars.notifications import services
from stars.notifications.models import OutboxEmail
from stars.notifications.tasks import send_outbox
from tests.notifications.conftest import AT, Shelf
from tests.notifications.test_notify import tell

pytestmark = pytest.mark.django_db
REFUSING = "tests.notifications.backends.RefusingBackend"
MINUTE = timedelta(minutes=1)


def test_a_letter(user: User, shelf: Shelf) -> None:
    tell(user)
    done = services.send_outbox(at=AT)
    assert (done.sent, done.retried, done.failed) == (1, 0, 0)
    (letter,) = mail.outbox
    assert letter.to == ["liga@example.org"]
    assert letter.subject == "Jā"
    assert "Gaisma" not in letter.subject
    assert "Thing: Gaisma & tumsa\n\nIn lv." in letter.body
    assert f"{settings.SITE_URL}/admin/" in letter.body
    html = letter.alternatives[0][0]  # type: ignore[attr-defined]
    assert 'lang="lv"' in html
    assert "Thing: Gaisma &amp; tumsa" in html
    assert html.count("<a ") == 1
    entry = OutboxEmail.objects.get()
    assert (entry.state, entry.address, entry.sent_at, entry.attempts) == ("sent", "", AT, 1)
    assert letter.extra_headers["Message-ID"] == f"<{entry.pk}@stars.example>"
    assert services.send_outbox(at=AT + timedelta(days=2)).sent == 0


def test_in_the_language_of_the_person(user: User, shelf: Shelf) -> None:
    tell(user, language="en")
    services.send_outbox(at=AT)
    assert mail.outbox[0].subject == "Yes"
    assert "In en." in mail.outbox[0].body


def test_one_question_for_many_letters(user: User, shelf: Shelf) -> None:
    for n in range(services.BATCH + 3):
        tell(user, dedupe_key=f"thing:{n}")
    assert services.send_outbox(at=AT).sent == services.BATCH + 3
    assert shelf.asked == 2


def test_a_server_that_is_down(user: User, shelf: Shelf, settings: object) -> None:
    tell(user)
    settings.EMAIL_BACKEND = REFUSING  # type: ignore[attr-defined]
    at = AT
    for attempt, minutes in enumerate(services.RETRY_MINUTES, start=1):
        assert services.send_outbox(at=at).retried == 1
        assert services.send_outbox(at=at).retried == 0
        entry = OutboxEmail.objects.get()
        assert (entry.attempts, entry.next_try_at) == (attempt, at + minutes * MINUTE)
        at = entry.next_try_at
    assert services.send_outbox(at=at).failed == 1
    assert OutboxEmail.objects.values_list("state", "address").get() == ("failed", "")


def test_a_server_that_comes_back(user: User, shelf: Shelf, settings: object) -> None:
    tell(user)
    settings.EMAIL_BACKEND = REFUSING  # type: ignore[attr-defined]
    services.send_outbox(at=AT)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    assert services.send_outbox(at=AT + MINUTE).sent == 1


def test_a_bad_address_does_not_keep_others_back(user: User, shelf: Shelf) -> None:
    tell(user, address="x\ny@example.org")
    tell(user, dedupe_key="thing:2")
    done = services.send_outbox(at=AT)
    assert (done.sent, done.retried) == (1, 1)


def test_a_faulty_resolver_is_tried_again(user: User, shelf: Shelf) -> None:
    tell(user, params={"thing": "broken"})
    tell(user, language="en", dedupe_key="thing:2")
    done = services.send_outbox(at=AT)
    assert (done.sent, done.retried) == (1, 1)
    assert OutboxEmail.objects.filter(next_try_at=AT + MINUTE, state="queued").count() == 1


def test_nothing_to_say_any_more(user: User, shelf: Shelf) -> None:
    tell(user, params={"thing": "gone"})
    assert services.send_outbox(at=AT).failed == 1
    assert mail.outbox == []


def test_a_worker_that_died_while_sending(user: User, shelf: Shelf) -> None:
    tell(user)
    services._claim(AT, set())
    assert services.send_outbox(at=AT + 14 * MINUTE).sent == 0
    assert services.send_outbox(at=AT + 15 * MINUTE).sent == 1


def test_the_task(user: User, shelf: Shelf) -> None:
    tell(user)
    assert send_outbox() == {"sent": 1, "retried": 0, "failed": 0}


@pytest.mark.django_db(transaction=True)
def test_never_within_a_transaction(user: User, shelf: Shelf) -> None:
    tell(user)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        services.send_outbox(at=AT)
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_different_letters(user: User, shelf: Shelf) -> None:
    tell(user)
    tell(user, dedupe_key="thing:2")
    mine = OutboxEmail.objects.order_by("pk").first()
    assert mine
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    with psycopg.connect(**parameters) as other:
        # The other worker is in the middle of claiming one of the two.
        other.execute(
            "SELECT 1 FROM notifications_outboxemail WHERE message_id = %s FOR UPDATE", [mine.pk]
        )
        assert services.send_outbox(at=AT).sent == 1
        other.rollback()
    assert services.send_outbox(at=AT).sent == 1
    assert len(mail.outbox) == 2
