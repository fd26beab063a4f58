"""Agreements are ended, never deleted; a suspension takes things out of the catalogue (ENR-8)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from accounts.models import User
from catalogue.enums import ProviderState, RunningGroups, VersionState
from catalogue.models import Agreement, Provider
from catalogue.selectors import listed
from catalogue.services import agreements, suspensions
from enrolments.selectors_organisation import holds
from stars.common.dates import RIGA
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests import factories as f

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 12, 0, tzinfo=RIGA)


@pytest.fixture
def provider() -> Provider:
    return f.ProviderFactory()


@pytest.fixture
def officer() -> User:
    return f.MembershipFactory(administrator=True).user


def agreed(provider: Provider, **changes: Any) -> Agreement:
    values = {
        "number": "L-1",
        "signed_on": date(2026, 1, 1),
        "valid_from": date(2026, 2, 1),
        "valid_to": date(2026, 12, 31),
        "terms": "Noteikumi",
        "actor": SYSTEM,
        "at": AT,
        **changes,
    }
    return agreements.add_agreement(provider_id=provider.pk, **values)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 31), False),
        (date(2026, 2, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_when_an_agreement_holds(provider: Provider, day: date, expected: bool) -> None:
    assert holds(agreed(provider), day) is expected


def test_ending_an_agreement(provider: Provider) -> None:
    row = agreed(provider)

    def end(day: date, reason: str = "Vienojāmies") -> Agreement:
        return agreements.end_agreement(
            agreement_id=row.pk, ended_on=day, reason=reason, actor=SYSTEM, at=AT
        )

    for day, reason in (
        (date(2026, 1, 1), "x"),
        (date(2027, 1, 2), "x"),
        (date(2026, 6, 1), " "),
    ):
        with pytest.raises(Invalid):
            end(day, reason)
    ended = end(date(2026, 6, 1))
    assert holds(ended, date(2026, 5, 31))
    assert not holds(ended, date(2026, 6, 1))
    with pytest.raises(Conflict):
        end(date(2026, 7, 1))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "x" * 41}, "number"),
        ({"valid_to": date(2026, 1, 31)}, "valid_to"),
        ({"terms": "x" * 10_001}, "terms"),
    ],
)
def test_wrong_agreements(provider: Provider, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        agreed(provider, **changes)
    assert refused.value.field == field


def test_a_number_is_given_once(provider: Provider) -> None:
    agreed(provider)
    with pytest.raises(Invalid):
        agreed(f.ProviderFactory())


def test_a_suspended_provider_is_out_of_the_catalogue(provider: Provider, officer: User) -> None:
    programme = f.ProgrammeFactory(provider=provider)
    f.VersionFactory(programme=programme, published=True)
    what = {"provider_id": provider.pk, "running": RunningGroups.FINISH, "at": AT}
    with pytest.raises(Invalid):
        suspensions.suspend_provider(**what, reason=" ", actor=officer)
    made = suspensions.suspend_provider(**what, reason="Sūdzības", actor=officer)
    provider.refresh_from_db()
    assert provider.state == ProviderState.SUSPENDED
    assert not listed().filter(pk=programme.pk).exists()
    with pytest.raises(Conflict):
        suspensions.suspend_provider(**what, reason="Vēl", actor=officer)
    suspensions.lift(suspension_id=made.pk, reason="Labots", actor=officer, at=AT)
    provider.refresh_from_db()
    assert provider.state == ProviderState.ACTIVE
    assert listed().filter(pk=programme.pk).exists()
    with pytest.raises(Conflict):
        suspensions.lift(suspension_id=made.pk, reason="Labots", actor=officer, at=AT)


def test_a_suspended_programme(provider: Provider, officer: User) -> None:
    version = f.VersionFactory(programme=f.ProgrammeFactory(provider=provider), published=True)
    what = {"programme_id": version.programme_id, "running": RunningGroups.STOP, "at": AT}
    made = suspensions.suspend_programme(**what, reason="Sūdzības", actor=officer)
    version.refresh_from_db()
    assert version.state == VersionState.SUSPENDED
    with pytest.raises(Conflict):
        suspensions.suspend_programme(**what, reason="Vēl", actor=officer)
    suspensions.lift(suspension_id=made.pk, reason="Labots", actor=officer, at=AT)
    version.refresh_from_db()
    assert version.state == VersionState.PUBLISHED


def test_nobody_but_the_agency(provider: Provider) -> None:
    admin = f.MembershipFactory(organisation=provider.organisation, admin=True).user
    for actor in (admin, f.MembershipFactory(finance_officer=True).user):
        with pytest.raises(NotAllowed):
            suspensions.suspend_provider(
                provider_id=provider.pk, running="stop", reason="x", actor=actor, at=AT
            )
        with pytest.raises(NotAllowed):
            agreed(provider, actor=actor)
