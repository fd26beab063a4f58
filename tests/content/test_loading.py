"""The first texts: loaded once, renewed while nobody has touched them, never over an editor."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client
from django.urls import resolve

from accounts.models import User
from stars.common.dates import now
from stars.content.enums import PageKind, StepIcon
from stars.content.models import Contact, GlossaryTerm, Page, Step
from stars.content.services import editing
from stars.content.services.data_files import Broken
from stars.content.services.loading import DATA, load
from tests.web.test_account import page, words

pytestmark = pytest.mark.django_db


def test_everything_is_added_once() -> None:
    first = load(at=now())
    assert first.added == sum(model.objects.count() for model in (Page, GlossaryTerm, Contact))
    again = load(at=now())
    assert (again.added, again.renewed, again.kept) == (0, 0, 0)


def test_what_an_editor_wrote_stays(editor: User) -> None:
    load(at=now())
    row = Page.objects.get(slug="par-portalu")
    row.title_lv = "Mans virsraksts"
    editing.save(row=row, actor=editor, at=now())
    hidden = Page.objects.get(slug="karjeras-atbalsts")
    hidden.published_from = None
    editing.save(row=hidden, actor=editor, at=now())
    done = load(at=now())
    assert (done.added, done.kept) == (0, 2)
    row.refresh_from_db()
    hidden.refresh_from_db()
    assert row.title_lv == "Mans virsraksts"
    assert hidden.published_from is None


def test_steps_of_an_editor_stay(editor: User) -> None:
    load(at=now())
    step = Step.objects.get(page__slug="ka-pieteikties", number=1)
    step.title_lv = "Mans solis"
    editing.save(row=step, actor=editor, at=now())
    Step.objects.get(page__slug="ka-pieteikties", number=4).delete()
    load(at=now())
    assert Step.objects.filter(page__slug="ka-pieteikties").count() == 3
    step.refresh_from_db()
    assert step.title_lv == "Mans solis"


def test_untouched_rows_follow_the_file(tmp_path: Path) -> None:
    load(at=now())
    for name in ("pages", "glossary", "contacts"):
        rows = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
        if name == "pages":
            rows[0]["title"]["lv"] = "Jauns nosaukums"
            del rows[0]["steps"][-1]
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(rows), encoding="utf-8")
    assert load(at=now(), folder=tmp_path).renewed == 1
    changed = Page.objects.get(slug=rows and "ka-atrast-macibas")
    assert changed.title_lv == "Jauns nosaukums"
    assert changed.steps.count() == 3


BROKEN = """\ufeff- slug: a
  order: 1
  title: {lv: A, en: A}
- slug: a
  order: "1,5"
  title: {lv: B, en: B}
  lead: {lv: B}
  colour: red
  steps:
    - {icon: search, title: {lv: C, en: C}, text: {lv: C, en: C}}
    - {icon: elephant, title: {lv: C, en: C}, text: {lv: C}}
- just words
- slug: "b b"
  order: 3
  title: {lv: B, en: B}
  lead: {lv: B, en: B}
"""


def test_a_broken_file_is_reported_line_by_line_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "pages.yaml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "glossary.yaml").write_text(
        "- {slug: ok, term: {lv: a, en: a}, plain: {lv: b, en: b}}"
    )
    (tmp_path / "contacts.yaml").write_text("- key: x\n  text: {lv: [}\n")
    with pytest.raises(Broken) as caught:
        load(at=now(), folder=tmp_path)
    said = {(problem.file, problem.line, problem.text) for problem in caught.value.problems}
    assert {
        ("pages.yaml", 1, "lead in lv is missing"),
        ("pages.yaml", 1, "lead in en is missing"),
        ("pages.yaml", 4, "slug a stands in the file more than once"),
        ("pages.yaml", 4, "order has to be a whole number"),
        ("pages.yaml", 4, "lead in en is missing"),
        ("pages.yaml", 4, "nobody knows colour"),
        ("pages.yaml", 11, "text in en is missing"),
        ("pages.yaml", 0, "row 3 has no names of fields"),
        ("pages.yaml", 13, "slug has to be letters, digits and hyphens"),
    } <= said
    assert any(file == "contacts.yaml" and line == 2 for file, line, _text in said)
    assert any(line == 11 and text.startswith("icon is one of") for _f, line, text in said)
    assert not Page.objects.exists() and not GlossaryTerm.objects.exists()


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    for name in ("pages", "glossary", "contacts"):
        text = (DATA / f"{name}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8-sig")
    assert load(at=now(), folder=tmp_path).added == load(at=now()).kept + Page.objects.count() + (
        GlossaryTerm.objects.count() + Contact.objects.count()
    )


@pytest.mark.parametrize(
    "text", ["a", "{}", "- []", "- {slug: [a]}", "- {", "\0", "- {steps: 3}", "- body: x"]
)
def test_any_nonsense_is_told(tmp_path: Path, text: str) -> None:
    for name in ("pages", "glossary", "contacts"):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Broken):
        load(at=now(), folder=tmp_path)


def test_the_command_writes_when_told(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_content")
    assert not Page.objects.exists()
    assert "--apply" in capsys.readouterr().out
    call_command("load_content", "--apply")
    assert Page.objects.filter(kind=PageKind.HOWTO).count() == 5


@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_page_opens_and_its_links_lead_somewhere(client: Client, language: str) -> None:
    load(at=now())
    for row in Page.objects.all():
        soup = page(client, row.get_absolute_url(), language=language)
        assert len(soup.select("h1")) == 1
        for link in soup.select("main a[href^='/']"):
            resolve(str(link["href"]).partition("#")[0].partition("?")[0])
    for address in ("/palidziba/", "/kontakti/", "/vardnica/"):
        assert client.get(address).status_code == 200


def test_pictures_of_steps_exist() -> None:
    for icon in StepIcon:
        assert (DATA.parents[2] / "templates" / "icons" / f"{icon}.svg").is_file()


def test_the_statement_says_what_the_law_asks(client: Client) -> None:
    """Regulation No. 445: state, gaps, feedback, and who to turn to afterwards."""
    load(at=now())
    said = words(page(client, "/palidziba/pieklustamiba/", language="lv").main)
    for part in ("Nr. 445", "daļēji atbilst", "EN 301 549", "WCAG 2.2", "tiesībsarga"):
        assert part in said
    links = BeautifulSoup(client.get("/palidziba/pieklustamiba/").content, "html.parser")
    assert links.select('a[href="mailto:pieklustamiba@stars.example"]')


def test_terms_are_explained_in_our_own_texts(client: Client) -> None:
    load(at=now())
    soup = page(client, "/palidziba/ka-pieteikties/", language="lv")
    (term,) = soup.select('a.term[href="/vardnica/#lidzmaksajums"]')
    assert term.text == "līdzmaksājums"
    assert soup.select("a.term")[0].find_parent("h2") is None
