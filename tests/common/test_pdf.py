"""Documents that a screen reader can read: taken apart again with a reader of our own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from stars.common import pdf
from tests.files.conftest import PNG
from tests.pdf_reader import read

PAGE = """{% extends "pdf/base.html" %}{% load i18n stars %}
{% block about %}Nr. 7{% endblock %}
{% block content %}<h1>{{ title }}</h1><p>{{ sum|money_cents }} {{ words }}</p>
<table><thead><tr><th scope="col">{% translate "Amount" %}</th></tr></thead>
<tbody><tr><td class="n">92,50</td></tr></tbody></table>{% endblock %}"""


@pytest.fixture
def template(tmp_path: Path, settings: Any) -> str:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], tmp_path]}]
    return "page.html"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "shown"), [("lv", "1 250,30 €"), ("en", "1 250.30 €")])
def test_language_title_structure_and_words(template: str, language: str, shown: str) -> None:
    context = {"sum": "1250.30", "words": "Ķēniņš ēd šķiņķi"}
    made = read(pdf.render(template, context, language=language, title="Pārskats"))
    assert (made.language, made.title) == (language, "Pārskats")
    assert made.is_tagged
    assert {"H1", "P", "Table", "TR", "TH", "TD"} <= set(made.tags)
    assert "DisplayDocTitle true" in made.catalog.decode()
    assert 'pdfuaid:part="1"' in made.metadata or "<pdfuaid:part>1" in made.metadata
    for word in (shown.replace("\N{NO-BREAK SPACE}", " "), "Ķēniņš ēd šķiņķi", "Nr. 7", "1 / 1"):
        assert word in made.text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.django_db
def test_what_people_write_is_no_markup(template: str) -> None:
    written = '<img src="http://127.0.0.1/x">'
    made = read(pdf.render(template, {"sum": 0, "words": written}, language="lv", title="x"))
    assert written in made.text
    assert "Figure" not in made.tags


@pytest.mark.django_db
def test_nothing_is_fetched(template: str, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(PNG)
    (tmp_path / "page.html").write_text(
        '{% extends "pdf/base.html" %}{% block content %}<img alt="x" src="file://'
        + str(picture)
        + '">'
        "{% endblock %}",
        encoding="utf-8",
    )
    made = read(pdf.render(template, {}, language="lv", title="x"))
    assert not [head for head in made.objects.values() if b"/Subtype /Image" in head]


@pytest.mark.django_db(transaction=True)
def test_never_inside_a_transaction(template: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        pdf.render(template, {}, language="lv", title="x")
    assert pdf.render(template, {"sum": 0}, language="lv", title="x").startswith(b"%PDF-1.7")
