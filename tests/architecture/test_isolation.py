"""A provider never sees or touches anything of another one, whatever address and form they try.

Every address of the workspace is asked by both roles of a third provider, with the ids of those to
whom the rows belong: an address without keys shows nobody of them, one with keys does not exist.
"""

from __future__ import annotations

from itertools import product

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.enums import Role
from tests import factories as f
from tests.architecture import permission_walk as walk
from tests.architecture.permission_world import World
from tests.signin import as_staff

STRANGERS = {"third_admin": Role.PROVIDER_ADMIN, "third_user": Role.PROVIDER_USER}
# What one writes there is one's own: a filter that is kept, a programme that is begun.
OWN = {"web:work_filter", "web:work_programme_new"}
# Here refusing says no more than that there is nothing (test_what_exists_is_not_told).
REFUSED = (401, 403, 404, 405)


def workspace() -> list[str]:
    """Names of all addresses of the workspace and of the provider API, as the resolver has them."""
    found = {
        name
        for name, pattern in walk.patterns(get_resolver())
        if str(pattern.pattern).startswith("darbvieta/") or name.startswith("api:")
    }
    return sorted(found - {"api:schema"})


@pytest.fixture(scope="module")
def strangers(world: World) -> World:
    """Both roles of a provider that has nothing to do with anybody else's rows."""
    organisation = f.ProviderFactory().organisation
    for name, role in STRANGERS.items():
        world.clients[name] = Client()
        user = f.MembershipFactory(organisation=organisation, role=role).user
        as_staff(world.clients[name], user)
    walk.wrote(world)
    return world


def test_the_workspace_is_found() -> None:
    names = workspace()
    assert {"enrolments:provider_group", "web:work_draft", "enrolments:provider_bank"} <= set(names)
    assert len(names) >= 60


@pytest.mark.parametrize("name", workspace())
def test_nothing_of_another_provider(strangers: World, name: str) -> None:
    person = strangers.accounts["owner"].person
    shown = [person.given_name, person.family_name, person.email, "jauna@stars.example"]
    words = [word.encode() for word in shown if word]
    keyed = bool(walk.wanted(name))
    for stranger, method in product(STRANGERS, ("get", "post")):
        (answer,) = walk.row(strangers, name, method, (stranger,)).values()
        assert not [word for word in words if word in answer.body], (stranger, method)
        if keyed:
            assert answer.status in REFUSED, (stranger, method, answer.status)
        if keyed or name not in OWN:
            assert not answer.wrote, (stranger, method, answer.wrote)


def test_control_the_owner_of_the_rows_gets_in(strangers: World) -> None:
    """The same questions find what they look for when the right ones ask."""
    family_name = strangers.accounts["owner"].person.family_name.encode()
    (answer,) = walk.row(strangers, "enrolments:provider_group", "get", ("staff",)).values()
    assert answer.status == 200
    assert family_name in answer.body
    (answer,) = walk.row(strangers, "enrolments:provider_application", "post", ("staff",)).values()
    assert "enrolments_application" in answer.wrote
