"""Editors at work: forms that really save, versions, pictures, mailing; and everybody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from stars.audit.models import AuditEntry
from stars.common.dates import now
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.content import selectors
from stars.content.models import (
    Contact,
    GlossaryTerm,
    Illustration,
    News,
    Page,
    Picture,
    Step,
    Subscriber,
)
from stars.content.services import editing, pictures
from tests import factories as f
from tests.content.conftest import WORDS, make_news, make_page, make_term, picture_file
from tests.signin import as_staff

pytestmark = pytest.mark.django_db


def url(model: type[models.Model], what: str, *args: Any) -> str:
    return reverse(f"admin:content_{model._meta.model_name}_{what}", args=args)


def filled(client: Client, address: str) -> dict[str, Any]:
    """What the form would send if nothing was typed."""
    soup = BeautifulSoup(client.get(address).content, "html.parser")
    data: dict[str, Any] = {}
    for field in soup.select("form input[name], form textarea[name], form select[name]"):
        name = str(field["name"])
        if name.startswith("csrf") or field.get("type") in ("submit", "button", "file"):
            continue
        if field.get("type") == "checkbox":
            if field.has_attr("checked"):
                data[name] = "on"
        elif field.name == "select":
            chosen = field.select_one("option[selected]")
            data[name] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            data[name] = field.text
        else:
            data[name] = field.get("value", "")
    return data


def save(client: Client, address: str, **typed: Any) -> Any:
    answer = client.post(address, {**filled(client, address), **typed})
    if answer.status_code == 200:
        raise AssertionError(answer.context["adminform"].errors)
    return answer


def test_writing_a_piece_of_news(desk: Client, editor: User, client: Client) -> None:
    body = "<h2>Kas jauns</h2><p>Teksts<script>alert(1)</script></p>"
    save(desk, url(News, "add"), slug="jauna", body_lv=body, **WORDS)
    news = News.objects.get(slug="jauna")
    assert news.body_lv == "<h2>Kas jauns</h2><p>Teksts</p>"
    assert news.edited_by == editor
    assert client.get("/jaunumi/jauna/").status_code == 404
    day = (now() - timedelta(days=1)).date()
    save(
        desk,
        url(News, "change", news.pk),
        published_from_0=day.isoformat(),
        published_from_1="09:00",
        title_lv="Cits virsraksts",
    )
    assert "Cits virsraksts" in client.get("/jaunumi/jauna/").content.decode()
    assert AuditEntry.objects.filter(action="content_saved", object_id=news.pk).count() == 2


def test_scheduled_news_appear_by_themselves(client: Client) -> None:
    news = make_news(days=1)
    assert client.get("/jaunumi/zina/").status_code == 404
    News.objects.filter(pk=news.pk).update(published_from=now())
    assert client.get("/jaunumi/zina/").status_code == 200


def test_every_version_has_its_author_and_can_come_back(desk: Client, editor: User) -> None:
    page = make_page(title_lv="Pirmais")
    save(desk, url(Page, "change", page.pk), title_lv="Otrais")
    shown = desk.get(url(Page, "change", page.pk)).content.decode()
    assert editor.email in shown
    first, second = page.events.order_by("pgh_id")  # type: ignore[attr-defined]
    assert (first.title_lv, second.title_lv) == ("Pirmais", "Otrais")
    assert second.edited_by == editor
    answer = desk.post(url(Page, "go-back", page.pk), {"version": first.pgh_id})
    assert answer.status_code == 302
    page.refresh_from_db()
    assert page.title_lv == "Pirmais"
    assert page.events.count() == 3  # type: ignore[attr-defined]


def test_versions_are_compared_word_by_word(desk: Client) -> None:
    page = make_page(title_lv="Kā mācīties lēni", body_lv="<p>Viens teikums. <b>Otrs</b>.</p>")
    address = url(Page, "change", page.pk)
    save(
        desk,
        address,
        title_lv="Kā mācīties <ātri>",
        body_lv='<p>Viens teikums. <a href="https://stars.example/x">Otrs</a>.</p>',
    )
    soup = BeautifulSoup(desk.get(address).content, "html.parser")
    assert [gone.text for gone in soup.select("table del")] == ["lēni", "Otrs."]
    new = [each.text for each in soup.select("table ins")]
    assert new == ["<ātri>", "Otrs (https://stars.example/x)."]


def test_several_pictures_below_a_text(desk: Client, editor: User, client: Client) -> None:
    news = make_news()
    made = [
        pictures.add(
            name="a.png",
            content=picture_file(),
            alt_lv=f"Attēls {n}",
            alt_en=f"Picture {n}",
            actor=editor,
            at=now(),
        )
        for n in range(3)
    ]

    def is_public(picture: Picture) -> bool:
        try:
            selectors.picture(picture.pk, actor=AnonymousUser(), at=now())
        except Picture.DoesNotExist:
            return False
        return True

    assert not is_public(made[0])
    rows: dict[str, Any] = {"illustrations-TOTAL_FORMS": 2}
    for place, (number, picture) in enumerate([(2, made[0]), (1, made[1])]):
        rows |= {
            f"illustrations-{place}-number": number,
            f"illustrations-{place}-picture": str(picture.pk),
        }
    address = url(News, "change", news.pk)
    save(desk, address, **rows)
    shown = BeautifulSoup(client.get("/jaunumi/zina/").content, "html.parser").select("article img")
    assert [image["alt"] for image in shown] == ["Attēls 1", "Attēls 0"]
    assert [is_public(picture) for picture in made] == [True, True, False]
    save(desk, address, **{"illustrations-0-DELETE": "on"})
    assert Illustration.objects.get().edited_by == editor
    assert client.get("/jaunumi/zina/").content.decode().count("<img") == 1


def test_a_picture_belongs_to_one_text(editor: User) -> None:
    picture = pictures.add(
        name="a.png",
        content=picture_file(),
        alt_lv="A",
        alt_en="A",
        actor=editor,
        at=now(),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Illustration.objects.create(picture=picture)
    with pytest.raises(IntegrityError), transaction.atomic():
        Illustration.objects.create(picture=picture, news=make_news(), page=make_page())


def test_a_version_of_another_page_is_refused(desk: Client, editor: User) -> None:
    page, other = make_page(), make_page("cita")
    wrong = other.events.get().pgh_id  # type: ignore[attr-defined]
    with pytest.raises(Conflict):
        editing.go_back(model=Page, row_id=page.pk, version=wrong, actor=editor, at=now())
    answer = desk.post(url(Page, "go-back", page.pk), {"version": wrong})
    assert answer.context["form"].errors["version"]


def test_steps_on_the_page_of_their_howto(desk: Client) -> None:
    howto = make_page(kind="howto")
    texts = {"title_lv": "Meklē", "title_en": "Look", "text_lv": "Raksti", "text_en": "Type"}
    new = {f"steps-0-{name}": text for name, text in texts.items()}
    address = url(Page, "change", howto.pk)
    save(
        desk,
        address,
        **{"steps-TOTAL_FORMS": 1, "steps-0-number": 1, "steps-0-icon": "search", **new},
    )
    assert Step.objects.get().title_lv == "Meklē"
    save(desk, address, **{"steps-0-title_lv": "Atrodi"})
    assert Step.objects.get().title_lv == "Atrodi"
    save(desk, address, **{"steps-0-DELETE": "on"})
    assert not Step.objects.exists()


def test_terms_and_contacts(desk: Client) -> None:
    save(
        desk,
        url(GlossaryTerm, "add"),
        slug="imk",
        term_lv="mācību konts",
        term_en="learning account",
        also_lv="IMK, konts",
        plain_lv="Tavs konts.",
        plain_en="Your account.",
    )
    assert GlossaryTerm.objects.get().also_lv == ["IMK", "konts"]
    words = {"title_lv": "A", "title_en": "A", "text_lv": "B", "text_en": "B"}
    save(desk, url(Contact, "add"), key="a", email="a@stars.example", **words)
    assert Contact.objects.get().shown


def test_a_contact_without_any_way_is_a_form_error(desk: Client) -> None:
    words = {"title_lv": "A", "title_en": "A", "text_lv": "B", "text_en": "B"}
    data = {**filled(desk, url(Contact, "add")), "key": "a", **words}
    answer = desk.post(url(Contact, "add"), data)
    assert answer.status_code == 200
    assert answer.context["adminform"].errors


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_adding_a_picture(desk: Client, kind: str) -> None:
    name = f"foto.{kind.lower()}"
    upload = SimpleUploadedFile(name, picture_file(kind, (3200, 1000)).read())
    alt = {"alt_lv": "Zils lauks", "alt_en": "A blue field"}
    save(desk, url(Picture, "add"), upload=upload, **alt)
    made = Picture.objects.get()
    assert (made.width, made.height) == (1600, 500)
    shown = b"".join(desk.get(made.url))  # type: ignore[arg-type]
    assert b"Telefona" not in shown, "what the camera wrote is gone"
    save(desk, url(Picture, "change", made.pk), alt_lv="Zila debess")
    made.refresh_from_db()
    assert made.alt_lv == "Zila debess"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b""),
        ("a.png", b"GIF89a"),
        ("a.svg", b"<svg onload='alert(1)'/>"),
        ("a.pdf", b"%PDF-1.4\n%%EOF"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50 + b"IEND"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 50 + b"\xff\xd9"),
    ],
)
def test_what_is_no_picture(desk: Client, name: str, content: bytes) -> None:
    data = {"upload": SimpleUploadedFile(name, content), "alt_lv": "a", "alt_en": "b"}
    answer = desk.post(url(Picture, "add"), data)
    assert answer.status_code == 200
    assert answer.context["adminform"].errors
    assert not Picture.objects.exists()


def test_a_picture_needs_words(editor: User) -> None:
    given = {"name": "a.png", "content": picture_file(), "actor": editor, "at": now()}
    with pytest.raises(Invalid):
        pictures.add(alt_lv=" ", alt_en="b", **given)
    made = pictures.add(alt_lv="a", alt_en="b", **given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Picture.objects.filter(pk=made.pk).update(alt_en="  ")


def test_an_enormous_picture_is_refused(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    given = {"name": "a.png", "content": picture_file(), "actor": editor, "at": now()}
    with pytest.raises(Invalid):
        pictures.add(alt_lv="a", alt_en="b", **given)


def test_constraints() -> None:
    make_page()
    at = now()
    for wrong in (
        lambda: make_news("bez", title_en=" "),
        lambda: make_page("bez", lead_lv=""),
        lambda: make_page("lapa"),
        lambda: make_term("x", plain_lv="\n"),
        lambda: make_news("m", published_from=None, mailed_at=at),
        lambda: Contact.objects.create(key="x", title_lv="a", title_en="a"),
        lambda: Step.objects.create(page=Page.objects.get(), number=0, icon="star"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_mailing_from_the_page(desk: Client) -> None:
    at = now()
    Subscriber.objects.create(email="a@example.org", language="lv", asked_at=at, confirmed_at=at)
    news = make_news()
    page = url(News, "change", news.pk)
    assert url(News, "mail", news.pk) in desk.get(page).content.decode()
    assert desk.post(url(News, "mail", news.pk)).status_code == 302
    again = desk.get(page).content.decode()
    assert url(News, "mail", news.pk) not in again
    assert desk.post(url(News, "mail", news.pk)).context["form"].errors


def test_addresses_are_shown_to_nobody(desk: Client) -> None:
    at = now()
    row = Subscriber.objects.create(email="slepena@example.org", language="lv", asked_at=at)
    for address in (url(Subscriber, "changelist"), url(Subscriber, "change", row.pk)):
        assert "slepena" not in desk.get(address).content.decode()


@pytest.mark.parametrize("trait", ["auditor", "finance_officer"])
def test_others_of_the_agency_read(trait: str) -> None:
    user = f.MembershipFactory(**{trait: True}).user
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    client = Client()
    as_staff(client, user)
    page = make_page()
    assert client.get(url(Page, "change", page.pk)).status_code == 200
    assert client.get(url(Page, "add")).status_code == 403
    assert client.post(url(Page, "change", page.pk), WORDS).status_code == 403
    with pytest.raises(NotAllowed):
        editing.save(row=page, actor=user, at=now())
    for model in (News, GlossaryTerm, Contact, Picture):
        assert client.get(url(model, "add")).status_code == 403


def test_the_editor_is_there_without_anything_inline(desk: Client) -> None:
    answer = desk.get(url(Page, "add"))
    soup = BeautifulSoup(answer.content, "html.parser")
    assert len(soup.select("textarea[data-prose-editor]")) == 2
    assert soup.select('script[type="module"][src$="admin/prose.js"]')
    assert not soup.select('script[type="importmap"]')


def test_pillow_opens_only_what_the_name_says(editor: User) -> None:
    """A PNG called JPEG never reaches a decoder."""
    assert Image.MAX_IMAGE_PIXELS is not None
    with pytest.raises(Invalid):
        pictures.redraw("a.jpg", picture_file("PNG"))
