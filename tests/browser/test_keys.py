"""Making a key for one's system in a browser, and revoking it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from stars.api.models import ApiKey
from tests import factories as f
from tests.browser.conftest import Visitor
from tests.browser.test_agency import let_in
from tests.signin import as_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_organisation_to_a_key_and_its_end(
    visit: Callable[..., Visitor], width: int
) -> None:
    provider = f.ProviderFactory()
    admin = f.MembershipFactory(organisation=provider.organisation, role=Role.PROVIDER_ADMIN).user
    visitor = visit("keys", width=width)
    client = Client()
    as_staff(client, admin)
    let_in(visitor, client)
    page = visitor.page
    visitor.open(reverse("enrolments:provider_organisation", args=[provider.pk]))
    visitor.look("organisation")
    keys = reverse("api:keys", args=[provider.pk])
    page.locator(f"a[href='{keys}']").click()
    visitor.look("none")
    make = "main form button[type=submit]"
    visitor.send(make)  # nothing is filled in: it says what is missing
    visitor.look("missing")
    page.locator("#id_name").fill("Nodarbību grafiku sistēma")
    page.get_by_role("checkbox").nth(3).check()
    page.get_by_role("checkbox").nth(9).check()
    visitor.send(make)
    secret = page.locator("#new-key").input_value()
    row = ApiKey.objects.get()
    assert secret.startswith(row.prefix)
    visitor.look("made")
    visitor.open(keys)
    assert page.locator("#new-key").count() == 0
    page.locator(f"a[href='{reverse('api:key_revoke', args=[row.pk])}']").click()
    visitor.look("revoke")
    visitor.send()
    visitor.look("revoked")
    row.refresh_from_db()
    assert row.revoked_at is not None
