"""Inviting staff by e-mail: the mailbox proves the address (PRO-1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.enums import PROVIDER_ROLES, OrganisationKind, Role
from accounts.models import Invitation, Organisation, User
from accounts.services import staff
from stars.audit import services as audit
from stars.common.dates import riga_date
from stars.common.errors import Conflict, DomainError, Invalid
from stars.common.permissions import SYSTEM, actor_or_none, require
from stars.common.transactions import service
from stars.notifications.services import notify

KIND = "staff_invited"
# The link in a letter is good for so long; the letter can be sent again.
DAYS = 14
AGAIN = timedelta(minutes=10)  # no second letter sooner
_SALT = "accounts.invitation"


class InvitationOver(DomainError):
    """The link was changed, used, taken back or is too old."""

    status = 410
    code = "invitation_over"

    def __init__(self) -> None:
        super().__init__(
            _("This invitation is not valid any more. Ask for a new one."), code=self.code
        )


@service
def invite(
    *,
    organisation_id: UUID,
    email: str,
    role: Role,
    actor: Any,
    at: datetime,
    language: str = "lv",
) -> Invitation:
    """Invite whoever reads `email` to a role in a provider's organisation; the letter goes out.

    The one that waits already is returned. Raises `Invalid` (field "email" or "role") and
    `Conflict` where the address has the role.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    require(actor, "accounts.manage_members", organisation)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("Write an e-mail address."), code="email", field="email") from error
    if organisation.kind != OrganisationKind.PROVIDER or role not in PROVIDER_ROLES:
        raise Invalid(_("This organisation has no such role."), code="role", field="role")
    held = staff.holders(organisation, role, riga_date(at))
    if held.filter(user__email=email).exists():
        raise Conflict(_("This address has the role already."), code="held", field="email")
    waiting = Invitation.objects.filter(
        organisation=organisation,
        email=email,
        role=role,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
    ).first()
    if waiting is not None:
        return waiting
    made = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        language=language,
        invited_by=actor_or_none(actor),
        invited_at=at,
        sent_at=at,
    )
    _log("staff_invited", made, actor, at)
    _send(made, at)
    return made


@service
def send_again(*, invitation_id: UUID, actor: Any, at: datetime) -> Invitation:
    """The letter once more, with a link that is good again from now on.

    Raises `Conflict` where the invitation does not wait, or the last letter just went out.
    """
    invitation = _locked(invitation_id)
    require(actor, "accounts.manage_members", invitation.organisation)
    _check_waits(invitation)
    if at - invitation.sent_at < AGAIN:
        raise Conflict(_("The letter has just been sent. Wait ten minutes."), code="just_sent")
    invitation.sent_at = at
    invitation.save(update_fields=["sent_at"])
    _send(invitation, at)
    return invitation


@service
def withdraw(*, invitation_id: UUID, actor: Any, at: datetime) -> Invitation:
    """Take an invitation back; its link leads nowhere. Raises `Conflict` where it was taken."""
    invitation = _locked(invitation_id)
    require(actor, "accounts.manage_members", invitation.organisation)
    _check_waits(invitation)
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    _log("staff_invitation_withdrawn", invitation, actor, at)
    return invitation


@service
def accept(*, token: str, password: str, at: datetime) -> User:
    """Take the role: whoever holds the link of the letter chooses the password of their work user.

    Somebody who signs in with this address already keeps their password (`password` is not read).
    Raises `InvitationOver` for a link that is not good, `Invalid` for a weak password.
    """
    invitation = _locked(_read(token))
    if not is_good(invitation, at):
        raise InvitationOver()
    user = User.objects.filter(email=invitation.email).first()
    if user is None:
        user = staff.create_staff(
            email=invitation.email,
            password=password,
            actor=SYSTEM,
            at=at,
            language=invitation.language,
        )
    invitation.membership = staff.add_membership(
        user_id=user.pk,
        organisation_id=invitation.organisation_id,
        role=Role(invitation.role),
        valid_from=riga_date(at),
        actor=SYSTEM,
        at=at,
    )
    invitation.accepted_at = at
    invitation.save(update_fields=["membership", "accepted_at"])
    _log("staff_invitation_accepted", invitation, SYSTEM, at)
    return user


def read(token: str, at: datetime) -> Invitation:
    """The invitation behind the link, for the page with the form. Raises `InvitationOver`."""
    found = Invitation.objects.select_related("organisation").filter(pk=_read(token)).first()
    if found is None or not is_good(found, at):
        raise InvitationOver()
    return found


def is_good(invitation: Invitation, at: datetime) -> bool:
    """Whether its link may be used at the moment `at`."""
    waits = invitation.accepted_at is None and invitation.withdrawn_at is None
    return waits and at < invitation.sent_at + timedelta(days=DAYS)


def token_of(invitation_id: UUID) -> str:
    """What the link of the letter ends with."""
    return signing.dumps(str(invitation_id), salt=_SALT)


def _read(token: str) -> UUID:
    try:
        return UUID(signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError) as error:
        raise InvitationOver() from error


def _locked(invitation_id: UUID) -> Invitation:
    found = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .filter(pk=invitation_id)
        .first()
    )
    if found is None:
        raise InvitationOver()
    return found


def _check_waits(invitation: Invitation) -> None:
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise Conflict(_("This invitation does not wait any more."), code="not_waiting")


def _send(invitation: Invitation, at: datetime) -> None:
    """A letter alone: the address may belong to nobody who signs in here yet."""
    notify(
        kind=KIND,
        user_id=None,
        language=invitation.language,
        address=invitation.email,
        params={"invitation_id": invitation.pk},
        dedupe_key=f"{KIND}:{invitation.pk}:{at.isoformat()}",
        at=at,
    )


def _log(action: str, invitation: Invitation, actor: Any, at: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="accounts.invitation",
        object_id=invitation.pk,
        changes={"email": None, "role": None},
        at=at,
    )
