"""The last two steps of applying: conditions and agreement, then everything once more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.services.contacts import set_contacts
from enrolments.exceptions import AlreadyApplied
from enrolments.forms import (
    AgreementForm,
    SendForm,
    posted,
)
from enrolments.models import Application
from enrolments.rules import REQUIRED_SHARE
from enrolments.selectors_queue import own_clashes
from enrolments.services import applications
from enrolments.views.applying import clash_words, step
from enrolments.views.draft import own_draft, page_language, price_box, quote_of, sent
from funding.enums import PayerKind, SchemeKind
from funding.services.quote import Quote
from stars.common import formats
from stars.common.dates import add_working_days, now, riga_date
from stars.common.errors import DomainError

# Where something that stops the sending is put right.
STEP_OF_FIELD = {
    "group": "apply_change",
    "payer": "apply_support",
    "knows_consequences": "apply_data",
    "email": "apply_data",
}


@require_http_methods(["GET", "POST"])
def data(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Step 3: what money and programme ask for, how the provider reaches you, and your yes."""
    draft = own_draft(request, application_id)
    if answer := sent(request, draft):
        return answer
    person = draft.account.person
    known_before = {"email": person.email, "phone": person.phone}
    form = AgreementForm(
        posted(request), initial={**known_before, "understood": draft.knows_consequences}
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            set_contacts(
                person_id=person.pk,
                email=form.cleaned_data["email"],
                phone=form.cleaned_data["phone"],
                actor=request.user,
                at=now(),
            )
            applications.update_draft(
                application_id=draft.pk, knows_consequences=True, actor=request.user, at=now()
            )
            return redirect("enrolments:apply_check", application_id=draft.pk)
    known = [{"term": _("Name"), "text": person.full_name, "source": _("data of Latvija.lv")}]
    if draft.offer.version.prior_knowledge:
        known.append(
            {
                "term": _("What the programme asks for"),
                "text": draft.offer.version.prior_knowledge,
                "source": "",
            }
        )
    quote = quote_of(draft)
    context = step(
        3,
        draft,
        form,
        known=known,
        consequences=_consequences(draft, quote),
        quote=price_box(quote),
    )
    return render(request, "enrolments/apply_data.html", context, status=status)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Step 4: everything once more; sending takes place and money at once."""
    draft = own_draft(request, application_id)
    if request.method == "GET" and (answer := sent(request, draft)):
        return answer
    quote = quote_of(draft)
    form = SendForm(posted(request), initial=_shown(draft, quote))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                applications.submit(
                    application_id=draft.pk,
                    expected_group_id=form.cleaned_data["group"],
                    expected_support=form.cleaned_data["support"],
                    expected_employer=form.cleaned_data["employer"],
                    actor=request.user,
                    at=now(),
                )
                messages.success(request, _("Your application is sent."))
                return redirect("enrolments:application", application_id=draft.pk)
            except AlreadyApplied as error:
                messages.info(request, str(error.message))
                return redirect("enrolments:application", application_id=error.application_id)
            except DomainError as error:
                status = error.status
                draft = own_draft(request, application_id)
                if answer := sent(request, draft):
                    return answer
                quote = quote_of(draft)
                # What is shown now is what the next sending confirms.
                form = SendForm(initial=_shown(draft, quote))
                place = STEP_OF_FIELD.get(error.field or "")
                href = reverse(f"enrolments:{place}", args=[draft.pk]) if place else ""
                problem = {"href": href, "text": str(error.message)}
                context = step(
                    4, draft, form, **_check_context(draft, quote), extra_errors=[problem]
                )
                return render(request, "enrolments/apply_check.html", context, status=status)
    context = step(4, draft, form, **_check_context(draft, quote))
    return render(request, "enrolments/apply_check.html", context, status=status)


def _shown(draft: Application, quote: Quote) -> dict[str, Any]:
    """What the person sees and confirms by sending."""
    return {
        "group": draft.group_id,
        "support": quote.support,
        "employer": quote.employer_part,
    }


def _check_context(draft: Application, quote: Quote) -> dict[str, Any]:
    language = page_language()
    today = riga_date(now())
    person, group = draft.account.person, draft.group
    payer = PayerKind(draft.payer).label if draft.payer else _("Nobody has to pay anything")
    times = group.times_en if language == "en" else group.times_lv

    answer_by = add_working_days(today, quote.decision_days)

    def address(name: str) -> str:
        return reverse(f"enrolments:apply_{name}", args=[draft.pk])

    return {
        "quote": price_box(quote),
        "clash": clash_words(own_clashes(draft.account, [group]).get(group.pk, [])),
        "summary": [
            {
                "term": _("Group"),
                "text": ", ".join(
                    x
                    for x in (
                        formats.date_range(group.starts_on, group.ends_on, language, today=today),
                        times,
                        group.place,
                    )
                    if x
                ),
                "url": address("change"),
            },
            {
                "term": _("Support"),
                "text": formats.money(quote.support, language),
                "url": address("support"),
            },
            {"term": _("Who pays your part"), "text": str(payer), "url": address("support")},
            {
                "term": _("Contacts"),
                "text": ", ".join(x for x in (person.email, person.phone) if x),
                "url": address("data"),
            },
        ],
        "after": [
            _("Your place and the money for it are kept for you."),
            _("The provider answers %(until)s. We will tell you at once.")
            % {"until": formats.until(answer_by, language, today=today)},
            _("You can withdraw until the first day."),
        ],
    }


def _consequences(draft: Application, quote: Quote) -> list[dict[str, str]]:
    language = page_language()
    first = formats.day(draft.group.starts_on, language, "genitive")
    money = formats.money(quote.support, language)
    rows = []
    if quote.support and quote.scheme_kind == SchemeKind.ALLOCATION:
        rows += [
            {
                "icon": "calendar",
                "title": _("If you withdraw before %(day)s") % {"day": first},
                "text": _("%(sum)s comes back to your account while its term lasts.")
                % {"sum": money},
            },
            {
                "icon": "warning",
                "title": _("If you stop learning"),
                "text": _("You can no longer use this money."),
            },
        ]
    else:
        rows.append(
            {
                "icon": "calendar",
                "title": _("If you withdraw before %(day)s") % {"day": first},
                "text": _("You can apply for other training."),
            }
        )
    rows.append(
        {
            "icon": "people",
            "title": _("You have to be there for at least %(share)s of the hours")
            % {
                "share": formats.percent(
                    int((quote.attendance_required or REQUIRED_SHARE) * 100), language
                )
            },
            "text": _("Otherwise the training cannot be completed."),
        }
    )
    return rows
