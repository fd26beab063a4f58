"""The agency stops a provider or one programme for a while, and lets it go on (ENR-8, L893).

What becomes of groups under way is carried out by enrolments in the same transaction
(`enrolments.services.suspensions`); this module stops what visitors see.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState, ProviderState, RunningGroups, VersionState
from catalogue.models import Group, Programme, Provider, Suspension
from catalogue.services import versions
from stars.audit.services import record
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service


@service
def suspend_provider(
    *, provider_id: UUID, running: str, reason: str, actor: Any, at: datetime
) -> Suspension:
    """Take everything of a provider out of the catalogue; nobody can apply.

    Raises `Invalid` without a reason, `Conflict` where it is suspended already or its agreement
    has ended.
    """
    provider = Provider.objects.select_for_update(no_key=True).get(pk=provider_id)
    require(actor, "catalogue.suspend", provider)
    if provider.state != ProviderState.ACTIVE:
        raise Conflict(_("This provider is not active."), code="state")
    # Whoever is applying just now finishes first; the next one finds the provider suspended.
    _lock_open(Group.objects.filter(version__programme__provider=provider))
    made = _decide(running, reason, actor, at, provider=provider)
    provider.state = ProviderState.SUSPENDED
    provider.save(update_fields=["state", "updated_at"])
    return made


@service
def suspend_programme(
    *, programme_id: UUID, running: str, reason: str, actor: Any, at: datetime
) -> Suspension:
    """Take one programme out of the catalogue; its page stays and says so.

    Raises `Invalid` without a reason, `Conflict` where it is not published.
    """
    programme = Programme.objects.select_related("provider", "current").get(pk=programme_id)
    require(actor, "catalogue.suspend", programme)
    if programme.current is None or programme.current.state != VersionState.PUBLISHED:
        raise Conflict(_("This programme is not published."), code="state")
    versions.suspend(version_id=programme.current.pk, note=_reason(reason), actor=actor, at=at)
    return _decide(running, reason, actor, at, programme=programme)


@service
def lift(*, suspension_id: UUID, reason: str, actor: Any, at: datetime) -> Suspension:
    """Let a provider or programme go on. Raises `Conflict` where it has been lifted."""
    suspension = (
        Suspension.objects.select_for_update(no_key=True, of=("self",))
        .select_related("provider", "programme__provider", "programme__current")
        .get(pk=suspension_id)
    )
    thing: Provider | Programme | None = suspension.provider or suspension.programme
    assert thing is not None  # CHECK suspension_of_one
    require(actor, "catalogue.suspend", thing)
    if suspension.lifted_at is not None:
        raise Conflict(_("This suspension has been lifted already."), code="lifted")
    suspension.lifted_by, suspension.lifted_at = actor_or_none(actor), at
    suspension.lift_reason = _reason(reason)
    suspension.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    if suspension.provider is not None:
        provider = Provider.objects.select_for_update(no_key=True).get(pk=suspension.provider.pk)
        if provider.state == ProviderState.SUSPENDED:
            provider.state = ProviderState.ACTIVE
            provider.save(update_fields=["state", "updated_at"])
    else:
        current = suspension.programme.current if suspension.programme else None
        if current is not None and current.state == VersionState.SUSPENDED:
            versions.resume(version_id=current.pk, note=reason, actor=actor, at=at)
    _log(suspension, "suspension_lifted", actor, at)
    return suspension


def groups_of(suspension: Suspension) -> Any:
    """Groups that a suspension reaches and that are not over, by key."""
    reached = (
        Group.objects.filter(version__programme__provider=suspension.provider_id)
        if suspension.provider_id
        else Group.objects.filter(version__programme=suspension.programme_id)
    )
    living = (GroupState.DRAFT, GroupState.OPEN, GroupState.CLOSED, GroupState.RUNNING)
    return reached.filter(state__in=living).order_by("pk")


def _lock_open(groups: Any) -> None:
    rows = groups.select_for_update(no_key=True, of=("self",)).filter(state=GroupState.OPEN)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _decide(
    running: str, reason: str, actor: Any, at: datetime, **what: Provider | Programme
) -> Suspension:
    if running not in RunningGroups.values:
        raise Invalid(_("Choose what becomes of the groups."), code="running", field="running")
    made = Suspension.objects.create(
        running=running, reason=_reason(reason), decided_by=actor, decided_at=at, **what
    )
    _log(made, "suspended", actor, at)
    return made


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > 3000:
        raise Invalid(_("Write why."), code="reason", field="reason")
    return reason


def _log(suspension: Suspension, action: str, actor: Any, at: datetime) -> None:
    record(
        actor=actor,
        action=action,
        object_type="catalogue.suspension",
        object_id=suspension.pk,
        changes={"running": ("", suspension.running), "reason": None},
        at=at,
    )
