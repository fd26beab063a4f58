"""What the portal says about providers: the agency writes it (CAT-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.models import Provider
from catalogue.services import search_index
from stars.audit.services import record
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


@service
def describe_provider(
    *,
    provider_id: UUID,
    about_lv: str,
    about_en: str,
    accreditation_lv: str,
    accreditation_en: str,
    city: str,
    accredited_until: date | None,
    email: str = "",
    phone: str = "",
    actor: Any,
    at: datetime,
) -> Provider:
    """Write who a provider is, how one asks it, what it is accredited for, and the last day of that
    (Riga).

    Raises `Invalid` where a text stands in one language only.
    """
    provider = Provider.objects.select_for_update(no_key=True).get(pk=provider_id)
    require(actor, "catalogue.describe_provider", provider)
    _check_both("about_en", about_lv, about_en)
    _check_both("accreditation_en", accreditation_lv, accreditation_en)
    wanted = {
        "about_lv": about_lv,
        "about_en": about_en,
        "accreditation_lv": accreditation_lv,
        "accreditation_en": accreditation_en,
        "city": city,
        "accredited_until": accredited_until,
        "email": email,
        "phone": phone,
    }
    return _write(provider, wanted, "describe_provider", actor, at)


@service
def describe_own(
    *,
    provider_id: UUID,
    about_lv: str,
    about_en: str,
    city: str,
    email: str,
    phone: str,
    actor: Any,
    at: datetime,
) -> Provider:
    """A provider's administrator writes what everybody reads of it; accreditation is the agency's.

    Raises `Invalid` where the text stands in one language only, or there is no way to ask.
    """
    provider = Provider.objects.select_for_update(no_key=True).get(pk=provider_id)
    require(actor, "catalogue.describe_own_provider", provider)
    _check_both("about_en", about_lv, about_en)
    if not email and not phone:
        raise Invalid(_("Write an e-mail address or a telephone."), code="contact", field="email")
    wanted = {
        "about_lv": about_lv,
        "about_en": about_en,
        "city": city,
        "email": email,
        "phone": phone,
    }
    return _write(provider, wanted, "describe_own_provider", actor, at)


def _check_both(field: str, lv: str, en: str) -> None:
    if bool(lv) != bool(en):
        raise Invalid(_("Write it in both languages."), code="both_languages", field=field)


def _write(
    provider: Provider, wanted: Mapping[str, Any], action: str, actor: Any, at: datetime
) -> Provider:
    """Save what differs, with one entry in the log."""
    changes = {
        name: (getattr(provider, name), value)
        for name, value in wanted.items()
        if getattr(provider, name) != value
    }
    if not changes:
        return provider
    for name, (_before, value) in changes.items():
        setattr(provider, name, value)
    provider.save(update_fields=[*changes, "updated_at"])
    record(
        actor=actor,
        action=action,
        object_type="catalogue.provider",
        object_id=provider.pk,
        changes=changes,
        at=at,
    )
    return provider
