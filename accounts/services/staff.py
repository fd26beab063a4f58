"""Who works for a provider or for the agency, and how they sign in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import AGENCY_ROLES, PROVIDER_ROLES, OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from stars.audit import services as audit
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import require
from stars.common.transactions import service

_ROLES_OF = {
    OrganisationKind.PROVIDER: PROVIDER_ROLES,
    OrganisationKind.AGENCY: AGENCY_ROLES,
}


@service
def create_staff(
    *, email: str, password: str, actor: Any, at: datetime, language: str = "lv"
) -> User:
    """A user who signs in with e-mail and password, and with a second factor from the first time.

    Raises `Invalid` (field "email" or "password") for an address in use and a weak password.
    """
    require(actor, "accounts.create_staff")
    email = email.strip().lower()
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), code="password", field="password") from error
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, language=language)
    except IntegrityError as error:
        raise Invalid(
            _("Somebody already signs in with this e-mail address."), code="email", field="email"
        ) from error
    _log("staff_created", user, actor, at)
    return user


@service
def set_second_factor(*, user_id: UUID, secret: str, actor: Any, at: datetime) -> None:
    """Give a user a second factor whose base32 `secret` is known, instead of setting one up.

    For demo data and tests; people do it themselves when they first sign in.
    """
    require(actor, "accounts.reset_second_factor")
    user = User.objects.select_for_update().get(pk=user_id)
    Authenticator.objects.filter(user=user).delete()
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)}
    )
    _log("second_factor_set", user, actor, at)


@service
def reset_second_factor(*, user_id: UUID, actor: Any, at: datetime) -> None:
    """Take a lost second factor away; the user sets up a new one at the next sign-in."""
    require(actor, "accounts.reset_second_factor")
    user = User.objects.select_for_update().get(pk=user_id)
    Authenticator.objects.filter(user=user).delete()
    _log("second_factor_reset", user, actor, at)


@service
def add_membership(
    *,
    user_id: UUID,
    organisation_id: UUID,
    role: Role,
    valid_from: date,
    actor: Any,
    at: datetime,
    valid_to: date | None = None,
) -> Membership:
    """Give a user a role in an organisation from `valid_from` until before `valid_to`.

    Raises `Invalid` where the role is not one of such an organisation, where the dates are in the
    wrong order, or where the user is a resident: work and one's own learning are two users, since
    a session of Latvija.lv must never open a staff page. `Conflict` where the role is held then.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    organisation = Organisation.objects.get(pk=organisation_id)
    require(actor, "accounts.manage_members", organisation)
    if role not in _ROLES_OF.get(OrganisationKind(organisation.kind), ()):
        raise Invalid(_("This organisation has no such role."), code="role", field="role")
    if hasattr(user, "person") or not user.has_usable_password():
        raise Invalid(
            _("This user signs in with Latvija.lv. Staff need a user of their own."),
            code="resident",
            field="user",
        )
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid(_("The last day is before the first."), code="dates", field="valid_to")
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                user=user,
                organisation=organisation,
                role=role,
                valid_from=valid_from,
                valid_to=valid_to,
            )
    except IntegrityError as error:
        raise Conflict(_("This user already has the role at that time.")) from error
    _let_into_admin(user, at)
    _log_membership("membership_added", membership, actor, at)
    return membership


@service
def end_membership(*, membership_id: UUID, ends_on: date, actor: Any, at: datetime) -> Membership:
    """End a role: it is held for the last time on the day before `ends_on`.

    A role that has not begun by then never begins. Raises `Conflict` where it ended earlier.
    """
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("organisation", "user")
        .get(pk=membership_id)
    )
    require(actor, "accounts.manage_members", membership.organisation)
    if membership.valid_to is not None and membership.valid_to <= ends_on:
        raise Conflict(_("This role has ended already."))
    if ends_on <= membership.valid_from:
        raise Invalid(_("A role is held for at least one day."), code="dates", field="ends_on")
    membership.valid_to = ends_on
    membership.save(update_fields=["valid_to"])
    _let_into_admin(User.objects.select_for_update().get(pk=membership.user_id), at)
    _log_membership("membership_ended", membership, actor, at)
    return membership


@service
def end_provider_membership(
    *, membership_id: UUID, ends_on: date, actor: Any, at: datetime
) -> Membership:
    """The same for a provider's staff, who never end the role of their last administrator.

    The organisation is locked, so that two administrators do not end each other at once.
    Raises `Conflict` where nobody would administer the provider any more.
    """
    keys = Membership.objects.values_list("organisation_id", flat=True)
    organisation = Organisation.objects.select_for_update(no_key=True).get(
        pk=keys.get(pk=membership_id)
    )
    membership = Membership.objects.get(pk=membership_id)
    require(actor, "accounts.manage_members", organisation)
    others = holders(organisation, Role.PROVIDER_ADMIN, ends_on).exclude(pk=membership_id)
    if membership.role == Role.PROVIDER_ADMIN and not others.exists():
        raise Conflict(
            _("This is the only administrator. Invite another one first."), code="last_admin"
        )
    return end_membership(membership_id=membership_id, ends_on=ends_on, actor=actor, at=at)


def holders(organisation: Organisation, role: Role, on: date) -> QuerySet[Membership]:
    """Memberships with this very role on the day `on` (Riga)."""
    held = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    return Membership.objects.filter(held, organisation=organisation, role=role, valid_from__lte=on)


def _let_into_admin(user: User, at: datetime) -> None:
    """Mark who may enter the admin now or later; whether they may today is asked at its door."""
    ended = Q(valid_to__isnull=False, valid_to__lte=riga_date(at))
    held = Membership.objects.filter(~ended, user=user, role__in=AGENCY_ROLES)
    user.is_staff = user.is_superuser or held.exists()
    user.save(update_fields=["is_staff"])


def _log(action: str, user: User, actor: Any, at: datetime) -> None:
    audit.record(actor=actor, action=action, object_type="accounts.user", object_id=user.pk, at=at)


def _log_membership(action: str, membership: Membership, actor: Any, at: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="accounts.membership",
        object_id=membership.pk,
        changes={"role": None, "valid_from": None, "valid_to": None},
        at=at,
    )
