"""Changing the address of a page; the old one goes on leading there (PUB-7)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalogue.models import FormerSlug, Programme, Provider
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import require
from stars.common.transactions import service

# Words that stand where a programme's address would: /macibas/salidzinat/.
RESERVED = frozenset({"salidzinat", "arhivs"})


@service
def change_programme_slug(*, programme_id: UUID, slug: str, actor: Any, at: datetime) -> Programme:
    """Give a programme another address; the one it had redirects to it for good.

    A programme may take back an address of its own. Raises `Invalid` for what cannot stand in an
    address and `Conflict` where another programme has or had it.
    """
    programme = Programme.objects.select_for_update(no_key=True).get(pk=programme_id)
    require(actor, "catalogue.change_address", programme)
    former = FormerSlug.objects.filter(programme__isnull=False)
    _move(programme, slug, former, RESERVED, at, programme=programme)
    return programme


@service
def change_provider_slug(*, provider_id: UUID, slug: str, actor: Any, at: datetime) -> Provider:
    """The same for a provider."""
    provider = Provider.objects.select_for_update(no_key=True).get(pk=provider_id)
    require(actor, "catalogue.change_address", provider)
    former = FormerSlug.objects.filter(provider__isnull=False)
    _move(provider, slug, former, frozenset(), at, provider=provider)
    return provider


def _move(
    thing: Programme | Provider,
    slug: str,
    former: QuerySet[FormerSlug],
    reserved: frozenset[str],
    at: datetime,
    **owner: Programme | Provider,
) -> None:
    """Check the new slug, keep the old one with its `owner`, and write both."""
    if slug == thing.slug:
        return
    longest = type(thing)._meta.get_field("slug").max_length or 0
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > longest:
        raise Invalid(
            _("An address has small letters, digits and hyphens only."), code="slug", field="slug"
        )
    if slug in reserved or former.filter(slug=slug).exclude(**owner).exists():
        raise _taken()
    former.filter(slug=slug).delete()
    FormerSlug.objects.create(slug=thing.slug, given_up_at=at, **owner)
    thing.slug = slug
    try:
        with transaction.atomic():
            thing.save(update_fields=["slug", "updated_at"])
    except IntegrityError as error:
        raise _taken() from error


def _taken() -> Conflict:
    return Conflict(_("Another page has this address."), code="slug_taken", field="slug")
