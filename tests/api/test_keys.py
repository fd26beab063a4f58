"""Keys: made by administrators, shown once, kept as a hash, limited, revoked (PRO-10, INT-5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from catalogue.models import Programme
from stars.api.models import ApiKey
from stars.api.scopes import Scope, allows
from stars.api.services import keys
from stars.audit.models import AuditEntry
from stars.common.dates import add_months, now, today
from stars.common.errors import DomainError, NotAllowed
from tests import factories as f
from tests.api import build
from tests.api.build import System
from tests.signin import as_staff

pytestmark = pytest.mark.django_db


def browser(user: Any) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    as_staff(client, user)
    return client


def address(system: System) -> str:
    return reverse("api:keys", args=[system.provider.pk])


def words(page: Any) -> str:
    return " ".join(BeautifulSoup(page.content, "html.parser").get_text(" ").split())


def test_a_key_is_made_shown_once_and_works(system: System) -> None:
    client = browser(system.admin)
    answers = {"name": "Grafiku sistēma", "scopes": ["groups:write"], "months": "3"}
    page = client.post(address(system), answers)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    shown = BeautifulSoup(page.content, "html.parser").select_one("#new-key")
    assert shown is not None
    secret = shown.get_text().strip()
    row = ApiKey.objects.get(name="Grafiku sistēma")
    assert row.expires_on == add_months(today(), 3)
    assert secret.startswith(row.prefix)
    assert secret not in client.get(address(system)).content.decode()
    with connection.cursor() as cursor:  # nowhere in the database
        cursor.execute("SELECT row_to_json(k)::text FROM api_apikey k")
        assert all(secret not in text for (text,) in cursor.fetchall())
    assert AuditEntry.objects.filter(action="api_key_made", object_id=row.pk).exists()
    got = Client().get("/api/v1/groups/", headers={"Authorization": f"Bearer {secret}"})
    assert (got.status_code, got.json()["items"]) == (200, [])
    row.refresh_from_db()
    assert row.last_used_on == today()


def test_the_page_says_what_there_is(system: System) -> None:
    system.get("groups/")
    page = words(browser(system.admin).get(address(system)))
    assert system.key.name in page
    assert "last used" in page
    assert "Mark attendance" in page
    assert "In use" in page
    Membership.objects.filter(user=system.admin).update(valid_to=today())
    colleague = f.MembershipFactory(organisation=system.provider.organisation, admin=True).user
    page = words(browser(colleague).get(address(system)))
    assert "Whoever made it has left" in page


def test_a_form_sent_twice_makes_one_key(system: System) -> None:
    client = browser(system.admin)
    answers = {"name": "Viena", "scopes": ["groups:read"], "months": "3"}
    assert [client.post(address(system), answers).status_code for _ in range(2)] == [200, 400]
    assert ApiKey.objects.filter(name="Viena").count() == 1
    for wrong in ({"name": ""}, {"scopes": []}, {"scopes": ["x"]}, {"months": "99"}):
        page = client.post(address(system), {**answers, "name": "Cita", **wrong})
        assert page.status_code == 400
    assert ApiKey.objects.filter(name="Cita").count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 81},
        {"name": "a\x00"},
        {"scopes": []},
        {"scopes": ["money:write"]},
        {"expires_on": today()},
        {"expires_on": add_months(today(), 13)},
    ],
)
def test_keys_that_cannot_be(system: System, wrong: dict[str, Any]) -> None:
    good = {"name": "A", "scopes": ["groups:read"], "expires_on": add_months(today(), 1)}
    with pytest.raises(DomainError) as caught:
        keys.make_key(
            organisation_id=system.provider.organisation_id,
            **{**good, **wrong},
            actor=system.admin,
            at=now(),
        )
    assert caught.value.field == next(iter(wrong))


def test_only_administrators_of_the_provider(system: System) -> None:
    staff = f.MembershipFactory(organisation=system.provider.organisation).user
    rival = f.MembershipFactory(admin=True, organisation=f.ProviderFactory().organisation).user
    for user in (staff, rival):
        client = browser(user)
        assert client.get(address(system)).status_code == 404
        revoke = reverse("api:key_revoke", args=[system.key.pk])
        assert client.post(revoke).status_code == 404
        with pytest.raises(NotAllowed):
            keys.revoke_key(key_id=system.key.pk, actor=user, at=now())
    assert system.get("groups/").status_code == 200


def test_revoked_over_and_unknown_keys_open_nothing(system: System) -> None:
    client = browser(system.admin)
    revoke = reverse("api:key_revoke", args=[system.key.pk])
    assert system.key.name in words(client.get(revoke))
    assert client.post(revoke).status_code == 302
    assert client.post(revoke).status_code == 302  # once more changes nothing
    assert AuditEntry.objects.filter(action="api_key_revoked").count() == 1
    over = build.system()
    ApiKey.objects.filter(pk=over.key.pk).update(expires_on=today() - timedelta(days=1))
    answers = []
    for header in (
        f"Bearer {system.secret}",
        f"Bearer {over.secret}",
        "Bearer stars_nothing",
        "Bearer stars_\xff\x00",
        "Basic YTpi",
        "Bearer",
        "",
    ):
        got = Client().get("/api/v1/groups/", headers={"Authorization": header})
        assert (got.status_code, got["Content-Type"]) == (401, "application/problem+json")
        assert got["WWW-Authenticate"].startswith("Bearer")
        answers.append(got.json())
    assert all(answer == answers[0] for answer in answers)
    assert Client().get("/api/v1/groups/").status_code == 401


def test_a_session_of_a_browser_opens_nothing(system: System) -> None:
    assert browser(system.admin).get("/api/v1/groups/").status_code == 401


def test_the_key_stops_with_whoever_made_it(system: System) -> None:
    Membership.objects.filter(user=system.admin).update(valid_to=today())
    got = system.get("groups/")
    assert (got.status_code, got.json()["code"]) == (403, "key_without_person")
    other = build.system()
    other.admin.is_active = False
    other.admin.save(update_fields=["is_active"])
    assert other.get("groups/").status_code == 403


def test_a_key_is_no_more_than_staff_of_its_own_provider(system: System) -> None:
    """Whoever made it may also work elsewhere, even for the agency: the key does not."""
    f.MembershipFactory(user=system.admin, administrator=True)
    elsewhere = f.ProviderFactory()
    f.MembershipFactory(user=system.admin, organisation=elsewhere.organisation, admin=True)
    theirs = f.VersionFactory(programme=f.ProgrammeFactory(provider=elsewhere)).programme
    assert system.get(f"programmes/{theirs.pk}/").status_code == 404
    assert system.get("programmes/").json()["items"] == []
    (answer,) = system.sent("programmes/", {"id": "x", "stars_id": str(theirs.pk), "hours": 1})
    assert answer["result"] == "refused"
    assert Programme.objects.get().versions.get().hours == 40


AREAS = {
    "programmes": "programmes/",
    "groups": "groups/",
    "timetable": "timetable/",
    "people": "people/",
    "attendance": "attendance/",
    "completion": "completion/",
}


@pytest.mark.parametrize("scope", Scope.values)
def test_each_scope_opens_its_own_area_only(scope: str, db: None) -> None:
    system = build.system(scopes=[scope])
    for area, path in AREAS.items():
        row = {"id": "x"}
        assert (system.send(path, row).status_code == 200) is (scope == f"{area}:write")
        got = system.get(f"{path}x/")
        assert got.status_code == (404 if allows([scope], area, write=False) else 403), got.json()
        if got.status_code == 403:
            assert got.json()["code"] == "scope"


def test_a_limit_for_each_key(system: System, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    answers = [system.get("groups/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    last = answers[-1]
    assert last["RateLimit-Limit"] == "3"
    assert 0 < int(last["Retry-After"]) <= 60
    assert last.json()["code"] == "too_many"
    assert build.system().get("groups/").status_code == 200  # another key has its own


def test_language_of_answers(system: System) -> None:
    def said(language: str) -> tuple[str, str]:
        got = system.get("groups/none/", **{"Accept-Language": language})
        return got["Content-Language"], got.json()["detail"]

    assert said("en") == ("en", "There is no such row of yours.")
    assert said("en-GB,lv;q=0.5")[0] == "en"
    assert said("de, lv;q=0.9, en;q=0.8")[0] == "lv"
    assert said("")[0] == said("\x00,;q=x")[0] == "lv"


def test_the_page_asks_as_little_for_many_keys(system: System) -> None:
    client = browser(system.admin)
    client.get(address(system))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(system)).status_code == 200
        return len(captured)

    few = queries()
    for _number in range(5):
        build.system(system.provider)
    assert queries() == few


def test_too_many_keys(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_KEYS", 1)
    page = browser(system.admin).post(
        address(system), {"name": "Vēl", "scopes": ["groups:read"], "months": "3"}
    )
    assert page.status_code == 409


def test_the_agency_sees_keys_and_stops_them(system: System) -> None:
    system.get("groups/")
    administrator = f.MembershipFactory(administrator=True).user
    administrator.is_staff = True
    administrator.save(update_fields=["is_staff"])
    client = browser(administrator)
    listing = client.get(reverse("admin:api_apikey_changelist"))
    assert system.key.prefix in listing.content.decode()
    page = client.get(reverse("admin:api_apikey_change", args=[system.key.pk])).content.decode()
    assert "Mark attendance" in page
    assert system.key.key_hash not in page
    keys.revoke_key(key_id=system.key.pk, actor=administrator, at=now())
    assert system.get("groups/").status_code == 401
