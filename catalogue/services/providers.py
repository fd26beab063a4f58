"""The life of providers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.models import Provider
from catalogue.services import search_index
from stars.common.errors import Invalid
from stars.common.permissions import require
from stars.common.transactions import service


@service
def rename_provider(*, provider_id: UUID, name: str, actor: Any, at: datetime) -> Provider:
    """Give a provider another name; the search knows it by the new one from this moment.

    Raises `Invalid` for an empty name or one of more than 200 letters.
    """
    provider = Provider.objects.select_for_update(no_key=True).get(pk=provider_id)
    require(actor, "catalogue.rename_provider", provider)
    name = " ".join(name.split())
    if not 1 <= len(name) <= 200:
        raise Invalid(_("Write a name of at most 200 letters."), code="name", field="name")
    provider.name = name
    provider.save(update_fields=["name", "updated_at"])
    search_index.write_provider(provider)
    return provider
