"""Saying things once, one by one and in bulk."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from stars.notifications import kinds, selectors, services
from stars.notifications.models import Message, OutboxEmail
from tests.notifications.conftest import AT, Shelf

pytestmark = pytest.mark.django_db


def tell(user: User, **changes: object) -> bool:
    arguments = {
        "kind": "tests_thing",
        "user_id": user.pk,
        "language": "lv",
        "address": "liga@example.org",
        "params": {"thing": "1"},
        "dedupe_key": "thing:1",
        "at": AT,
        **changes,
    }
    return services.notify(**arguments)  # type: ignore[arg-type]


def test_a_message_and_its_email(user: User, shelf: Shelf) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert tell(user)
    assert len(queries) == 1
    message = Message.objects.get()
    assert (message.user, message.kind, message.params) == (user, "tests_thing", {"thing": "1"})
    assert (message.created_at, message.read_at) == (AT, None)
    assert (message.email.address, message.email.state) == ("liga@example.org", "queued")
    assert message.email.next_try_at == AT


def test_said_once(user: User, shelf: Shelf) -> None:
    assert tell(user)
    assert not tell(user, params={"thing": "2"}, address="other@example.org")
    assert Message.objects.get().params == {"thing": "1"}
    assert OutboxEmail.objects.get().address == "liga@example.org"


def test_without_an_address_only_the_account(user: User, shelf: Shelf) -> None:
    assert tell(user, address="")
    assert Message.objects.count() == 1
    assert not OutboxEmail.objects.exists()


def test_ids_amounts_and_dates_are_kept(user: User, shelf: Shelf) -> None:
    key = uuid4()
    tell(user, params={"thing": key, "eur": Decimal("92.50"), "day": date(2026, 5, 6), "n": 3})
    assert Message.objects.get().params == {
        "thing": str(key),
        "eur": "92.50",
        "day": "2026-05-06",
        "n": 3,
    }


@pytest.mark.parametrize("value", ["Līga Kalniņa", "Two words", {"a": 1}, ["x"], 1.5])
def test_names_and_free_text_are_refused(user: User, shelf: Shelf, value: object) -> None:
    with pytest.raises(TypeError):
        tell(user, params={"thing": value})
    assert not Message.objects.exists()


def test_unknown_kind(user: User) -> None:
    with pytest.raises(LookupError):
        tell(user, kind="nobody_knows")


SELECT = """
SELECT u.id AS user_id, u.language, coalesce(u.email, '') AS address,
       jsonb_build_object('thing', %(thing)s::text) AS params, 'bulk:' || u.id AS dedupe_key
FROM accounts_user u
"""


def test_many_in_one_statement(shelf: Shelf) -> None:
    for n in range(5):
        User.objects.create_user(f"u{n}@example.org" if n else None)
    with CaptureQueriesContext(connection) as queries:
        arguments = {"kind": "tests_thing", "select_sql": SELECT, "params": {"thing": "1"}}
        assert services.notify_from_select(**arguments, at=AT) == 5
    assert len(queries) == 1
    assert OutboxEmail.objects.count() == 4
    User.objects.create_user("late@example.org")
    assert services.notify_from_select(**arguments, at=AT) == 1
    assert services.notify_from_select(**arguments, at=AT) == 0
    assert (Message.objects.count(), OutboxEmail.objects.count()) == (6, 5)


def test_a_select_that_names_somebody_twice(user: User, shelf: Shelf) -> None:
    twice = f"{SELECT} UNION ALL {SELECT}"
    done = services.notify_from_select(
        kind="tests_thing", select_sql=twice, params={"thing": "1"}, at=AT
    )
    assert done == 1


def test_inbox_newest_first_with_one_question_per_kind(
    user: User, shelf: Shelf, django_assert_num_queries: object
) -> None:
    tell(user)
    tell(user, params={"thing": "2"}, dedupe_key="thing:2")
    tell(user, params={"thing": "gone"}, dedupe_key="thing:gone")
    shelf.asked = 0
    with django_assert_num_queries(1):  # type: ignore[operator]
        items = selectors.inbox(user.pk)
    assert shelf.asked == 1
    assert {item.words.title for item in items} == {"Thing: Gaisma & tumsa", "Thing: Otrā"}
    assert items[0].words.text == "In lv.\n\n100 % true."
    assert items[0].words.url == "/admin/"


def test_reading(user: User, shelf: Shelf) -> None:
    tell(user)
    tell(user, dedupe_key="thing:again")
    stranger = User.objects.create_user()
    first = selectors.inbox(user.pk)[0]
    assert services.mark_read(user_id=stranger.pk, message_id=first.id, at=AT) == 0
    assert services.mark_read(user_id=user.pk, message_id=first.id, at=AT) == 1
    assert selectors.unread_count(user.pk) == 1
    assert services.mark_read(user_id=user.pk, at=AT) == 1
    assert [item.unread for item in selectors.inbox(user.pk)] == [False, False]


def test_the_database_insists_on_forgetting_the_address(user: User, shelf: Shelf) -> None:
    tell(user)
    with pytest.raises(IntegrityError, match="outbox_address_forgotten"), transaction.atomic():
        OutboxEmail.objects.update(state="sent", sent_at=AT)


def test_two_kinds_of_one_name(shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="tests_thing"):
        kinds.register(
            "tests_thing", subject="Other", title="", text="", action="", url_name="admin:index"
        )


def test_a_resolver_must_answer_for_each(user: User, shelf: Shelf) -> None:
    tell(user)
    shelf.resolve = None  # type: ignore[method-assign,assignment]
    kinds._kinds["tests_thing"] = kinds.Kind(
        **{**kinds.get("tests_thing").__dict__, "resolver": lambda batch: []}
    )
    with pytest.raises(ValueError, match="answered 0 for 1"):
        selectors.inbox(user.pk)
