"""Rows and services of registration, staff and places for the permission matrix."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.enums import Role
from accounts.services import invitations
from catalogue.models import Suspension
from catalogue.services import agreements, registrations, venues
from stars.common.dates import riga_date
from stars.common.permissions import SYSTEM
from tests import factories as f

REGISTRATION = {
    "name": "SIA “Matrica”",
    "registration_number": "00000000022",
    "city": "Rīga",
    "email": "birojs@matrica.example",
    "phone": "60000000",
    "about_lv": "Mācām.",
}
PLACE = {"name": "Cita", "street": "Iela 2", "city": "Rīga", "step_free": "no"}
OWNER, STAFF, AGENCY = ("owner",), ("staff",), ("administrator",)


def build(world: Any) -> None:
    """The owner's registration waits; a venue, a room, a teacher and an agreement of the provider,
    and an invitation by each of the two providers."""
    owner = world.users["owner"]
    row = registrations.write(values=REGISTRATION, actor=owner, at=world.at)
    world.rows["registration"] = registrations.submit(
        registration_id=row.pk, actor=owner, at=world.at
    )
    provider = world.provider
    who = {"actor": SYSTEM, "at": world.at}
    venue = venues.save_venue(
        provider_id=provider.pk, name="Māja", street="Iela 1", city="Rīga", step_free=True, **who
    )
    rival = world.users["rival"].memberships.get().organisation
    version = f.VersionFactory(programme=f.ProgrammeFactory(provider=provider), published=True)
    group = f.group(version, starts_on=riga_date(world.day(40)), at=world.at)
    world.rows |= {
        "venue": venue,
        "room": venues.save_room(venue_id=venue.pk, name="101", seats=20, **who),
        "teacher": venues.save_teacher(provider_id=provider.pk, name="Ilze", **who),
        "agreement": agreements.add_agreement(
            provider_id=provider.pk,
            number="L-1",
            signed_on=date(2026, 1, 1),
            valid_from=date(2026, 1, 1),
            valid_to=None,
            terms="Noteikumi",
            **who,
        ),
        "group-stopped": group,
        "suspension": Suspension.objects.create(
            programme=group.version.programme,
            running="finish",
            reason="Sūdzības",
            decided_by=world.users["administrator"],
            decided_at=world.at,
        ),
        "rival-member": f.MembershipFactory(organisation=rival),
        "rival-invitation": invitations.invite(
            organisation_id=rival.pk,
            email="cits@stars.example",
            role=Role.PROVIDER_USER,
            actor=SYSTEM,
            at=world.day(-1),  # long enough ago to be sent again
        ),
        "invitation": invitations.invite(
            organisation_id=provider.organisation_id,
            email="jauns@stars.example",
            role=Role.PROVIDER_USER,
            **who,
        ),
    }
    world.rows["token-staff_invitation"] = invitations.token_of(world.rows["invitation"].pk)


def _registration(world: Any, **more: Any) -> dict[str, Any]:
    return {"registration_id": world.rows["registration"].pk, **more}


def _provider(world: Any) -> dict[str, Any]:
    return {"provider_id": world.provider.pk}


def _stopped(world: Any) -> dict[str, Any]:
    return {"group_id": world.rows["group-stopped"].pk}


SERVICES: dict[str, Any] = {
    # Whoever administers the provider may do these as well (tests/accounts); "staff" does not.
    "accounts.services.invitations.invite": (
        AGENCY,
        lambda w: {
            "organisation_id": w.provider.organisation_id,
            "email": "a@stars.example",
            "role": Role.PROVIDER_USER,
        },
    ),
    "accounts.services.invitations.send_again": (
        AGENCY,
        lambda w: {"invitation_id": w.rows["invitation"].pk},
    ),
    "accounts.services.invitations.withdraw": (
        AGENCY,
        lambda w: {"invitation_id": w.rows["invitation"].pk},
    ),
    "accounts.services.staff.end_provider_membership": (
        ("rival", *AGENCY),  # who administers it
        lambda w: {
            "membership_id": w.rows["rival-member"].pk,
            "ends_on": riga_date(w.day(3)),
        },
    ),
    "accounts.services.organisations.record_provider": (
        AGENCY,
        lambda w: {"name": "SIA “Cita”", "registration_number": "00000000033"},
    ),
    "catalogue.services.registrations.write": (
        ("owner", "resident"),
        lambda w: {"values": {"city": "Rīga"}},
    ),
    "catalogue.services.registrations.submit": (OWNER, _registration),
    "catalogue.services.registrations.withdraw": (OWNER, _registration),
    "catalogue.services.registrations.check_again": (AGENCY, _registration),
    "catalogue.services.registrations.approve": (
        AGENCY,
        lambda w: _registration(w, note="Pārbaudīts"),
    ),
    "catalogue.services.registrations.send_back": (
        AGENCY,
        lambda w: _registration(w, note="Kur?"),
    ),
    "catalogue.services.registrations.refuse": (AGENCY, lambda w: _registration(w, note="Nē")),
    "catalogue.services.providers.describe_own": (
        (),  # its administrators (tests/catalogue/test_providers.py)
        lambda w: {
            **_provider(w),
            **dict.fromkeys(("about_lv", "about_en", "city", "phone"), "1"),
            "email": "",
        },
    ),
    "catalogue.services.venues.save_venue": (
        STAFF,
        lambda w: {
            **_provider(w),
            **dict.fromkeys(("name", "street", "city"), "Cits"),
            "step_free": None,
        },
    ),
    "catalogue.services.venues.save_room": (
        STAFF,
        lambda w: {"venue_id": w.rows["venue"].pk, "name": "102"},
    ),
    "catalogue.services.venues.save_teacher": (STAFF, lambda w: {**_provider(w), "name": "Jānis"}),
    "catalogue.services.agreements.add_agreement": (
        AGENCY,
        lambda w: {
            **_provider(w),
            "number": "L-2",
            "signed_on": date(2026, 1, 1),
            "valid_from": date(2026, 1, 1),
            "valid_to": None,
            "terms": "",
        },
    ),
    "catalogue.services.suspensions.suspend_provider": (
        AGENCY,
        lambda w: {**_provider(w), "running": "finish", "reason": "Sūdzības"},
    ),
    "catalogue.services.suspensions.suspend_programme": (
        AGENCY,
        lambda w: {
            "programme_id": w.rows["group-new"].version.programme_id,
            "running": "finish",
            "reason": "Sūdzības",
        },
    ),
    "enrolments.services.suspensions.suspend_provider": (
        AGENCY,
        lambda w: {**_provider(w), "running": "finish", "reason": "Sūdzības"},
    ),
    "enrolments.services.suspensions.suspend_programme": (
        AGENCY,
        lambda w: {
            "programme_id": w.rows["group-new"].version.programme_id,
            "running": "finish",
            "reason": "Sūdzības",
        },
    ),
    "enrolments.services.suspensions.carry_out": (
        AGENCY,
        lambda w: {"suspension_id": w.rows["suspension"].pk},
    ),
    "enrolments.services.suspensions.move_people": (
        AGENCY,
        lambda w: {**_stopped(w), "to_group_id": w.rows["group-new"].pk},
    ),
    "catalogue.services.suspensions.lift": (
        AGENCY,
        lambda w: {"suspension_id": w.rows["suspension"].pk, "reason": "Labots"},
    ),
    "catalogue.services.agreements.end_agreement": (
        AGENCY,
        lambda w: {
            "agreement_id": w.rows["agreement"].pk,
            "ended_on": date(2026, 6, 1),
            "reason": "Beidzam",
        },
    ),
}


def keys(world: Any, name: str) -> dict[str, Any]:
    """What may stand in the address. Pages of administrators are asked about the rival's rows."""
    rival = world.users["rival"].memberships.get().organisation
    found = {
        "venue_id": world.rows["venue"].pk,
        "room_id": world.rows["room"].pk,
        "teacher_id": world.rows["teacher"].pk,
        "invitation_id": world.rows["rival-invitation"].pk,
        "membership_id": world.rows["rival-member"].pk,
    }
    if name in ("enrolments:provider_about", "enrolments:provider_staff"):
        found["provider_id"] = rival.provider.pk
    elif name.removeprefix("enrolments:provider_") in ("organisation", "venues", "teachers"):
        found["provider_id"] = world.provider.pk
    return found


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """Answers that the forms ask for."""
    why = {"note": "Pārbaudīts"}
    act = "admin:catalogue_providerregistration"
    password = "correct horse battery"
    return {
        "admin:catalogue_provider_agreement": {
            "number": "L-3",
            "signed_on": "2026-01-01",
            "valid_from": "2026-01-01",
        },
        "admin:catalogue_provider_suspend": {"running": "finish", "reason": "Sūdzības"},
        "admin:catalogue_programme_suspend": {"running": "finish", "reason": "Sūdzības"},
        "admin:catalogue_suspension_lift": why,
        "admin:catalogue_group_move-people": {"to_group": world.rows["group-new"].pk},
        "admin:catalogue_agreement_end": {"ended_on": "2026-06-01", "reason": "Beidzam"},
        "web:join_organisation": REGISTRATION,
        "web:join_keep": REGISTRATION,
        "staff_invitation": {"password": password, "again": password},
        "enrolments:provider_about": {"city": "Rīga", "phone": "1"},
        "enrolments:provider_venues": PLACE,
        "enrolments:provider_venue": PLACE,
        "enrolments:provider_rooms": {"name": "9"},
        "enrolments:provider_room": {"name": "9"},
        "enrolments:provider_teachers": {"name": "Anna"},
        "enrolments:provider_teacher": {"name": "Anna"},
        "enrolments:provider_staff": {"email": "b@stars.example", "role": "provider_user"},
        f"{act}_approve": why,
        f"{act}_return": why,
        f"{act}_refuse": why,
    }
