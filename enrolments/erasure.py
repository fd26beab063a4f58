"""Applications and training: open ones stand in the way, of the others words and numbers go."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrolments.enums import UNDER_WAY, ApplicationState, DisputeState
from enrolments.models import (
    Application,
    Attendance,
    Certificate,
    Dispute,
    Excuse,
    GroupMove,
    Participation,
)
from learning_accounts.models import LearningAccount
from stars.audit import erasure
from stars.common.permissions import SYSTEM, actor_or_none
from stars.files import services as stored
from stars.files.models import StoredFile

# Somebody is waiting for an answer, or may still have to give one.
OPEN = (ApplicationState.SUBMITTED, ApplicationState.WAITLISTED, ApplicationState.OFFERED)
# What of the frozen quote says more than amounts: facts about the person, and who employs them.
WORDLESS: dict[str, Any] = {"lines": [], "employer": ""}


def _account_id(subject: erasure.Subject) -> UUID | None:
    found = LearningAccount.objects.filter(person=subject.person_id)
    return found.values_list("pk", flat=True).first()


def _obstacles(subject: erasure.Subject, at: datetime) -> list[erasure.Obstacle]:
    mine = Application.objects.filter(account__person=subject.person_id)
    mine = mine.select_related("offer__version")
    found = [
        _obstacle("application", _("Your application for “%(title)s” is open. Withdraw it."), row)
        for row in mine.filter(state__in=OPEN).order_by("submitted_at", "pk")
    ]
    learning = mine.filter(participation__state__in=UNDER_WAY).order_by("submitted_at", "pk")
    words = _("“%(title)s” is still under way. Finish it, or leave it first.")
    found += [_obstacle("training", words, row) for row in learning]
    disputed = mine.filter(disputes__state=DisputeState.OPEN).order_by("pk")
    words = _("You said of “%(title)s” that it was not you. The agency has yet to decide.")
    return found + [_obstacle("dispute", words, row) for row in disputed]


def _obstacle(code: str, words: Any, row: Application) -> erasure.Obstacle:
    text = words % {"title": row.offer.version.title}
    url = reverse("enrolments:application", kwargs={"application_id": row.pk})
    return erasure.Obstacle(code, text, url)


def _erase(subject: erasure.Subject, actor: Any, at: datetime) -> erasure.Erased:
    account_id = _account_id(subject)
    if account_id is None:
        return erasure.Erased()
    applications = Application.objects.filter(account=account_id)
    for draft in applications.filter(state=ApplicationState.DRAFT):
        draft.move("withdraw", by=actor_or_none(actor), at=at, also=("updated_at",))
    places = Participation.objects.filter(account=account_id)
    rows, files = _blank(applications, places), _papers(places, at)
    keys = [
        key
        for things in (
            applications,
            places,
            Excuse.objects.filter(participation__in=places),
            GroupMove.objects.filter(participation__in=places),
            Dispute.objects.filter(application__in=applications),
        )
        for key in things.values_list("pk", flat=True)
    ]
    with connection.cursor() as cursor:
        marks = Attendance.objects.filter(participation__in=places).values_list("pk", flat=True)
        cursor.execute("SELECT enrolments_forget(%s::uuid[], %s::uuid[])", [keys, list(marks)])
        rows += cursor.fetchone()[0]
    # Why somebody was away is about health.
    rows += Excuse.objects.filter(participation__in=places).delete()[0]
    # Whoever holds one may still learn that it was issued here; what it said is gone.
    certificates = Certificate.objects.filter(participation__in=places)
    rows += certificates.exclude(content={}).update(content={})
    rows += certificates.exclude(withdraw_reason="").update(withdraw_reason="–")
    return erasure.Erased(rows=rows, files=files)


def _blank(applications: QuerySet[Application], places: QuerySet[Participation]) -> int:
    """Take words out of rows that the application may change; amounts, days and hours stay."""
    rows = applications.exclude(decision_note="").update(decision_note="")
    for application in applications.exclude(quote={}):
        application.quote = {**application.quote, **WORDLESS}
        application.save(update_fields=["quote", "updated_at"])
    # The number of the document stays in the evidence of paid support until its audits are over.
    rows += places.exclude(document_number="", outcome_note="", platform_name="").update(
        document_number="", outcome_note="", platform_name=""
    )
    moves = GroupMove.objects.filter(participation__in=places)
    disputes = Dispute.objects.filter(application__in=applications)
    rows += moves.exclude(reason="").update(reason="")
    return rows + disputes.exclude(note="", decision_note="").update(note="", decision_note="")


def _papers(places: QuerySet[Participation], at: datetime) -> int:
    """Documents of absences, and certificates."""
    owners = [
        *Excuse.objects.filter(participation__in=places).values_list("pk", flat=True),
        *Certificate.objects.filter(participation__in=places).values_list("pk", flat=True),
    ]
    papers = StoredFile.objects.filter(owner_id__in=owners)
    for key in (found := list(papers.values_list("pk", flat=True))):
        stored.remove(file_id=key, actor=SYSTEM, at=at)
    return len(found)


def register() -> None:
    """Called once when the app is ready."""
    erasure.register(erasure.Part("enrolments", _erase, obstacles=_obstacles))
