"""Why somebody was away: who tells, who decides, who sees the papers, and when they are erased."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from enrolments import selectors_attendance as looks
from enrolments.enums import AbsenceReason, ExcuseState, ParticipationState
from enrolments.exceptions import ExcusedAbsence
from enrolments.files import EXCUSE
from enrolments.models import Excuse
from enrolments.services import excuses, outcomes
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.files import services as files
from stars.files.models import StoredFile
from stars.notifications.models import Message
from tests import factories as f
from tests.enrolments.scene import ENDED, Scene, riga
from tests.enrolments.scene import scene as scene_of
from tests.files.conftest import PDF
from tests.funding import build
from tests.signin import as_staff

pytestmark = pytest.mark.django_db
AT = riga(2026, 3, 5)


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def paper(content: bytes = PDF) -> excuses.Paper:
    return excuses.Paper("izziņa.pdf", BytesIO(content))


def tell(participation, **kwargs) -> Excuse:
    values = {
        "reason": AbsenceReason.HEALTH,
        "first_day": date(2026, 3, 10),
        "last_day": date(2026, 3, 12),
        "note": "Gripa",
        "papers": (paper(),),
        "actor": participation.account.person.user,
        "at": AT,
    }
    return excuses.submit_excuse(participation_id=participation.pk, **{**values, **kwargs})


def decide(excuse: Excuse, scene: Scene, **kwargs) -> Excuse:
    values = {"accept": True, "actor": scene.staff, "at": AT + timedelta(days=1)}
    return excuses.decide_excuse(excuse_id=excuse.pk, **{**values, **kwargs})


def reads(user, excuse: Excuse) -> bool:
    stored = StoredFile.objects.filter(owner_kind=EXCUSE, owner_id=excuse.pk).first()
    assert stored is not None
    try:
        files.link(file=stored, actor=user)
    except NotAllowed:
        return False
    return True


def test_a_reason_is_told_decided_and_counted(scene: Scene) -> None:
    participation = scene.learning()
    excuse = tell(participation)
    assert Message.objects.filter(kind="excuse_submitted", user=scene.staff).count() == 1
    scene.attend(participation, False, False)  # the second session is on 10 March
    before = looks.absence_of(participation).allowance
    decide(excuse, scene, note="Labi")
    excuse.refresh_from_db()
    assert (excuse.state, excuse.decided_by, excuse.decision_note) == (
        ExcuseState.ACCEPTED,
        scene.staff,
        "Labi",
    )
    after = looks.absence_of(participation).allowance
    assert (before.missed, before.excused) == (8, 0)
    # Counted and shown; the hours stay missed (L1820).
    assert (after.missed, after.excused, after.left) == (8, 4, before.left)
    told = Message.objects.get(kind="excuse_decided")
    assert told.user == participation.account.person.user
    with pytest.raises(Conflict):
        decide(excuse, scene, accept=False, note="Tomēr ne")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": "party"}, "reason"),
        ({"first_day": date(2026, 3, 13)}, "last_day"),
        ({"first_day": date(2026, 3, 2)}, "first_day"),
        ({"last_day": date(2027, 3, 2)}, "first_day"),
        ({"note": "x" * 501}, "note"),
        ({"papers": (paper(b"MZ"),)}, "file"),
        ({"papers": (paper(b""),)}, "file"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(scene: Scene, change, field: str) -> None:
    participation = scene.learning()
    with pytest.raises(Invalid) as caught:
        tell(participation, **change)
    assert caught.value.field == field
    assert not Excuse.objects.exists()


def test_no_more_than_three_papers(scene: Scene) -> None:
    participation = scene.learning()
    with pytest.raises(Invalid):
        tell(participation, papers=tuple(paper() for _ in range(4)))
    tell(participation, papers=tuple(paper() for _ in range(3)))
    assert StoredFile.objects.count() == 3


def test_days_are_told_once(scene: Scene) -> None:
    participation = scene.learning()
    first = tell(participation)
    with pytest.raises(Invalid):
        tell(participation, first_day=date(2026, 3, 12), last_day=date(2026, 3, 20))
    decide(first, scene, accept=False, note="Nav pamata")
    tell(participation)


def test_who_may_tell_and_who_may_decide(scene: Scene) -> None:
    participation = scene.learning()
    rival, agency = f.MembershipFactory().user, f.MembershipFactory(administrator=True).user
    for actor in (scene.staff, rival, scene.learner().person.user):
        with pytest.raises(NotAllowed):
            tell(participation, actor=actor)
    excuse = tell(participation)
    for actor in (rival, agency, participation.account.person.user):
        with pytest.raises(NotAllowed):
            decide(excuse, scene, actor=actor)
    for actor in (rival, agency, scene.staff):
        with pytest.raises(NotAllowed):
            excuses.withdraw_excuse(excuse_id=excuse.pk, actor=actor, at=AT)
    with pytest.raises(Invalid):
        decide(excuse, scene, accept=False, note=" ")


def test_papers_are_for_who_decides(scene: Scene) -> None:
    participation = scene.learning()
    excuse = tell(participation)
    colleague = f.MembershipFactory(organisation=scene.world.provider.organisation).user
    strangers = (
        f.MembershipFactory().user,
        f.MembershipFactory(administrator=True).user,
        f.MembershipFactory(auditor=True).user,
        scene.learner().person.user,
    )
    own = participation.account.person.user
    assert [reads(user, excuse) for user in (own, scene.staff, colleague)] == [True] * 3
    assert not any(reads(user, excuse) for user in strangers)
    decide(excuse, scene)
    assert [reads(user, excuse) for user in (own, scene.staff, colleague)] == [True, True, False]


def test_papers_are_erased_thirty_days_after_the_answer(scene: Scene, media: Path) -> None:
    participation = scene.learning()
    excuse = decide(tell(participation), scene)
    assert excuse.decided_at is not None
    last = excuse.decided_at + timedelta(days=30)
    assert excuses.erase_due(at=last - timedelta(seconds=1)) == 0
    assert len([p for p in media.rglob("*") if p.is_file()]) == 1
    assert excuses.erase_due(at=last) == 1
    assert excuses.erase_due(at=last) == 0
    excuse.refresh_from_db()
    assert (excuse.note, excuse.state) == ("", ExcuseState.ACCEPTED)
    assert not StoredFile.objects.exists()


def test_the_bytes_go_with_the_row(
    scene: Scene, media: Path, django_capture_on_commit_callbacks
) -> None:
    excuse = decide(tell(scene.learning()), scene)
    with django_capture_on_commit_callbacks(execute=True):
        excuses.erase_due(at=excuse.decided_at + timedelta(days=31))
    assert not [p for p in media.rglob("*") if p.is_file()]


def test_what_nobody_answered_is_erased_after_the_group(scene: Scene) -> None:
    tell(scene.learning())
    end = riga(scene.group.ends_on.year, scene.group.ends_on.month, scene.group.ends_on.day)
    assert excuses.erase_due(at=end + timedelta(days=29)) == 0
    assert excuses.erase_due(at=end + timedelta(days=30)) == 1
    assert not StoredFile.objects.exists()


def test_taken_back_is_erased_at_once(scene: Scene) -> None:
    participation = scene.learning()
    excuse = tell(participation)
    excuses.withdraw_excuse(excuse_id=excuse.pk, actor=participation.account.person.user, at=AT)
    excuse.refresh_from_db()
    assert (excuse.state, excuse.note) == (ExcuseState.WITHDRAWN, "")
    assert not StoredFile.objects.exists()
    with pytest.raises(Conflict):
        decide(excuse, scene)


def test_after_the_outcome_nobody_tells_reasons(scene: Scene) -> None:
    participation = scene.learning()
    outcomes.interrupt(
        participation_id=participation.pk,
        on=date(2026, 3, 20),
        note="Pārcēlās",
        actor=scene.staff,
        at=ENDED,
    )
    with pytest.raises(Conflict):
        tell(participation)


def test_nobody_is_expelled_for_hours_with_a_reason(scene: Scene) -> None:
    participation = scene.learning()
    scene.attend(participation, True, False, True, True)  # 4 of 16 hours; 3 may be missed
    decide(tell(participation), scene)  # the second session is on 10 March

    def expel() -> None:
        outcomes.expel(
            participation_id=participation.pk,
            on=date(2026, 3, 31),
            note="Nenāca",
            actor=scene.staff,
            at=riga(2026, 4, 1),
        )

    with pytest.raises(ExcusedAbsence):
        expel()
    participation.refresh_from_db()
    assert participation.state == ParticipationState.LEARNING
    held = participation.application.commitment
    held.refresh_from_db()
    assert held.state == "held"


def test_hours_without_a_reason_are_a_ground(scene: Scene) -> None:
    participation = scene.learning()
    scene.attend(participation, False, False, True, True)
    decide(tell(participation), scene)  # covers one of the two
    done = outcomes.expel(
        participation_id=participation.pk,
        on=date(2026, 3, 31),
        note="Nenāca",
        actor=scene.staff,
        at=riga(2026, 4, 1),
    )
    assert done.state == ParticipationState.EXPELLED


@pytest.mark.parametrize(("share", "said"), [("0.70", ""), ("0.90", "90")])
def test_who_marks_sees_the_share_of_the_persons_own_money(
    db: None, monkeypatch: pytest.MonkeyPatch, share: str, said: str
) -> None:
    monkeypatch.setitem(build.ALLOCATION_TERMS, "attendance_required", share)
    s = scene_of()
    participation = s.learning()
    s.attend(participation, False, True, True, True)  # 75 %
    client = Client()
    as_staff(client, s.staff)
    client.cookies["django_language"] = "en"
    session = f.session(participation.group, 4)
    where = reverse("enrolments:provider_attendance", args=[session.pk])
    text = client.get(where).content.decode().replace("\xa0", "").replace(" ", "")
    assert (f"{said}%needed" in text) is bool(said)
    groups = client.get(reverse("enrolments:provider_groups")).content.decode()
    assert ("1 below the required share" in groups) is bool(said)
