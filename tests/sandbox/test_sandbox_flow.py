"""The protocol, against a real process, checked with another library than the one it uses."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
import requests

from tests.sandbox.support import CALLBACK, CLIENT, Portal, Running, returned


def verified(portal: Portal, id_token: str) -> dict[str, Any]:
    """Check an id token as a relying party must, against the published keys."""
    discovery = requests.get(f"{portal.issuer}/.well-known/openid-configuration", timeout=10).json()
    key = jwt.PyJWKClient(discovery["jwks_uri"]).get_signing_key_from_jwt(id_token)
    claims: dict[str, Any] = jwt.decode(
        id_token,
        key,
        algorithms=discovery["id_token_signing_alg_values_supported"],
        audience=CLIENT[0],
        issuer=discovery["issuer"],
        options={"require": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce"]},
    )
    return claims


def test_whole_sign_in(portal: Portal) -> None:
    before = int(time.time())
    tokens = portal.exchange(portal.code_for("skaidrite-vitola"))
    assert tokens.status_code == 200
    assert tokens.headers["Cache-Control"] == "no-store"
    body = tokens.json()
    assert body["token_type"] == "Bearer"

    claims = verified(portal, body["id_token"])
    assert claims["nonce"] == portal.nonce
    assert claims["sub"] == "skaidrite-vitola"
    assert before <= claims["auth_time"] <= claims["iat"] < claims["exp"]

    person = portal.userinfo(body["access_token"]).json()
    residents = requests.get(f"{portal.issuer}/residents.json", timeout=10).json()
    known = next(who for who in residents if who["key"] == "skaidrite-vitola")
    assert person == {
        "sub": "skaidrite-vitola",
        "acr": "http://eidas.europa.eu/LoA/high",
        "name": "Skaidrīte Vītola",
        "given_name": "Skaidrīte",
        "family_name": "Vītola",
        "birthdate": known["birthdate"],
        "personal_code": "003241-70825",
        "historical_personal_codes": ["000462-90317"],
        "vital_status": "alive",
    }
    assert person.items() <= claims.items()


def test_scope_limits_the_claims(portal: Portal) -> None:
    tokens = portal.exchange(portal.code_for("elina-berzina", scope="openid email")).json()
    assert portal.userinfo(tokens["access_token"]).json().keys() == {"sub", "acr"}


def test_client_may_authenticate_in_the_body(portal: Portal) -> None:
    code = portal.code_for("elina-berzina")
    answer = portal.exchange(code, auth=None, client_id=CLIENT[0], client_secret=CLIENT[1])
    assert answer.status_code == 200


def test_deceased_person_is_reported_as_such(portal: Portal) -> None:
    tokens = portal.exchange(portal.code_for("arvids-krumins")).json()
    assert portal.userinfo(tokens["access_token"]).json()["vital_status"] == "deceased"


def test_replayed_code_is_refused_and_ends_the_first_tokens(portal: Portal) -> None:
    code = portal.code_for("elina-berzina")
    access_token = portal.exchange(code).json()["access_token"]
    assert portal.userinfo(access_token).status_code == 200
    replay = portal.exchange(code)
    assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
    assert portal.userinfo(access_token).status_code == 401


def test_one_code_sent_twenty_times_at_once_is_good_once(portal: Portal) -> None:
    code = portal.code_for("elina-berzina")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(portal.exchange, [code] * 20))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": CALLBACK + "x"}, "invalid_grant"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_wrong_token_request(portal: Portal, changes: dict[str, Any], error: str) -> None:
    code = portal.code_for("elina-berzina")
    answer = portal.exchange(**{"code": code, **changes})
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert "access_token" not in answer.json()


@pytest.mark.parametrize("auth", [(CLIENT[0], "guess"), ("someone", CLIENT[1]), None])
def test_wrong_client_is_refused(portal: Portal, auth: tuple[str, str] | None) -> None:
    answer = portal.exchange(portal.code_for("elina-berzina"), auth=auth)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_expired_code_is_refused(start_sandbox: Callable[..., Running]) -> None:
    portal = start_sandbox("--code-ttl", "0").portal
    answer = portal.exchange(portal.code_for("elina-berzina"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("without", "changes", "error"),
    [
        (["code_challenge"], {}, "invalid_request"),
        (["code_challenge_method"], {}, "invalid_request"),
        ([], {"code_challenge_method": "plain"}, "invalid_request"),
        ([], {"code_challenge": "short"}, "invalid_request"),
        ([], {"scope": "profile"}, "invalid_scope"),
        (["scope"], {}, "invalid_scope"),
        ([], {"response_type": "token"}, "unsupported_response_type"),
        ([], {"prompt": "none"}, "login_required"),
    ],
)
def test_wrong_request_is_answered_to_the_portal(
    portal: Portal, without: list[str], changes: dict[str, str], error: str
) -> None:
    answer = returned(portal.authorize(*without, **changes))
    assert answer["error"] == error
    assert answer["state"] == portal.state


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://example.org/accounts/oidc/latvija/login/callback/",
        "http://localhost:8000/accounts/oidc/latvija/login/callback",
        "http://localhost:8000/accounts/oidc/latvija/login/callback/?next=1",
        "http://localhost:8000@example.org/accounts/oidc/latvija/login/callback/",
        "http://localhost.example.org/accounts/oidc/latvija/login/callback/",
        "http://localhost:8000/ā",
        "",
    ],
)
def test_wrong_redirect_uri_leads_nowhere(portal: Portal, redirect_uri: str) -> None:
    answer = portal.authorize(redirect_uri=redirect_uri)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "invalid_request" in answer.text


@pytest.mark.parametrize("without", [["client_id"], []])
def test_unknown_client_leads_nowhere(portal: Portal, without: list[str]) -> None:
    answer = portal.authorize(*without, client_id="someone")
    assert answer.status_code == 400
    assert "invalid_client" in answer.text


def test_only_the_named_redirect_uri_counts(start_sandbox: Callable[..., Running]) -> None:
    other = "http://localhost:8000/callback"
    portal = start_sandbox("--redirect-uri", other).portal
    assert portal.authorize(redirect_uri=other).status_code == 200
    assert portal.authorize().status_code == 400


def test_request_by_post_shows_the_same_page(portal: Portal) -> None:
    page = requests.post(f"{portal.issuer}/authorize", portal.request, timeout=10)
    assert "code" in returned(portal.submit(page, resident="elina-berzina"))


def test_sign_in_is_checked_again_when_the_form_is_sent(portal: Portal) -> None:
    stripped = {k: v for k, v in portal.request.items() if not k.startswith("code_challenge")}
    answer = requests.post(
        f"{portal.issuer}/sign-in",
        {"resident": "elina-berzina"},
        params=stripped,
        allow_redirects=False,
        timeout=10,
    )
    assert returned(answer)["error"] == "invalid_request"


def test_going_back_is_access_denied(portal: Portal) -> None:
    answer = returned(portal.submit(portal.authorize(), cancel="1"))
    assert answer["error"] == "access_denied"
    assert answer["state"] == portal.state


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_userinfo_without_a_good_token(portal: Portal, headers: dict[str, str]) -> None:
    answer = requests.get(f"{portal.issuer}/userinfo", headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")


def test_end_session_leads_back_only_to_a_registered_page(portal: Portal) -> None:
    def end(**params: str) -> requests.Response:
        url = f"{portal.issuer}/end-session"
        return requests.get(url, params, allow_redirects=False, timeout=10)

    id_token = portal.exchange(portal.code_for("elina-berzina")).json()["id_token"]
    home = "http://localhost:8000/"
    back = end(id_token_hint=id_token, post_logout_redirect_uri=home, state="s")
    assert (back.status_code, back.headers["Location"]) == (302, f"{home}?state=s")
    assert end(client_id=CLIENT[0], post_logout_redirect_uri=home).status_code == 302
    assert end(client_id=CLIENT[0], post_logout_redirect_uri="https://example.org/").ok
    assert end(post_logout_redirect_uri=home).status_code == 200
    assert end(id_token_hint=f"{id_token}x", post_logout_redirect_uri=home).status_code == 400
    assert end(id_token_hint="garbage").status_code == 400
