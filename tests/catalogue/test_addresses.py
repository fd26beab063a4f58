"""Addresses change, and what was once linked is found for ever."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import FormerSlug, Programme, Provider
from catalogue.services.addresses import change_programme_slug, change_provider_slug
from stars.common.dates import RIGA
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests import factories as f

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 2, 12, tzinfo=RIGA)


def move(programme: Programme, slug: str) -> Programme:
    """As the agency does it."""
    return change_programme_slug(programme_id=programme.pk, slug=slug, actor=SYSTEM, at=NOW)


def test_old_addresses_are_kept_and_may_be_taken_back() -> None:
    programme = f.ProgrammeFactory(slug="pirma")
    move(programme, "otra")
    move(programme, "tresa")
    assert set(programme.former_slugs.values_list("slug", flat=True)) == {"pirma", "otra"}
    move(programme, "pirma")
    programme.refresh_from_db()
    assert programme.slug == "pirma"
    assert set(programme.former_slugs.values_list("slug", flat=True)) == {"otra", "tresa"}
    move(programme, "pirma")
    assert programme.former_slugs.count() == 2


def test_nobody_gets_an_address_that_another_has_or_had() -> None:
    first, second = f.ProgrammeFactory(slug="viena"), f.ProgrammeFactory(slug="cita")
    move(first, "jauna")
    for slug in ("jauna", "viena"):
        with pytest.raises(Conflict):
            move(second, slug)
    second.refresh_from_db()
    assert second.slug == "cita"
    assert not second.former_slugs.exists()
    # Providers have addresses of their own.
    provider = f.ProviderFactory(slug="skola")
    change_provider_slug(provider_id=provider.pk, slug="viena", actor=SYSTEM, at=NOW)
    assert Provider.objects.get(slug="viena").former_slugs.get().slug == "skola"


@pytest.mark.parametrize("slug", ["", "Liela", "ar atstarpi", "-a", "a/b", "ā", "a" * 141, "a\n"])
def test_what_cannot_stand_in_an_address_is_refused(slug: str) -> None:
    with pytest.raises(Invalid):
        move(f.ProgrammeFactory(), slug)


@pytest.mark.parametrize("slug", ["salidzinat", "arhivs"])
def test_words_of_the_portal_are_taken(slug: str) -> None:
    with pytest.raises(Conflict):
        move(f.ProgrammeFactory(), slug)


def test_addresses_are_changed_by_the_agency() -> None:
    programme = f.ProgrammeFactory()
    own = f.MembershipFactory(organisation=programme.provider.organisation, admin=True).user
    with pytest.raises(NotAllowed):
        change_programme_slug(programme_id=programme.pk, slug="mana", actor=own, at=NOW)


def test_a_former_slug_belongs_to_one_thing() -> None:
    programme, provider = f.ProgrammeFactory(), f.ProviderFactory()
    for owner in ({}, {"programme": programme, "provider": provider}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FormerSlug.objects.create(slug="neviena", given_up_at=NOW, **owner)
