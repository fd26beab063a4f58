"""The offer in the database: complete, published, and the same after a second run."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Count, F, Sum

from catalogue.calls import coming_calls, open_calls, past_calls
from catalogue.enums import GroupState, VersionState
from catalogue.models import (
    Call,
    CatalogueLog,
    Group,
    Offer,
    Programme,
    ProgrammeVersion,
    Provider,
    Session,
)
from funding.criteria import CriteriaSet
from funding.enums import AccountKind
from funding.models import AllocationRound, FundingSource, LedgerAccount, PolicyVersion
from funding.rules.terms import Terms
from stars.common.dates import start_of_day
from stars.demo.offer.data import Tally, load, programmes, texts
from stars.demo.offer.loader import load as load_offer
from stars.vocabularies.models import ProgrammeType, Term, Vocabulary

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def offer(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> object:
    """Loaded once for the module inside a transaction that is taken back."""
    from django.db import transaction

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            yield load_offer(today=TODAY)
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


def rows() -> dict[str, int]:
    """Rows of every table of ours."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }


def test_everything_is_there(offer: Tally) -> None:
    assert ProgrammeType.objects.count() == 7
    assert Vocabulary.objects.filter(current=True).count() == 16
    assert Provider.objects.filter(organisation__invented=False).count() == 17
    assert Provider.objects.filter(organisation__invented=True).count() == 3
    assert FundingSource.objects.filter(invented=False).count() == 7
    pilot = Programme.objects.filter(provider__organisation__invented=False)
    assert pilot.count() == 139
    assert all(p.current.state == VersionState.PUBLISHED for p in pilot.select_related("current"))
    assert offer.created["programmes"] == Programme.objects.count()


def test_every_programme_has_its_longer_texts(offer: Tally) -> None:
    """They and the outcomes come from data/texts where the entry has none."""
    entries = {entry["code"]: entry for entry in programmes()}
    loaded = Programme.objects.filter(code__in=entries).select_related("current")
    assert len(loaded) == len(entries)
    for programme in loaded:
        version, text = programme.current, texts()[programme.code]
        assert version is not None
        assert (version.about_lv, version.about_en) == (text["about"]["lv"], text["about"]["en"])
        assert version.audience_lv == text["audience"]["lv"]
        assert version.topics == text["topics"]
        own = entries[programme.code].get("outcomes") or text.get("outcomes")
        assert version.outcomes == own or version.type.code == "further_education"
        assert version.outcomes


def test_types_of_the_pilots_programmes(offer: Tally) -> None:
    counted = dict(
        Programme.objects.filter(provider__organisation__invented=False)
        .values_list("current__type__code")
        .annotate(n=Count("pk"))
    )
    assert sorted(counted.values()) == [7, 10, 12, 13, 26, 27, 44]
    further = Programme.objects.filter(current__type__code="further_education")
    assert set(further.values_list("current__hours", "current__practice_hours")) == {(960, 240)}


def test_offers_stand_under_the_pilot_and_its_continuation(offer: Tally) -> None:
    under = dict(Offer.objects.values_list("source__code").annotate(n=Count("pk")))
    assert under == {"imk": 139, "imk-next": 147, "region-next": 1, None: 1}
    prices = Offer.objects.filter(source__code="imk").aggregate(total=Sum("price"))
    assert prices["total"] == Decimal("75149.46")  # 47763.18 + 12 × 2127.19 + 7 of upskilling
    supported = Offer.objects.filter(source__isnull=False)
    assert not supported.exclude(open_until__lte=F("source__funding_source__ends_on")).exists()
    (alone,) = Offer.objects.filter(source=None).select_related("version__programme")
    assert alone.version.programme.provider.organisation.invented


def test_policies_are_read_by_funding_and_say_the_rules_of_money(offer: Tally) -> None:
    for version in PolicyVersion.objects.all():
        Terms.read(version.terms)
        CriteriaSet.read(version.criteria)
    for scheme in ("imk-500", "next-500"):
        terms = Terms.read(PolicyVersion.objects.get(scheme__code=scheme).terms)
        assert (terms.amount, terms.term_months, terms.max_grants) == (Decimal(500), 6, 2)
        assert (terms.accumulate_times, terms.accumulate_months) == (1, 6)
        assert (terms.ceiling, terms.replacement_days) == (Decimal(1000), 60)
        assert terms.attendance_required == Decimal("0.8")
        assert terms.second_after == ("accumulated", "used_and_completed")
    # Whatever the file states is stored, also what is the default.
    policies = load("sources")["policies"]
    for source in load("sources")["sources"]:
        for entry in source["schemes"]:
            (stored,) = PolicyVersion.objects.filter(scheme__code=entry["code"])
            stated = policies[entry["policy"]]["terms"]
            assert set(stored.terms) == {k for k, v in stated.items() if v is not None}
            assert Terms.read(stored.terms) == Terms.read(stated)
            assert stored.scheme.name_lv == entry["name"]["lv"]
    full = PolicyVersion.objects.get(scheme__code="imk-full")
    assert {"criterion": "learning_path"} in full.criteria
    assert full.scheme.programme_types == ["further_education", "upskilling"]
    schemes = FundingSource.objects.get(code="imk").schemes.order_by("order")
    assert list(schemes.values_list("kind", flat=True))[:2] == ["full_cover", "allocation"]


def test_calls_of_the_pilot_and_of_now(offer: Tally) -> None:
    at = start_of_day(TODAY)
    assert [card.call.code for card in open_calls(at)] == ["next-open"]
    assert [card.call.code for card in coming_calls(at)] == ["next-coming"]
    past = [card.call.code for card in past_calls(at)]
    assert past == ["imk-4", "imk-3", "imk-2", "imk-1"]
    (now,) = open_calls(at)
    assert "?" not in now.types and len(now.types) == 4
    assert all(seminar.starts_at > at for seminar in now.seminars)
    third = Call.objects.get(code="imk-3")
    assert (third.opens_on, third.closes_on) == (dt.date(2025, 4, 16), dt.date(2025, 5, 6))  # L475


def test_rounds_follow_each_other(offer: Tally) -> None:
    pilot = AllocationRound.objects.filter(policy__scheme__source__code="imk").order_by("due_on")
    assert [(r.code, r.due_on, r.ends_at) for r in pilot] == [
        ("IMK-2024-12", dt.date(2024, 12, 9), start_of_day(dt.date(2025, 6, 9))),
        ("IMK-2025-06", dt.date(2025, 6, 9), start_of_day(dt.date(2025, 12, 9))),
        ("IMK-2025-12", dt.date(2025, 12, 9), start_of_day(dt.date(2026, 6, 9))),
    ]
    assert [r.previous and r.previous.code for r in pilot] == [None, "IMK-2024-12", "IMK-2025-06"]
    following = AllocationRound.objects.filter(policy__scheme__source__code="imk-next")
    assert [r.code for r in following] == ["NEXT-2026-03", "NEXT-2026-09", "NEXT-2027-03"]
    now = start_of_day(TODAY)
    assert sum(start_of_day(r.due_on) <= now < r.ends_at for r in following) == 1


def test_what_may_be_promised_is_in_the_pool(offer: Tally) -> None:
    pools = LedgerAccount.objects.filter(kind=AccountKind.POOL)
    assert dict(pools.values_list("source__code", "balance")) == {
        "imk": Decimal("14000000.00"),
        "imk-next": Decimal("22000000.00"),
        "region-next": Decimal("5000.00"),
    }


def test_groups_have_the_state_of_the_day_and_a_whole_log(offer: Tally) -> None:
    states = dict(Group.objects.values_list("state").annotate(n=Count("pk")))
    assert {GroupState.OPEN, GroupState.RUNNING, GroupState.FINISHED} <= set(states)
    assert not Group.objects.filter(state=GroupState.FINISHED, ends_on__gte=TODAY).exists()
    assert not Group.objects.filter(state=GroupState.OPEN, apply_until__lt=TODAY).exists()
    assert not Group.objects.exclude(taken=0).exists()
    last: dict[object, str] = {}
    for row in CatalogueLog.objects.filter(object_type="group").order_by("id"):
        assert row.from_state == last.get(row.object_id, "")
        last[row.object_id] = row.to_state
        assert row.at < start_of_day(TODAY + dt.timedelta(days=1))
    assert last == dict(Group.objects.values_list("pk", "state"))


def test_sessions_lie_within_their_group(offer: Tally) -> None:
    assert not Group.objects.filter(sessions__isnull=True).exists()
    outside = Session.objects.exclude(
        starts_at__date__gte=F("group__starts_on"), ends_at__date__lte=F("group__ends_on")
    )
    assert not outside.exists()


def test_timetables_hold_every_hour_that_is_not_learned_alone(offer: Tally) -> None:
    groups = Group.objects.annotate(planned=Sum("sessions__hours"))
    taught = F("version__hours") - F("version__self_study_hours")
    assert not groups.exclude(planned=taught).exists()
    alone = ProgrammeVersion.objects.filter(self_study_hours__gt=0)
    # Credit points count the work at home too; who learns at their own pace meets for advice.
    assert set(alone.filter(credit_points=None).values_list("programme__code", flat=True)) == {
        entry["code"] for entry in programmes() if entry.get("self_paced")
    }


def test_real_providers_have_no_teachers_addresses_or_ratings(offer: Tally) -> None:
    real = Group.objects.filter(version__programme__provider__organisation__invented=False)
    assert real.exists() and not real.exclude(teacher="").exists()
    towns = {p["city"] or "" for p in load("programmes")["programmes"]}
    # Who only stands for somebody does not exist either, and has a street.
    made_up = {p["name"]["lv"] for p in load("providers")["providers"] if "stands_for" in p}
    theirs = real.filter(version__programme__provider__name__in=made_up)
    assert set(real.exclude(pk__in=theirs).values_list("place", flat=True)) <= towns
    assert all(
        " iela " in place for place in theirs.exclude(place="").values_list("place", flat=True)
    )
    assert not Programme.objects.filter(rating_count__gt=0).exists()
    invented = Group.objects.filter(version__programme__provider__organisation__invented=True)
    assert invented.exists() and not invented.filter(teacher="").exists()


def test_texts_fit_where_they_are_shown(offer: Tally) -> None:
    for programme in Programme.objects.select_related("current"):
        assert programme.current is not None
        assert programme.current.prior_knowledge_lv and programme.current.prior_knowledge_en
        assert len(programme.slug) <= 100
    field = Term.objects.get(vocabulary__code="field", code="ai")
    assert field.parent is not None and field.parent.code == "ict"


def test_a_second_run_writes_nothing(offer: Tally) -> None:
    before = rows()
    again = load_offer(today=TODAY)
    assert again.total_created == 0
    assert rows() == before
    assert again.kept["programmes"] == 148


def test_a_later_day_adds_groups_and_leaves_the_rest(offer: Tally) -> None:
    before = rows()
    continuation = FundingSource.objects.get(code="imk-next")
    later = load_offer(today=TODAY + dt.timedelta(days=45))
    after = rows()
    changed = {label for label in after if after[label] != before[label]}
    assert changed == {
        *("catalogue.Group", "catalogue.Session", "catalogue.CatalogueLog"),
        "catalogue.SearchGroup",
    }
    assert later.created["groups"] == after["catalogue.Group"] - before["catalogue.Group"] > 0
    unchanged = FundingSource.objects.get(code="imk-next")
    assert (unchanged.starts_on, unchanged.ends_on) == (
        continuation.starts_on,
        continuation.ends_on,
    )


def test_what_was_edited_in_the_portal_stays(offer: Tally) -> None:
    programme = Programme.objects.select_related("current").get(code="turiba-agile")
    assert programme.current is not None
    programme.current.summary_lv = "Labots portālā."
    programme.current.save(update_fields=["summary_lv"])
    load_offer(today=TODAY)
    programme.current.refresh_from_db()
    assert programme.current.summary_lv == "Labots portālā."


def test_the_command_says_what_it_did(offer: Tally) -> None:
    out = StringIO()
    call_command("load_pilot_offer", stdout=out)
    assert "programmes: 0 new, 148 there" in out.getvalue()
    assert "Groups and timetables" in out.getvalue()
