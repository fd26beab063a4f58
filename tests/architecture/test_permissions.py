"""Every address × every role × ownership, as written in `permission_matrix`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pytest
from django.urls import get_resolver
from django.views.generic import RedirectView

from tests.architecture import permission_walk as walk
from tests.architecture.permission_matrix import GET, POST, ROLES
from tests.architecture.permission_matrix_admin import (
    ACTS,
    EDITED,
    LOOK_ONLY,
    READ,
    TAKE_ALONG,
    TAKEN_AWAY,
    WRITTEN,
)
from tests.architecture.permission_world import BORN, CODE, World

METHODS = ("get", "post")
OUTSIDERS = ("owner", "resident", "staff", "rival")
SIGNED_IN = ROLES[1:]
PAGES = ("changelist", "history", "change", "add", "delete")
MATRIX = {"get": GET, "post": POST}


def test_every_address_is_decided() -> None:
    lists = {f"admin:{word}_{page}" for word in READ for page in PAGES}
    decided = {*GET, *lists, *(f"admin:{act}" for act in ACTS)}
    known = walk.names()
    assert known == decided, {"undecided": known - decided, "gone": decided - known}
    assert set(GET) == set(POST)
    assert set(walk.listed()) == set(READ)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", sorted(GET))
def test_portal(world: World, name: str, method: str) -> None:
    got = walk.row(world, name, method)
    wanted = dict(zip(ROLES, MATRIX[method][name].split(), strict=True))
    assert {role: answer.cell for role, answer in got.items()} == wanted, _wrote(got)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("act", sorted(ACTS))
def test_buttons_of_the_admin(world: World, act: str, method: str) -> None:
    got = walk.row(world, f"admin:{act}", method)
    told = "302" if act in LOOK_ONLY else "200*" if act in TAKE_ALONG else "302*"
    opens = {"get": "200", "post": told}[method]
    wanted = {role: opens if role in ACTS[act] else "403" for role in ROLES} | {"visitor": "302"}
    assert {role: answer.cell for role, answer in got.items()} == wanted, _wrote(got)


@pytest.mark.parametrize("word", sorted(READ))
def test_pages_of_the_admin(world: World, word: str) -> None:
    for page, method in product(PAGES, METHODS):
        name = f"admin:{word}_{page}"
        got = walk.row(world, name, method, SIGNED_IN, walk.ask_view)
        wanted = {role: _cell(word, page, method, role) for role in SIGNED_IN}
        assert {r: answer.cell for r, answer in got.items()} == wanted, (name, _wrote(got))
        if method == "get":  # the door for visitors is a middleware and does not look at this
            (visitor,) = walk.row(world, name, method, ("visitor",)).values()
            assert visitor.cell == "302"


def _cell(word: str, page: str, method: str, role: str) -> str:
    """A page of the admin is read, or refused."""
    if (page, method) == ("change", "post"):
        return "302*" if word in EDITED and role == "administrator" else "403"
    if page == "add" and word in WRITTEN and role == "administrator":
        return "200"  # POST too: a second row with the same address is a form error
    if page == "delete" and word in TAKEN_AWAY and role == "administrator":
        return "200" if method == "get" else "302*"
    return "403" if page in ("add", "delete") or role not in READ[word] else "200"


@pytest.mark.parametrize("word", ["funding_posting", "accounts_person"])
def test_pages_of_the_admin_in_full(world: World, word: str) -> None:
    """The frame around the views, for two models: every middleware, and the page drawn."""
    for page, method in product(PAGES, METHODS):
        got = walk.row(world, f"admin:{word}_{page}", method, SIGNED_IN)
        wanted = {role: _cell(word, page, method, role) for role in SIGNED_IN}
        assert {role: answer.cell for role, answer in got.items()} == wanted, page


def test_addresses_without_a_name(world: World) -> None:
    """Django's own: a shorter address of each row's page, and whatever else is typed."""
    nameless = [
        pattern for name, pattern in walk.patterns(get_resolver()) if name[-1:] in (":", "")
    ]
    views = [getattr(pattern.callback, "view_class", None) for pattern in nameless]
    assert views.count(RedirectView) == len(READ)
    assert len(views) == len(READ) + 1
    for where in ("/admin/nowhere/", f"/admin/accounts/person/{world.users['owner'].person.pk}/"):
        got = {role: walk.ask(world, role, "get", where, {}) for role in ROLES}
        wrong = {role for role in OUTSIDERS if got[role].cell != "403"}
        assert not wrong
        assert got["visitor"].cell == "302"
        assert got["finance"].cell == ("404" if "nowhere" in where else "302")  # then 403


@pytest.mark.parametrize("name", sorted(name for name in GET if name not in ("admin:app_list",)))
def test_what_exists_is_not_told(world: World, name: str) -> None:
    """Whoever is refused gets the same for a key under which there is nothing."""
    if not walk.wanted(name):
        return
    where = walk.address(name, {**walk.keys(world, name), **walk.nothing(name)})
    for method in METHODS:
        cells = dict(zip(ROLES, MATRIX[method][name].split(), strict=True))
        refused = [role for role in ROLES if cells[role] in ("403", "404")]
        got = {role: walk.ask(world, role, method, where, {}).cell for role in refused}
        assert got == {role: cells[role] for role in refused}


def test_what_exists_is_not_told_in_the_admin(world: World) -> None:
    pages = {f"admin:{word}_{page}": word for word in READ for page in PAGES}
    acts = {f"admin:{act}": next(w for w in READ if act.startswith(f"{w}_")) for act in ACTS}
    for name, word in (pages | acts).items():
        if walk.wanted(name):
            where = walk.address(name, walk.nothing(name))
            for role, method in product(set(SIGNED_IN) - set(READ[word]), METHODS):
                assert walk.ask_view(world, role, method, where, {}).cell == "403", (name, role)


def test_the_auditor_changes_nothing() -> None:
    """By the tables above, which the other tests hold the program to."""
    theirs = ROLES.index("auditor")
    changed = {name for name, row in POST.items() if row.split()[theirs].endswith("*")}
    own = {"set_language", "mfa_generate_recovery_codes", "admin:password_change"}
    own |= {"content:subscribe", "content:confirm", "content:unsubscribe"}  # one's own mailbox
    own |= {"content:report"}  # what is not accessible, said by anybody
    own |= {"enrolments:not_me_link"}  # whoever has the link of the letter about money
    own |= {"staff_invitation"}  # whoever has the link of the letter
    assert changed == own
    opens = {*LOOK_ONLY, *TAKE_ALONG, "funding_statement_paper"}
    assert {act for act, who in ACTS.items() if "auditor" in who} <= opens


def _own_pages(role: str) -> list[str]:
    """Pages of the portal that the role can open and a visitor cannot."""
    rows = {name: dict(zip(ROLES, row.split(), strict=True)) for name, row in GET.items()}
    return [name for name, row in rows.items() if row[role] == "200" != row["visitor"]]


def test_providers_never_see_what_they_do_not_need(world: World) -> None:
    """No code, no birth date, no income, no health, on any page their staff can open."""
    words = [CODE, CODE.replace("-", ""), str(BORN.year), "trūcīg", "maznodrošināt", "invalidit"]
    words += ["low_income", "low-income", "disab", str(world.accounts["owner"].pk)]
    pages = _own_pages("staff")
    assert {"enrolments:provider_group", "enrolments:provider_application"} <= set(pages)
    for language in ("lv", "en"):
        world.clients["staff"].cookies["django_language"] = language
        assert _shows_nothing(world, "staff", words, pages) == set(pages)
    del world.clients["staff"].cookies["django_language"]


def test_other_providers_see_nobody(world: World) -> None:
    person = world.accounts["owner"].person
    words = [person.given_name, person.family_name, "jauna@stars.example"]
    assert _shows_nothing(world, "rival", words, _own_pages("rival"))


def test_finance_officers_see_money_and_nobody(world: World) -> None:
    person = world.accounts["owner"].person
    words = [CODE, BORN.isoformat(), person.given_name, person.family_name, "jauna@stars.example"]
    readable = [
        f"admin:{word}_{page}"
        for word, who in READ.items()
        # Whoever decides about a claim holds its papers against the person's name and age.
        if "finance" in who and word != "funding_claim"
        for page in ("changelist", "change", "history")
    ]
    assert "admin:enrolments_application_change" in _shows_nothing(
        world, "finance", words, readable
    )
    # Nor what the support asked about somebody; the auditor, who may see people, sees it.
    name = "admin:enrolments_application_change"
    shown = walk.row(world, name, "get", ("finance", "auditor"))
    status = "maznodrošināt".encode()
    assert status in shown["auditor"].body
    assert status not in shown["finance"].body


def _shows_nothing(world: World, role: str, words: list[str], names: Iterable[str]) -> set[str]:
    """Pages that the role can open, none of which holds any of the words."""
    opened = set()
    for name in names:
        (answer,) = walk.row(world, name, "get", (role,)).values()
        if answer.status == 200:
            opened.add(name)
            shown = answer.body.decode(errors="replace").lower()
            assert not [word for word in words if word.lower() in shown], name
    return opened


def _wrote(got: dict[str, walk.Answer]) -> dict[str, list[str]]:
    return {role: sorted(answer.wrote) for role, answer in got.items() if answer.wrote}
