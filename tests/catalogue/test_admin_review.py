"""The agency's pages for reviewing: what they show, what their buttons do, how they refuse."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from catalogue.enums import VersionState as S
from catalogue.fields import EDITABLE
from catalogue.models import (
    Call,
    Offer,
    OfferRules,
    ProgrammeRemark,
    Seminar,
    Submission,
    TemporaryStatus,
)
from catalogue.services import drafts, remarks, versions
from stars.common.dates import now, today
from stars.vocabularies.models import Vocabulary
from tests import factories as f
from tests.catalogue.review import NOW, Stage, call, later
from tests.signin import as_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    made = Stage()
    made.reviewer.is_staff = True
    made.reviewer.save()
    return made


@pytest.fixture
def browser(stage: Stage) -> Client:
    client = Client()
    as_staff(client, stage.reviewer)
    client.cookies["django_language"] = "en"
    return client


def url(row: Any, what: str = "change") -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{what}"
    return reverse(name, args=[row.pk])


def listing(model: Any, what: str = "changelist") -> str:
    return reverse(f"admin:catalogue_{model._meta.model_name}_{what}")


def page(client: Client, where: str) -> BeautifulSoup:
    response = client.get(where)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def section(soup: BeautifulSoup, title: str) -> Any:
    (heading,) = [h for h in soup.find_all("h2") if h.get_text(strip=True) == title]
    return heading.find_parent("section")


def buttons(soup: BeautifulSoup, row: Any) -> set[str]:
    stem = url(row, "history").removesuffix("history/")
    links = [a["href"] for a in soup.find_all("a", href=True)]
    return {link.removeprefix(stem).strip("/") for link in links if link.startswith(stem)}


def press(client: Client, row: Any, act: str, **answers: Any) -> Any:
    return client.post(url(row, act), answers)


OFFERED = {
    S.DRAFT: {"mend", "archive"},
    S.SUBMITTED: {"take"},
    S.IN_REVIEW: {"remark", "return", "approve", "reject"},
    S.RETURNED: {"mend", "archive"},
    S.APPROVED: {"publish", "archive"},
    S.REJECTED: set(),
    S.PUBLISHED: {"suspend", "archive"},
    S.SUSPENDED: {"resume", "archive"},
    S.ARCHIVED: set(),
}


@pytest.mark.parametrize("state", S.values)
def test_each_state_offers_what_can_be_done(stage: Stage, browser: Client, state: str) -> None:
    stage.bring_to(state)
    offered = buttons(page(browser, url(stage.version)), stage.version)
    assert offered - {"history", "change"} == OFFERED[S(state)]


def test_a_review_by_hand(stage: Stage, browser: Client) -> None:
    stage.bring_to(S.SUBMITTED)
    version = stage.version
    assert press(browser, version, "take").status_code == 302
    assert (
        press(browser, version, "remark", field="hours", text="<b>Par maz</b>").status_code == 302
    )
    shown = section(page(browser, url(version)), "Remarks")
    assert "<b>Par maz</b>" in shown.get_text()
    assert shown.find("b") is None
    (remark,) = ProgrammeRemark.objects.all()
    assert press(browser, remark, "settle").status_code == 302
    empty = press(browser, version, "return", note="")
    assert empty.context["form"].errors["note"]
    assert press(browser, version, "approve", note="Labi").status_code == 302
    assert press(browser, version, "publish", note="", price_reason="").status_code == 302
    assert press(browser, version, "suspend", note="").context["form"].errors["note"]
    assert press(browser, version, "suspend", note="Sūdzības").status_code == 302
    assert press(browser, version, "resume").status_code == 302
    assert press(browser, version, "archive").status_code == 302
    version.refresh_from_db()
    assert version.state == S.ARCHIVED
    decisions = section(page(browser, url(version)), "Decisions").get_text()
    assert stage.staff.email in decisions
    assert stage.reviewer.email in decisions
    assert "Labi" in decisions


def test_a_decision_that_somebody_else_took_is_said_in_the_form(
    stage: Stage, browser: Client
) -> None:
    stage.bring_to(S.IN_REVIEW)
    stage.do(versions.reject, note="Nē")
    late = press(browser, stage.version, "approve")
    assert late.status_code == 200
    assert "already changed" in str(late.context["form"].non_field_errors())


def test_the_difference_is_read_on_the_page(stage: Stage, browser: Client) -> None:
    first = section(page(browser, url(stage.version)), "What is new")
    assert "first version" in first.get_text()
    stage.bring_to(S.PUBLISHED)
    stage.version = drafts.new_version(
        programme_id=stage.version.programme_id, actor=stage.staff, at=NOW
    )
    stage.do(drafts.edit_draft, values={"summary_en": "You will <script> learn to knit."})
    shown = section(page(browser, url(stage.version)), "What is new")
    assert [ins.get_text(strip=True) for ins in shown.find_all("ins")] == ["<script>", "knit."]
    assert [gone.get_text() for gone in shown.find_all("del")] == ["do."]
    assert shown.find("script") is None


def test_the_price_watch_is_read_on_the_page(stage: Stage, browser: Client) -> None:
    for _ in range(5):
        f.OfferFactory(version=f.VersionFactory(published=True), price=Decimal("200.00"))
    stage.supported("300.00")
    stage.do(
        versions.submit,
        call_id=call(closes_on=later(9).date()).pk,
        price_reason="Īrējam laboratoriju.",
    )
    shown = section(page(browser, url(stage.version)), "Price watch").get_text()
    assert "Dearer than other programmes of this type" in shown
    assert "Īrējam laboratoriju." in shown
    assert "€6.50" in shown or "6.50" in shown
    queue = page(browser, listing(Submission)).get_text()
    assert "Dearer than other programmes of this type" in queue


def test_the_queue_begins_with_what_waits_longest(stage: Stage, browser: Client) -> None:
    sent = []
    for days in (3, 1, 2):
        version = stage.another(title_en=f"Day {days}")
        sent.append(versions.submit(version_id=version.pk, actor=stage.staff, at=later(days)))
    versions.submit(version_id=stage.version.pk, actor=stage.staff, at=NOW)
    stage.do(versions.take_in_review)
    stage.do(versions.reject, note="Nē")
    rows = page(browser, listing(Submission)).find_all("a", href=True)
    keys = [a["href"].split("/")[-3] for a in rows if "/submission/" in a["href"]]
    order = [key for key in dict.fromkeys(keys) if key.count("-") == 4]
    # What was decided waits no longer; it is one press away.
    assert order == [str(s.pk) for s in (sent[1], sent[2], sent[0])]


def test_a_call_by_hand(stage: Stage, browser: Client) -> None:
    fields = {
        "code": "pavasaris",
        "title_lv": "Pavasara aicinājums",
        "title_en": "Spring call",
        "opens_on": "2026-03-01",
        "closes_on": "2026-03-31",
        "types": ["non_formal"],
        "modes": ["remote", "hybrid"],
    }
    wrong = browser.post(listing(Call, "new"), {**fields, "closes_on": "2026-02-01"})
    assert wrong.context["form"].errors["closes_on"]
    nonsense = {**fields, "types": ["'; drop table"], "source_id": "x"}
    assert set(browser.post(listing(Call, "new"), nonsense).context["form"].errors) == {
        "types",
        "source_id",
    }
    assert browser.post(listing(Call, "new"), fields).status_code == 302
    made = Call.objects.get()
    assert (made.types, made.modes) == (["non_formal"], ["remote", "hybrid"])
    form = browser.get(url(made, "edit")).context["form"]
    assert form.initial["title_lv"] == "Pavasara aicinājums"
    assert press(browser, made, "edit", **{**fields, "title_lv": "Cits"}).status_code == 302
    made.refresh_from_db()
    assert made.title_lv == "Cits"
    when = {"starts_at": "2026-03-05T10:00", "place": "Tiešsaistē", "link": "stars.example/x"}
    assert press(browser, made, "seminar", **when).status_code == 302
    assert press(browser, made, "seminar", starts_at="soon").context["form"].errors["starts_at"]
    seminar = Seminar.objects.get()
    assert seminar.link == "https://stars.example/x"
    assert "Tiešsaistē" in section(page(browser, url(made)), "Seminars").get_text()
    assert press(browser, seminar, "drop")["Location"] == url(made)
    assert not Seminar.objects.exists()


def test_temporary_status_by_hand(stage: Stage, browser: Client) -> None:
    programme = stage.version.programme
    word = {"recommender": "employer", "recommended_by": "SIA X", "recommendation": "Trūkst."}
    refused = press(browser, programme, "temporary", **word)
    assert "share is used up" in str(refused.context["form"].non_field_errors())
    OfferRules.objects.create(valid_from=today(), written_at=now(), temporary_share=1)
    f.VersionFactory(published=True)
    assert press(browser, programme, "temporary", **word).status_code == 302
    status = TemporaryStatus.objects.get()
    due = section(page(browser, listing(TemporaryStatus)), "Due for review")
    assert due.find("table") is None
    assert "Room for more programmes with temporary status: 0." in due.get_text()
    TemporaryStatus.objects.update(starts_on=later(-400).date(), review_on=later(-1).date())
    due = section(page(browser, listing(TemporaryStatus)), "Due for review")
    assert url(status) in str(due)
    assert press(browser, status, "extend", note="").context["form"].errors["note"]
    assert press(browser, status, "extend", note="Vēl gadu").status_code == 302
    assert press(browser, status, "end", note="Pierādīts").status_code == 302
    status.refresh_from_db()
    assert status.state == "ended"


def test_limits_by_hand(stage: Stage, browser: Client) -> None:
    where = listing(OfferRules, "write")
    form = browser.get(where).context["form"]
    assert form.initial["grant_amounts"] == "500.00; 1000.00"
    fields = {name: str(value) for name, value in form.initial.items()}
    for change in (
        {"grant_amounts": "piecsimt"},
        {"grant_amounts": "1.005"},
        {"temporary_share": "2"},
        {"price_spread": "NaN"},
        {"review_months": "0"},
        {"valid_from": "1999-01-01"},
    ):
        refused = browser.post(where, {**fields, **change})
        assert set(refused.context["form"].errors) == set(change)
    assert browser.post(where, {**fields, "price_rise": "0.2"}).status_code == 302
    assert OfferRules.objects.get().price_rise == Decimal("0.2")


def test_hour_rules_of_a_type_by_hand(stage: Stage, browser: Client) -> None:
    kind = stage.version.type
    fields = {
        "name_lv": "N",
        "name_en": "N",
        "document_lv": "apliecība",
        "document_en": "certificate",
        "hours_min": "30",
        "hours_max": "45",
        "practice_hours": "0",
    }
    for change, field in (
        ({"hours_max": "29"}, "hours_max"),
        ({"hours_min": "0"}, "hours_min"),
        ({"practice_hours": "46"}, "practice_hours"),
        ({"hours_max": "-1"}, "hours_max"),
        ({"hours_max": "99999999"}, "hours_max"),
    ):
        refused = browser.post(url(kind), {**fields, **change})
        assert refused.status_code == 200
        assert field in refused.context["adminform"].form.errors
    assert browser.post(url(kind), fields).status_code == 302
    kind.refresh_from_db()
    assert (kind.hours_min, kind.hours_max) == (30, 45)
    stage.do(drafts.edit_draft, values={"hours": 46})
    with pytest.raises(versions.Invalid):
        stage.do(versions.submit)


def test_costs_the_same_however_many_remarks(
    stage: Stage, browser: Client, django_assert_max_num_queries: Any
) -> None:
    stage.bring_to(S.IN_REVIEW)
    for number in range(12):
        stage.do(remarks.add_remark, field="hours", text=f"Nr. {number}")
    with django_assert_max_num_queries(40):
        page(browser, url(stage.version))


class TestMending:
    """A draft is mended in plain boxes; nobody writes JSON."""

    def boxes(self, browser: Client, stage: Stage, **more: Any) -> dict[str, Any]:
        Vocabulary.objects.filter(pk=stage.version.field.vocabulary_id).update(code="field")
        form = browser.get(url(stage.version, "mend")).context["form"]
        values = {name: form[name].value() for name in form.fields}
        return {name: "" if v is None else v for name, v in {**values, **more}.items()}

    def test_lists_are_written_line_by_line(self, stage: Stage, browser: Client) -> None:
        given = self.boxes(
            browser,
            stage,
            topics_lv="Adīšana\n\n  Tamborēšana ",
            topics_en="Knitting\r\nCrochet",
            title_en="Wool",
        )
        assert press(browser, stage.version, "mend", **given).status_code == 302
        stage.version.refresh_from_db()
        assert stage.version.title_en == "Wool"
        assert stage.version.topics == [
            {"lv": "Adīšana", "en": "Knitting"},
            {"lv": "Tamborēšana", "en": "Crochet"},
        ]
        again = self.boxes(browser, stage)
        assert again["topics_lv"] == "Adīšana\nTamborēšana"

    def test_opening_and_saving_changes_nothing(self, stage: Stage, browser: Client) -> None:
        before = fields_of(stage)
        assert (
            press(browser, stage.version, "mend", **self.boxes(browser, stage)).status_code == 302
        )
        stage.version.refresh_from_db()
        assert fields_of(stage) == before

    def test_lines_without_a_pair_are_refused(self, stage: Stage, browser: Client) -> None:
        given = self.boxes(browser, stage, outcomes_lv="Viens\nDivi", outcomes_en="One")
        refused = press(browser, stage.version, "mend", **given)
        assert "2 lines in Latvian and 1 in English" in str(refused.context["form"].errors)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("hours", "-1"), ("hours", "99999999"), ("type", "x"), ("mode", "'"), ("title_lv", " ")],
    )
    def test_nonsense_is_said_beside_its_box(
        self, stage: Stage, browser: Client, name: str, value: str
    ) -> None:
        refused = press(
            browser, stage.version, "mend", **self.boxes(browser, stage, **{name: value})
        )
        assert refused.status_code == 200
        assert set(refused.context["form"].errors) == {name}

    def test_what_somebody_saved_meanwhile_is_not_overwritten(
        self, stage: Stage, browser: Client
    ) -> None:
        given = self.boxes(browser, stage, title_lv="Otrais")
        stage.do(drafts.edit_draft, values={"title_lv": "Pirmais"})
        refused = press(browser, stage.version, "mend", **given)
        assert "Somebody else" in str(refused.context["form"].non_field_errors())
        stage.version.refresh_from_db()
        assert stage.version.title_lv == "Pirmais"


def fields_of(stage: Stage) -> dict[str, Any]:
    return {name: getattr(stage.version, name) for name in EDITABLE}


def test_a_version_is_read_without_signs_for_machines(stage: Stage, browser: Client) -> None:
    stage.do(
        drafts.edit_draft,
        values={"topics": [{"lv": "Adīšana", "en": "Knitting"}]},
    )
    stage.bring_to(S.SUBMITTED)
    shown = page(browser, url(stage.version)).find("main").get_text(" ")
    assert "Adīšana / Knitting" in shown
    assert '"lv"' not in shown
    assert str(stage.version.pk) not in shown
    assert stage.version.programme.provider.name not in ("", None)
    moves = section(page(browser, url(stage.version)), "Transitions").get_text(" ")
    assert "Send" in moves
    assert "submit" not in moves
    assert "€" in section(page(browser, url(stage.version)), "What is new").get_text()


def test_prices_in_lists_are_amounts(stage: Stage, browser: Client) -> None:
    f.OfferFactory(version=f.VersionFactory(published=True), price=Decimal("1200.50"))
    shown = page(browser, listing(Offer)).get_text()
    assert "1\u00a0200.50\u00a0€" in shown or "€1,200.50" in shown
