"""Results from a platform's report, and certificates: pages of the workspace in both themes."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from enrolments.enums import ParticipationState
from enrolments.models import Participation
from enrolments.services import certificates, learning
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.browser.conftest import Visitor
from tests.browser.test_attendance import sign_in
from tests.enrolments.scene import ENDED, STARTED, scene
from tests.signin import as_staff

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = {"heading_lv": "Apliecība", "heading_en": "Certificate", "signatory": "Anna Egle"}


@pytest.mark.parametrize("width", [390, 1280])
def test_results_and_certificates(visit: Callable[..., Visitor], width: int) -> None:
    s = scene()
    people = [s.admitted() for _each in range(3)]
    s.group.sessions.all().delete()
    learning.start_group(group_id=s.group.pk, actor=SYSTEM, at=STARTED)
    provider = s.world.provider
    admin = f.MembershipFactory(organisation=provider.organisation, admin=True).user
    logo = BytesIO()
    Image.new("RGB", (60, 20), "navy").save(logo, "PNG")
    logo.seek(0)
    for name in ("Kursi", "Moduļi"):
        certificates.save_template(
            provider_id=provider.pk,
            values={**TEXT, "name": name, "logo_alt": "Zila lapa" if name == "Kursi" else ""},
            new=True,
            logo=("logo.png", logo) if name == "Kursi" else None,
            actor=SYSTEM,
            at=ENDED,
        )
    client = Client()
    as_staff(client, admin)
    visitor = visit("completion", width=width)
    sign_in(visitor, client)

    visitor.open(reverse("enrolments:provider_completion_import", args=[s.group.pk]))
    visitor.look("import")
    first, second, _third = (row.account.person.email for row in people)
    report = f"Name,Email address,Course complete\nA,{first},20.03.2026\nB,{second},\nC,x@x.lv,"
    visitor.page.set_input_files(
        "#id_file",
        files=[{"name": "completion.csv", "mimeType": "text/csv", "buffer": report.encode()}],
    )
    visitor.page.fill("#id_first_number", "M-001")
    visitor.send("form:has([value=read]) button")
    visitor.look("found")
    visitor.send("form:has([value=take]) button")
    visitor.look("recorded")
    assert Participation.objects.get(state=ParticipationState.COMPLETED).pk == people[0].pk

    visitor.open(reverse("enrolments:provider_completion", args=[s.group.pk]))
    visitor.look("results")
    visitor.open(reverse("enrolments:provider_group", args=[s.group.pk]))
    visitor.look("group")
    visitor.open(reverse("enrolments:certificate_template", args=[provider.pk]))
    visitor.look("template")
    visitor.open(reverse("enrolments:provider_certificate_list"))
    visitor.look("certificates")
    visitor.open(reverse("enrolments:provider_staff", args=[provider.pk]))
    visitor.look("staff")
