"""The check list says exactly what sending refuses; taking back; answers to remarks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from catalogue import reviews
from catalogue.checks import Problem, problems
from catalogue.enums import ProviderState, ReviewOutcome
from catalogue.enums import VersionState as S
from catalogue.fields import offers_of
from catalogue.models import Submission
from catalogue.prices import watch
from catalogue.services import drafts, remarks, versions
from stars.common.dates import riga_date
from stars.common.errors import Conflict, DomainError, NotAllowed
from tests import factories as f
from tests.catalogue.review import NOW, Stage, call, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def found(stage: Stage, chosen: Any = None) -> list[Problem]:
    stage.version.refresh_from_db()
    offers = offers_of(stage.version)
    return problems(
        stage.version,
        offers,
        call=chosen or stage.version.call,
        findings=watch(stage.version, offers, day=riga_date(NOW)),
        at=NOW,
    )


def _dear(stage: Stage) -> None:
    for _ in range(5):
        f.OfferFactory(version=f.VersionFactory(published=True), price=Decimal("20.00"))
    stage.supported("900.00")


def _suspended(stage: Stage) -> None:
    provider = stage.version.programme.provider
    provider.state = ProviderState.SUSPENDED
    provider.save()


BREAK: dict[str, Callable[[Stage], Any]] = {
    "topics": lambda s: s.do(drafts.edit_draft, values={"topics": []}),
    "summary_en": lambda s: s.do(drafts.edit_draft, values={"summary_en": ""}),
    "city": lambda s: s.do(drafts.edit_draft, values={"mode": "on_site"}),
    "offers": lambda s: s.do(drafts.drop_offer, source_id=None),
    "hours": lambda s: s.do(drafts.edit_draft, values={"hours": 61}),
    "call": lambda s: s.supported("100.00"),
    "price_reason": _dear,
    "": _suspended,
}


@pytest.mark.parametrize("field", BREAK)
def test_what_is_missing_is_what_is_refused(stage: Stage, field: str) -> None:
    assert found(stage) == []
    BREAK[field](stage)
    said = found(stage)
    assert field in {each.field for each in said}
    with pytest.raises(DomainError) as caught:
        stage.do(versions.submit)
    assert (caught.value.field or "", caught.value.code) in {(e.field, e.code) for e in said}


def test_everything_at_once(stage: Stage) -> None:
    for field in ("topics", "summary_en", "city", "offers"):
        BREAK[field](stage)
    assert [each.field for each in found(stage)] == ["summary_en", "topics", "city", "offers"]


class TestTakingBack:
    def test_until_somebody_reviews_it(self, stage: Stage) -> None:
        stage.bring_to(S.SUBMITTED)
        stage.do(versions.take_back, actor=stage.staff)
        assert stage.version.state == S.DRAFT
        submission = Submission.objects.get()
        assert (submission.outcome, submission.decided_by) == (ReviewOutcome.WITHDRAWN, None)
        stage.bring_to(S.IN_REVIEW)
        with pytest.raises(Conflict):
            stage.do(versions.take_back, actor=stage.staff)

    def test_by_nobody_else(self, stage: Stage) -> None:
        stage.bring_to(S.SUBMITTED)
        for somebody in (stage.reviewer, f.MembershipFactory(admin=True).user):
            with pytest.raises(NotAllowed):
                stage.do(versions.take_back, actor=somebody)

    def test_does_not_keep_the_window_of_a_call_open(self, stage: Stage) -> None:
        """What was taken back has met no window: after the last day it comes too late."""
        stage.supported()
        chosen = call()
        stage.do(versions.submit, call_id=chosen.pk)
        stage.do(versions.take_back, actor=stage.staff)
        with pytest.raises(Conflict) as caught:
            stage.do(versions.submit, at=later(30))
        assert caught.value.code == "call_over"


class TestStopping:
    def test_its_administrator_stops_what_is_shown(self, stage: Stage) -> None:
        stage.bring_to(S.PUBLISHED)
        organisation = stage.version.programme.provider.organisation
        with pytest.raises(NotAllowed):
            stage.do(versions.archive, actor=stage.staff)
        boss = f.MembershipFactory(admin=True, organisation=organisation).user
        stage.do(versions.archive, actor=boss)
        assert stage.version.state == S.ARCHIVED


class TestAnswers:
    def returned(self, stage: Stage) -> Any:
        stage.bring_to(S.IN_REVIEW)
        remark = stage.do(remarks.add_remark, field="outcomes", text="Īsāk!")
        with pytest.raises(Conflict):
            self.answer(stage, remark)
        stage.do(versions.return_with_remarks)
        return remark

    def answer(self, stage: Stage, remark: Any, text: str = " Darīts ", actor: Any = None) -> Any:
        return remarks.answer_remark(
            remark_id=remark.pk, text=text, actor=actor or stage.staff, at=NOW
        )

    def test_the_reviewer_reads_it_with_the_next_sending(self, stage: Stage) -> None:
        remark = self.returned(stage)
        assert self.answer(stage, remark).answer == "Darīts"
        stage.do(versions.submit)
        (seen,) = reviews.remarks(stage.version)
        assert (seen.answer, seen.answered_by, seen.resolved_at) == ("Darīts", stage.staff, None)

    def test_nobody_else_answers_and_it_may_be_taken_back(self, stage: Stage) -> None:
        remark = self.returned(stage)
        for somebody in (stage.reviewer, f.MembershipFactory(admin=True).user):
            with pytest.raises(NotAllowed):
                self.answer(stage, remark, actor=somebody)
        self.answer(stage, remark)
        emptied = self.answer(stage, remark, text="")
        assert (emptied.answer, emptied.answered_at, emptied.answered_by) == ("", None, None)
