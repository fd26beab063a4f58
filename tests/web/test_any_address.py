"""Whatever stands after the question mark, every public page is an ordinary page."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from catalogue.models import Programme
from funding import fitting
from funding.questions import questions
from stars.content.services.loading import load
from stars.web.filter_words import GROUPS
from tests.architecture.permission_matrix import GET, PUBLIC
from tests.web.scene import Scene
from tests.web.test_catalogue import NASTY

# Every page that anybody may open and that has no key in its address.
PAGES = (
    *("web:home", "web:catalogue", "web:suggest", "web:compare", "web:archive"),
    *("web:programme_feed", "web:providers", "web:support", "web:rounds", "web:calls", "web:fit"),
    *("web:terms", "web:privacy", "web:robots", "web:sitemap", "web:health", "web:asked"),
    *("content:news_list", "content:news_feed", "content:subscribe", "content:help"),
    *("content:report", "content:contacts", "content:glossary"),
    *("account_login", "account_inactive", "web:join"),
)
FILTERS = [*(group.name for group in GROUPS), "from", "until", "sort", "page", "upto"]
# What the pages beside the list read from their address.
OTHERS = ["q", "p", "list", "provider", "group", "sent", "next", "page", "lang", "upto", "save"]
# A page shows something else, asks one to sign in or has no such thing; it never breaks.
ORDINARY = {200, 302, 301, 400, 404}
LITTLE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def world(scene: Scene) -> Scene:
    """Five programmes, so that a comparison can be too long; pages of the help part."""
    for number in range(5):
        scene.group(scene.offer(title_lv=f"Programma {number}", title_en=f"Programme {number}"))
    load(at=scene.at)
    return scene


def look(client: Client, address: str, pairs: list[tuple[str, str]]) -> None:
    query = urlencode([(name, value.encode("utf-8", "replace")) for name, value in pairs])
    response = client.get(f"{address}?{query}")
    assert response.status_code in ORDINARY, (address, pairs, response.status_code)


def slugs() -> list[str]:
    return list(Programme.objects.order_by("slug").values_list("slug", flat=True))


@LITTLE
@given(
    name=st.sampled_from(PAGES),
    pairs=st.lists(st.tuples(st.sampled_from([*OTHERS, *FILTERS]), NASTY), max_size=6),
)
def test_pages_without_a_key(
    world: Scene, client: Client, name: str, pairs: list[tuple[str, str]]
) -> None:
    look(client, reverse(name), pairs)


@LITTLE
@given(
    kind=st.sampled_from(["programme", "choose", "provider", "source", "sessions", "news"]),
    pairs=st.lists(st.tuples(st.sampled_from([*OTHERS, *FILTERS]), NASTY), max_size=6),
)
def test_pages_of_one_thing(
    world: Scene, client: Client, kind: str, pairs: list[tuple[str, str]]
) -> None:
    programme = Programme.objects.select_related("provider", "current").order_by("slug")[0]
    assert programme.current is not None
    group = programme.current.groups.get()
    address = {
        "programme": reverse("web:programme", args=[programme.slug]),
        "choose": reverse("web:choose", args=[programme.slug]),
        "provider": reverse("web:provider", args=[programme.provider.slug]),
        "source": reverse("web:source", args=[world.source.code]),
        "sessions": reverse("web:sessions", args=[programme.slug, group.pk]),
        "news": reverse("content:news", args=["nav-tadas"]),
    }[kind]
    look(client, address, pairs)


@LITTLE
@given(
    chosen=st.lists(st.integers(0, 4), max_size=6),
    last=NASTY,
    rest=st.lists(st.tuples(st.sampled_from(OTHERS), NASTY), max_size=3),
)
@example(chosen=[0, 1, 2, 3], last="\0", rest=[])
def test_comparing_too_many_and_what_is_nothing(
    world: Scene, client: Client, chosen: list[int], last: str, rest: list[tuple[str, str]]
) -> None:
    known = slugs()
    look(client, reverse("web:compare"), [*(("p", known[n]) for n in chosen), ("p", last), *rest])


@LITTLE
@given(data=st.data())
def test_any_answers_in_the_wizard(world: Scene, client: Client, data: st.DataObject) -> None:
    answers = {
        question.name: [option.value for option in question.options]
        for question in questions(fitting.policies(world.today))
    }
    assert answers
    pairs = data.draw(
        st.lists(
            st.sampled_from(sorted(answers)).flatmap(
                lambda name: st.tuples(
                    st.just(name), st.one_of(NASTY, st.sampled_from(["", *answers[name]]))
                )
            ),
            max_size=12,
        )
    )
    look(client, reverse("web:fit"), pairs)


@pytest.mark.parametrize("nothing", ["nav-tadas", "a" * 300, "%00", "%27", "%E2%80%AE", "..%2f.."])
@pytest.mark.parametrize("part", ["macibas", "sniedzeji", "atbalsts", "jaunumi", "palidziba"])
def test_an_address_of_nothing_is_a_page_too(
    world: Scene, client: Client, part: str, nothing: str
) -> None:
    response = client.get(f"/{part}/{nothing}/")
    assert response.status_code == 404
    assert b"<h1" in response.content


def test_every_public_page_without_a_key_is_among_them() -> None:
    """Whoever adds a page adds it above."""
    public = {name for name, row in GET.items() if row == PUBLIC} - {"web:gallery", "api:schema"}
    without_key = set()
    for name in public:
        try:
            reverse(name)
        except NoReverseMatch:
            continue
        without_key.add(name)
    assert without_key <= set(PAGES)
