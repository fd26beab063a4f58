"""The pilot's three rounds once more: to whom the third one went (L480)."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from funding.models import Grant, Posting
from funding.services.reconcile import reconcile
from stars.common.dates import now
from stars.demo.replay import Crowd, replay
from tests.funding import build

pytestmark = pytest.mark.django_db


def test_the_third_goes_to_new_people_and_to_those_whose_first_was_in_june() -> None:
    w = build.world()
    people = Crowd(6)
    first, june, december = replay(w.rounds, before=people.arrive, after=people.decide)
    assert (first.new, first.second) == (6, {})
    # Half of the first six kept their money, the others let it lapse (rule 3).
    assert (june.new, june.second) == (6, {w.rounds[0].code: 3})
    assert december.new == 6
    assert set(december.second) == {w.rounds[1].code}
    assert december.amount == Decimal(500) * (6 + december.second[w.rounds[1].code])
    most = max(Grant.objects.filter(account=lot.account).count() for lot in Grant.objects.all())
    assert most == 2
    assert reconcile(at=now()).ok


def test_the_command_writes_only_when_told() -> None:
    w = build.world()
    out = StringIO()
    call_command("replay_rounds", "--source", w.source.code, "--crowd", "4", stdout=out)
    said = out.getvalue().splitlines()
    assert said[0] == f"{w.rounds[0].code}: 2000.00 EUR; 4 new people"
    assert f"whose first was {w.rounds[1].code}" in said[2]
    assert not Grant.objects.exists()
    assert not Posting.objects.filter(kind="grant").exists()
    build.person(w)
    call_command("replay_rounds", "--source", w.source.code, "--apply", stdout=out)
    assert Grant.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--source", "nothing"], "no rounds"),
        (["--crowd", "-1"], "number of people"),
        (["--crowd", "3", "--apply"], "dry run"),
    ],
)
def test_wrong_wishes(arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("replay_rounds", *arguments, stdout=StringIO())
