"""Certificates: issued with the completion, proved by anybody, withdrawn, printed once (DOC-1)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.enums import Role
from enrolments.models import Certificate, CertificateTemplate, EnrolmentLog
from enrolments.selectors_certificates import issued_by
from enrolments.services import certificate_papers, certificates, learning, outcomes
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.files.models import StoredFile
from stars.files.services import storage
from tests import factories as f
from tests.enrolments.scene import ENDED, STARTED, STARTS, Scene
from tests.pdf_reader import read
from tests.signin import as_resident, as_staff

pytestmark = pytest.mark.django_db
LATER = ENDED + timedelta(days=1)
TEXT = {
    "heading_lv": "Apliecība",
    "heading_en": "Certificate",
    "text_lv": "ir sekmīgi apguvis programmu",
    "text_en": "has completed the programme",
    "signatory": "Anna Egle",
    "position_lv": "direktore",
    "position_en": "director",
}


def set_up(scene: Scene) -> None:
    certificates.save_template(
        provider_id=scene.world.provider.pk, values=TEXT, actor=SYSTEM, at=ENDED
    )


def issued(scene: Scene) -> Certificate:
    set_up(scene)
    return scene.completed().certificates.get()


# --- Issuing --------------------------------------------------------------------------------------


def test_a_completion_brings_its_certificate(scene: Scene) -> None:
    set_up(scene)
    participation = scene.completed()
    made = participation.certificates.get()
    assert made.content["name"] == participation.account.person.full_name
    assert made.content["number"] == participation.document_number
    assert made.content["hours"] == scene.offer.version.hours
    assert re.fullmatch(f"[{certificates.CODE_LETTERS}]{{20}}", made.code)
    assert certificates.issue(participation_id=participation.pk, actor=SYSTEM, at=LATER) == made


def test_without_a_text_there_is_none_until_it_is_written(scene: Scene) -> None:
    participation = scene.completed()
    assert not participation.certificates.exists()
    with pytest.raises(Conflict) as refused:
        certificates.issue(participation_id=participation.pk, actor=scene.staff, at=LATER)
    assert refused.value.code == "certificate_not_set_up"
    set_up(scene)
    assert certificates.issue(participation_id=participation.pk, actor=scene.staff, at=LATER)


def test_only_for_what_was_completed(scene: Scene) -> None:
    set_up(scene)
    participation = scene.learning()
    with pytest.raises(Conflict) as refused:
        certificates.issue(participation_id=participation.pk, actor=scene.staff, at=LATER)
    assert refused.value.code == "certificate_not_completed"


def test_what_was_issued_stays_when_names_and_texts_change(scene: Scene) -> None:
    made = issued(scene)
    before = json.dumps(made.content)
    person = made.participation.account.person
    person.family_name = "Cita"
    person.save()
    certificates.save_template(
        provider_id=scene.world.provider.pk,
        values={**TEXT, "signatory": "Jānis Bērzs"},
        actor=SYSTEM,
        at=LATER,
    )
    made.refresh_from_db()
    assert json.dumps(made.content) == before


@pytest.mark.parametrize("missing", ["heading_lv", "heading_en", "signatory"])
def test_a_text_without_what_is_needed_is_refused(scene: Scene, missing: str) -> None:
    with pytest.raises(Invalid) as refused:
        certificates.save_template(
            provider_id=scene.world.provider.pk,
            values={**TEXT, missing: " "},
            actor=SYSTEM,
            at=ENDED,
        )
    assert refused.value.field == missing


def test_its_text_is_written_by_administrators_of_the_provider_alone(scene: Scene) -> None:
    provider = scene.world.provider
    admin = f.MembershipFactory(organisation=provider.organisation, role=Role.PROVIDER_ADMIN).user
    rival = f.MembershipFactory(role=Role.PROVIDER_ADMIN).user
    for actor in (scene.staff, rival):
        with pytest.raises(NotAllowed):
            certificates.save_template(provider_id=provider.pk, values=TEXT, actor=actor, at=ENDED)
    assert certificates.save_template(provider_id=provider.pk, values=TEXT, actor=admin, at=ENDED)


# --- Grades ---------------------------------------------------------------------------------------


def graded(scene: Scene, grade: int | None) -> None:
    participation = scene.learning()
    scene.attend(participation, True, True, True, True)
    outcomes.complete(
        participation_id=participation.pk,
        document_number="A-1",
        grade=grade,
        on=STARTS,
        actor=scene.staff,
        at=ENDED,
    )


@pytest.mark.parametrize(
    ("has_grade", "grade", "fits"),
    [
        (True, 1, True),
        (True, 10, True),
        (True, 0, False),
        (True, 11, False),
        (True, None, False),
        (False, None, True),
        (False, 8, False),
    ],
)
def test_a_grade_where_the_type_has_one(
    scene: Scene, has_grade: bool, grade: int | None, fits: bool
) -> None:
    kind = scene.offer.version.type
    kind.has_grade = has_grade
    kind.save()
    if fits:
        graded(scene, grade)
        return
    with pytest.raises(Invalid) as refused:
        graded(scene, grade)
    assert refused.value.field == "grade"


# --- Withdrawing ----------------------------------------------------------------------------------


def test_withdrawn_with_a_reason_and_issued_anew(scene: Scene) -> None:
    first = issued(scene)
    key = {"certificate_id": first.pk, "actor": scene.staff}
    with pytest.raises(Invalid):
        certificates.withdraw(**key, reason=" ", at=LATER)
    certificates.withdraw(**key, reason="Kļūda vārdā", at=LATER)
    assert certificates.withdraw(**key, reason="Cita", at=LATER).withdraw_reason == "Kļūda vārdā"
    second = certificates.issue(
        participation_id=first.participation_id, actor=scene.staff, at=LATER
    )
    assert second.pk != first.pk
    told = EnrolmentLog.objects.filter(object_id=first.participation_id).values_list(
        "transition", flat=True
    )
    assert list(told).count("issue_certificate") == 2
    assert list(told).count("withdraw_certificate") == 1


def test_another_provider_can_do_nothing_with_it(scene: Scene) -> None:
    made = issued(scene)
    rival = f.MembershipFactory().user
    for act in (
        lambda: certificates.withdraw(certificate_id=made.pk, reason="Nē", actor=rival, at=LATER),
        lambda: certificates.issue(participation_id=made.participation_id, actor=rival, at=LATER),
    ):
        with pytest.raises(NotAllowed):
            act()


# --- The paper ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_paper_can_be_read_by_everybody(scene: Scene) -> None:
    made = issued(scene)
    file = certificate_papers.print_certificate(certificate_id=made.pk, at=LATER)
    assert certificate_papers.print_certificate(certificate_id=made.pk, at=LATER) == file
    with storage().open(file.key) as stored:
        paper = read(stored.read())
    assert paper.is_tagged
    assert paper.language == "lv"
    assert paper.title == made.content["title_lv"]
    assert "pdfuaid" in paper.metadata
    assert {"H1", "H2", "P", "Figure"} <= set(paper.tags)
    for text in (made.content["name"], "Apliecība", "Anna Egle", made.content["number"]):
        assert text in paper.text
    alternatives = [body for body in paper.objects.values() if b"/S /Figure" in body]
    assert len(alternatives) == 1
    assert b"/Alt" in alternatives[0]
    assert made.code in unquote(paper.text.replace(" ", ""))


@pytest.mark.django_db(transaction=True)
def test_papers_that_a_worker_did_not_make_are_made_at_night(scene: Scene) -> None:
    made = issued(scene)
    before = certificate_papers.paper_of(made.pk)
    assert certificate_papers.print_missing(at=LATER) == (before is None)
    assert certificate_papers.print_missing(at=LATER) == 0
    assert certificate_papers.paper_of(made.pk)


# --- Pages ----------------------------------------------------------------------------------------


def words(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_anybody_with_the_address_sees_whether_it_is_true(scene: Scene) -> None:
    made = issued(scene)
    client = Client()
    client.cookies["django_language"] = "en"
    address = reverse("enrolments:certificate_check", args=[made.code])
    page = client.get(address)
    assert page.status_code == 200
    assert made.content["name"] in words(page)
    assert "The certificate is true" in words(page)
    assert 'content="noindex"' in words(page)
    assert "no-store" in page.headers["Cache-Control"]
    certificates.withdraw(certificate_id=made.pk, reason="Kļūda", actor=SYSTEM, at=LATER)
    page = client.get(address)
    assert "no longer valid" in words(page)
    assert made.content["name"] not in words(page)
    Certificate.objects.filter(pk=made.pk).update(content={}, withdrawn_at=None, withdrawn_by=None)
    assert "erase" in words(client.get(address))


@pytest.mark.parametrize("code", ["x", "2" * 20, "ā", "2" * 400, "..%2F"])
def test_what_is_no_certificate_is_said_plainly(db: None, code: str) -> None:
    page = Client().get(f"/apliecinajumi/{code}/")
    assert page.status_code == 404
    assert "<h1" in words(page)


def test_strangers_do_not_open_it(scene: Scene) -> None:
    made = issued(scene)
    address = reverse("enrolments:certificate_paper", args=[made.pk])
    rival, other = f.MembershipFactory().user, scene.learner()
    client = Client()
    as_resident(client, other.person)
    assert client.get(address).status_code == 404
    client = Client()
    as_staff(client, rival)
    assert client.get(address).status_code == 404


def test_a_group_gets_its_certificates_at_once(scene: Scene) -> None:
    participation = scene.completed()
    set_up(scene)
    client = Client()
    as_staff(client, scene.staff)
    client.cookies["django_language"] = "en"
    address = reverse("enrolments:provider_certificates", args=[participation.group_id])
    assert "Issue 1 certificate" in words(client.get(address))
    assert client.post(address).status_code == 302
    made = participation.certificates.get()
    page = words(client.get(address))
    assert reverse("enrolments:certificate_withdraw", args=[made.pk]) in page
    assert "Issue" not in page.split("<main")[1].split("</main")[0].replace("Issued", "")


def test_withdrawing_in_the_workspace_asks_for_a_reason(scene: Scene) -> None:
    made = issued(scene)
    client = Client()
    as_staff(client, scene.staff)
    address = reverse("enrolments:certificate_withdraw", args=[made.pk])
    assert client.post(address, {"reason": ""}).status_code == 400
    assert client.post(address, {"reason": "Kļūda"}).status_code == 302
    made.refresh_from_db()
    assert made.withdraw_reason == "Kļūda"


def test_one_that_is_valid_already_cannot_be_doubled_round_the_service(scene: Scene) -> None:
    made = issued(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(
            participation=made.participation, code="another", content={}, issued_at=LATER
        )


# --- Templates and logos --------------------------------------------------------------------------


def picture(name: str = "logo.png") -> tuple[str, BytesIO]:
    """A small logo, as a browser sends it."""
    drawn = BytesIO()
    Image.new("RGB", (60, 20), "navy").save(drawn, "PNG")
    drawn.seek(0)
    return name, drawn


def write(scene: Scene, **more: Any) -> CertificateTemplate:
    values = {**TEXT, **more.pop("values", {})}
    return certificates.save_template(
        provider_id=scene.world.provider.pk, values=values, actor=SYSTEM, at=ENDED, **more
    )


def test_the_first_template_is_used_unless_another_is_chosen(scene: Scene) -> None:
    first = write(scene, values={"name": "Kursi"})
    second = write(scene, new=True, values={"name": "Moduļi", "heading_lv": "Moduļa apliecība"})
    assert certificates.templates_of(scene.world.provider.pk) == [first, second]
    people = [scene.admitted() for _each in range(2)]
    learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    made = []
    for person, template in zip(people, (None, second.pk), strict=True):
        person.refresh_from_db()
        scene.attend(person, True, True, True, True)
        outcomes.complete(
            participation_id=person.pk,
            document_number="A-1",
            on=ENDED.date(),
            template_id=template,
            actor=scene.staff,
            at=ENDED,
        )
        made.append(person.certificates.get())
    assert [one.template for one in made] == [first, second]
    assert made[1].content["heading_lv"] == "Moduļa apliecība"
    certificates.use_template(template_id=first.pk, active=False, actor=SYSTEM, at=LATER)
    assert certificates.template_of(scene.world.provider.pk) == second


def test_templates_of_others_and_doubled_names_are_refused(scene: Scene) -> None:
    write(scene, values={"name": "Kursi"})
    with pytest.raises(Invalid) as refused:
        write(scene, new=True, values={"name": "Kursi"})
    assert refused.value.field == "name"
    other = certificates.save_template(
        provider_id=f.ProviderFactory().pk, values=TEXT, actor=SYSTEM, at=ENDED
    )
    with pytest.raises(Invalid):
        write(scene, template_id=other.pk)
    participation = scene.completed()
    certificates.withdraw(
        certificate_id=participation.certificates.get().pk, reason="x", actor=SYSTEM, at=LATER
    )
    with pytest.raises(Invalid):
        certificates.issue(
            participation_id=participation.pk, template_id=other.pk, actor=scene.staff, at=LATER
        )
    with pytest.raises(NotAllowed):
        certificates.use_template(template_id=other.pk, active=False, actor=scene.staff, at=LATER)


@pytest.mark.parametrize(
    "logo,words,field",
    [
        (picture(), " ", "logo_alt"),
        (("logo.pdf", BytesIO(b"%PDF-1.4")), "Lapa", "file"),
        (("logo.png", BytesIO(b"\x89PNG\r\n\x1a\nbroken")), "Lapa", "file"),
    ],
)
def test_a_logo_is_a_picture_and_has_words(scene: Scene, logo: Any, words: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        write(scene, logo=logo, values={"logo_alt": words})
    assert refused.value.field == field


@pytest.mark.django_db(transaction=True)
def test_the_logo_stands_on_the_paper_with_its_words(scene: Scene) -> None:
    template = write(scene, logo=picture(), values={"logo_alt": "Zila lapa"})
    made = scene.completed().certificates.get()
    first = certificates.logo_of(template)
    assert first is not None and made.content["logo"] == str(first.pk)
    # Another logo later is for later certificates.
    write(scene, logo=picture("jauns.png"), values={"logo_alt": "Cita"})
    StoredFile.objects.filter(owner_kind="certificate", owner_id=made.pk).delete()
    file = certificate_papers.print_certificate(certificate_id=made.pk, at=LATER)
    with storage().open(file.key) as stored:
        paper = read(stored.read())
    figures = [body for body in paper.objects.values() if b"/S /Figure" in body]
    alternatives = [re.search(rb"/Alt \((.*?)\)|/Alt <(.*?)>", body) for body in figures]
    assert len(figures) == 2 and all(alternatives)
    assert any(found and b"Zila lapa" in found[0] for found in alternatives)
    assert "pdfuaid" in paper.metadata
    # Without words nothing is drawn.
    bare = write(scene, values={"logo_alt": ""})
    assert certificates.logo_of(bare) is None


def test_templates_are_written_and_put_aside_in_the_workspace(scene: Scene) -> None:
    provider = scene.world.provider
    admin = f.MembershipFactory(organisation=provider.organisation, admin=True).user
    client = Client()
    as_staff(client, admin)
    client.cookies["django_language"] = "en"
    address = reverse("enrolments:certificate_template", args=[provider.pk])
    name, drawn = picture()
    sent = {**TEXT, "name": "Kursi", "logo_alt": "Zila lapa"}
    file = SimpleUploadedFile(name, drawn.read())
    assert client.post(address, {**sent, "logo": file}).status_code == 302
    assert "See the present logo" in words(client.get(address))
    assert client.post(f"{address}?jauns=1", {**sent, "name": "Kursi"}).status_code == 400
    assert client.post(f"{address}?jauns=1", {**sent, "name": "Moduļi"}).status_code == 302
    broken = SimpleUploadedFile("x.png", b"nothing")
    assert client.post(address, {**sent, "logo": broken}).status_code == 400
    first, second = provider.certificate_templates.order_by("created_at")
    assert client.post(f"{address}?sablons={first.pk}", {"step": "stop"}).status_code == 302
    assert certificates.template_of(provider.pk) == second
    assert client.get(f"{address}?sablons=x").status_code == 404
    page = client.get(reverse("enrolments:provider_completion", args=[scene.group.pk]))
    assert page.status_code == 200


# --- All of them ----------------------------------------------------------------------------------


def test_the_list_is_found_kept_and_taken_along(scene: Scene) -> None:
    made = issued(scene)
    client = Client()
    as_staff(client, scene.staff)
    client.cookies["django_language"] = "en"
    address = reverse("enrolments:provider_certificate_list")
    name = made.content["name"]
    assert name in words(client.get(address))
    assert name in words(client.get(f"{address}?q={name.split()[0]}&view=valid"))
    for query in ("view=withdrawn", "q=nothing-like-it"):
        assert name not in words(client.get(f"{address}?{query}"))
    for kind in ("csv", "xlsx"):
        taken = client.get(f"{address}?file={kind}")
        assert taken["Content-Disposition"].startswith("attachment")
        content = b"".join(taken)
    assert made.code in b"".join(client.get(f"{address}?file=csv")).decode() and content
    client.post(
        reverse("web:work_filter"),
        {"list": "enrolments:provider_certificate_list", "name": "Derīgās", "query": "view=valid"},
    )
    assert "Derīgās" in words(client.get(address))
    rival = Client()
    as_staff(rival, f.MembershipFactory(organisation=f.ProviderFactory().organisation).user)
    assert name not in words(rival.get(address))
    assert rival.get(f"{address}?page=x&q=%00").status_code in (200, 400)


def test_the_list_takes_the_same_queries_for_many(
    scene: Scene, django_assert_max_num_queries: Any
) -> None:
    set_up(scene)
    people = [scene.admitted() for _each in range(3)]
    learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    for person in people:
        person.refresh_from_db()
        scene.attend(person, True, True, True, True)
        outcomes.complete(
            participation_id=person.pk,
            document_number="A-1",
            on=ENDED.date(),
            actor=scene.staff,
            at=ENDED,
        )
    with django_assert_max_num_queries(1):
        rows = list(issued_by([scene.world.provider]))
        assert all(row.participation.account.person.full_name for row in rows)
        assert len({row.participation.group.version.title for row in rows}) == 1


def test_staff_are_found_kept_and_taken_along(scene: Scene) -> None:
    provider = scene.world.provider
    admin = f.MembershipFactory(organisation=provider.organisation, admin=True).user
    client = Client()
    as_staff(client, admin)
    client.cookies["django_language"] = "en"
    address = reverse("enrolments:provider_staff", args=[provider.pk])
    text = words(client.get(f"{address}?role=provider_user"))
    assert str(scene.staff.email) in text and f"<b>{admin.email}" not in text
    taken = b"".join(client.get(f"{address}?q=darbinieks&file=csv")).decode()
    assert str(scene.staff.email) in taken and admin.email in taken
    kept = client.post(
        reverse("web:work_filter"),
        {
            "list": "enrolments:provider_staff",
            "name": "Lietotāji",
            "query": "role=provider_user",
            "address": address,
        },
    )
    assert kept["Location"] == f"{address}?role=provider_user"
    mine = admin.saved_filters.get()
    assert f"{address}?role=provider_user" in words(client.get(address))
    elsewhere = {"address": "https://elsewhere.example/"}
    gone = client.post(reverse("web:work_filter_drop", args=[mine.pk]), elsewhere)
    assert gone["Location"] == reverse("enrolments:provider_home")
