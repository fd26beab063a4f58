"""Who may do what with the offer; every predicate looks at the object."""

from __future__ import annotations

from typing import Any

import rules

from accounts.enums import PROVIDER_ROLES, Role
from accounts.permissions import is_administrator, is_resident
from accounts.selectors import active_roles
from catalogue.enums import SHOWN, UNSENT
from catalogue.models import (
    Agreement,
    Group,
    Programme,
    ProgrammeRemark,
    ProgrammeVersion,
    Provider,
    ProviderRegistration,
    Room,
    Suspension,
    Teacher,
    TemporaryStatus,
    Venue,
)


def provider_of(
    obj: Group
    | ProgrammeVersion
    | Programme
    | TemporaryStatus
    | ProgrammeRemark
    | Venue
    | Room
    | Teacher
    | Provider,
) -> Provider:
    """The provider to whom a thing of the catalogue belongs."""
    match obj:
        case Group():
            return obj.version.programme.provider
        case ProgrammeVersion():
            return obj.programme.provider
        case Programme():
            return obj.provider
        case TemporaryStatus():
            return obj.programme.provider
        case ProgrammeRemark():
            return obj.version.programme.provider
        case Venue() | Teacher():
            return obj.provider
        case Room():
            return obj.venue.provider
    return obj


def acts_for(user: Any, provider: Provider, roles: tuple[Role, ...] = PROVIDER_ROLES) -> bool:
    """Whether `user` has one of `roles` today in the organisation behind the provider."""
    return any(
        organisation == provider.organisation_id and role in roles
        for organisation, role in active_roles(user)
    )


@rules.predicate
def is_own_provider_staff(user: Any, obj: Any) -> bool:
    """Works for the provider to whom the object belongs."""
    return obj is not None and acts_for(user, provider_of(obj))


@rules.predicate
def is_own_provider_admin(user: Any, obj: Any) -> bool:
    """Administers the provider to whom the object belongs."""
    return obj is not None and acts_for(user, provider_of(obj), (Role.PROVIDER_ADMIN,))


@rules.predicate
def is_unsent(user: Any, obj: Any) -> bool:
    """The version is still with its provider."""
    return isinstance(obj, ProgrammeVersion) and obj.state in UNSENT


@rules.predicate
def is_applicant(user: Any, obj: Any) -> bool:
    """The registration is the user's own."""
    return isinstance(obj, ProviderRegistration) and obj.applicant_id == user.pk


@rules.predicate
def is_shown(user: Any, obj: Any) -> bool:
    """Visitors see the version."""
    return isinstance(obj, ProgrammeVersion) and obj.state in SHOWN


# The provider writes, the agency decides: nobody of the agency about their own provider's offer.
# How a group runs is its provider's.
rules.add_perm("catalogue.edit_version", is_own_provider_staff)
# A slip in a draft may be mended by the agency; only the provider sends it.
rules.add_perm("catalogue.mend_version", is_own_provider_staff | is_administrator)
rules.add_perm("catalogue.review_version", is_administrator & ~is_own_provider_staff)
rules.add_perm("catalogue.settle_remark", is_administrator & ~is_own_provider_staff)
rules.add_perm("catalogue.publish_version", is_administrator & ~is_own_provider_staff)
rules.add_perm("catalogue.suspend_version", is_administrator & ~is_own_provider_staff)
rules.add_perm(
    "catalogue.archive_version",
    (is_own_provider_staff & is_unsent)
    # Whoever offers something may stop offering it; who learns goes on.
    | (is_own_provider_admin & is_shown)
    | (is_administrator & ~is_own_provider_staff),
)
rules.add_perm("catalogue.manage_calls", is_administrator)
rules.add_perm("catalogue.manage_temporary", is_administrator & ~is_own_provider_staff)
rules.add_perm("catalogue.write_rules", is_administrator)
rules.add_perm("catalogue.change_address", is_administrator)
rules.add_perm("catalogue.describe_provider", is_administrator)
rules.add_perm("catalogue.manage_group", is_own_provider_staff | is_administrator)
rules.add_perm("catalogue.rename_provider", is_administrator)
rules.add_perm("catalogue.edit_synonyms", is_administrator)
# Anybody who came with Latvija.lv may register an organisation; nobody decides about their own.
rules.add_perm("catalogue.register_provider", is_resident)
rules.add_perm("catalogue.write_registration", is_applicant)
rules.add_perm("catalogue.decide_registration", is_administrator & ~is_applicant)
rules.add_perm("catalogue.describe_own_provider", is_own_provider_admin)
# Groups need places and teachers, so whoever makes groups writes them.
rules.add_perm("catalogue.manage_places", is_own_provider_staff)
rules.add_perm("catalogue.manage_agreements", is_administrator & ~is_own_provider_staff)


@rules.predicate
def is_agreement_of_others(user: Any, obj: Any) -> bool:
    """The agreement is with a provider for which the user does not work."""
    return isinstance(obj, Agreement) and not acts_for(user, obj.provider)


rules.add_perm("catalogue.end_agreement", is_administrator & is_agreement_of_others)
rules.add_perm("catalogue.suspend", is_administrator & ~is_own_provider_staff)


@rules.predicate
def is_suspension_of_others(user: Any, obj: Any) -> bool:
    """The suspension is of a provider for which the user does not work."""
    if not isinstance(obj, Suspension):
        return False
    provider = obj.provider or (obj.programme.provider if obj.programme else None)
    return provider is not None and not acts_for(user, provider)


rules.add_perm("catalogue.lift_suspension", is_administrator & is_suspension_of_others)
