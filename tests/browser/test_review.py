"""Reviewing a programme in a browser, from the queue to the decision."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from catalogue.enums import VersionState as S
from catalogue.models import Submission, TemporaryStatus
from catalogue.services import drafts, remarks, versions
from tests import factories as f
from tests.browser.conftest import Visitor
from tests.browser.test_agency import let_in
from tests.catalogue.review import NOW, Stage, call, later
from tests.signin import as_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def returned_once() -> Stage:
    """A second version, dearer and with other words, that came back and was sent again."""
    for _ in range(5):
        f.OfferFactory(version=f.VersionFactory(published=True), price=Decimal("200.00"))
    stage = Stage()
    stage.reviewer.is_staff = True
    stage.reviewer.save()
    stage.bring_to(S.PUBLISHED)
    stage.version = drafts.new_version(
        programme_id=stage.version.programme_id, actor=stage.staff, at=NOW
    )
    stage.supported("495.00")
    words = {"summary_lv": "Iemācīsies darīt ātrāk un labāk.", "hours": 48}
    stage.do(drafts.edit_draft, values=words)
    stage.do(versions.submit, call_id=call().pk, price_reason="Īrējam laboratoriju.")
    stage.do(versions.take_in_review)
    stage.do(remarks.add_remark, field="summary_lv", text="Ko tieši?")
    stage.do(versions.return_with_remarks)
    stage.do(versions.submit)
    return stage


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_queue_to_the_decision(visit: Callable[..., Visitor], width: int) -> None:
    stage = returned_once()
    TemporaryStatus.objects.create(
        programme=stage.version.programme,
        recommender="employer",
        recommended_by="SIA Izdomāts",
        recommendation="Trūkst.",
        starts_on=later(-400).date(),
        review_on=later(-30).date(),
    )
    visitor = visit("review", width=width)
    client = Client()
    as_staff(client, stage.reviewer)
    let_in(visitor, client)
    visitor.open(reverse("admin:catalogue_submission_changelist"))
    visitor.look("queue")
    page = visitor.page
    review = reverse("admin:catalogue_programmeversion_change", args=[stage.version.pk])
    page.locator(f"a[href='{review}']").first.click()
    page.wait_for_url(f"**{review}")
    visitor.look("version")
    page.locator(f"a[href='{review.removesuffix('change/')}take/']").click()
    visitor.look("take")
    visitor.send("#main form button[type=submit], .agency-form button[type=submit]")
    assert Submission.objects.get(decided_at=None).taken_by == stage.reviewer
    page.locator(f"a[href='{review.removesuffix('change/')}remark/']").click()
    visitor.look("remark")
    visitor.open(reverse("admin:catalogue_temporarystatus_changelist"))
    visitor.look("temporary")
    visitor.open(reverse("admin:catalogue_call_new"))
    visitor.look("call")
    visitor.open(reverse("admin:catalogue_offerrules_write"))
    visitor.look("limits")
    kind = reverse("admin:vocabularies_programmetype_change", args=[stage.version.type_id])
    visitor.open(kind)
    visitor.look("type")
