"""The provider's workspace through the browser's eyes: pages, status codes, who gets in."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person, User
from catalogue.models import Session
from enrolments import selectors
from enrolments.enums import ApplicationState, ParticipationState
from enrolments.models import Application, Attendance
from enrolments.services import decisions, learning, outcomes
from funding.enums import PayerKind
from stars.audit.models import LookEntry
from stars.common.dates import now, riga_date, start_of_day, today
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.enrolments.scene import DECIDED, STARTED, Scene
from tests.signin import as_resident, as_staff

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    """A browser in which the person is signed in, in English."""
    client = Client()
    person = Person.objects.filter(user=user).first()
    if person is not None:
        as_resident(client, person)
    else:
        as_staff(client, user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def staff(scene: Scene) -> Client:
    return browser(scene.staff)


def pages(scene: Scene) -> dict[str, str]:
    """Every page of the workspace for the things of this scene."""
    waiting = scene.applied()
    participation = scene.learning()
    group = participation.group_id
    session = f.session(scene.group, 1)
    return {
        "groups": reverse("enrolments:provider_groups"),
        "group": reverse("enrolments:provider_group", args=[group]),
        "applications": reverse("enrolments:provider_applications"),
        "application": reverse("enrolments:provider_application", args=[waiting.pk]),
        "attendance": reverse("enrolments:provider_attendance", args=[session.pk]),
        "completion": reverse("enrolments:provider_completion", args=[group]),
    }


def test_staff_see_their_pages_and_every_look_is_logged(scene: Scene, staff: Client) -> None:
    for name, address in pages(scene).items():
        before = LookEntry.objects.count()
        assert staff.get(address).status_code == 200, name
        if name != "groups":
            assert LookEntry.objects.count() > before, name
    assert set(LookEntry.objects.values_list("actor_id", flat=True)) == {scene.staff.pk}


def test_no_page_shows_more_than_name_contacts_and_answers(scene: Scene, staff: Client) -> None:
    account = scene.learner()
    person = account.person
    person.birth_date = date(1977, 12, 24)
    person.save()
    scene.applied(account)
    for address in pages(scene).values():
        text = staff.get(address).content.decode()
        assert "1977" not in text
        assert str(account.pk) not in text


def test_others_get_in_nowhere(scene: Scene) -> None:
    addresses = pages(scene)
    stranger = f.MembershipFactory(organisation=f.ProviderFactory().organisation, admin=True)
    other_provider = browser(stranger.user)
    former = browser(
        f.MembershipFactory(organisation=scene.world.provider.organisation, ended=True).user
    )
    learner = browser(scene.learners[0].person.user)
    auditor = browser(f.MembershipFactory(auditor=True).user)
    for name, address in addresses.items():
        # Somebody else's thing does not exist; a workspace of one's own does.
        expected = 200 if name in ("groups", "applications") else 404
        answer = other_provider.get(address)
        assert answer.status_code == expected, name
        assert "Vārds" not in answer.content.decode()
        for client in (former, learner, auditor):
            assert client.get(address).status_code == 403, name
        assert Client().get(address).status_code == 302, name
        for client in (other_provider, former, learner, auditor):
            assert client.post(address, {}).status_code in (403, 404, 405), name
    assert not LookEntry.objects.exists()


def test_an_application_is_answered(scene: Scene, staff: Client) -> None:
    application = scene.applied()
    address = reverse("enrolments:provider_application", args=[application.pk])
    assert staff.post(address, {}).status_code == 400
    without_reason = staff.post(address, {"decision": "reject", "note": " "})
    assert without_reason.status_code == 400
    assert "Write the reason" in without_reason.content.decode()
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert staff.post(address, {"decision": "approve"}).status_code == 302
    application.refresh_from_db()
    assert application.state == ApplicationState.APPROVED
    # A colleague answers the same page a minute later.
    late = staff.post(address, {"decision": "reject", "note": "Nē."})
    assert late.status_code == 409
    assert "already changed" in late.content.decode()
    assert staff.get(address).status_code == 200


def test_a_reason_has_an_end(scene: Scene, staff: Client) -> None:
    application = scene.applied()
    address = reverse("enrolments:provider_application", args=[application.pk])
    too_long = staff.post(address, {"decision": "reject", "note": "a" * 1001})
    assert too_long.status_code == 400
    assert "at most 1000 letters; now there are 1001" in too_long.content.decode()
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert staff.post(address, {"decision": "reject", "note": "a" * 1000}).status_code == 302


@pytest.mark.parametrize(
    ("payer", "says"),
    [
        (PayerKind.PERSON, "70.00\u00a0€, the person pays"),
        (PayerKind.FAMILY, "70.00\u00a0€, the family or somebody else pays"),
        (PayerKind.EMPLOYER, "70.00\u00a0€, the employer pays"),
    ],
)
def test_the_provider_sees_whom_to_invoice(
    scene: Scene, staff: Client, payer: str, says: str
) -> None:
    application = scene.applied(payer=payer)
    decisions.approve(application_id=application.pk, actor=scene.staff, at=DECIDED)
    for name, key in (
        ("provider_application", application.pk),
        ("provider_group", application.group_id),
    ):
        text = staff.get(reverse(f"enrolments:{name}", args=[key])).content.decode()
        assert "Own part" in text, name
        assert says in text, name


def test_without_support_the_whole_price_is_invoiced(scene: Scene, staff: Client) -> None:
    application = scene.applied(use_support=False, support="0.00")
    address = reverse("enrolments:provider_application", args=[application.pk])
    assert "570.00\u00a0€, the person pays" in staff.get(address).content.decode()


def test_somebody_with_only_a_telephone_can_be_reached(scene: Scene, staff: Client) -> None:
    application = scene.applied()
    Person.objects.filter(pk=application.account.person_id).update(email="", phone="+371 20000007")
    listed = staff.get(reverse("enrolments:provider_applications")).content.decode()
    assert "+371 20000007" in listed
    decisions.approve(application_id=application.pk, actor=scene.staff, at=DECIDED)
    group = staff.get(reverse("enrolments:provider_group", args=[scene.group.pk])).content.decode()
    assert ">+371 20000007<" in group


def test_whoever_applied_today_waits_since_today(scene: Scene, staff: Client) -> None:
    application = scene.applied()
    Application.objects.filter(pk=application.pk).update(submitted_at=now())
    text = staff.get(reverse("enrolments:provider_applications")).content.decode()
    assert ">today</td>" in text
    assert "0\u00a0days" not in text


def test_a_full_group_says_so(scene: Scene, staff: Client) -> None:
    group = f.group(scene.offer.version, starts_on=date(2026, 3, 17), capacity=1)
    address = reverse("enrolments:provider_group", args=[group.pk])
    assert "Open for applications" in staff.get(address).content.decode()
    scene.applied(group=group)
    assert "Open for applications" not in staff.get(address).content.decode()
    assert ">Full<" in staff.get(address).content.decode()
    assert ">Full<" in staff.get(reverse("enrolments:provider_groups")).content.decode()


@pytest.fixture
def sheet(scene: Scene, staff: Client) -> tuple[str, list[Any], dict[str, str]]:
    """The page of the first session, the people in it, and the form as the page shows it."""
    people = [scene.admitted(), scene.admitted()]
    learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    address = reverse("enrolments:provider_attendance", args=[f.session(scene.group, 1).pk])
    form = {}
    for person in people:
        form[f"version-{person.pk}"] = "0"
        form[f"was-{person.pk}"] = ""
    return address, people, form


def test_marks_without_javascript(staff: Client, sheet) -> None:
    address, people, form = sheet
    form[f"mark-{people[0].pk}"] = "present"
    form[f"mark-{people[1].pk}"] = "absent"
    assert staff.post(address, form).status_code == 302
    marks = dict(Attendance.objects.values_list("participation_id", "presence"))
    assert marks == {people[0].pk: "present", people[1].pk: "absent"}
    assert "Marked 2 of 2" in staff.get(address).content.decode()


def sent(staff: Client, address: str, *rows: tuple[Any, str, int]) -> dict[str, Any]:
    """Marks as a phone sends them: participation, presence, version seen."""
    marks = [
        {"participation": str(person.pk), "presence": presence, "version": version}
        for person, presence, version in rows
    ]
    answer = staff.post(f"{address}atzimes/", {"marks": json.dumps(marks)})
    assert answer.status_code == 200
    return answer.json()


def test_each_tap_is_saved(staff: Client, sheet) -> None:
    address, people, _form = sheet
    found = sent(staff, address, (people[0], "present", 0), (people[1], "absent", 0))
    assert [(row["status"], row["version"]) for row in found["rows"]] == [("saved", 1)] * 2
    assert found["saved"].startswith("Saved ")
    # The answer was lost and the phone sends it once more: nothing happens twice.
    again = sent(staff, address, (people[0], "present", 0))
    assert again["rows"][0]["status"] == "saved"
    assert sorted(Attendance.objects.values_list("version", flat=True)) == [1, 1]


def test_a_phone_hears_of_another_teachers_mark(scene: Scene, staff: Client, sheet) -> None:
    address, people, _form = sheet
    colleague = f.MembershipFactory(organisation=scene.world.provider.organisation).user
    learning.mark_attendance(
        participation_id=people[0].pk,
        session_id=f.session(scene.group, 1).pk,
        presence="absent",
        expected_version=0,
        actor=colleague,
        at=now(),
    )
    (row,) = sent(staff, address, (people[0], "present", 0))["rows"]
    assert (row["status"], row["presence"], row["version"]) == ("clash", "absent", 1)
    assert row["who"].startswith(colleague.email)
    assert Attendance.objects.get().presence == "absent"
    # Having seen both, one is chosen.
    (row,) = sent(staff, address, (people[0], "present", 1))["rows"]
    assert (row["status"], Attendance.objects.get().presence) == ("saved", "present")


def test_one_refused_mark_does_not_stop_the_others(scene: Scene, staff: Client, sheet) -> None:
    address, people, _form = sheet
    outcomes.expel(
        participation_id=people[0].pk,
        on=riga_date(STARTED),
        note="Nenāk",
        actor=scene.staff,
        at=now(),
    )
    found = sent(staff, address, (people[0], "present", 0), (people[1], "present", 0))["rows"]
    assert [row["status"] for row in found] == ["refused", "saved"]


def test_people_of_other_groups_are_refused_alike(scene: Scene, staff: Client, sheet) -> None:
    address, _people, _form = sheet
    _offer, group = scene.another_offer()
    elsewhere = scene.admitted(offer=_offer, group=group)
    rows = [{"participation": str(key), "presence": "present"} for key in (elsewhere.pk, uuid4())]
    found = staff.post(f"{address}atzimes/", {"marks": json.dumps(rows)}).json()["rows"]
    assert [row["status"] for row in found] == ["refused"] * 2
    assert found[0]["text"] == found[1]["text"]
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    "marks",
    [
        "",
        "{",
        "{}",
        "7",
        "[7]",
        "[" * 100_000,
        '[{"participation": "x", "presence": "present", "version": 0}]',
        '[{"participation": null}]',
        '[{"participation": "00000000-0000-0000-0000-000000000000", "presence": "late"}]',
        '[{"participation": "00000000-0000-0000-0000-000000000000", "presence": ["present"]}]',
        json.dumps([{}] * 301),
    ],
)
def test_marks_that_cannot_be_read(staff: Client, sheet, marks: str) -> None:
    address, _people, _form = sheet
    assert staff.post(f"{address}atzimes/", {"marks": marks}).status_code == 400
    assert not Attendance.objects.exists()


def test_without_javascript_both_marks_are_shown_to_choose(
    scene: Scene, staff: Client, sheet
) -> None:
    address, people, form = sheet
    scene.attend(people[0], False)
    form[f"mark-{people[0].pk}"] = "present"
    form[f"mark-{people[1].pk}"] = "present"
    answer = staff.post(address, form)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Two people marked this differently" in text
    merge = text[text.index('id="attendance-merge"') : text.index("<template")]
    assert "hidden" not in merge.split(">")[0]
    assert "Not here" in merge
    marks = dict(Attendance.objects.values_list("participation_id", "presence"))
    assert marks == {people[0].pk: "absent", people[1].pk: "present"}
    # The button of that list sends the mark against the version that it showed.
    version = re.search(rf'name="version-{people[0].pk}" value="(\d+)"', merge)
    assert version is not None
    choice = {
        f"mark-{people[0].pk}": "present",
        f"version-{people[0].pk}": version.group(1),
        f"was-{people[0].pk}": "absent",
    }
    assert staff.post(address, choice).status_code == 302
    assert Attendance.objects.get(participation=people[0]).presence == "present"


def test_the_rest_with_one_button(staff: Client, sheet) -> None:
    address, people, form = sheet
    assert staff.post(address, {**form, "rest": "present"}).status_code == 302
    assert Attendance.objects.filter(presence="present").count() == len(people)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"mark": "late", "version": "0"},
        {"mark": "present", "version": "-1"},
        {"mark": "present", "version": "x" * 100},
        {"mark": "\x00", "version": ""},
    ],
)
def test_nonsense_in_the_form_is_no_error_of_ours(staff: Client, sheet, nonsense) -> None:
    address, people, form = sheet
    form[f"mark-{people[0].pk}"] = nonsense["mark"]
    form[f"version-{people[0].pk}"] = nonsense["version"]
    answer = staff.post(address, form, follow=True)
    assert answer.status_code == 200
    assert not Attendance.objects.exclude(presence="present").exists()


@pytest.mark.parametrize("day", ["2026-03-02", "2027-01-01", "2026-03-04", "", "rīt", "9999-99-99"])
def test_a_day_outside_the_group_is_said_in_words(scene: Scene, staff: Client, day: str) -> None:
    address = reverse("enrolments:provider_group", args=[scene.group.pk])
    answer = staff.get(address, {"day": day})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert any(
        words in text
        for words in ("outside the days", "no session on this day", "Choose a day of the group")
    )


def test_a_day_of_the_group_leads_to_its_session(scene: Scene, staff: Client) -> None:
    address = reverse("enrolments:provider_group", args=[scene.group.pk])
    answer = staff.get(address, {"day": "2026-03-10"})
    expected = reverse("enrolments:provider_attendance", args=[f.session(scene.group, 2).pk])
    assert (answer.status_code, answer.headers["Location"]) == (302, expected)


def test_a_session_still_ahead_cannot_be_marked(scene: Scene, staff: Client) -> None:
    today = datetime.now().date()
    ahead = f.group(scene.offer.version, starts_on=today + timedelta(days=30), code="vēlāk")
    address = reverse("enrolments:provider_attendance", args=[f.session(ahead, 1).pk])
    answer = staff.post(address, {"rest": "present"}, follow=True)
    assert "has not begun yet" in answer.content.decode()
    text = staff.get(address).content.decode()
    assert "You can mark who is there when the session begins" in text
    assert "today?" not in text
    main = text[text.index("<main") : text.index("</main>")]
    assert "<button" not in main
    assert 'type="radio"' not in main


def test_the_question_over_the_list_follows_the_day(scene: Scene, staff: Client, sheet) -> None:
    address, _people, _form = sheet
    session = f.session(scene.group, 1)
    Session.objects.filter(pk=session.pk).update(
        starts_at=now() - timedelta(days=2, hours=2), ends_at=now() - timedelta(days=2)
    )
    assert "<h1>Who was there?</h1>" in staff.get(address).content.decode()
    Session.objects.filter(pk=session.pk).update(
        starts_at=start_of_day(today()), ends_at=start_of_day(today()) + timedelta(hours=2)
    )
    assert "<h1>Who is here today?</h1>" in staff.get(address).content.decode()


def test_a_group_is_started_by_hand(scene: Scene, staff: Client) -> None:
    participation = scene.admitted()
    address = reverse("enrolments:provider_start", args=[scene.group.pk])
    assert staff.get(address).status_code == 405
    assert staff.post(address).status_code == 302
    participation.refresh_from_db()
    assert participation.state == ParticipationState.LEARNING


def results(participation: Any, outcome: str, detail: str, on: str) -> dict[str, str]:
    key = participation.pk
    return {f"outcome-{key}": outcome, f"{key}-detail": detail, f"{key}-on": on}


def test_results_of_a_group(scene: Scene, staff: Client) -> None:
    there, away = scene.admitted(), scene.admitted()
    learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    scene.attend(there, True, True, True, True)
    scene.attend(away, True, False, False, False)
    address = reverse("enrolments:provider_completion", args=[scene.group.pk])
    assert staff.get(address).status_code == 200

    wrong = results(there, "completed", "", "2026-03-31")
    assert staff.post(address, wrong).status_code == 400
    assert staff.post(address, results(there, "completed", "A-1", "2026-02-01")).status_code == 400
    assert staff.post(address, results(there, "completed", "A-1", "rīt")).status_code == 400
    too_little = staff.post(address, results(away, "completed", "A-2", "2026-03-31"))
    assert too_little.status_code == 400
    assert "25 %" in too_little.content.decode()
    for participation in (there, away):
        participation.refresh_from_db()
        assert participation.state == ParticipationState.LEARNING

    both = {
        **results(there, "completed", "A-1", "2026-03-31"),
        **results(away, "interrupted", "Pārcēlās.", "2026-03-20"),
    }
    assert staff.post(address, both).status_code == 302
    there.refresh_from_db()
    away.refresh_from_db()
    assert there.state == ParticipationState.COMPLETED
    assert away.state == ParticipationState.INTERRUPTED
    assert staff.get(address).status_code == 200


def test_results_without_a_result_are_not_saved(scene: Scene, staff: Client) -> None:
    person = scene.learning()
    address = reverse("enrolments:provider_completion", args=[scene.group.pk])
    for sent in ({}, {f"{person.pk}-on": "2026-03-31"}):
        answer = staff.post(address, sent)
        assert answer.status_code == 400
        assert "Nothing was entered" in answer.content.decode()
    number_only = staff.post(address, {f"{person.pk}-detail": "A-1"})
    assert number_only.status_code == 400
    assert "choose whether the person completed it" in number_only.content.decode()


def test_long_results_are_refused_in_words(scene: Scene, staff: Client) -> None:
    person = scene.learning()
    scene.attend(person, True, True, True, True)
    address = reverse("enrolments:provider_completion", args=[scene.group.pk])
    number = staff.post(address, results(person, "completed", "A" * 61, "2026-03-31"))
    assert number.status_code == 400
    assert "number of the document is too long" in number.content.decode()
    reason = staff.post(address, results(person, "interrupted", "a" * 1001, "2026-03-31"))
    assert reason.status_code == 400
    assert "at most 1000 letters" in reason.content.decode()
    person.refresh_from_db()
    assert person.state == ParticipationState.LEARNING


def test_not_completed_has_no_tick(scene: Scene, staff: Client) -> None:
    person = scene.learning()
    address = reverse("enrolments:provider_completion", args=[scene.group.pk])
    staff.post(address, results(person, "interrupted", "Pārcēlās.", "2026-03-20"))
    text = staff.get(address).content.decode()
    assert '<span class="soft">Not completed</span>' in text
    assert 'class="saved"' not in text


def test_what_is_still_ahead_is_nobodys_absence(scene: Scene, staff: Client) -> None:
    person = scene.learning()
    scene.attend(person, True, True)
    address = reverse("enrolments:provider_completion", args=[scene.group.pk])
    group = reverse("enrolments:provider_group", args=[scene.group.pk])
    hours = sum(f.session(scene.group, number).hours for number in (1, 2))
    whole = sum(scene.group.sessions.values_list("hours", flat=True))
    assert f"{hours} of {whole} hours, 50%" in staff.get(address).content.decode()
    assert '<small class="bad">' in staff.get(address).content.decode()
    last = scene.group.sessions.latest("number")
    Session.objects.filter(pk=last.pk).update(
        starts_at=now() + timedelta(days=1), ends_at=now() + timedelta(days=1, hours=2)
    )
    text = staff.get(address).content.decode()
    assert f"{hours} of {hours} hours, 100%" in text
    assert '<small class="bad">' not in text
    assert f"{hours} of {hours} hours" in staff.get(group).content.decode()


def test_the_list_says_what_to_do_and_how_people_attend(scene: Scene, staff: Client) -> None:
    first, second = scene.admitted(), scene.admitted()
    learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    scene.attend(first, True, True, True, True)
    scene.attend(second, True, False, True, True)
    scene.applied(group=f.group(scene.offer.version, starts_on=date(2026, 3, 17)))
    row = next(
        r
        for r in selectors.groups_of([scene.world.provider], at=STARTED)
        if r.group.pk == scene.group.pk
    )
    assert (str(row.attendance), row.below) == ("0.8750", 1)
    text = staff.get(reverse("enrolments:provider_groups")).content.decode()
    assert "Answer 1 application" in text
    assert "87%" in text


def test_lists_cost_the_same_for_any_number_of_groups(
    scene: Scene, django_assert_num_queries
) -> None:
    scene.learning()
    for number in range(2):
        with django_assert_num_queries(5):
            selectors.groups_of([scene.world.provider], at=STARTED)
        scene.applied(
            group=f.group(scene.offer.version, starts_on=date(2026, 3, 24), code=f"n{number}")
        )


def test_unknown_things_do_not_exist(staff: Client) -> None:
    key = "00000000-0000-4000-8000-000000000000"
    for name in ("provider_group", "provider_application", "provider_attendance"):
        assert staff.get(reverse(f"enrolments:{name}", args=[key])).status_code == 404
