"""Who sees which rows; every list for a person begins here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from accounts.enums import AGENCY_ROLES, PROVIDER_ROLES
from accounts.selectors import active_roles

if TYPE_CHECKING:
    from enrolments.models import Application, Participation  # noqa: F401  named in brackets


def _for_agency(actor: Any) -> bool:
    return any(role in AGENCY_ROLES for _organisation, role in active_roles(actor))


def _own_provider(actor: Any) -> Q:
    mine = [organisation for organisation, role in active_roles(actor) if role in PROVIDER_ROLES]
    return Q(group__version__programme__provider__organisation__in=mine)


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications as somebody may see them."""

    def visible_to(self, actor: Any) -> ApplicationQuerySet:
        """Own ones; those sent to the actor's provider; all that were sent, for the agency."""
        own = Q(account__person__user=actor.pk)
        sent = Q(submitted_at__isnull=False)
        return self.filter(
            own | sent if _for_agency(actor) else own | (sent & _own_provider(actor))
        )


class ParticipationQuerySet(models.QuerySet["Participation"]):
    """Participations as somebody may see them."""

    def visible_to(self, actor: Any) -> ParticipationQuerySet:
        """Own ones; those of the actor's provider; all, for the agency."""
        if _for_agency(actor):
            return self.all()
        return self.filter(Q(account__person__user=actor.pk) | _own_provider(actor))
