"""Roles have a beginning, an end and somebody who gave them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts import permissions, selectors
from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from accounts.services import staff
from stars.audit import selectors as audit
from stars.common.dates import RIGA
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from tests.factories import MembershipFactory, OrganisationFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 12, 0, tzinfo=RIGA)
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
PASSWORD = "correct horse battery staple"


def hire(**changes: object) -> User:
    return staff.create_staff(
        **{
            "email": "Nora@Stars.Example ",
            "password": PASSWORD,
            "actor": SYSTEM,
            "at": AT,
            **changes,
        }  # type: ignore[arg-type]
    )


def give(user: User, organisation: Organisation, role: Role, **changes: object) -> Membership:
    arguments = {"valid_from": MAY, "actor": SYSTEM, "at": AT, **changes}
    return staff.add_membership(
        user_id=user.pk,
        organisation_id=organisation.pk,
        role=role,
        **arguments,  # type: ignore[arg-type]
    )


def test_a_user_for_staff() -> None:
    user = hire()
    assert user.email == "nora@stars.example"
    assert user.check_password(PASSWORD)
    assert not user.is_staff
    assert [entry.action for entry in audit.changes_of(user.pk)] == ["staff_created"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "nora@stars.example"}, "password"),
        ({}, "email"),
    ],
)
def test_bad_input(changes: dict[str, str], field: str) -> None:
    if not changes:
        hire()
    with pytest.raises(Invalid) as caught:
        hire(**changes)
    assert caught.value.field == field
    assert User.objects.count() == (0 if changes else 1)


def test_only_an_administrator_makes_staff() -> None:
    with pytest.raises(NotAllowed):
        hire(actor=MembershipFactory(admin=True).user)
    assert hire(actor=MembershipFactory(administrator=True).user)


def test_a_role_and_its_end() -> None:
    user, agency = hire(), OrganisationFactory(agency=True)
    membership = give(user, agency, Role.AUDITOR)
    user.refresh_from_db()
    assert user.is_staff
    staff.end_membership(membership_id=membership.pk, ends_on=JUNE, actor=SYSTEM, at=AT)
    assert list(selectors.memberships(user, date(2026, 5, 31))) == [membership]
    assert not selectors.memberships(user, JUNE).exists()
    with pytest.raises(Conflict):
        staff.end_membership(membership_id=membership.pk, ends_on=JULY, actor=SYSTEM, at=AT)
    # Ended, not deleted, and the change is in the history.
    assert membership.events.count() == 2
    assert {e.action for e in audit.changes_of(membership.pk)} == {
        "membership_added",
        "membership_ended",
    }
    later = datetime(2026, 6, 2, tzinfo=RIGA)
    give(user, OrganisationFactory(), Role.PROVIDER_USER, valid_from=JUNE, at=later)
    user.refresh_from_db()
    assert not user.is_staff


def test_a_role_ends_after_it_begins() -> None:
    membership = give(hire(), OrganisationFactory(), Role.PROVIDER_USER)
    with pytest.raises(Invalid):
        staff.end_membership(membership_id=membership.pk, ends_on=MAY, actor=SYSTEM, at=AT)


def test_a_role_is_held_once_at_a_time() -> None:
    user, provider = hire(), OrganisationFactory()
    give(user, provider, Role.PROVIDER_USER, valid_to=JUNE)
    with pytest.raises(Conflict):
        give(user, provider, Role.PROVIDER_USER, valid_from=date(2026, 5, 31))
    give(user, provider, Role.PROVIDER_USER, valid_from=JUNE)
    give(user, provider, Role.PROVIDER_ADMIN)


def test_the_database_refuses_overlaps_too() -> None:
    membership = MembershipFactory()
    with pytest.raises(IntegrityError, match="membership_no_overlap"), transaction.atomic():
        MembershipFactory(user=membership.user, organisation=membership.organisation)


@pytest.mark.parametrize(
    ("agency", "role"), [(True, Role.PROVIDER_ADMIN), (False, Role.ADMINISTRATOR)]
)
def test_roles_fit_the_organisation(agency: bool, role: Role) -> None:
    with pytest.raises(Invalid) as caught:
        give(hire(), OrganisationFactory(agency=agency), role)
    assert caught.value.field == "role"


def test_dates_in_order() -> None:
    with pytest.raises(Invalid) as caught:
        give(hire(), OrganisationFactory(), Role.PROVIDER_USER, valid_to=MAY)
    assert caught.value.field == "valid_to"


def test_residents_get_no_role() -> None:
    """A session of Latvija.lv must never open a staff page."""
    for user in (PersonFactory().user, UserFactory()):
        with pytest.raises(Invalid):
            give(user, OrganisationFactory(), Role.PROVIDER_USER)


def test_a_provider_admin_hires_for_their_own_provider_only() -> None:
    boss = MembershipFactory(admin=True)
    user = hire()
    assert give(user, boss.organisation, Role.PROVIDER_USER, actor=boss.user)
    with pytest.raises(NotAllowed):
        give(user, OrganisationFactory(), Role.PROVIDER_USER, actor=boss.user)
    with pytest.raises(NotAllowed):
        give(user, OrganisationFactory(agency=True), Role.ADMINISTRATOR, actor=boss.user)
    colleague = MembershipFactory(organisation=boss.organisation)
    with pytest.raises(NotAllowed):
        give(user, boss.organisation, Role.PROVIDER_ADMIN, actor=colleague.user)


def test_second_factors_are_reset_by_administrators_only() -> None:
    user = hire()
    for actor in (user, MembershipFactory(finance_officer=True).user):
        with pytest.raises(NotAllowed):
            staff.reset_second_factor(user_id=user.pk, actor=actor, at=AT)


def test_roles_are_read_once_per_request(django_assert_num_queries: object) -> None:
    user = MembershipFactory(auditor=True).user
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert permissions.is_agency(user)
        assert permissions.is_auditor(user)
        assert not permissions.is_administrator(user)
        assert not permissions.is_finance_officer(user)
        assert selectors.is_staff_member(user)


def test_who_is_a_member_of_what() -> None:
    membership = MembershipFactory(admin=True)
    ended = MembershipFactory(ended=True, organisation=membership.organisation)
    assert permissions.is_member_of(membership.user, membership.organisation)
    assert permissions.is_provider_admin_of(membership.user, membership.organisation)
    assert not permissions.is_member_of(membership.user, OrganisationFactory())
    assert not permissions.is_member_of(membership.user, None)
    assert not permissions.is_member_of(ended.user, membership.organisation)
    assert not selectors.is_staff_member(ended.user)
    assert list(selectors.members(membership.organisation, MAY)) == [membership]
    assert selectors.organisations(membership.user, [Role.PROVIDER_ADMIN]) == {
        membership.organisation.pk
    }
    inactive = MembershipFactory(user__is_active=False).user
    assert not selectors.is_staff_member(inactive)
