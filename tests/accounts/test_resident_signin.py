"""Residents come from Latvija.lv: the real protocol against the real sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.http import HttpResponse

from accounts.models import Person, PersonCode, User
from stars.audit.models import AuditEntry
from tests.accounts.conftest import AFTER, Browser, at_provider
from tests.sandbox.support import Running

pytestmark = pytest.mark.django_db


def refused(response: HttpResponse, status: int, words: str) -> None:
    """A plain page that says why, lets one begin again and shows nothing of the machinery."""
    page = response.content.decode()
    assert response.status_code == status, page
    assert words in page
    assert 'href="/accounts/login/"' in page
    assert "Traceback" not in page
    assert "no-store" in response["Cache-Control"]


def told(browser: Browser) -> str:
    """The next page, with what it has to say."""
    return browser.client.get("/", follow=True).content.decode()


def signed_in(browser: Browser) -> User | None:
    key = browser.client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def test_first_and_second_time(browser: Browser, new_browser: Callable[[], Browser]) -> None:
    response = browser.sign_in("elina-berzina")
    assert (response.status_code, response["Location"]) == (302, AFTER)
    person = Person.objects.get()
    assert person.full_name == "Elīna Bērziņa"
    assert signed_in(browser) == person.user
    other = new_browser()
    other.sign_in("elina-berzina")
    assert signed_in(other) == person.user
    assert Person.objects.count() == User.objects.count() == SocialAccount.objects.count() == 1


def test_both_identities_of_one_person_lead_to_one_user(
    browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    browser.sign_in("skaidrite-vitola-older-code")
    other = new_browser()
    other.sign_in("skaidrite-vitola")
    assert "earlier personal code" not in told(other)
    assert signed_in(browser) == signed_in(other) == Person.objects.get().user
    assert SocialAccount.objects.count() == 2
    assert PersonCode.objects.count() == 2
    later = new_browser()
    later.sign_in("skaidrite-vitola-older-code")
    assert "earlier personal code" in told(later)


def test_no_code_and_no_name_is_left_behind(browser: Browser) -> None:
    """Neither in allauth's tables nor in the session, at any moment."""
    browser.sign_in("elina-berzina")
    assert SocialAccount.objects.get().extra_data == {}
    stored = json.dumps([session.get_decoded() for session in Session.objects.all()])
    assert "90263" not in stored
    assert "Bērziņa" not in stored


def test_the_page_asks_in_the_language_of_the_person(browser: Browser) -> None:
    browser.client.cookies["django_language"] = "lv"
    page = browser.client.get("/accounts/login/?next=/konts/").content.decode()
    assert "auth_params=ui_locales%3Dlv" in page
    address = browser.begin(query="?auth_params=ui_locales%3Den")
    assert parse_qs(urlsplit(address).query)["ui_locales"] == ["en"]
    assert parse_qs(urlsplit(address).query)["code_challenge_method"] == ["S256"]


def test_somebody_in_english_gets_letters_in_english(browser: Browser) -> None:
    browser.sign_in("elina-berzina")
    assert User.objects.get().language == "en"


def test_only_a_button_begins(browser: Browser) -> None:
    response = browser.client.get("/accounts/oidc/latvija/login/")
    assert response.status_code == 200
    assert b"<form" in response.content


def test_the_dead_are_refused(browser: Browser) -> None:
    response = browser.sign_in("arvids-krumins")
    refused(response, 403, "The population register says that this person has died")
    assert signed_in(browser) is None
    assert not Person.objects.exists()


def test_codes_of_two_people(browser: Browser, new_browser: Callable[[], Browser]) -> None:
    browser.sign_in("skaidrite-vitola-older-code")
    person = Person.objects.get()
    stranger = Person.objects.create(
        given_name="Cita", family_name="Persona", birth_date=person.birth_date
    )
    from accounts import codes

    PersonCode.objects.create(
        person=stranger,
        kind="current",
        encrypted=codes.encrypt("003241-70825"),
        lookup=codes.lookup("003241-70825"),
        recorded_at=person.created_at,
    )
    other = new_browser()
    refused(other.sign_in("skaidrite-vitola"), 409, "Two accounts fit your personal codes")
    assert signed_in(other) is None
    assert AuditEntry.objects.filter(action="sign_in_several_persons").count() == 2


def test_a_subject_that_brings_somebody_elses_codes(browser: Browser) -> None:
    user = User.objects.create_user()
    SocialAccount.objects.create(user=user, provider="latvija", uid="elina-berzina")
    refused(browser.sign_in("elina-berzina"), 403, "somebody else than before")
    assert signed_in(browser) is None
    assert AuditEntry.objects.filter(action="sign_in_subject_changed").exists()


def test_cancelled(browser: Browser) -> None:
    back = browser.choose(browser.begin(), cancel="1")
    refused(browser.come_back(back), 400, "You stopped signing in")


def test_a_way_back_used_twice(browser: Browser) -> None:
    back = browser.choose(browser.begin(), resident="elina-berzina")
    assert browser.come_back(back).status_code == 302
    refused(browser.come_back(back), 400, "too old or was already used")


def test_a_way_back_of_another_computer(
    browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    """Somebody sends a link that would sign the victim in as the sender."""
    back = browser.choose(browser.begin(), resident="elina-berzina")
    victim = new_browser()
    refused(victim.come_back(back), 400, "too old or was already used")
    assert signed_in(victim) is None


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=made-up&code=x", "?error=access_denied", "?state=&code="]
)
def test_a_way_back_without_a_beginning(browser: Browser, query: str) -> None:
    response = browser.client.get(f"/accounts/oidc/latvija/login/callback/{query}")
    refused(response, 400, "too old or was already used")


def test_an_expired_attempt(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from allauth.socialaccount.internal import statekit

    back = browser.choose(browser.begin(), resident="elina-berzina")
    monkeypatch.setattr(statekit, "STATE_TTL", -1)
    refused(browser.come_back(back), 400, "too old or was already used")


def test_a_code_that_the_provider_does_not_know(browser: Browser) -> None:
    back = browser.choose(browser.begin(), resident="elina-berzina")
    code = parse_qs(urlsplit(back).query)["code"][0]
    response = browser.come_back(back.replace(code, "made-up"))
    refused(response, 400, "Latvija.lv did not confirm the sign-in")


def test_a_code_that_expired(
    browser: Browser, settings: Any, start_sandbox: Callable[..., Running]
) -> None:
    at_provider(settings, start_sandbox("--code-ttl", "0").issuer)
    back = browser.choose(browser.begin(), resident="elina-berzina")
    refused(browser.come_back(back), 400, "Latvija.lv did not confirm the sign-in")


def test_two_tabs(browser: Browser) -> None:
    """Each tab has a beginning of its own; both ways back are good, once."""
    first, second = browser.begin(), browser.begin()
    assert browser.come_back(browser.choose(second, resident="elina-berzina")).status_code == 302
    assert browser.come_back(browser.choose(first, resident="elina-berzina")).status_code == 302
    assert Person.objects.count() == 1


def test_connecting_to_another_user_is_refused(browser: Browser) -> None:
    staff = User.objects.create_user("staff@stars.example", "a long enough password")
    browser.client.force_login(staff)
    back = browser.choose(browser.begin(query="?process=connect"), resident="elina-berzina")
    assert browser.come_back(back).status_code == 403
    assert not SocialAccount.objects.filter(user=staff).exists()
    assert not Person.objects.exists()


def test_provider_is_down(browser: Browser, settings: Any) -> None:
    at_provider(settings, "http://127.0.0.1:9")
    response = browser.client.post("/accounts/oidc/latvija/login/")
    refused(response, 502, "Latvija.lv does not answer")


def test_an_unknown_provider(browser: Browser) -> None:
    assert browser.client.post("/accounts/oidc/other/login/").status_code == 404


class Liar(BaseHTTPRequestHandler):
    """A provider whose answers are not as agreed."""

    userinfo: Any = {}
    id_token: Any = {}

    def answer(self, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        if self.path == "/userinfo":
            return self.answer(self.userinfo)
        return self.answer(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "userinfo_endpoint": f"{base}/userinfo",
                "jwks_uri": f"{base}/jwks",
            }
        )

    def do_POST(self) -> None:
        import time

        import jwt

        base = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        claims = {"iss": base, "aud": "stars", "exp": time.time() + 60, **self.id_token}
        self.answer(
            {"access_token": "t", "id_token": jwt.encode(claims, "x" * 32, algorithm="HS256")}
        )

    def log_message(self, *args: Any) -> None:
        pass


WHOLE = {
    "sub": "s",
    "acr": "http://eidas.europa.eu/LoA/high",
    "given_name": "Elīna",
    "family_name": "Bērziņa",
    "birthdate": "1992-03-14",
    "personal_code": "004417-90263",
    "vital_status": "alive",
}


def without(name: str) -> dict[str, Any]:
    return {k: v for k, v in WHOLE.items() if k != name}


@pytest.mark.parametrize(
    ("token", "info", "status", "words"),
    [
        ({"sub": "s"}, WHOLE, 302, ""),
        ({"sub": "s"}, without("personal_code"), 400, "did not tell us everything"),
        ({"sub": "s"}, without("birthdate"), 400, "did not tell us everything"),
        ({"sub": "s"}, {**WHOLE, "personal_code": "1"}, 400, "did not tell us everything"),
        ({"sub": "s"}, {**WHOLE, "acr": "low"}, 403, "Choose a safer way"),
        ({"sub": "other"}, WHOLE, 400, "Try once more"),
        ({}, WHOLE, 400, "Try once more"),
        ({"sub": "s", "aud": "other"}, WHOLE, 400, "Latvija.lv did not confirm"),
        ({"sub": "s", "exp": 1}, WHOLE, 400, "Latvija.lv did not confirm"),
        ({"sub": "s"}, without("sub"), 502, "Latvija.lv does not answer"),
        ({"sub": "s"}, {}, 400, "Try once more"),
        ({"sub": "s"}, [1], 502, "Latvija.lv does not answer"),
        ({"sub": "s"}, {**WHOLE, "sub": "x" * 300}, 502, "Latvija.lv does not answer"),
    ],
    ids=range(13),
)
def test_answers_that_are_not_as_agreed(
    browser: Browser, settings: Any, token: Any, info: Any, status: int, words: str
) -> None:
    handler = type("Handler", (Liar,), {"userinfo": info, "id_token": token})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            at_provider(settings, f"http://127.0.0.1:{server.server_port}")
            state = parse_qs(urlsplit(browser.begin()).query)["state"][0]
            response = browser.client.get(
                f"/accounts/oidc/latvija/login/callback/?state={state}&code=c"
            )
        finally:
            server.shutdown()
            thread.join()
    if status == 302:
        assert signed_in(browser) == Person.objects.get().user
    else:
        refused(response, status, words)
        assert not Person.objects.exists()
