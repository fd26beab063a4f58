"""What the portal says about a provider."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from catalogue.models import Provider
from catalogue.services.providers import describe_provider
from stars.audit.models import AuditEntry
from stars.common.dates import RIGA
from stars.common.errors import Invalid
from tests import factories as f

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 2, 12, tzinfo=RIGA)
TEXTS: dict[str, Any] = {
    "about_lv": "Mācām.",
    "about_en": "We teach.",
    "accreditation_lv": "Profesionālā izglītība",
    "accreditation_en": "Vocational education",
    "accredited_until": date(2027, 1, 1),
    "city": "Cēsis",
}


def describe(provider: Provider, **other: Any) -> Provider:
    """As the agency does it."""
    actor = f.MembershipFactory(administrator=True).user
    return describe_provider(provider_id=provider.pk, **{**TEXTS, **other}, actor=actor, at=NOW)


def test_the_page_is_changed_and_the_change_is_kept() -> None:
    provider = f.ProviderFactory()
    describe(provider)
    provider.refresh_from_db()
    assert {name: getattr(provider, name) for name in TEXTS} == TEXTS
    entry = AuditEntry.objects.get(object_id=provider.pk)
    assert entry.changes["city"] == ["", "Cēsis"]
    describe(provider)
    assert AuditEntry.objects.filter(object_id=provider.pk).count() == 1


@pytest.mark.parametrize("missing", ["about_lv", "about_en", "accreditation_en"])
def test_texts_stand_in_both_languages(missing: str) -> None:
    provider = f.ProviderFactory()
    with pytest.raises(Invalid):
        describe(provider, **{missing: ""})
    provider.refresh_from_db()
    assert provider.city == ""
