"""From the draft to the catalogue and out of it: the services of the review (CAT-10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import translation

from catalogue import reviews
from catalogue.enums import ProviderState, ReviewOutcome
from catalogue.enums import VersionState as S
from catalogue.models import CatalogueLog, Programme, ProgrammeRemark, ProgrammeVersion, Submission
from catalogue.selectors import listed, programme_page
from catalogue.services import drafts, groups, remarks, versions
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.notifications.models import Message, OutboxEmail
from stars.notifications.selectors import inbox
from tests import factories as f
from tests.catalogue.review import NOW, OFFERED, Stage, call, later, source

pytestmark = pytest.mark.django_db

# Every action, from where, to where, and who may.
PROVIDER, AGENCY = "provider", "agency"
ACTIONS: dict[Callable[..., Any], tuple[tuple[str, ...], str | None, tuple[str, ...]]] = {
    drafts.edit_draft: ((S.DRAFT, S.RETURNED), None, (PROVIDER, AGENCY)),
    versions.submit: ((S.DRAFT, S.RETURNED), S.SUBMITTED, (PROVIDER,)),
    versions.take_in_review: ((S.SUBMITTED,), S.IN_REVIEW, (AGENCY,)),
    remarks.add_remark: ((S.IN_REVIEW,), None, (AGENCY,)),
    versions.return_with_remarks: ((S.IN_REVIEW,), S.RETURNED, (AGENCY,)),
    versions.approve: ((S.IN_REVIEW,), S.APPROVED, (AGENCY,)),
    versions.reject: ((S.IN_REVIEW,), S.REJECTED, (AGENCY,)),
    versions.publish_version: ((S.APPROVED,), S.PUBLISHED, (AGENCY,)),
    versions.suspend: ((S.PUBLISHED,), S.SUSPENDED, (AGENCY,)),
    versions.resume: ((S.SUSPENDED,), S.PUBLISHED, (AGENCY,)),
    versions.archive: (
        (S.DRAFT, S.RETURNED, S.APPROVED, S.PUBLISHED, S.SUSPENDED),
        S.ARCHIVED,
        (AGENCY,),
    ),
}
ALSO = {
    drafts.edit_draft: {"values": {"title_lv": "Cits"}},
    remarks.add_remark: {"field": "hours", "text": "Par maz."},
    versions.return_with_remarks: {"note": "Tāpēc"},
    versions.reject: {"note": "Tāpēc"},
    versions.suspend: {"note": "Tāpēc"},
}


def cast(stage: Stage) -> dict[str, Any]:
    return {
        PROVIDER: stage.staff,
        AGENCY: stage.reviewer,
        "rival": f.MembershipFactory(admin=True).user,
        "auditor": f.MembershipFactory(auditor=True).user,
        "finance": f.MembershipFactory(finance_officer=True).user,
        "resident": f.UserFactory(),
    }


@pytest.mark.parametrize("state", S.values)
def test_every_state_every_action_every_role(state: str) -> None:
    stage = Stage()
    stage.bring_to(state)
    people = cast(stage)
    for action, (sources, target, roles) in ACTIONS.items():
        for role, actor in people.items():
            allowed = set(roles)
            if action is versions.archive and state in (S.DRAFT, S.RETURNED):
                allowed.add(PROVIDER)  # throws its own draft away
            before = CatalogueLog.objects.count()
            with transaction.atomic():
                asking: Any = pytest.raises(NotAllowed)
                if role in allowed and state not in sources:
                    asking = pytest.raises(Conflict)
                if role in allowed and state in sources:
                    stage.do(action, actor=actor, **ALSO.get(action, {}))
                    assert stage.version.state == (target or state), (action, role)
                    assert CatalogueLog.objects.count() == before + (target is not None)
                else:
                    with asking:
                        stage.do(action, actor=actor, **ALSO.get(action, {}))
                    assert CatalogueLog.objects.count() == before
                transaction.set_rollback(True)
            stage.version.refresh_from_db()
            assert stage.version.state == state


def test_a_whole_life() -> None:
    stage = Stage()
    stage.do(versions.submit)
    stage.do(versions.take_in_review, at=later(1))
    stage.do(remarks.add_remark, field="summary_lv", text="Īsāk!", at=later(1))
    stage.do(versions.return_with_remarks, at=later(2))
    stage.do(drafts.edit_draft, values={"summary_lv": "Īsi."}, at=later(3))
    stage.do(versions.submit, at=later(3))
    stage.do(versions.take_in_review, at=later(4))
    stage.do(versions.approve, note="Labi", at=later(5))
    stage.do(versions.publish_version, at=later(6))
    programme = stage.version.programme
    assert list(listed()) == [programme]
    stage.do(versions.suspend, note="Sūdzības", at=later(7))
    assert not listed().exists()
    page = programme_page(programme.slug, at=later(7))
    assert (page.is_listed, page.version.state) == (False, S.SUSPENDED)
    stage.do(versions.resume, at=later(8))
    assert list(listed()) == [programme]
    stage.do(versions.archive, note="Beigas", at=later(9))
    assert not programme_page(programme.slug, at=later(9)).is_listed

    first, second = reviews.decisions(stage.version)
    assert (first.outcome, second.outcome) == (ReviewOutcome.RETURNED, ReviewOutcome.APPROVED)
    assert (second.submitted_by, second.decided_by) == (stage.staff, stage.reviewer)
    assert (second.decided_at, second.note) == (later(5), "Labi")
    assert [(step.transition, step.by) for step in reviews.steps(stage.version)][-4:] == [
        ("publish", stage.reviewer),
        ("suspend", stage.reviewer),
        ("resume", stage.reviewer),
        ("archive", stage.reviewer),
    ]
    (remark,) = reviews.remarks(stage.version)
    assert (remark.resolved_at, remark.resolved_by) == (later(5), stage.reviewer)


class TestFourEyes:
    def test_who_sent_it_does_not_decide(self) -> None:
        stage = Stage()
        organisation = stage.version.programme.provider.organisation
        both = f.MembershipFactory(organisation=organisation).user
        stage.do(versions.submit, actor=both)
        # Since then the person changed sides.
        both.memberships.all().delete()
        f.MembershipFactory(administrator=True, user=both)
        del both._active_roles
        with pytest.raises(NotAllowed):
            stage.do(versions.take_in_review, actor=both)
        stage.do(versions.take_in_review)
        for decide in (versions.approve, versions.reject, versions.return_with_remarks):
            with pytest.raises(NotAllowed):
                stage.do(decide, actor=both, note="Es pats")
        stage.do(versions.approve)

    def test_nobody_of_the_agency_reviews_their_own_provider(self) -> None:
        stage = Stage()
        organisation = stage.version.programme.provider.organisation
        both = f.MembershipFactory(administrator=True).user
        f.MembershipFactory(organisation=organisation, user=both)
        stage.do(versions.submit)
        with pytest.raises(NotAllowed):
            stage.do(versions.take_in_review, actor=both)

    def test_the_database_knows_it_too(self) -> None:
        stage = Stage()
        stage.bring_to(S.IN_REVIEW)
        waiting = Submission.objects.filter(version=stage.version)
        with pytest.raises(IntegrityError, match="submission_four_eyes"), transaction.atomic():
            waiting.update(decided_by=stage.staff, decided_at=NOW, outcome="approved")

    def test_what_is_approved_is_what_was_sent(self) -> None:
        stage = Stage()
        stage.bring_to(S.IN_REVIEW)
        ProgrammeVersion.objects.filter(pk=stage.version.pk).update(title_lv="Cits")
        with pytest.raises(Conflict) as caught:
            stage.do(versions.approve)
        assert caught.value.code == "changed"
        stage.version.refresh_from_db()
        stage.do(versions.return_with_remarks, note="Sūti vēlreiz")

    def test_a_changed_price_is_no_longer_what_was_sent(self) -> None:
        stage = Stage()
        stage.bring_to(S.IN_REVIEW)
        stage.version.offers.update(price="999.00")
        with pytest.raises(Conflict):
            stage.do(versions.approve)


class TestSending:
    @pytest.mark.parametrize(
        "field",
        ["title_en", "summary_lv", "audience_lv", "topics", "entry_level", "final_test_lv"],
    )
    def test_what_is_missing_is_named(self, field: str) -> None:
        stage = Stage()
        empty: Any = [] if field == "topics" else ""
        stage.do(drafts.edit_draft, values={field: empty})
        with pytest.raises(Invalid) as caught:
            stage.do(versions.submit)
        assert caught.value.field == field
        assert str(ProgrammeVersion._meta.get_field(field).verbose_name) in str(caught.value)
        assert not Submission.objects.exists()

    def test_hours_of_the_type(self) -> None:
        stage = Stage()
        stage.do(drafts.edit_draft, values={"hours": 61})
        with pytest.raises(Invalid) as caught:
            stage.do(versions.submit)
        assert caught.value.field == "hours"

    def test_a_price_is_needed(self) -> None:
        stage = Stage()
        stage.do(drafts.drop_offer, source_id=None)
        with pytest.raises(Invalid) as caught:
            stage.do(versions.submit)
        assert caught.value.field == "offers"

    def test_a_suspended_provider_sends_nothing(self) -> None:
        stage = Stage()
        provider = stage.version.programme.provider
        provider.state = ProviderState.SUSPENDED
        provider.save()
        with pytest.raises(Conflict):
            stage.do(versions.submit)

    def test_what_was_sent_cannot_be_changed(self) -> None:
        stage = Stage()
        stage.do(versions.submit)
        with pytest.raises(Conflict):
            stage.do(drafts.edit_draft, values={"title_lv": "Cits"})
        with pytest.raises(Conflict):
            stage.do(drafts.set_offer, source_id=None, price="1.00", **OFFERED)
        with pytest.raises(Conflict):
            stage.do(drafts.drop_offer, source_id=None)


class TestCalls:
    def test_a_source_pays_for_what_came_by_its_call(self) -> None:
        stage = Stage()
        stage.supported()
        with pytest.raises(Invalid) as caught:
            stage.do(versions.submit)
        assert caught.value.code == "call_missing"
        sent = stage.do(versions.submit, call_id=call().pk)
        assert (sent.call.code, stage.version.call_id) == ("pirmais", sent.call_id)

    def test_what_one_pays_alone_needs_no_call(self) -> None:
        assert Stage().do(versions.submit).call is None

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"types": ["further_education"]}, "type"),
            ({"modes": ["on_site"]}, "mode"),
            ({"qualifications": ["cook"]}, "qualification"),
            ({"opens_on": date(2026, 2, 3)}, "call"),
            ({"opens_on": date(2026, 1, 1), "closes_on": date(2026, 2, 1)}, "call"),
        ],
    )
    def test_what_does_not_fit(self, change: dict[str, Any], field: str) -> None:
        f.ProgrammeTypeFactory(further_education=True)
        f.TermFactory(vocabulary=f.VocabularyFactory(code="qualification"), code="cook")
        stage = Stage()
        stage.supported()
        with pytest.raises((Invalid, Conflict)) as caught:
            stage.do(versions.submit, call_id=call(**change).pk)
        assert caught.value.field == field
        assert stage.version.state == S.DRAFT

    def test_a_call_of_another_source(self) -> None:
        stage = Stage()
        stage.supported()
        with pytest.raises(Invalid) as caught:
            stage.do(versions.submit, call_id=call(source_id=source("eraf").pk).pk)
        assert caught.value.code == "call_source"

    def test_no_such_call(self) -> None:
        stage = Stage()
        with pytest.raises(Invalid):
            stage.do(versions.submit, call_id=stage.version.pk)

    def test_what_was_returned_may_come_after_the_last_day(self) -> None:
        stage = Stage()
        stage.supported()
        stage.do(versions.submit, call_id=call().pk)
        stage.do(versions.take_in_review)
        stage.do(versions.return_with_remarks, note="Labo", at=later(19))
        again = stage.do(versions.submit, at=later(40))
        assert (again.number, again.call.code) == (2, "pirmais")

    def test_a_new_version_under_the_same_source_needs_no_call(self) -> None:
        stage = Stage()
        stage.supported()
        stage.do(versions.submit, call_id=call().pk)
        stage.do(versions.take_in_review)
        stage.do(versions.approve)
        stage.do(versions.publish_version)
        stage.version = drafts.new_version(
            programme_id=stage.version.programme_id, actor=stage.staff, at=later(90)
        )
        assert stage.do(versions.submit, at=later(90)).call is None


class TestRemarks:
    def test_they_are_the_providers_to_read_once_it_is_returned(self) -> None:
        stage = Stage()
        stage.bring_to(S.IN_REVIEW)
        stage.do(remarks.add_remark, field="", text="Īsāk!")
        assert not reviews.remarks_for_provider(stage.version).exists()
        stage.do(versions.return_with_remarks)
        assert [r.text for r in reviews.remarks_for_provider(stage.version)] == ["Īsāk!"]

    def test_returning_says_what_to_mend(self) -> None:
        stage = Stage()
        stage.bring_to(S.IN_REVIEW)
        with pytest.raises(Invalid):
            stage.do(versions.return_with_remarks, note="  ")
        assert stage.version.state == S.IN_REVIEW

    def test_settled_once(self) -> None:
        stage = Stage()
        stage.bring_to(S.IN_REVIEW)
        remark = stage.do(remarks.add_remark, field="hours", text="Par maz")
        act = {"remark_id": remark.pk, "actor": stage.reviewer}
        remarks.resolve_remark(**act, at=later(1))
        remarks.resolve_remark(**act, at=later(2))
        remark.refresh_from_db()
        assert remark.resolved_at == later(1)
        with pytest.raises(NotAllowed):
            remarks.resolve_remark(remark_id=remark.pk, actor=stage.staff, at=NOW)

    @pytest.mark.parametrize(
        ("field", "text"),
        [
            ("password", "x"),
            ("state", "x"),
            ("hours", " "),
            ("hours", "a\x00"),
            ("hours", "x" * 4001),
        ],
    )
    def test_nonsense(self, field: str, text: str) -> None:
        stage = Stage()
        stage.bring_to(S.IN_REVIEW)
        with pytest.raises(Invalid):
            stage.do(remarks.add_remark, field=field, text=text)
        assert not ProgrammeRemark.objects.exists()


class TestShowing:
    @pytest.mark.parametrize("service", [versions.reject, versions.suspend])
    def test_a_refusal_says_why(self, service: Callable[..., Any]) -> None:
        stage = Stage()
        stage.bring_to(S.IN_REVIEW if service is versions.reject else S.PUBLISHED)
        with pytest.raises(Invalid) as caught:
            stage.do(service, note=" ")
        assert caught.value.field == "note"

    def test_a_suspended_version_gives_way_to_a_new_one(self) -> None:
        stage = Stage()
        stage.bring_to(S.SUSPENDED)
        old = stage.version
        stage.version = drafts.new_version(programme_id=old.programme_id, actor=stage.staff, at=NOW)
        stage.bring_to(S.PUBLISHED)
        old.refresh_from_db()
        assert old.state == S.ARCHIVED
        assert Programme.objects.get().current == stage.version

    def test_a_thrown_away_draft_changes_nothing_for_visitors(self) -> None:
        stage = Stage()
        stage.bring_to(S.PUBLISHED)
        shown = stage.version
        stage.version = drafts.new_version(
            programme_id=shown.programme_id, actor=stage.staff, at=NOW
        )
        stage.do(versions.archive, actor=stage.staff)
        assert Programme.objects.get().current == shown
        third = drafts.new_version(programme_id=shown.programme_id, actor=stage.staff, at=NOW)
        assert third.number == 3
        assert reviews.version_before(third) == shown  # not the one that nobody ever saw

    def test_no_group_of_a_suspended_programme_is_opened(self) -> None:
        stage = Stage()
        stage.bring_to(S.SUSPENDED)
        made = f.group(stage.version, starts_on=date(2026, 5, 1), opened=False)
        with pytest.raises(Invalid):
            groups.open_group(group_id=made.pk, actor=SYSTEM, at=NOW)


class TestTheDatabaseAlone:
    def test_states_follow_the_table(self) -> None:
        stage = Stage()
        with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
            ProgrammeVersion.objects.filter(pk=stage.version.pk).update(state=S.PUBLISHED)

    @pytest.mark.parametrize(
        ("state", "name"), [(S.PUBLISHED, "version_one_shown"), (S.DRAFT, "version_one_in_work")]
    )
    def test_one_version_is_shown_and_one_prepared(self, state: str, name: str) -> None:
        stage = Stage()
        stage.bring_to(state)
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            f.VersionFactory(
                programme=stage.version.programme,
                number=2,
                state=S.SUSPENDED if state == S.PUBLISHED else S.RETURNED,
            )

    def test_one_submission_waits(self) -> None:
        stage = Stage()
        sent = stage.do(versions.submit)
        sent.pk, sent.number, sent._state.adding = None, 2, True
        with pytest.raises(IntegrityError, match="submission_one_waiting"), transaction.atomic():
            sent.save(force_insert=True)

    def test_a_decision_has_a_time(self) -> None:
        stage = Stage()
        stage.do(versions.submit)
        waiting = Submission.objects.filter(version=stage.version)
        with pytest.raises(IntegrityError, match="decided_whole"), transaction.atomic():
            waiting.update(outcome="approved")


def test_the_queue_begins_with_what_waits_longest(django_assert_num_queries: Any) -> None:
    stage = Stage()
    for days in (3, 1, 2):
        version = stage.another()
        versions.submit(version_id=version.pk, actor=stage.staff, at=later(days))
    with django_assert_num_queries(1):
        queue = reviews.review_queue(later(10))
        assert [w.submission.version.programme.provider.name for w in queue]
    assert [w.days for w in queue] == [9, 8, 7]


def test_a_new_version_is_the_shown_one_until_it_is_changed() -> None:
    stage = Stage()
    stage.bring_to(S.PUBLISHED)
    stage.version = drafts.new_version(
        programme_id=stage.version.programme_id, actor=stage.staff, at=NOW
    )
    before = reviews.version_before(stage.version)
    assert reviews.difference(before, reviews.version_with_words(stage.version.pk)) == []
    stage.do(drafts.edit_draft, values={"hours": 30, "summary_lv": "Iemācīsies <b>šūt</b>."})
    stage.do(drafts.set_offer, source_id=None, price="80.00", **OFFERED)
    changes = reviews.difference(before, reviews.version_with_words(stage.version.pk))
    assert [change.name for change in changes] == ["summary_lv", "hours", "offers"]
    assert changes[0].html == ("Iemācīsies <del>darīt.</del><ins>&lt;b&gt;šūt&lt;/b&gt;.</ins>")
    assert "<ins>80,00</ins>\xa0€" in changes[2].html
    with pytest.raises(Conflict):
        drafts.new_version(programme_id=stage.version.programme_id, actor=stage.staff, at=NOW)


def test_who_sees_which_versions() -> None:
    stage = Stage()
    stage.bring_to(S.PUBLISHED)
    shown, draft, sent = stage.version, stage.another(), stage.another()
    versions.submit(version_id=sent.pk, actor=stage.staff, at=NOW)
    people = cast(stage)
    for role, seen in {
        PROVIDER: {shown, draft, sent},
        AGENCY: {shown, sent},
        "auditor": {shown, sent},
        "rival": {shown},
        "resident": {shown},
    }.items():
        assert set(ProgrammeVersion.objects.visible_to(people[role])) == seen, role


class TestTheProviderHears:
    @pytest.mark.parametrize(
        ("state", "said"),
        [
            (S.RETURNED, "came back to be mended"),
            (S.APPROVED, "is approved"),
            (S.REJECTED, "was not approved"),
            (S.SUSPENDED, "is suspended"),
        ],
    )
    def test_what_was_decided(self, state: str, said: str) -> None:
        stage = Stage()
        gone = f.MembershipFactory(
            organisation=stage.version.programme.provider.organisation, ended=True
        ).user
        stage.bring_to(state)
        with translation.override("en"):
            told = [item.words for item in inbox(stage.staff.pk)]
        (latest,) = [words for words in told if said in words.title]
        assert stage.version.title_en in latest.title
        assert latest.text.endswith(".")
        sent = OutboxEmail.objects.filter(message__user=stage.staff)
        assert set(sent.values_list("address", flat=True)) == {stage.staff.email}
        assert not Message.objects.filter(user__in=[gone, stage.reviewer]).exists()

    def test_each_decision_once(self) -> None:
        stage = Stage()
        stage.bring_to(S.RETURNED)
        stage.do(versions.submit, at=later(1))
        stage.do(versions.take_in_review, at=later(1))
        stage.do(versions.return_with_remarks, note="Vēl", at=later(2))
        assert Message.objects.filter(kind="programme_decided", user=stage.staff).count() == 2
