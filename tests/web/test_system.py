"""Health, session, language, caching, errors: the frame of every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.cache import caches
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from stars.common.errors import Busy, Conflict, Invalid, NotAllowed
from stars.web.middleware import DomainErrorMiddleware
from tests import factories as f
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident(client: Client) -> Client:
    """Signed in as somebody with an account."""
    client.force_login(f.LearningAccountFactory().person.user)
    return client


def test_health_is_public_and_says_what_works(client: Client) -> None:
    response = client.get("/health/")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "cache": "ok"}
    assert "no-store" in response["Cache-Control"]


def test_health_says_503_when_the_cache_is_gone(client: Client, settings: object) -> None:
    kept = caches.settings["default"]
    caches.settings["default"] = {
        **kept,
        "LOCATION": "unix:///nowhere/to/be/found.sock",
        "OPTIONS": {"socket_connect_timeout": 1},
    }
    del caches["default"]
    try:
        response = client.get("/health/")
    finally:
        caches.settings["default"] = kept
        del caches["default"]
    assert response.status_code == 503
    assert response.json() == {"database": "ok", "cache": "failed"}


def test_session_is_extended_by_post_only(resident: Client) -> None:
    assert resident.get(reverse("web:session_extend")).status_code == 405
    response = resident.post(reverse("web:session_extend"))
    assert response.json() == {"expires_in": 7200}
    assert response.cookies["sessionid"]["max-age"] == 7200


def test_session_of_nobody_cannot_be_extended(client: Client) -> None:
    response = client.post(reverse("web:session_extend"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_language_is_switched_kept_and_returns_to_the_page(client: Client) -> None:
    catalogue = reverse("web:catalogue") + "?q=excel"
    assert client.get(catalogue)["Content-Language"] == "lv"
    response = client.post(reverse("set_language"), {"language": "en", "next": catalogue})
    assert response["Location"] == catalogue
    assert response.cookies["django_language"]["max-age"] == 365 * 24 * 60 * 60
    page = client.get(catalogue)
    assert page["Content-Language"] == "en"
    assert '<html lang="en">' in page.content.decode()


@pytest.mark.parametrize("language", ["de", "", "lv\x00", "../en"])
def test_unknown_language_changes_nothing(client: Client, language: str) -> None:
    client.post(reverse("set_language"), {"language": language, "next": "/"})
    assert client.get("/")["Content-Language"] == "lv"


def test_language_switch_does_not_lead_elsewhere(client: Client) -> None:
    data = {"language": "en", "next": "https://evil.example/"}
    assert client.post(reverse("set_language"), data)["Location"] == "/"


def test_browser_language_is_not_asked(client: Client) -> None:
    response = client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert response["Content-Language"] == "lv"


def test_letters_follow_the_language_of_the_pages(resident: Client) -> None:
    resident.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert User.objects.get(person__isnull=False).language == "en"


def test_signed_in_pages_are_not_kept_by_browsers(resident: Client) -> None:
    assert resident.get("/")["Cache-Control"] == "private, no-store"


def test_public_pages_do_not_forbid_going_back(client: Client) -> None:
    assert "Cache-Control" not in client.get("/").headers


def test_robots_keep_out_of_what_is_personal(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert "Disallow: /konts/" in response.content.decode()


def test_schema_is_public(client: Client) -> None:
    response = client.get("/api/schema/")
    assert response.status_code == 200
    assert "openapi: 3" in response.content.decode()


@pytest.mark.parametrize("path", ["/nav-tadas-lapas/", "/macibas/nav-tadas/", "/konts/zinas/abc/"])
def test_missing_page_is_a_page(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "<h1>" in response.content.decode()


def test_missing_page_is_in_the_language_of_the_person(client: Client) -> None:
    client.cookies["django_language"] = "en"
    assert "There is no such page" in client.get("/nowhere/").content.decode()


def test_form_left_open_for_too_long_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = "en"
    response = client.post(reverse("web:read_all"))
    assert response.status_code == 403
    assert "The page was open for too long" in response.content.decode()


def test_nobody_changes_the_language_of_somebody_signed_in(scene: Scene) -> None:
    """Pages of visitors carry no token; theirs is a cookie only."""
    client = Client(enforce_csrf_checks=True)
    address, chosen = reverse("set_language"), {"language": "en", "next": "/"}
    answer = client.post(address, chosen)
    assert answer.status_code == 302
    assert answer.cookies["django_language"].value == "en"
    client.force_login(scene.learner().person.user)
    assert client.post(address, chosen).status_code == 403


def test_sign_in_leads_back_to_a_page_and_not_to_a_form(client: Client) -> None:
    page = f"http://testserver{reverse('web:inbox')}"
    response = client.post(reverse("web:read_all"), headers={"Referer": page})
    assert response["Location"] == f"{reverse('account_login')}?next={reverse('web:inbox')}"
    elsewhere = client.post(reverse("web:read_all"), headers={"Referer": "https://evil.example/x"})
    assert elsewhere["Location"] == f"{reverse('account_login')}?next=/"


def test_part_of_a_page_sends_the_whole_page_to_sign_in(client: Client) -> None:
    response = client.get(
        reverse("web:inbox"),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/macibas/?q=a"},
    )
    assert response.status_code == 200
    expected = f"{reverse('account_login')}?next=/macibas/%3Fq%3Da"
    assert response["HX-Redirect"] == expected


@pytest.mark.parametrize(
    ("error", "status"),
    [(Invalid("x"), 400), (NotAllowed("x"), 403), (Conflict("x"), 409), (Busy("x"), 503)],
)
def test_domain_error_becomes_a_page_of_its_status(
    rf: RequestFactory, error: Exception, status: int
) -> None:
    request = rf.get("/")
    error.message = "Tā nevar."  # type: ignore[attr-defined]
    middleware = DomainErrorMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]
    response = middleware.process_exception(request, error)
    assert response is not None
    assert response.status_code == status
    assert "Tā nevar." in response.content.decode()
    assert ("Retry-After" in response) == (status == 503)
    assert middleware.process_exception(request, ValueError()) is None


def test_domain_error_of_a_part_is_put_where_messages_stand(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"HX-Request": "true"})
    request.htmx = True  # type: ignore[attr-defined]
    middleware = DomainErrorMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]
    response = middleware.process_exception(request, Conflict("Kāds bija ātrāks."))
    assert response is not None
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#messages"
    body = response.content.decode()
    assert "Kāds bija ātrāks." in body
    assert "<html" not in body


def test_frame_of_a_visitor_costs_no_query(
    client: Client, django_assert_num_queries: Callable[..., AbstractContextManager[object]]
) -> None:
    with django_assert_num_queries(0):
        client.get("/nav-tadas-lapas/")


def test_page_names_no_inline_script_or_style(client: Client) -> None:
    body = client.get("/").content.decode()
    assert not re.search(r"\son\w+=", body)
    assert not re.search(r"<style|\sstyle=", body)
    for script in re.findall(r"<script[^>]*>", body):
        assert " src=" in script
