"""People, attendance and outcomes by a provider's own system (PRO-5, ENR-7, PRO-10)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrolments.enums import ParticipationState, Presence
from enrolments.models import Attendance, AttendanceChange, Participation
from enrolments.services import decisions, learning, months
from stars.api.models import ApiWrite, ExternalId
from stars.audit.models import LookEntry
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.api import build
from tests.api.build import System, reason, results
from tests.enrolments.scene import DECIDED, ENDED, Scene, riga
from tests.enrolments.scene import scene as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(system: System) -> Scene:
    """A group that learned in March, of the provider whose system asks."""
    return make()


@pytest.fixture
def mine(scene: Scene) -> System:
    return build.system(scene.world.provider)


@pytest.fixture
def place(scene: Scene) -> Participation:
    return scene.learning()


def mark(place: Participation, number: int = 1, **more: Any) -> dict[str, Any]:
    session = f.session(place.group, number)
    return {
        "id": f"m-{number}",
        "participation": str(place.pk),
        "session": str(session.pk),
        "presence": "present",
        **more,
    }


def test_people_have_a_name_and_nothing_more(mine: System, place: Participation) -> None:
    person = place.account.person
    (shown,) = mine.get(f"people/?group={place.group_id}").json()["items"]
    assert shown == {
        "id": None,
        "stars_id": str(place.pk),
        "group": None,
        "group_stars_id": str(place.group_id),
        "name": f"{person.given_name} {person.family_name}",
        "state": "learning",
        "state_text": "Learning",
    }
    look = LookEntry.objects.get(person_id=person.pk)
    assert (look.actor_id, look.what, look.purpose) == (mine.admin.pk, "group_people", "run_group")
    everything = mine.get("people/").content.decode()
    for secret in (person.email, person.birth_date.isoformat(), str(person.pk)):
        assert secret not in everything


def test_people_get_the_numbers_of_the_system(mine: System, place: Participation) -> None:
    row = {"id": "audz-1", "stars_id": str(place.pk)}
    assert results(mine.sent("people/", row)) == ["accepted"]
    assert results(mine.sent("people/", row)) == ["unchanged"]
    assert mine.get("people/audz-1/").json()["stars_id"] == str(place.pk)
    (again,) = mine.sent("people/", {**row, "id": "audz-2"})
    assert reason(again) == ("stars_id", "has_id")
    assert results(mine.sent("attendance/", mark(place, participation="audz-1"))) == ["accepted"]
    assert Attendance.objects.get().participation == place


def test_whoever_left_before_the_start_is_not_told(mine: System, scene: Scene) -> None:
    place = scene.admitted()
    assert mine.get(f"people/{place.pk}/").status_code == 200
    decisions.withdraw(
        application_id=place.application_id, actor=place.account.person.user, at=DECIDED
    )
    assert mine.get(f"people/{place.pk}/").status_code == 404
    assert mine.get("people/").json()["items"] == []
    (answer,) = mine.sent("attendance/", mark(place))
    assert reason(answer) == ("participation", "unknown")


def test_marks_are_written_changed_and_read(mine: System, place: Participation) -> None:
    answers = mine.sent("attendance/", mark(place, 1), mark(place, 2, presence="absent"))
    assert results(answers) == ["accepted", "accepted"]
    first = Attendance.objects.get(session=f.session(place.group, 1))
    assert (first.presence, first.marked_by) == (Presence.PRESENT, mine.admin)
    assert ApiWrite.objects.filter(object_id=first.pk, key=mine.key).exists()
    assert results(mine.sent("attendance/", mark(place, 1))) == ["unchanged"]
    assert results(mine.sent("attendance/", mark(place, 1, presence="absent"))) == ["accepted"]
    first.refresh_from_db()
    assert (first.presence, first.version) == (Presence.ABSENT, 2)
    shown = mine.get("attendance/m-1/").json()
    assert (shown["id"], shown["presence"]) == ("m-1", "absent")


def test_the_mark_of_a_teacher_is_not_overwritten_silently(
    mine: System, scene: Scene, place: Participation
) -> None:
    scene.attend(place, True)  # by hand
    (answer,) = mine.sent("attendance/", mark(place, presence="absent"))
    assert answer["errors"][0]["code"] == "changed_meanwhile"
    assert results(mine.sent("attendance/", mark(place))) == ["accepted"]  # they agree
    once = Attendance.objects.get()
    assert (once.version, once.marked_by) == (1, scene.staff)
    assert results(mine.sent("attendance/", mark(place, presence="absent"))) == ["accepted"]
    learning.mark_attendance(
        participation_id=place.pk,
        session_id=once.session_id,
        presence=Presence.PRESENT,
        expected_version=2,
        actor=scene.staff,
        at=ENDED,
    )
    # The system knows of "absent" only: the same again says nothing new, another is refused.
    assert results(mine.sent("attendance/", mark(place, presence="absent"))) == ["unchanged"]
    over = mark(place, presence="absent", overwrite=True)
    assert results(mine.sent("attendance/", over)) == ["accepted"]
    once.refresh_from_db()
    assert (once.presence, once.version) == (Presence.ABSENT, 4)


def test_a_closed_month_needs_a_reason(mine: System, scene: Scene, place: Participation) -> None:
    scene.attend(place, True, True, True, True)
    months.close_month(
        group_id=place.group_id, month=riga(2026, 3, 1).date(), actor=SYSTEM, at=riga(2026, 4, 2)
    )
    changed = mark(place, presence="absent", overwrite=True)
    (answer,) = mine.sent("attendance/", changed)
    assert reason(answer) == ("reason", "month_closed")
    why = {**changed, "reason": "Pārrakstīšanās"}
    assert results(mine.sent("attendance/", why)) == ["accepted"]
    change = AttendanceChange.objects.get()
    assert (change.reason, change.by) == ("Pārrakstīšanās", mine.admin)


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"presence": "late"}, ("presence", "invalid_choice")),
        ({"session": "none"}, ("session", "unknown")),
        ({"participation": "none"}, ("participation", "unknown")),
        ({"participation": "010190-12345"}, ("participation", "personal_code")),
        ({"presence": None}, ("presence", "null")),
        ({"hours": 1}, ("hours", "unknown_field")),
    ],
)
def test_marks_that_cannot_be(
    mine: System, place: Participation, wrong: dict[str, Any], said: tuple[str, str]
) -> None:
    (answer,) = mine.sent("attendance/", mark(place, **wrong))
    assert (answer["result"], reason(answer)) == ("refused", said)
    assert not Attendance.objects.exists()


def test_an_id_of_a_mark_stays_with_its_mark(mine: System, place: Participation) -> None:
    mine.sent("attendance/", mark(place, 1), mark(place, 2))
    (answer,) = mine.sent("attendance/", {**mark(place, 2), "id": "m-1", "presence": "absent"})
    assert reason(answer) == ("id", "id_taken")


def test_trying_writes_no_mark(mine: System, place: Participation) -> None:
    tried = mine.send("attendance/?dry_run=true", mark(place, 1), mark(place, 2)).json()
    assert results(tried["rows"]) == ["accepted", "accepted"]
    assert not Attendance.objects.exists()
    assert not ExternalId.objects.filter(kind="attendance").exists()
    assert not ApiWrite.objects.filter(key=mine.key).exists()


def ended(place: Participation, **more: Any) -> dict[str, Any]:
    return {
        "id": "r-1",
        "participation": str(place.pk),
        "outcome": "completed",
        "on": "2026-03-31",
        "document_number": "A-1",
        **more,
    }


def test_completion_waits_for_the_second_side(
    mine: System, scene: Scene, place: Participation
) -> None:
    (early,) = mine.sent("completion/", ended(place))
    assert early["errors"][0]["code"] == "attendance"  # nobody was marked yet
    scene.attend(place, True, True, True, True)
    assert results(mine.sent("completion/", ended(place))) == ["accepted"]
    place.refresh_from_db()
    assert (place.state, place.document_number) == (ParticipationState.COMPLETED, "A-1")
    assert place.confirmed_at is None
    assert place.application.commitment is not None
    assert place.application.commitment.captured_at is None
    assert results(mine.sent("completion/", ended(place))) == ["unchanged"]
    (final,) = mine.sent("completion/", ended(place, document_number="A-2"))
    assert (final["result"], final["errors"][0]["code"] != "") == ("refused", True)
    shown = mine.get("completion/r-1/").json()
    assert (shown["outcome"], shown["on"], shown["confirmed"]) == ("completed", "2026-03-31", False)


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"document_number": ""}, ("document_number", "document")),
        ({"on": "2026-01-01"}, None),
        ({"on": "2026-13-01"}, ("on", "invalid")),
        ({"grade": 11}, ("grade", "max_value")),
        ({"grade": 9}, ("grade", "grade")),  # this type has none
        ({"outcome": "moved"}, ("outcome", "invalid_choice")),
        ({"outcome": "interrupted"}, ("reason", "note")),
    ],
)
def test_outcomes_that_cannot_be(
    mine: System,
    scene: Scene,
    place: Participation,
    wrong: dict[str, Any],
    said: tuple[str, str] | None,
) -> None:
    scene.attend(place, True, True, True, True)
    (answer,) = mine.sent("completion/", ended(place, **wrong))
    assert answer["result"] == "refused"
    assert said is None or reason(answer) == said
    place.refresh_from_db()
    assert place.state == ParticipationState.LEARNING


def test_one_who_stopped(mine: System, place: Participation) -> None:
    row = ended(place, outcome="interrupted", reason="Pārcēlās uz citu pilsētu")
    assert results(mine.sent("completion/", row)) == ["accepted"]
    place.refresh_from_db()
    assert (place.state, place.outcome_note) == ("interrupted", "Pārcēlās uz citu pilsētu")


def test_queries_of_marks_and_people_do_not_grow(mine: System, scene: Scene) -> None:
    first = scene.learning()
    mine.get("people/")

    def cost(call: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    def send(*numbers: int) -> Any:
        rows = [mark(first, number) for number in numbers]
        return lambda: results(mine.sent("attendance/", *rows)) == ["accepted"] * len(rows)

    listing = cost(lambda: mine.get("people/"))
    one = cost(send(1))
    three = cost(send(2, 3, 4))
    each = (three - one) // 2
    assert three == one + 2 * each
    assert each <= 18
    offer, group = scene.another_offer()
    scene.learning(offer=offer, group=group)
    other = make()
    other.learning()
    assert cost(lambda: mine.get("people/")) == listing
    assert len(mine.get("people/").json()["items"]) == 2
