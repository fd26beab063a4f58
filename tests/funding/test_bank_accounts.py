"""Account numbers: which are taken, whose, and which holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.models import User
from funding.models import BankAccount
from funding.services.bank_accounts import current, record
from stars.common.dates import now
from stars.common.errors import Invalid, NotAllowed
from tests import factories as f
from tests.funding import build
from tests.funding.test_approvals import officer

pytestmark = pytest.mark.django_db
# Numbers from the examples of the IBAN registry and of banks' handbooks.
LATVIAN, OTHER, GERMAN = "LV80BANK0000435195001", "LV97HABA0012345678910", "DE89370400440532013000"


def admin_of(provider: object) -> User:
    made: User = f.MembershipFactory(
        organisation=provider.organisation,  # type: ignore[attr-defined]
        role=Role.PROVIDER_ADMIN,
    ).user
    return made


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (LATVIAN, LATVIAN),
        ("lv80 bank 0000 4351 9500 1", LATVIAN),
        (f"  {GERMAN} ", GERMAN),
    ],
)
def test_a_number_is_kept_in_one_form(written: str, kept: str) -> None:
    account = build.person()
    who = account.person.user
    made = record(account_id=account.pk, iban=written, holder=" Anna  Izdoma ", actor=who, at=now())
    assert (made.iban, made.holder) == (kept, "Anna Izdoma")


@pytest.mark.parametrize(
    "written",
    [
        *("", "LV", "123", "LV81BANK0000435195001", "LV80BANK000043519500", "LV80 BANK 0000 É"),
        "BR1800360305000010009795493C1",  # right, but outside SEPA
        "<script>",
        "LV80BANK0000435195001" * 40,
    ],
)
def test_what_is_no_number_is_refused(written: str) -> None:
    account = build.person()
    with pytest.raises(Invalid) as refused:
        record(
            account_id=account.pk, iban=written, holder="A B", actor=account.person.user, at=now()
        )
    assert refused.value.field == "iban"


@pytest.mark.parametrize("holder", ["", "  ", "A" * 141, "A\x00B"])
def test_a_holder_has_a_name(holder: str) -> None:
    account = build.person()
    with pytest.raises(Invalid) as refused:
        record(
            account_id=account.pk, iban=LATVIAN, holder=holder, actor=account.person.user, at=now()
        )
    assert refused.value.field == "holder"


def test_the_newest_holds_and_older_ones_stay() -> None:
    w = build.world()
    key, who, at = w.provider.organisation_id, admin_of(w.provider), now()
    assert current(organisation_id=key) is None
    first = record(organisation_id=key, iban=LATVIAN, holder="Skola", actor=who, at=at)
    again = record(organisation_id=key, iban=LATVIAN, holder="Skola", actor=who, at=at)
    assert again == first
    # Also where a clock went back meanwhile.
    second = record(
        organisation_id=key, iban=OTHER, holder="Skola", actor=who, at=at - timedelta(hours=1)
    )
    assert current(organisation_id=key) == second != first
    third = record(
        organisation_id=key, iban=OTHER, holder="Skola 2", actor=who, at=at + timedelta(hours=1)
    )
    assert current(organisation_id=key) == third
    assert BankAccount.objects.count() == 3


def test_nobody_who_pays_says_where_to() -> None:
    w = build.world()
    key = w.provider.organisation_id
    rival = f.MembershipFactory(role=Role.PROVIDER_ADMIN).user
    user_of_provider = f.MembershipFactory(organisation=w.provider.organisation).user
    for actor in (officer(), officer(Role.ADMINISTRATOR), rival, user_of_provider):
        with pytest.raises(NotAllowed):
            record(organisation_id=key, iban=LATVIAN, holder="Skola", actor=actor, at=now())
    account = build.person()
    for actor in (officer(), build.person().person.user):
        with pytest.raises(NotAllowed):
            record(account_id=account.pk, iban=LATVIAN, holder="A", actor=actor, at=now())


def test_it_belongs_to_one() -> None:
    account, w = build.person(), build.world()
    for whose in ({}, {"account_id": account.pk, "organisation_id": w.provider.organisation_id}):
        with pytest.raises(ValueError, match="belongs to"):
            current(**whose)
