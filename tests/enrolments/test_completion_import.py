"""Results of self-paced courses from reports of Moodle and Coursera (ENR-10, INT-6)."""

from __future__ import annotations

import contextlib
import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from catalogue.models import Group
from enrolments.enums import ParticipationState
from enrolments.exceptions import NotTaken
from enrolments.models import EnrolmentLog, Participation
from enrolments.platform_files import Platform, day_of, read
from enrolments.services import completion_import, learning, outcomes
from enrolments.services.completion_import import Look, RowResult, look, save_names, take
from stars.audit.models import LookEntry
from stars.common.errors import DomainError, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.common.tables import MAX_BYTES
from tests import factories as f
from tests.enrolments.scene import ENDED, STARTED, Scene
from tests.signin import as_staff

USAGE = (
    "Name,Email,External Id,Course,Course ID,Course Slug,University,Enrollment Time,"
    "Class Start Time,Class End Time,Last Course Activity Time,Overall Progress,"
    "Estimated Learning Hours,Completed,Removed From Program,Program Slug,Program Name,"
    "Enrollment Source,Completion Time,Course Grade,Course Certificate URL,Course Type"
)

PASSED = "Completed (achieved pass grade)"
FAILED = "Completed (did not achieve pass grade)"


def usage(email: str, *, done: str = "Yes", percent: str = "100.0", **more: str) -> str:
    """A row of Coursera's usage report."""
    time = more.get("time", "2026-03-20T22:30:00.000Z" if done == "Yes" else "")
    link = more.get("link", "https://coursera.org/verify/AB12CD34" if done == "Yes" else "")
    return (
        f"{more.get('name', 'Somebody')},{email},{more.get('key', '')},"
        f"{more.get('course', 'AI Essentials')},x1,ai,Google,2026-03-04T09:10:18.000Z,"
        f"2026-03-05T07:00:00.000Z,2026-04-23T06:59:59.000Z,,{percent},20.0,{done},No,p,P,GCC,"
        f"{time},95.5,{link},Course"
    )


def coursera(*rows: str) -> bytes:
    return "\n".join((USAGE, *rows)).encode()


def moodle(*rows: str) -> bytes:
    """Moodle's course completion report."""
    heads = '"ID","Name","Email address","Quiz","Quiz - Completion date","Course complete"'
    return ("\ufeff" + "\n".join((heads, *rows))).encode()


# --- reading, without a database ------------------------------------------------------------------


def test_moodle_says_the_moment_or_nothing() -> None:
    report = read(
        "completion-ai.csv",
        moodle(
            '"7","Anna Egle","Anna@Example.lv","Completed","20/03/26, 14:05","20/03/26, 14:05"',
            '"8","Jānis Bērzs","janis@example.lv","Not completed","",""',
        ),
    )
    assert report.platform == Platform.MOODLE
    first, second = report.rows
    assert (first.email, first.done, first.done_on) == (
        "anna@example.lv",
        True,
        date(2026, 3, 20),
    )
    assert (second.name, second.done, second.number) == ("Jānis Bērzs", False, 3)


@pytest.mark.parametrize("divider,encoding", [(",", "utf-8"), ("\t", "utf-16"), (";", "utf-8-sig")])
def test_moodle_activities_all_have_to_be_done(divider: str, encoding: str) -> None:
    heads = ["", "Email address", "Lesson; part 1", "2026-03-31 00:00:00", "Quiz, last", ""]
    rows = [
        ["Anna", "a@x.lv", "Completed", "2026-03-10 10:00:00", PASSED, "2026-03-12 23:30:00"],
        ["Juris", "j@x.lv", "Completed (set by Admin User)", "2026-03-10 10:00:00", FAILED, "x"],
        ["Zane", "z@x.lv", "Not completed", "", "Not completed", ""],
    ]
    text = "\n".join(divider.join(f'"{cell}"' for cell in row) for row in [heads, *rows])
    found = read("progress.ai.csv", text.encode(encoding)).rows
    assert [row.done for row in found] == [True, False, False]
    assert (found[0].name, found[0].done_on) == ("Anna", date(2026, 3, 12))
    assert [row.progress for row in found] == [Decimal(1), Decimal("0.5"), Decimal(0)]


def test_coursera_has_a_row_for_each_course_in_days_of_riga() -> None:
    report = read(
        "usage-report.csv",
        coursera(
            usage("a@x.lv", key="E-17"),
            usage("b@x.lv", done="No", percent="57.73", course="Another"),
        ),
    )
    assert report.platform == Platform.COURSERA
    assert report.courses == ["AI Essentials", "Another"]
    first, second = report.rows
    # Half past ten in the evening in UTC is the next day in Riga.
    assert (first.done_on, first.document, first.logins) == (
        date(2026, 3, 21),
        "AB12CD34",
        ("e-17",),
    )
    assert (second.done, second.progress, second.document) == (False, Decimal("0.5773"), "")


def test_coursera_specializations_are_read_too() -> None:
    heads = (
        "Name,Email,External Id,Specialization,Specialization Slug,University,Enrollment Time,"
        "Last Specialization Activity Time,# Completed Courses,# Courses in Specialization,"
        "Completed,Removed From Program,Program Slug,Program Name,Enrollment Source,"
        "Specialization Completion Time,Specialization Certificate URL"
    )
    row = "A,a@x.lv,,Data,d,IBM,2026-03-04T09:10:18.000Z,,5,5,Yes,No,p,P,G,2026-03-20,https://c.org/v/Z9"
    (found,) = read("specialization-report.csv", f"{heads}\n{row}".encode()).rows
    assert (found.course, found.done, found.document) == ("Data", True, "Z9")
    assert found.done_on == date(2026, 3, 20)


def test_a_sheet_with_decimal_commas_and_added_columns() -> None:
    book = openpyxl.Workbook()
    heads = ["Name", "Email", "Course", "Enrollment Time", "Overall Progress", "Completed"]
    book.active.append([*heads, "Completion Time", "Vērtējums", "Dokumenta numurs"])
    day = datetime(2026, 3, 20, 14, 5)
    book.active.append(["A", "a@x.lv", "AI", "x", "85,50", "Jā", day, "8,0", "M-7"])
    book.active.append(["B", "b@x.lv", "AI", "x", "85,50", "jā", "20.03.2026.", "8,5", ""])
    file = io.BytesIO()
    book.save(file)
    first, second = read("report.XLSX", file.getvalue()).rows
    assert (first.progress, first.grade, first.document) == (Decimal("0.8550"), 8, "M-7")
    assert first.done_on == date(2026, 3, 20)
    assert second.error and second.grade is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-20",
        "2026-03-20 14:05:00",
        "2026-03-20T22:59:00+02:00",
        "20.03.2026.",
        "20.3.26 14.05",
        "20/03/2026",
        "20/03/26, 14:05",
        "Friday, 20 March 2026, 2:05 PM",
        "20 March 2026",
        "piektdiena, 2026. gada 20. marts, 14:05",
        datetime(2026, 3, 20, 23, 59),
        date(2026, 3, 20),
    ],
)
def test_days_are_read_as_they_are_written(text: Any) -> None:
    assert day_of(text) == date(2026, 3, 20)


@pytest.mark.parametrize(
    "text", ["", None, "soon", "2026-13-01", "31.02.2026", "03/20/26", 45, "1/1"]
)
def test_what_is_no_day_is_not_guessed(text: Any) -> None:
    with pytest.raises(ValueError):
        day_of(text)


@pytest.mark.parametrize(
    "name,content",
    [
        ("x.csv", b""),
        ("x.csv", b"\n\n"),
        ("x.csv", b"\xff\xfe\x00"),
        ("x.csv", b"a\x00b"),
        ("x.csv", b"Name,Course\nA,B"),
        ("x.csv", b"Name,Email\nA,a@x.lv"),
        ("x.csv", b'"Email\n' * 9),
        ("x.csv", b"Email," + b"x" * (MAX_BYTES)),
        ("x.csv", b"ID,Email address,Course complete\n" + b"1,a@x.lv,\n" * 2001),
        ("x.xlsx", b"PK\x03\x04 broken"),
        ("x.xlsx", b"Name,Email\n"),
    ],
)
def test_what_is_no_report_is_refused_as_a_whole(name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read(name, content)
    assert refused.value.field == "file"


_CELLS = st.sampled_from(
    ["", "Email", "Email address", "Course complete", "Completed", "Enrollment Time", "Yes", "a@b"]
) | st.text(max_size=12)


@given(st.lists(st.lists(_CELLS, max_size=6), max_size=6), st.sampled_from([",", ";", "\t"]))
@settings(max_examples=150, deadline=None)
def test_any_table_is_read_or_refused(rows: list[list[str]], divider: str) -> None:
    text = "\n".join(divider.join(row) for row in rows)
    try:
        report = read("x.csv", text.encode("utf-8", "surrogatepass"))
    except DomainError:
        return
    assert all(not row.done or row.error or row.done_on for row in report.rows)


@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.xlsx"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    with contextlib.suppress(DomainError):
        read(name, content)


# --- a group without sessions ---------------------------------------------------------------------


def self_paced(scene: Scene) -> Group:
    _offer, group = scene.another_offer()
    group.sessions.all().delete()
    return group


def learns(scene: Scene, group: Group, *emails: str) -> list[Participation]:
    """People of a group that has begun."""
    rows = []
    for email in emails:
        row = scene.admitted(offer=group.version.offers.get(), group=group)
        row.account.person.email = email
        row.account.person.save()
        rows.append(row)
    learning.start_group(group_id=group.pk, actor=SYSTEM, at=STARTED)
    for row in rows:
        row.refresh_from_db()
    return rows


def signed_in(user: User) -> Client:
    client = Client()
    as_staff(client, user)
    return client


def found_in(scene: Scene, group: Group, content: bytes, **more: Any) -> Look:
    return look(
        **{
            "group_id": group.pk,
            "report": read("r.csv", content),
            "course": "",
            "first_number": "M-099",
            "actor": scene.staff,
            "at": ENDED,
            **more,
        }
    )


@pytest.mark.django_db
class TestGroup:
    def test_each_row_is_told_before_anything_is_written(self, scene: Scene) -> None:
        group = self_paced(scene)
        rows = learns(scene, group, "a@x.lv", "b@x.lv", "c@x.lv")
        seen = found_in(
            scene,
            group,
            moodle(
                '1,A,A@X.lv,,,"20.03.2026, 14:05"',
                "2,B,b@x.lv,,,",
                "3,C,c@x.lv,,,01.02.2026",
                "4,D,stranger@x.lv,,,20.03.2026",
                "5,A,a@x.lv,,,21.03.2026",
            ),
        )
        assert [line.result for line in seen.lines] == [
            RowResult.READY,
            RowResult.NOT_ENOUGH,
            RowResult.REFUSED,  # before the group began
            RowResult.NOT_FOUND,
            RowResult.REFUSED,  # the same person again
        ]
        assert [person.participation_id for person in seen.people] == [rows[0].pk]
        assert seen.people[0].document_number == "M-099"
        assert not Participation.objects.filter(state=ParticipationState.COMPLETED).exists()

    def test_taken_as_by_hand_with_certificate_of_the_platform_and_log(self, scene: Scene) -> None:
        group = self_paced(scene)
        first, second = learns(scene, group, "a@x.lv", "b@x.lv")
        seen = found_in(
            scene,
            group,
            coursera(usage("a@x.lv", key="E-1"), usage("b@x.lv", link="", percent='"92,4"')),
            first_number="M-099",
        )
        done = take(group_id=group.pk, people=seen.people, actor=scene.staff, at=ENDED)
        assert {row.pk for row in done} == {first.pk, second.pk}
        for row in (first, second):
            row.refresh_from_db()
        assert (first.document_number, first.attendance_share) == ("AB12CD34", Decimal("1.0000"))
        assert (second.document_number, second.attendance_share) == ("M-099", Decimal("0.9240"))
        assert (first.platform_name, second.platform_name) == ("e-1", "b@x.lv")
        assert first.outcome_on == date(2026, 3, 21)
        assert first.account.records.get(participation_id=first.pk).document_number == "AB12CD34"
        log = EnrolmentLog.objects.get(object_id=first.pk, transition="complete")
        assert (log.by, log.note) == (scene.staff, "Coursera")
        # The second side is still the learner's.
        assert first.confirmed_at is None
        user = first.account.person.user
        outcomes.confirm_completion(participation_id=first.pk, actor=user, at=ENDED)
        commitment = first.application.commitment
        commitment.refresh_from_db()
        assert commitment.evidence["attendance_share"] == "1.0000"

    def test_taking_twice_completes_once(self, scene: Scene) -> None:
        group = self_paced(scene)
        (row,) = learns(scene, group, "a@x.lv")
        content = moodle("1,A,a@x.lv,,,20.03.2026")
        people = found_in(scene, group, content).people
        take(group_id=group.pk, people=people, actor=scene.staff, at=ENDED)
        assert take(group_id=group.pk, people=people, actor=scene.staff, at=ENDED) == []
        assert EnrolmentLog.objects.filter(object_id=row.pk, transition="complete").count() == 1
        (line,) = found_in(scene, group, content).lines
        assert line.result == RowResult.ALREADY

    def test_if_one_cannot_nobody_is(self, scene: Scene) -> None:
        group = self_paced(scene)
        first, second = learns(scene, group, "a@x.lv", "b@x.lv")
        people = found_in(
            scene, group, moodle("1,A,a@x.lv,,,20.03.2026", "2,B,b@x.lv,,,20.03.2026")
        ).people
        outcomes.interrupt(
            participation_id=second.pk,
            on=date(2026, 3, 10),
            note="Moved away",
            actor=scene.staff,
            at=ENDED,
        )
        with pytest.raises(NotTaken) as refused:
            take(group_id=group.pk, people=people, actor=scene.staff, at=ENDED)
        assert list(refused.value.errors) == [second.pk]
        first.refresh_from_db()
        assert first.state == ParticipationState.LEARNING

    def test_only_the_groups_own_people_and_provider(self, scene: Scene) -> None:
        group = self_paced(scene)
        learns(scene, group, "a@x.lv")
        other = scene.learning()
        content = moodle("1,A,a@x.lv,,,20.03.2026")
        people = found_in(scene, group, content).people
        rival = f.MembershipFactory().user
        with pytest.raises(NotAllowed):
            found_in(scene, group, content, actor=rival)
        with pytest.raises(NotAllowed):
            take(group_id=group.pk, people=people, actor=rival, at=ENDED)
        with pytest.raises(Invalid):
            take(group_id=other.group_id, people=people, actor=scene.staff, at=ENDED)
        with pytest.raises(NotAllowed):
            save_names(group_id=group.pk, names={}, actor=rival, at=ENDED)

    def test_where_there_are_sessions_attendance_has_to_be_enough_too(self, scene: Scene) -> None:
        (row,) = learns(scene, scene.group, "a@x.lv")
        content = moodle("1,A,a@x.lv,,,20.03.2026")
        (line,) = found_in(scene, scene.group, content).lines
        assert line.result == RowResult.NOT_ENOUGH
        scene.attend(row, True, True, True, True)
        (line,) = found_in(scene, scene.group, content).lines
        assert line.result == RowResult.READY

    def test_a_course_passed_with_too_little_of_it_is_not_enough(self, scene: Scene) -> None:
        group = self_paced(scene)
        learns(scene, group, "a@x.lv")
        (line,) = found_in(scene, group, coursera(usage("a@x.lv", percent="79.999"))).lines
        assert line.result == RowResult.NOT_ENOUGH

    def test_several_courses_ask_which_or_find_the_namesake(self, scene: Scene) -> None:
        group = self_paced(scene)
        learns(scene, group, "a@x.lv")
        rows = [usage("a@x.lv", course="One"), usage("a@x.lv", course="Two", done="No")]
        with pytest.raises(Invalid) as refused:
            found_in(scene, group, coursera(*rows))
        assert refused.value.field == "course" and "One; Two" in str(refused.value.message)
        with pytest.raises(Invalid):
            found_in(scene, group, coursera(*rows), course="Three")
        assert found_in(scene, group, coursera(*rows), course="one").count(RowResult.READY) == 1
        assert found_in(scene, group, coursera(*rows), course="Two").count(RowResult.READY) == 0
        rows.append(usage("a@x.lv", course=group.version.title_lv))
        assert found_in(scene, group, coursera(*rows)).count(RowResult.READY) == 1

    def test_people_with_another_name_on_the_platform(self, scene: Scene) -> None:
        group = self_paced(scene)
        first, second = learns(scene, group, "a@x.lv", "b@x.lv")
        changed = save_names(
            group_id=group.pk, names={first.pk: " Anna.E "}, actor=scene.staff, at=ENDED
        )
        assert changed == 1
        content = b"Name,Username,Course complete\nA,anna.e,20.03.2026"
        (line,) = found_in(scene, group, content).lines
        assert (line.result, line.participation) == (RowResult.READY, first)
        with pytest.raises(Invalid):
            save_names(group_id=group.pk, names={second.pk: "ANNA.E"}, actor=scene.staff, at=ENDED)
        with pytest.raises(Invalid):
            save_names(group_id=group.pk, names={second.pk: "x" * 121}, actor=SYSTEM, at=ENDED)

    def test_documents_need_a_number_to_count_from(self, scene: Scene) -> None:
        group = self_paced(scene)
        learns(scene, group, "a@x.lv")
        for first in ("", "M-"):
            with pytest.raises(Invalid) as refused:
                found_in(scene, group, moodle("1,A,a@x.lv,,,20.03.2026"), first_number=first)
            assert refused.value.field == "first_number"
        seen = found_in(scene, group, coursera(usage("a@x.lv")), first_number="")
        assert seen.people[0].document_number == "AB12CD34"

    def test_two_people_with_one_address_are_not_guessed(self, scene: Scene) -> None:
        group = self_paced(scene)
        learns(scene, group, "a@x.lv", "a@x.lv")
        (line,) = found_in(scene, group, moodle("1,A,a@x.lv,,,20.03.2026")).lines
        assert line.result == RowResult.REFUSED

    def test_a_look_takes_the_same_queries_for_many(
        self, scene: Scene, django_assert_max_num_queries: Any
    ) -> None:
        group = self_paced(scene)
        learns(scene, group, *(f"p{number}@x.lv" for number in range(4)))
        content = moodle(*(f"{n},A,p{n}@x.lv,,,20.03.2026" for n in range(4)))
        with django_assert_max_num_queries(8):
            assert found_in(scene, group, content).count(RowResult.READY) == 4


# --- the page -------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestPage:
    def post(self, client: Client, group: Group, content: bytes, **more: str) -> Any:
        file = SimpleUploadedFile("completion.csv", content)
        values = {"step": "read", "file": file, "first_number": "M-1", **more}
        return client.post(
            reverse("enrolments:provider_completion_import", args=[group.pk]), values
        )

    def test_from_the_report_to_completion(self, scene: Scene) -> None:
        group = self_paced(scene)
        (row,) = learns(scene, group, "a@x.lv")
        client = signed_in(scene.staff)
        address = reverse("enrolments:provider_completion_import", args=[group.pk])
        assert client.get(address).status_code == 200
        page = self.post(client, group, moodle("1,A,a@x.lv,,,20.03.2026", "2,Z,z@x.lv,,,"))
        text = page.content.decode()
        assert page.status_code == 200 and row.account.person.full_name in text
        row.refresh_from_db()
        assert row.state == ParticipationState.LEARNING
        assert LookEntry.objects.filter(what="results").exists()
        plan = re.search(r'name="plan" value="([^"]+)"', text)
        assert plan and "a@x.lv" not in plan[1]
        done = client.post(address, {"step": "take", "plan": plan[1]})
        assert done.status_code == 200
        row.refresh_from_db()
        assert (row.state, row.document_number) == (ParticipationState.COMPLETED, "M-1")
        again = client.post(address, {"step": "take", "plan": plan[1]})
        assert again.status_code == 200

    def test_somebody_elses_look_is_worth_nothing(self, scene: Scene) -> None:
        group = self_paced(scene)
        (row,) = learns(scene, group, "a@x.lv")
        page = self.post(signed_in(scene.staff), group, moodle("1,A,a@x.lv,,,20.03.2026"))
        plan = re.search(r'name="plan" value="([^"]+)"', page.content.decode())
        assert plan
        colleague = f.MembershipFactory(organisation=scene.world.provider.organisation).user
        address = reverse("enrolments:provider_completion_import", args=[group.pk])
        for sent in (plan[1], plan[1] + "x", "", "\x00"):
            answer = signed_in(colleague).post(address, {"step": "take", "plan": sent})
            assert answer.status_code == 302
        row.refresh_from_db()
        assert row.state == ParticipationState.LEARNING

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"Email\n", b"PK\x03\x04", b"a,b\n1,2"])
    def test_a_bad_file_is_said_at_its_field(self, scene: Scene, content: bytes) -> None:
        assert self.post(signed_in(scene.staff), self_paced(scene), content).status_code == 400

    def test_names_are_kept(self, scene: Scene) -> None:
        group = self_paced(scene)
        (row,) = learns(scene, group, "a@x.lv")
        client = signed_in(scene.staff)
        address = reverse("enrolments:provider_completion_import", args=[group.pk])
        kept = client.post(address, {"step": "names", str(row.pk): "anna.e"})
        assert kept.status_code == 302
        row.refresh_from_db()
        assert row.platform_name == "anna.e"
        wrong = client.post(address, {"step": "names", str(row.pk): "x" * 121})
        assert wrong.status_code == 400
        assert client.post(address, {"step": "\x00"}).status_code == 400

    def test_not_too_often(self, scene: Scene) -> None:
        group = self_paced(scene)
        client = signed_in(scene.staff)
        answers = [self.post(client, group, b"a,b").status_code for _each in range(31)]
        assert answers[:30] == [400] * 30 and answers[30] == 429


def test_the_name_fits_its_column() -> None:
    column = Participation._meta.get_field("platform_name")
    assert column.max_length == completion_import.NAME_LETTERS
