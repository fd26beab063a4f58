"""Registration of a new provider: a public page, two steps of questions, a check, the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import is_resident
from catalogue.enums import RegistrationState
from catalogue.forms_registration import (
    EXPERIENCE_ASKS,
    ExperienceForm,
    OrganisationForm,
    experience_initial,
    organisation_initial,
)
from catalogue.models import ProviderRegistration
from catalogue.registration_words import lines
from catalogue.rules.provider import GRADUATES, RUNS, YEARS
from catalogue.services import registrations
from enrolments.forms import posted, refuse
from stars.common import formats
from stars.common.dates import now, today
from stars.common.errors import DomainError
from stars.web.meta import meta

NAMES = ("web:join_organisation", "web:join_experience", "web:join_check")
TONES = {
    RegistrationState.SUBMITTED: "wait",
    RegistrationState.APPROVED: "done",
    RegistrationState.RETURNED: "wait",
    RegistrationState.REFUSED: "error",
}


@login_not_required
@never_cache
@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """What a provider has to be and how one registers; whoever has registered sees the answer."""
    row = registrations.latest_of(request.user.pk) if request.user.is_authenticated else None
    may = not request.user.is_authenticated or bool(is_resident(request.user))
    context = {
        "row": row,
        "state": {"text": row.get_state_display(), "tone": TONES.get(_state(row), "")}
        if row
        else None,
        "lines": lines(row.findings) if row else [],
        "writable": row is not None and row.state in registrations.WRITABLE,
        "withdrawable": row is not None and row.can("withdraw"),
        "may_begin": may and (row is None or row.state not in registrations.OPEN),
        "for_staff": not may,
        "asks": _asks(),
        "meta": meta(
            reverse("web:join"),
            title=str(_("Become a provider")),
            text=str(_("What schools and training centres need to teach with STARS.")),
        ),
    }
    return render(request, "web/join.html", context)


def _state(row: ProviderRegistration) -> RegistrationState:
    return RegistrationState(row.state)


def _asks() -> list[str]:
    return [
        _("An active organisation in the enterprise register"),
        ngettext("Registered for at least %(n)s year", "Registered for at least %(n)s years", YEARS)
        % {"n": YEARS},
        _("A valid accreditation or licence for what you teach"),
        _("At least %(runs)s runs of such training, each with %(graduates)s graduates or more")
        % {"runs": RUNS, "graduates": GRADUATES},
        _("No insolvency, no tax debt and no other ground for exclusion"),
    ]


@never_cache
@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """Step 1; what is typed is kept as it is typed."""
    row = _open(request)
    form = OrganisationForm(posted(request), initial=organisation_initial(row))
    return _step(request, form, row, 1)


@never_cache
@require_http_methods(["GET", "POST"])
def experience(request: HttpRequest) -> HttpResponse:
    """Step 2: accreditation, earlier runs, no ground for exclusion."""
    row = _open(request)
    if row is None:
        return redirect("web:join_organisation")
    form = ExperienceForm(posted(request), initial=experience_initial(row))
    return _step(request, form, row, 2, runs=form.runs, run_asks=EXPERIENCE_ASKS)


def _step(
    request: HttpRequest,
    form: OrganisationForm | ExperienceForm,
    row: ProviderRegistration | None,
    number: int,
    **more: Any,
) -> HttpResponse:
    if row is not None and row.state not in registrations.WRITABLE:
        return redirect("web:join")
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                registrations.write(values=_values(form), actor=request.user, at=now())
            except DomainError as error:
                status = refuse(form, error)
            else:
                return redirect(NAMES[number])
    context = {
        "form": form,
        "keep_url": reverse("web:join_keep", args=[number]),
        **_frame(number),
        **more,
    }
    return render(request, f"web/join_{number}.html", context, status=status)


def _values(form: forms.Form) -> dict[str, Any]:
    return form.values() if isinstance(form, ExperienceForm) else dict(form.cleaned_data)


@require_POST
def keep(request: HttpRequest, step: int) -> HttpResponse:
    """Keep what was typed so far, right or not yet (POST, 204): a slow typist loses nothing."""
    row = _open(request)
    if row is not None and row.state not in registrations.WRITABLE:
        return HttpResponse(status=204)
    form = (ExperienceForm if step == 2 else OrganisationForm)(request.POST)
    form.is_valid()
    values = _values(form) if isinstance(form, ExperienceForm) else dict(form.cleaned_data)
    if values and (row is not None or step == 1):
        registrations.write(values=values, actor=request.user, at=now())
    return HttpResponse(status=204)


@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Step 3: everything once more, what the criteria say of it as far as it is known, and send."""
    row = _open(request)
    if row is None or row.state not in registrations.WRITABLE:
        return redirect("web:join")
    try:
        registrations.check_complete(row)
    except DomainError:
        messages.info(request, _("Fill in everything about your organisation first."))
        return redirect("web:join_organisation")
    form, status = forms.Form(posted(request)), 200
    if request.method == "POST":
        try:
            registrations.submit(registration_id=row.pk, actor=request.user, at=now())
        except DomainError as error:
            status = refuse(form, error)
        else:
            messages.success(request, _("Your registration is with the agency."))
            return redirect("web:join")
    context = {"form": form, "row": row, "summary": _summary(row), "asks": _asks(), **_frame(3)}
    return render(request, "web/join_3.html", context, status=status)


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take it back before the decision."""
    row = _open(request)
    if row is not None:
        registrations.withdraw(registration_id=row.pk, actor=request.user, at=now())
        messages.success(request, _("Your registration is withdrawn."))
    return redirect("web:join")


def _open(request: HttpRequest) -> ProviderRegistration | None:
    """One's own registration that is not over; staff have a workspace and register nothing."""
    if not is_resident(request.user):
        raise PermissionDenied
    assert request.user.pk is not None
    return registrations.open_of(request.user.pk)


def _frame(number: int) -> dict[str, Any]:
    texts = (_("Organisation"), _("Experience"), _("Check and send"))
    states = ["done"] * (number - 1) + ["current"] + ["ahead"] * (3 - number)
    return {
        "steps": [
            {"text": text, "url": reverse(name) if state == "done" else "", "state": state}
            for text, name, state in zip(texts, NAMES, states, strict=True)
        ],
        "step": number,
        "next_text": texts[number] if number < 3 else "",
        "heading": texts[number - 1],
        "back": {
            "url": reverse(NAMES[number - 2]) if number > 1 else reverse("web:join"),
            "text": _("Back"),
        },
    }


def _summary(row: ProviderRegistration) -> list[dict[str, str]]:
    first, second = reverse(NAMES[0]), reverse(NAMES[1])
    runs = "; ".join(
        _("%(title)s, %(year)s: %(n)s graduates")
        % {"title": run["title"], "year": run["year"], "n": run["graduates"]}
        for run in row.runs
    )
    ends = row.accredited_until
    until = formats.until(ends, formats.language(), today=today()) if ends else ""
    return [
        {"term": _("Organisation"), "text": row.name, "url": first},
        {"term": _("Registration number"), "text": row.registration_number, "url": first},
        {"term": _("Contacts"), "text": f"{row.city}, {row.email}, {row.phone}", "url": first},
        {"term": _("Who you are"), "text": row.about_lv, "url": first},
        {
            "term": _("Accreditation"),
            "text": ", ".join(part for part in (row.accreditation, until) if part) or "–",
            "url": second,
        },
        {"term": _("Earlier runs"), "text": runs or "–", "url": second},
        {
            "term": _("No ground for exclusion"),
            "text": _("Confirmed") if row.no_exclusion else _("Not confirmed"),
            "url": second,
        },
    ]
