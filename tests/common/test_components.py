"""Components: what assistive technology reads, and the gallery that shows them all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from bs4 import BeautifulSoup, Tag
from django import forms
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from stars.common import dates
from stars.common.templatetags import stars as tags
from stars.web import gallery


class ContactForm(forms.Form):
    """One field of every kind a component draws."""

    phone = forms.RegexField(
        r"^\d{8}$", label="Phone", help_text="Eight digits.", error_messages={"invalid": "Seven."}
    )
    way = forms.ChoiceField(
        label="How", widget=forms.RadioSelect, choices=[("m", "By mail"), ("p", "By phone")]
    )
    agreed = forms.BooleanField(label="I know")
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def draw(name: str, **context: object) -> BeautifulSoup:
    with translation.override("en"):
        return BeautifulSoup(render_to_string(f"components/{name}.html", context), "html.parser")


def element(soup: BeautifulSoup, selector: str) -> Tag:
    found = soup.select_one(selector)
    assert found is not None, f"{selector} in {soup}"
    return found


def test_field_names_hint_and_error_in_this_order() -> None:
    soup = draw("field", field=ContactForm({"phone": "2612345"})["phone"])
    order = [tag.get("id") for tag in soup.select("[id]")]
    assert order == ["id_phone_helptext", "id_phone_error", "id_phone"]
    field = element(soup, "input")
    assert field["aria-describedby"] == "id_phone_helptext id_phone_error"
    assert field["aria-invalid"] == "true"
    assert field["value"] == "2612345", "What was typed stays"
    assert element(soup, "label")["for"] == "id_phone"


def test_radio_buttons_stand_in_a_fieldset() -> None:
    soup = draw("field", field=ContactForm({})["way"])
    fieldset = element(soup, "fieldset")
    assert element(soup, "legend").get_text(strip=True) == "How"
    assert "id_way_error" in str(fieldset["aria-describedby"])
    assert [option.get_text(strip=True) for option in soup.select("label")] == [
        "By mail",
        "By phone",
    ]


def test_error_summary_leads_to_every_field() -> None:
    form = ContactForm({"phone": "2612345"})
    form.fields["phone"].error_summary = "Write all 8 digits"  # type: ignore[attr-defined]
    soup = draw("error_summary", form=form)
    links = {str(a["href"]): a.get_text(strip=True) for a in soup.select("a")}
    assert links == {
        "#id_phone": "Write all 8 digits",
        "#id_way_0": "How: This field is required.",
        "#id_agreed": "I know: This field is required.",
    }
    assert "Fix 3 things" in element(soup, "h2").get_text()
    ids = {
        str(tag["id"]) for name in form.fields for tag in draw("field", field=form[name])("input")
    }
    assert {link.removeprefix("#") for link in links} <= ids


def test_no_summary_without_errors() -> None:
    assert not draw("error_summary", form=ContactForm()).get_text(strip=True)


def test_impossible_choice_says_why_and_has_no_radio() -> None:
    soup = draw("choice_card", title="For people at work", impossible="Not paid by the project.")
    assert "Not paid by the project." in soup.get_text()
    assert not soup.select("input")


def test_price_box_reads_as_arithmetic() -> None:
    soup = draw(
        "price_box",
        price=Decimal("592"),
        support=Decimal("500"),
        own_part=Decimal("92"),
        support_text="Your support",
        total_text="You pay",
    )
    sums = [tag.get_text().replace("\u00a0", " ") for tag in soup.select("dd")]
    assert sums == ["592 €", "−500 €", "92 €"]


def test_rating_without_answers_is_said_in_words() -> None:
    assert draw("rating", mean=None, count=0).get_text(strip=True) == "No rating yet"


def test_removable_chip_says_what_it_does() -> None:
    soup = draw("chip", text="Up to 100 €", url="?", remove=True)
    assert element(soup, "a").get_text().strip().startswith("Remove filter:")


@pytest.mark.parametrize("name", gallery.ICONS)
def test_icons_are_decoration(name: str) -> None:
    picture = BeautifulSoup(tags.icon(name), "html.parser").select_one("svg")
    assert picture is not None
    assert picture["aria-hidden"] == "true"


@pytest.mark.parametrize(
    ("value", "whole", "per_cent"),
    [(0, 0, 0), (7, 14, 50), (Decimal("4.6"), 5, 92), (16, 15, 100), (-1, 5, 0)],
)
def test_share(value: int | Decimal, whole: int, per_cent: int) -> None:
    assert tags.share(value, whole) == per_cent


def test_gallery_is_shown_in_development_only(settings: pytest.FixtureRequest) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(Http404):
        gallery.gallery(RequestFactory().get("/komponentes/"))


def test_gallery_samples_hold_every_state_of_a_group() -> None:
    groups = gallery.samples(dates.today())["groups"]
    assert {tags.places_tone(group["free"]) for group in groups} == {"free", "few", "full"}


def test_the_mark_has_a_name_where_its_word_is_hidden() -> None:
    """Below 360 px only the star is drawn."""
    assert element(draw("brand"), "a")["aria-label"] == "STARS"
