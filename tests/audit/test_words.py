"""The two logs in words: every code that the code writes has some, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from stars.audit import services, words
from stars.audit.models import AuditEntry, LookEntry
from stars.common.dates import now
from tests import factories as f
from tests.signin import as_staff

HOUSE = ("accounts", "catalogue", "enrolments", "funding", "learning_accounts", "stars")
CALLS = (
    re.compile(r'\baction="([a-z_]+)",\s+object_type='),
    re.compile(r'\b_(?:log|record|log_membership)\("([a-z_]+)"'),
)


def sources() -> list[str]:
    return [
        file.read_text(encoding="utf-8")
        for app in HOUSE
        for file in (Path(settings.BASE_DIR) / app).rglob("*.py")
    ]


def test_every_action_that_is_logged_has_words() -> None:
    found = {code for text in sources() for call in CALLS for code in call.findall(text)}
    assert len(found) > 20
    assert found <= set(words.ACTIONS), found - set(words.ACTIONS)


def test_every_look_that_is_logged_has_words() -> None:
    text = "\n".join(sources())
    shown = set(re.findall(r'what="([a-z_]+)",\s+purpose=', text))
    shown |= set(re.findall(r'\blook\(\s*request,[^"]*?"([a-z_]+)",?\s*\)', text))
    assert {"group_people", "application_list", "account_statement"} <= shown
    assert shown <= set(words.SHOWN), shown - set(words.SHOWN)
    why = set(re.findall(r'\bpurpose="([a-z_]+)"', text)) - {"second"}
    assert why <= set(words.PURPOSES), why - set(words.PURPOSES)


@pytest.mark.parametrize(
    ("say", "code", "said"),
    [
        (
            words.action,
            "export_payments:2026-03:2026-05",
            "Money taken as a file 2026-03 – 2026-05",
        ),
        (words.subject, "catalogue.provider", "Provider"),
        (words.subject, "funding.list", "List of money as a file"),
        (words.subject, "nobody.knows", "nobody.knows"),
        (words.subject, "", ""),
        (words.shown, "admin_person", "Person, a page of the agency's workplace"),
        (words.shown, "admin_nothing", "admin_nothing"),
        (words.purpose, "run_group", "Running a group"),
    ],
)
def test_words(say: object, code: str, said: str) -> None:
    with override("en"):
        assert str(say(code)) == said  # type: ignore[operator]


@pytest.mark.django_db
def test_the_logs_are_read_in_words(client: Client) -> None:
    auditor = f.MembershipFactory(auditor=True).user
    auditor.is_staff = True
    auditor.save(update_fields=["is_staff"])
    as_staff(client, auditor)
    key = uuid4()
    services.look(
        actor=auditor, person_ids=[key], what="group_people", purpose="run_group", at=now()
    )
    services.record(
        actor=auditor,
        action="describe_provider",
        object_type="catalogue.provider",
        object_id=key,
        changes={"phone": ("", "0000 1111")},
        at=now(),
    )
    client.cookies["django_language"] = "en"
    for model, codes, said in (
        (
            LookEntry,
            {"what": "group_people", "purpose": "run_group"},
            ("People of a group", "Running a group"),
        ),
        (
            AuditEntry,
            {"action": "describe_provider", "object_type": "catalogue.provider"},
            ("Provider described", "Phone"),
        ),
    ):
        name = f"admin:audit_{model._meta.model_name}"
        row = model.objects.latest("id")
        listed = client.get(reverse(f"{name}_changelist")).content.decode()
        opened = client.get(reverse(f"{name}_change", args=[row.pk])).content.decode()
        assert said[0] in listed and all(word in opened for word in said)
        for column, code in codes.items():
            assert f">{code}<" not in listed + opened
            found = client.get(reverse(f"{name}_changelist"), {column: code})
            assert found.context["cl"].result_count == 1
        assert f">{key}<" not in listed + opened
