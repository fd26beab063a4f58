"""Staff are invited by e-mail; the mailbox proves the address."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Invitation, Membership, Organisation, User
from accounts.selectors import active_roles
from accounts.services import invitations
from stars.common.dates import RIGA, now
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.notifications.models import OutboxEmail
from tests import factories as f
from tests.signin import as_resident

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 12, 0, tzinfo=RIGA)
PASSWORD = "correct horse battery staple"


@pytest.fixture
def school() -> Organisation:
    return f.OrganisationFactory()


@pytest.fixture
def admin(school: Organisation) -> User:
    return f.MembershipFactory(organisation=school, admin=True).user


def invite(school: Organisation, actor: object, **changes: object) -> Invitation:
    given = {"email": " Anna@Skola.Example", "role": Role.PROVIDER_USER, "at": AT, **changes}
    return invitations.invite(organisation_id=school.pk, actor=actor, **given)  # type: ignore[arg-type]


def test_a_letter_goes_to_the_address(school: Organisation, admin: User) -> None:
    made = invite(school, admin)
    assert made.email == "anna@skola.example"
    letter = OutboxEmail.objects.get()
    assert letter.address == "anna@skola.example"
    assert letter.message.user_id is None
    assert invite(school, admin) == made
    assert OutboxEmail.objects.count() == 1


def test_taking_the_role(school: Organisation, admin: User) -> None:
    made = invite(school, admin)
    user = invitations.accept(token=invitations.token_of(made.pk), password=PASSWORD, at=AT)
    assert user.check_password(PASSWORD)
    assert not user.is_staff
    membership = Membership.objects.get(user=user)
    assert (membership.organisation, membership.role) == (school, Role.PROVIDER_USER)
    made.refresh_from_db()
    assert made.membership == membership
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(token=invitations.token_of(made.pk), password=PASSWORD, at=AT)


def test_whoever_signs_in_already_keeps_the_password(school: Organisation, admin: User) -> None:
    other = f.OrganisationFactory()
    first = invite(other, SYSTEM)
    user = invitations.accept(token=invitations.token_of(first.pk), password=PASSWORD, at=AT)
    second = invite(school, admin)
    again = invitations.accept(token=invitations.token_of(second.pk), password="", at=AT)
    assert again == user
    assert again.check_password(PASSWORD)
    assert {organisation for organisation, _role in active_roles(again)} == {school.pk, other.pk}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"role": Role.ADMINISTRATOR}, "role"),
    ],
)
def test_wrong_invitations(
    school: Organisation, admin: User, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        invite(school, admin, **changes)
    assert refused.value.field == field


def test_an_agency_is_not_joined_by_letter() -> None:
    agency = f.OrganisationFactory(agency=True)
    with pytest.raises(Invalid):
        invite(agency, SYSTEM)


def test_who_has_the_role_is_not_invited(school: Organisation, admin: User) -> None:
    assert admin.email
    with pytest.raises(Conflict):
        invite(school, admin, email=admin.email.upper(), role=Role.PROVIDER_ADMIN)


def test_only_administrators_of_that_provider(school: Organisation) -> None:
    plain = f.MembershipFactory(organisation=school).user
    rival = f.MembershipFactory(admin=True).user
    for actor in (plain, rival):
        with pytest.raises(NotAllowed):
            invite(school, actor)
    made = invite(school, SYSTEM)
    for actor in (plain, rival):
        with pytest.raises(NotAllowed):
            invitations.withdraw(invitation_id=made.pk, actor=actor, at=AT)
        with pytest.raises(NotAllowed):
            invitations.send_again(invitation_id=made.pk, actor=actor, at=AT)


def test_a_link_ends(school: Organisation, admin: User) -> None:
    made = invite(school, admin)
    token = invitations.token_of(made.pk)
    late = AT + timedelta(days=invitations.DAYS)
    assert invitations.read(token, late - timedelta(seconds=1)) == made
    for broken in ("", "x", token + "x", invitations.token_of(school.pk)):
        with pytest.raises(invitations.InvitationOver):
            invitations.read(broken, AT)
    with pytest.raises(invitations.InvitationOver):
        invitations.read(token, late)
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(token=token, password=PASSWORD, at=late)
    invitations.send_again(invitation_id=made.pk, actor=admin, at=late)
    assert invitations.read(token, late) == made
    with pytest.raises(Conflict):
        invitations.send_again(invitation_id=made.pk, actor=admin, at=late)


def test_taking_it_back(school: Organisation, admin: User) -> None:
    made = invite(school, admin)
    invitations.withdraw(invitation_id=made.pk, actor=admin, at=AT)
    with pytest.raises(invitations.InvitationOver):
        invitations.read(invitations.token_of(made.pk), AT)
    with pytest.raises(Conflict):
        invitations.withdraw(invitation_id=made.pk, actor=admin, at=AT)
    assert invite(school, admin) != made


def test_the_page(school: Organisation, admin: User) -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    person = f.PersonFactory()
    as_resident(client, person)
    made = invite(school, admin, at=now())
    url = reverse("staff_invitation", args=[invitations.token_of(made.pk)])
    page = client.get(url)
    assert school.name in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    for password, again in (("", ""), (PASSWORD, "other"), ("short", "short")):
        assert client.post(url, {"password": password, "again": again}).status_code == 400
    assert not User.objects.filter(email=made.email).exists()
    done = client.post(url, {"password": PASSWORD, "again": PASSWORD})
    assert done["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session
    assert client.get(url).status_code == 410
    signed_in = client.post(
        reverse("account_login"), {"login": made.email, "password": PASSWORD}, follow=True
    )
    # The second factor is set up before anything else.
    assert signed_in.redirect_chain[-1][0].startswith(reverse("mfa_activate_totp"))
