"""Programmes by a provider's own system: drafts, by its own ids, never published (PRO-10)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalogue.enums import VersionState
from catalogue.models import CatalogueLog, Programme, ProgrammeVersion
from catalogue.services import drafts, versions
from stars.api.examples import ROWS
from stars.api.models import ApiWrite, ExternalId
from stars.common.dates import now
from tests import factories as f
from tests.api.build import System, reason, results

pytestmark = pytest.mark.django_db
ROW = ROWS["programmes"]


@pytest.fixture(autouse=True)
def words() -> None:
    f.ProgrammeTypeFactory()
    f.TermFactory(vocabulary=f.VocabularyFactory(code="field"))
    f.TermFactory(vocabulary=f.VocabularyFactory(code="funding_source"), code="esf")


def test_a_new_programme_is_a_draft(system: System) -> None:
    (answer,) = system.sent("programmes/", ROW)
    assert (answer["result"], answer["errors"]) == ("accepted", [])
    version = ProgrammeVersion.objects.get()
    assert str(version.programme_id) == answer["stars_id"]
    assert version.programme.provider_id == system.provider.pk
    assert version.state == VersionState.DRAFT
    assert (version.title_lv, version.hours, version.city) == (ROW["title_lv"], 40, "Valmiera")
    assert version.offers.get().price == Decimal("240.00")
    # Who: the person in whose name the key acts, and beside it which key.
    assert CatalogueLog.objects.get(object_id=version.pk).by == system.admin
    write = ApiWrite.objects.get()
    assert (write.key, write.object_id) == (system.key, version.programme_id)


def test_the_same_again_is_unchanged_and_another_changes(system: System) -> None:
    system.sent("programmes/", ROW)
    before = ProgrammeVersion.objects.get().updated_at
    (answer,) = system.sent("programmes/", ROW)
    assert answer["result"] == "unchanged"
    assert answer["stars_id"] == str(Programme.objects.get().pk)
    assert ProgrammeVersion.objects.get().updated_at == before
    shorter = {"id": ROW["id"], "hours": 30, "offers": []}
    assert results(system.sent("programmes/", shorter)) == ["accepted"]
    version = ProgrammeVersion.objects.get()
    assert (version.hours, version.title_lv) == (30, ROW["title_lv"])  # what is not named stays
    assert version.offers.count() == 0
    assert ApiWrite.objects.count() == 2


def test_each_row_on_its_own(system: System) -> None:
    rows = [
        {**ROW, "id": "a"},
        {**ROW, "id": "b", "hours": "4.125"},
        {**ROW, "id": "c", "type": "none-such"},
        {**ROW, "id": "d", "offers": [{**ROW["offers"][0], "source": "x"}]},
        {**ROW, "id": "e", "practice_hours": 41},
        {**ROW, "id": "f", "title": "?"},
        {"id": "g", "title_lv": "Tikai tik"},
        {**ROW, "id": "h", "offers": [{**ROW["offers"][0], "price": 12.345}]},
        {**ROW, "id": "i", "offers": [ROW["offers"][0]] * 2},
        {**ROW, "id": "j", "offers": [{**ROW["offers"][0], "source": "esf"}, *ROW["offers"]]},
    ]
    answers = system.sent("programmes/", *rows)
    assert results(answers) == ["accepted", *["refused"] * 8, "accepted"]
    assert [reason(answer) for answer in answers[1:9]] == [
        ("hours", "invalid"),
        ("type", "code"),
        ("offers.0.source", "source"),
        ("practice_hours", "practice_hours"),
        ("title", "unknown_field"),
        ("type", "missing"),
        ("offers.0.price", "max_decimal_places"),
        ("offers", "source_twice"),
    ]
    assert Programme.objects.count() == 2
    assert ExternalId.objects.count() == ApiWrite.objects.count() == 2


def test_an_id_twice_in_one_request(system: System) -> None:
    answers = system.sent("programmes/", ROW, {**ROW, "hours": 30}, {**ROW, "id": "x"})
    assert results(answers) == ["refused", "refused", "accepted"]
    assert reason(answers[0]) == ("id", "twice")


def test_trying_changes_nothing_and_says_the_same(system: System) -> None:
    system.sent("programmes/", {**ROW, "id": "before"})
    rows = [{**ROW, "id": "before"}, {**ROW, "id": "new"}, {**ROW, "id": "bad", "hours": 0}]
    tried = system.send("programmes/?dry_run=true", *rows).json()
    assert tried["dry_run"] is True
    assert Programme.objects.count() == ExternalId.objects.count() == 1
    done = system.send("programmes/", *rows).json()
    assert results(tried["rows"]) == results(done["rows"]) == ["unchanged", "accepted", "refused"]
    assert tried["rows"][2] == done["rows"][2]
    assert tried["rows"][1]["stars_id"] is None  # it is not there
    assert system.send("programmes/?dry_run=1", ROW).status_code == 400


def test_what_was_sent_to_the_agency_stays(system: System) -> None:
    system.sent("programmes/", ROW)
    version = ProgrammeVersion.objects.get()
    ProgrammeVersion.objects.filter(pk=version.pk).update(topics=[{"lv": "A", "en": "A"}])
    f.TermFactory(vocabulary=f.VocabularyFactory(code="entry_level"), code="none")
    more = {"audience_lv": "Visiem.", "prior_knowledge_lv": "Nekas.", "final_test_lv": "Darbs."}
    changed = {**ROW, **more, "entry_level": "none", "overwrite": True}
    assert results(system.sent("programmes/", changed)) == ["accepted"]
    versions.submit(version_id=version.pk, actor=system.admin, at=now())
    (answer,) = system.sent("programmes/", {**changed, "hours": 20})
    assert (answer["result"], answer["errors"][0]["code"]) == ("refused", "sent")
    # Once it is published, what is sent becomes a draft of the next version.
    agency = f.MembershipFactory(administrator=True).user
    versions.take_in_review(version_id=version.pk, actor=agency, at=now())
    versions.approve(version_id=version.pk, actor=agency, at=now())
    versions.publish_version(version_id=version.pk, actor=agency, at=now())
    assert results(system.sent("programmes/", {**changed, "hours": 20})) == ["accepted"]
    version.refresh_from_db()
    newer = version.programme.versions.get(number=2)
    assert (version.state, version.hours) == (VersionState.PUBLISHED, 40)
    assert (newer.state, newer.hours) == (VersionState.DRAFT, 20)
    shown = system.get("programmes/kurss-17/").json()
    assert (shown["published"], shown["state"], shown["version"]) == (True, "draft", 2)


def test_what_a_colleague_wrote_meanwhile_is_not_overwritten(system: System) -> None:
    system.sent("programmes/", ROW)
    version = ProgrammeVersion.objects.get()
    drafts.edit_draft(version_id=version.pk, values={"city": "Cēsis"}, actor=system.admin, at=now())
    assert results(system.sent("programmes/", ROW)) == ["unchanged"]
    (answer,) = system.sent("programmes/", {**ROW, "hours": 30})
    assert (answer["result"], answer["errors"][0]["code"]) == ("refused", "changed_meanwhile")
    version.refresh_from_db()
    assert (version.city, version.hours) == ("Cēsis", 40)
    assert results(system.sent("programmes/", {**ROW, "hours": 30, "overwrite": True})) == [
        "accepted"
    ]
    version.refresh_from_db()
    assert (version.city, version.hours) == ("Valmiera", 30)


def test_a_programme_of_the_workspace_gets_an_id(system: System) -> None:
    version = f.VersionFactory(programme=f.ProgrammeFactory(provider=system.provider))
    row = {"id": "mine", "stars_id": str(version.programme_id), "hours": 12}
    assert results(system.sent("programmes/", row)) == ["accepted"]
    version.refresh_from_db()
    assert version.hours == 12
    (again,) = system.sent("programmes/", {**row, "id": "other"})
    assert reason(again) == ("stars_id", "has_id")
    theirs = f.VersionFactory()
    (foreign,) = system.sent(
        "programmes/", {**row, "id": "x", "stars_id": str(theirs.programme_id)}
    )
    (nothing,) = system.sent("programmes/", {**row, "id": "x", "stars_id": str(theirs.pk)})
    assert foreign == nothing  # what is not there and what is somebody else's sound the same
    assert reason(foreign) == ("stars_id", "unknown")


def test_lists_in_pages(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(3):
        f.VersionFactory(programme=f.ProgrammeFactory(provider=system.provider))
    f.VersionFactory()
    monkeypatch.setattr("stars.api.views.rows.PAGE", 2)
    first = system.get("programmes/").json()
    assert len(first["items"]) == 2
    second = system.get("programmes/" + first["next"].partition("programmes/")[2]).json()
    assert (len(second["items"]), second["next"]) == (1, None)
    keys = {item["stars_id"] for item in (*first["items"], *second["items"])}
    mine = Programme.objects.filter(provider=system.provider).values_list("pk", flat=True)
    assert keys == set(map(str, mine))
    assert system.get("programmes/?after=x").status_code == 400


def test_codes(system: System) -> None:
    found = system.get("classifications/").json()
    assert {"code": "ict", "name": "ict"} in found["field"]
    assert {"code": "on_site", "name": "In person"} in found["mode"] or found["mode"]
