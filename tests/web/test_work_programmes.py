"""Writing programmes in the workspace: list, editor with and without scripts, sending, states."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import SavedFilter, User
from catalogue.enums import VersionState as S
from catalogue.models import ProgrammeVersion
from catalogue.services import drafts, remarks, versions
from stars.common.dates import now, riga_date
from tests import factories as f
from tests.catalogue.review import Stage, call, source
from tests.signin import as_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def browser(user: User) -> Client:
    """Somebody of a provider, in English."""
    client = Client()
    as_staff(client, user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def staff(stage: Stage) -> Client:
    return browser(stage.staff)


def at(name: str, version: ProgrammeVersion) -> str:
    return reverse(f"web:{name}", args=[version.pk])


def soup(client: Client, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status
    return BeautifulSoup(answer.content, "html.parser")


def filled_in(page: BeautifulSoup) -> dict[str, list[str]]:
    """What a browser would send back of the editor."""
    form = page.select_one("form#draft")
    assert form is not None
    data: dict[str, list[str]] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name = str(field["name"])
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            value = str(chosen["value"]) if chosen else ""
        elif field.name == "textarea":
            value = field.text.removeprefix("\n")
        else:
            value = str(field.get("value", ""))
        data.setdefault(name, []).append(value)
    data.pop("csrfmiddlewaretoken", None)
    return data


class TestEditor:
    def test_sent_back_as_it_is_nothing_changes(self, stage: Stage, staff: Client) -> None:
        stage.supported("92.50")
        before = ProgrammeVersion.objects.values().get(pk=stage.version.pk)
        data = filled_in(soup(staff, at("work_draft", stage.version)))
        answer = staff.post(at("work_draft", stage.version), data)
        assert (answer.status_code, answer["Location"]) == (302, at("work_draft", stage.version))
        assert ProgrammeVersion.objects.values().get(pk=stage.version.pk) == before
        assert stage.version.offers.count() == 2

    def test_everything_can_be_written_without_scripts(self, stage: Stage, staff: Client) -> None:
        data = filled_in(soup(staff, at("work_draft", stage.version)))
        data |= {"title_lv": ["Jauns"], "hours": ["48"], "about_lv": ["Viens\r\n\r\nDivi"]}
        data["topics_lv"][1], data["topics_en"][1] = "Otrs", "Second"
        data["offer_price"][1] = "300"
        data["offer_source"][1] = str(source().pk)
        data["offer_from"][1], data["offer_until"][1] = "2026-02-02", "2026-12-31"
        staff.post(at("work_draft", stage.version), data)
        version = ProgrammeVersion.objects.get(pk=stage.version.pk)
        assert (version.title_lv, version.hours) == ("Jauns", 48)
        assert version.about_lv == "Viens\n\nDivi"
        assert version.topics[1] == {"lv": "Otrs", "en": "Second"}
        offer = version.offers.get(source__isnull=False)
        assert (offer.price, offer.open_until) == (Decimal("300.00"), date(2026, 12, 31))

    def test_what_is_wrong_is_said_and_stays_in_its_box(self, stage: Stage, staff: Client) -> None:
        data = filled_in(soup(staff, at("work_draft", stage.version)))
        answer = staff.post(
            at("work_draft", stage.version), {**data, "hours": "daudz", "city": "Rīga"}
        )
        assert answer.status_code == 400
        page = BeautifulSoup(answer.content, "html.parser")
        assert page.select_one("input[name=hours]")["value"] == "daudz"  # type: ignore[index]
        assert page.select_one(".error-summary a")["href"] == "#id_hours"  # type: ignore[index]
        assert ProgrammeVersion.objects.get(pk=stage.version.pk).city == "Rīga"

    def test_a_colleague_wrote_meanwhile(self, stage: Stage, staff: Client) -> None:
        address = at("work_draft", stage.version)
        data = filled_in(soup(staff, address))
        stage.do(drafts.edit_draft, values={"title_lv": "Viņas", "summary_lv": "Viņas īsumā"})
        answer = staff.post(address, {**data, "title_lv": "Manējais"})
        assert answer.status_code == 409
        page = BeautifulSoup(answer.content, "html.parser")
        assert page.select_one("input[name=title_lv]")["value"] == "Manējais"  # type: ignore[index]
        assert "Viņas" in page.select_one("[data-notes=title_lv]").text  # type: ignore[union-attr]
        # What was not touched is not overwritten, and the page shows the colleague's words.
        assert "Viņas īsumā" in page.select_one("textarea[name=summary_lv]").text  # type: ignore[union-attr]
        mine = filled_in(page)
        staff.post(address, {**mine, "theirs": "title_lv"})
        version = ProgrammeVersion.objects.get(pk=stage.version.pk)
        assert (version.title_lv, version.summary_lv) == ("Viņas", "Viņas īsumā")
        staff.post(address, {**data, "title_lv": "Manējais", "mine": "title_lv"})
        assert ProgrammeVersion.objects.get(pk=stage.version.pk).title_lv == "Manējais"

    def test_more_lines_by_a_button(self, stage: Stage, staff: Client) -> None:
        address = at("work_draft", stage.version)
        data = filled_in(soup(staff, address))
        answer = staff.post(address, {**data, "then": "topics"})
        page = soup(staff, answer["Location"])
        assert len(page.select("input[name=topics_lv]")) == len(data["topics_lv"]) + 5

    def test_where_the_buttons_lead(self, stage: Stage, staff: Client) -> None:
        address = at("work_draft", stage.version)
        data = filled_in(soup(staff, address))
        for then, name in (("send", "work_send"), ("preview", "work_preview")):
            answer = staff.post(address, {**data, "then": then})
            assert answer["Location"] == at(name, stage.version)

    def test_hints_stand_beside_the_field(self, stage: Stage, staff: Client) -> None:
        stage.do(drafts.edit_draft, values={"about_lv": "Kursa ietvaros realizējam projektu."})
        page = soup(staff, at("work_draft", stage.version))
        assert "realizējam" in page.select_one("[data-notes=about_lv]").text  # type: ignore[union-attr]

    def test_markup_is_shown_as_text(self, stage: Stage, staff: Client) -> None:
        evil = "<script>alert(1)</script> realizējam <b>"
        stage.do(drafts.edit_draft, values={"about_lv": evil, "topics": [{"lv": evil, "en": evil}]})
        for name in ("work_draft", "work_preview", "work_programme"):
            assert b"<script>alert" not in staff.get(at(name, stage.version)).content

    def test_nonsense_is_never_a_500(self, stage: Stage, staff: Client) -> None:
        for data in (
            {},
            {"seen": "x:y"},
            {"topics_lv": ["a", "b"], "topics_en": ["c"]},
            {"offer_price": "1", "offer_source": "x"},
            {"hours": "\x00", "type": str(uuid4()), "credit_points": "9" * 40},
            {"mine": "state", "theirs": "state", "then": "state"},
        ):
            for name in ("work_draft", "work_draft_keep"):
                assert staff.post(at(name, stage.version), data).status_code < 500


class TestKeeping:
    def test_the_script_hears_what_became_of_each_field(self, stage: Stage, staff: Client) -> None:
        data = filled_in(soup(staff, at("work_draft", stage.version)))
        stage.do(drafts.edit_draft, values={"summary_lv": "Viņas", "topics": []})
        address = at("work_draft_keep", stage.version)
        said = staff.post(address, {**data, "title_lv": "Realizējam", "hours": "x"}).json()
        assert "1 field is not saved" in said["said"]
        assert "Realizējam" in said["notes"]["title_lv"]
        assert "field-error" in said["notes"]["hours"]
        assert said["moved"] == {"summary_lv": "Viņas"}
        assert set(said["rows"]) == {"topics"}
        assert not said["whole"]
        again = staff.post(
            address, {**data, "title_lv": "Vēl", "summary_lv": "Viņas", "seen": said["seen"]}
        ).json()
        assert again["whole"]
        assert ProgrammeVersion.objects.get(pk=stage.version.pk).title_lv == "Vēl"

    def test_a_clash_lasts_until_somebody_chooses(self, stage: Stage, staff: Client) -> None:
        data = filled_in(soup(staff, at("work_draft", stage.version)))
        stage.do(drafts.edit_draft, values={"title_lv": "Viņas"})
        address = at("work_draft_keep", stage.version)
        for _time in range(2):
            said = staff.post(address, {**data, "title_lv": "Mans"}).json()
            data["seen"] = said["seen"]
            assert "Viņas" in said["notes"]["title_lv"]
        assert ProgrammeVersion.objects.get(pk=stage.version.pk).title_lv == "Viņas"

    def test_once_it_is_sent(self, stage: Stage, staff: Client) -> None:
        stage.bring_to(S.SUBMITTED)
        answer = staff.post(at("work_draft_keep", stage.version), {"title_lv": "Vēl"})
        assert answer.status_code == 409
        assert "sent" in answer.json()["message"]


class TestSending:
    def test_from_nothing_to_the_agency(self, stage: Stage, staff: Client) -> None:
        kind = stage.version.type
        field = f.TermFactory(vocabulary=f.VocabularyFactory(code="field"), code="it")
        data = {"title_lv": "Jauna", "type": kind.pk, "field": field.pk, "hours": "24"}
        answer = staff.post(reverse("web:work_programme_new"), {**data, "mode": "remote"})
        version = ProgrammeVersion.objects.get(title_lv="Jauna")
        assert answer["Location"] == at("work_draft", version)
        page = soup(staff, at("work_send", version))
        assert "missing" in page.text
        full = stage.version
        values = {
            name: [str(getattr(full, name))]
            for name in ("title_en", "summary_lv", "summary_en", "audience_lv", "final_test_lv")
        }
        values |= {"prior_knowledge_lv": ["Nekas."], "entry_level": [str(full.entry_level_id)]}
        values |= {"topics_lv": ["a"], "topics_en": ["b"], "outcomes_lv": ["c"]}
        values |= {"outcomes_en": ["d"], "offer_source": [""], "offer_price": ["90"]}
        today = riga_date(now()).isoformat()
        values |= {"offer_from": [today], "offer_until": [today], "then": ["send"]}
        assert staff.post(at("work_draft", version), values).status_code == 302
        assert staff.get(at("work_send", version)).status_code == 200
        staff.post(at("work_send", version), {"call": ""})
        version.refresh_from_db()
        assert version.state == S.SUBMITTED

    def test_what_is_missing_leads_to_its_field(self, stage: Stage, staff: Client) -> None:
        stage.do(drafts.edit_draft, values={"topics": [], "summary_en": ""})
        page = soup(staff, at("work_send", stage.version))
        links = [a["href"] for a in page.select("main .ruled-list a")]
        draft = at("work_draft", stage.version)
        assert links == [f"{draft}#id_summary_en", f"{draft}#topics"]
        assert page.select("main form") == []

    def test_through_a_call_with_a_reason(self, stage: Stage, staff: Client) -> None:
        for _ in range(5):
            f.OfferFactory(version=f.VersionFactory(published=True), price=Decimal("20.00"))
        stage.supported("900.00")
        today = riga_date(now())
        chosen = call(opens_on=today, closes_on=today)
        page = soup(staff, at("work_send", stage.version))
        assert page.select_one("input[name=call][checked]")["value"] == str(chosen.pk)  # type: ignore[index]
        assert page.select_one("textarea[name=price_reason]") is not None
        refused = staff.post(at("work_send", stage.version), {"call": str(chosen.pk)})
        assert refused.status_code == 400
        wrong = staff.post(at("work_send", stage.version), {"call": str(uuid4())})
        assert wrong.status_code == 400
        done = staff.post(
            at("work_send", stage.version),
            {"call": str(chosen.pk), "price_reason": "Laboratorija."},
        )
        assert done["Location"] == at("work_programme", stage.version)
        stage.version.refresh_from_db()
        assert (stage.version.state, stage.version.call) == (S.SUBMITTED, chosen)

    def test_remarks_are_at_their_field_and_answered(self, stage: Stage, staff: Client) -> None:
        stage.bring_to(S.IN_REVIEW)
        remark = stage.do(remarks.add_remark, field="outcomes", text="Īsāk!")
        whole = stage.do(remarks.add_remark, field="", text="Labi kopumā.")
        stage.do(versions.return_with_remarks)
        page = soup(staff, at("work_draft", stage.version))
        assert "Īsāk!" in page.select_one("fieldset#outcomes").parent.text  # type: ignore[union-attr]
        data = filled_in(page)
        assert data[f"answer-{whole.pk}"] == [""]
        name = f"answer-{remark.pk}"
        staff.post(at("work_draft_keep", stage.version), {**data, name: "Darīts."})
        remark.refresh_from_db()
        assert remark.answer == "Darīts."
        # A page that was opened before does not take the answer away.
        staff.post(at("work_draft_keep", stage.version), data)
        remark.refresh_from_db()
        assert remark.answer == "Darīts."
        staff.post(at("work_draft_keep", stage.version), {**data, name: "Un vēl."})
        remark.refresh_from_db()
        assert remark.answer == "Darīts.\nUn vēl."


class TestStates:
    def test_what_can_be_done_in_each(self, stage: Stage, staff: Client) -> None:
        address = at("work_programme", stage.version)

        def buttons() -> set[str]:
            page = soup(staff, address)
            return {b.text.strip() for b in page.select("main .buttons .button")}

        assert buttons() == {"Write on", "See it as a learner"}
        stage.bring_to(S.SUBMITTED)
        assert buttons() == {"Take it back", "See it as a learner"}
        staff.post(at("work_take_back", stage.version))
        stage.version.refresh_from_db()
        assert stage.version.state == S.DRAFT
        stage.bring_to(S.PUBLISHED)
        assert buttons() == {"Write a new version", "The page people see", "Create a group"}
        staff.post(at("work_new_version", stage.version))
        second = ProgrammeVersion.objects.get(number=2, programme=stage.version.programme_id)
        assert second.state == S.DRAFT
        staff.post(at("work_archive", second))
        second.refresh_from_db()
        assert second.state == S.ARCHIVED
        # The one shown is its administrators' to stop.
        staff.post(at("work_archive", stage.version))
        stage.version.refresh_from_db()
        assert stage.version.state == S.PUBLISHED

    def test_every_state_has_its_page(self, stage: Stage, staff: Client) -> None:
        for state in (S.RETURNED, S.REJECTED, S.SUSPENDED, S.ARCHIVED):
            stage.version = stage.another()
            stage.bring_to(state)
            assert staff.get(at("work_programme", stage.version)).status_code == 200
            assert staff.get(at("work_preview", stage.version)).status_code == 200
        assert staff.get(reverse("web:work_programmes")).status_code == 200

    def test_the_preview_is_the_page_that_learners_get(self, stage: Stage, staff: Client) -> None:
        def read(page: BeautifulSoup) -> list[str]:
            found = page.select("main h1, main .summary, main .facts dd, main .ticks li")
            return [each.text.strip() for each in found]

        seen = read(soup(staff, at("work_preview", stage.version)))
        stage.bring_to(S.PUBLISHED)
        visitor = Client()
        visitor.cookies["django_language"] = "en"
        assert seen == read(soup(visitor, _public(stage)))


def _public(stage: Stage) -> str:
    return reverse("web:programme", args=[stage.version.programme.slug])


class TestList:
    def several(self, stage: Stage, count: int) -> None:
        for _each in range(count):
            version = stage.another()
            drafts.set_offer(
                version_id=version.pk,
                source_id=source().pk,
                price=Decimal("50.00"),
                open_from=date(2026, 1, 1),
                open_until=date(2026, 12, 31),
                actor=stage.staff,
                at=now(),
            )

    def test_queries_do_not_grow(self, stage: Stage, staff: Client) -> None:
        address = reverse("web:work_programmes")
        counts = []
        for more in (1, 12):
            self.several(stage, more)
            with CaptureQueriesContext(connection) as caught:
                staff.get(address)
            counts.append(len(caught))
        assert counts[0] == counts[1]

    def test_own_programmes_only(self, stage: Stage, staff: Client) -> None:
        other = f.VersionFactory(title_lv="Svešā")
        assert "Svešā" not in soup(staff, reverse("web:work_programmes")).text
        rival = browser(
            f.MembershipFactory(organisation=other.programme.provider.organisation).user
        )
        for name in ("work_programme", "work_draft", "work_send", "work_preview"):
            assert rival.get(at(name, stage.version)).status_code == 404
        for name in ("work_draft", "work_draft_keep", "work_take_back", "work_archive"):
            assert rival.post(at(name, stage.version), {}).status_code == 404

    def test_views_and_words(self, stage: Stage, staff: Client) -> None:
        stage.do(drafts.edit_draft, values={"title_en": "Excel for the office"})
        address = reverse("web:work_programmes")
        assert "Excel" in soup(staff, f"{address}?q=excel&view=writing").text
        assert "Excel" not in soup(staff, f"{address}?view=shown").select_one("main").text  # type: ignore[union-attr]
        assert staff.get(f"{address}?page=999&view=nonsense").status_code == 200

    def test_as_a_file_with_the_same_filter(self, stage: Stage, staff: Client) -> None:
        self.several(stage, 2)
        stage.do(drafts.edit_draft, values={"title_lv": "=1+1", "title_en": "=1+1"})
        address = reverse("web:work_programmes")
        answer = staff.get(f"{address}?file=csv&q=%3D1")
        rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))  # type: ignore[arg-type]
        assert [row[1] for row in rows[1:]] == ["'=1+1"]
        book = staff.get(f"{address}?file=xlsx")
        sheet = load_workbook(io.BytesIO(b"".join(book))).active
        assert sheet is not None
        assert sheet.max_row == 4

    def test_filters_are_kept(self, stage: Stage, staff: Client) -> None:
        address = reverse("web:work_programmes")
        kept = {"list": "web:work_programmes", "query": "view=writing&q=ex", "name": " Mani "}
        answer = staff.post(reverse("web:work_filter"), kept)
        assert answer["Location"] == f"{address}?view=writing&q=ex"
        chips = soup(staff, address).select("a.chip")
        assert [chip["href"] for chip in chips] == [f"{address}?view=writing&q=ex"]
        mine = SavedFilter.objects.get()
        rival = browser(f.MembershipFactory().user)
        f.ProviderFactory(organisation=rival_organisation(rival))
        assert rival.post(reverse("web:work_filter_drop", args=[mine.pk])).status_code == 404
        assert SavedFilter.objects.filter(pk=mine.pk).exists()
        staff.post(reverse("web:work_filter_drop", args=[mine.pk]))
        assert not SavedFilter.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            ({"list": "web:home", "query": "", "name": "x"}, 404),
            ({"list": "web:work_programmes", "query": "", "name": ""}, 302),
            ({"list": "web:work_programmes", "query": "a=" + "b" * 600, "name": "x"}, 302),
            ({"list": "web:work_programmes", "query": "\r\nx", "name": "\x00"}, 302),
        ],
    )
    def test_nonsense_is_not_kept(self, staff: Client, sent: dict[str, Any], status: int) -> None:
        assert staff.post(reverse("web:work_filter"), sent).status_code == status
        assert not SavedFilter.objects.exists()


def rival_organisation(client: Client) -> Any:
    """The organisation of whoever is signed in."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    return user.memberships.get().organisation
