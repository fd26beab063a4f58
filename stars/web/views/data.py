"""What the portal knows of the person, who looked at it, and how to be reached (ILA-13)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.enums import FactKind
from accounts.models import Membership, Person
from accounts.services.contacts import set_contacts
from enrolments.forms import ContactForm, posted, refuse
from stars.audit import words
from stars.audit.selectors import looks_at
from stars.common import formats
from stars.common.dates import RIGA
from stars.common.errors import DomainError, NotAllowed
from stars.common.formats import language
from stars.vocabularies.models import Term
from stars.web.viewer import viewer

LOOKS = 100
# Said above from the person's row, or of no use to a living person.
HIDDEN = (FactKind.BIRTH_DATE, FactKind.DECEASED)
VOCABULARY_OF = {
    FactKind.EMPLOYMENT.value: "employment_status",
    FactKind.EDUCATION.value: "education_level",
    FactKind.REGION.value: "region",
}
ANSWERS = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")}
# Why somebody looked, as it is said to the person; the rest as the agency reads it.
PURPOSES = {"run_group": gettext_lazy("To run your group")}


@require_http_methods(["GET", "POST"])
def data(request: HttpRequest) -> HttpResponse:
    """The person's own data (GET /konts/dati/); sending changes e-mail and telephone."""
    who = viewer(request)
    person = who.person
    if person is None:
        raise NotAllowed(gettext_lazy("This page belongs to learners."))
    form = ContactForm(posted(request), initial={"email": person.email, "phone": person.phone})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                set_contacts(
                    person_id=person.pk,
                    email=form.cleaned_data["email"],
                    phone=form.cleaned_data["phone"],
                    actor=request.user,
                    at=who.at,
                )
                messages.success(request, _("Your contacts are changed."))
                return redirect("web:data")
            except DomainError as error:
                status = refuse(form, error)
    context = {
        "form": form,
        "facts": _facts(person),
        "looks": _looks(person),
        "nav": "account",
    }
    return render(request, "web/data.html", context, status=status)


def _facts(person: Person) -> list[dict[str, Any]]:
    """What came from elsewhere, each with its source; the latest of each kind."""
    told = _("data of Latvija.lv")
    rows: list[dict[str, Any]] = [
        {"term": _("Name"), "text": person.full_name, "source": told},
        {
            "term": _("Date of birth"),
            "text": formats.day(person.birth_date, language(), year=True),
            "source": told,
        },
    ]
    latest = list(
        person.facts.exclude(kind__in=HIDDEN)
        .order_by("kind", "-observed_at", "-pk")
        .distinct("kind")
    )
    words = _words([fact.value for fact in latest])
    return rows + [
        {
            "term": fact.get_kind_display(),
            "text": words.get((VOCABULARY_OF.get(fact.kind, ""), fact.value))
            or ANSWERS.get(fact.value)
            or fact.value,
            "source": str(fact.get_source_display()),
        }
        for fact in latest
    ]


def _words(codes: list[str]) -> dict[tuple[str, str], str]:
    terms = Term.objects.filter(code__in=codes, vocabulary__code__in=VOCABULARY_OF.values())
    return {(t.vocabulary.code, t.code): t.plain for t in terms.select_related("vocabulary")}


def _moment(at: datetime) -> str:
    local = at.astimezone(RIGA)
    day = formats.day(local.date(), language(), year=True)
    return f"{day}, {formats.clock(local, language())}"


def _looks(person: Person) -> list[dict[str, Any]]:
    """The latest looks: when, which organisation, why; names of employees are not told."""
    rows = list(looks_at(person.pk).exclude(actor_id=person.user_id)[:LOOKS])
    places: dict[Any, str] = dict(
        Membership.objects.filter(user__in={row.actor_id for row in rows})
        .order_by("valid_from")
        .values_list("user_id", "organisation__name")
    )
    return [
        {
            "when": _moment(row.at),
            "who": places.get(row.actor_id, "STARS"),
            "why": PURPOSES.get(row.purpose) or words.purpose(row.purpose),
        }
        for row in rows
    ]
