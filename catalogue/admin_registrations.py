"""Registrations of new providers: what was checked, and the agency's decision (PRO-2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from catalogue.enums import RegistrationState
from catalogue.models import ProviderRegistration
from catalogue.registration_words import lines
from catalogue.services import registrations
from stars.common.admin import (
    Action,
    Reason,
    Section,
    StatefulAdmin,
    transitions,
)
from stars.common.dates import now
from stars.common.names import columns


def criteria(request: HttpRequest, row: ProviderRegistration) -> Section:
    """What the automatic check found when it was sent."""
    return Section(
        _("Criteria"),
        columns("Criterion", "Finding", "Fact", "Source"),
        [[line.asks, line.outcome, line.fact or "–", line.source] for line in lines(row.findings)],
        note=_("What is not known (a register that did not answer) is for you to find out."),
    )


def runs(request: HttpRequest, row: ProviderRegistration) -> Section:
    """Earlier runs, as the organisation says."""
    return Section(
        _("Earlier runs"),
        columns("Programme", "Year", "Graduates"),
        [[run["title"], str(run["year"]), str(run["graduates"])] for run in row.runs],
    )


class OptionalReason(forms.Form):
    """A note that is needed only where something is not fulfilled."""

    note = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed where a criterion is not fulfilled or not known."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _approve(request: HttpRequest, row: ProviderRegistration, answers: dict[str, Any]) -> Any:
    registrations.approve(
        registration_id=row.pk, note=answers["note"], actor=request.user, at=now()
    )
    return _("The organisation is a provider. Its invitation is on the way.")


def _return(request: HttpRequest, row: ProviderRegistration, answers: dict[str, Any]) -> Any:
    registrations.send_back(
        registration_id=row.pk, note=answers["note"], actor=request.user, at=now()
    )
    return _("The registration is returned.")


def _refuse(request: HttpRequest, row: ProviderRegistration, answers: dict[str, Any]) -> Any:
    registrations.refuse(registration_id=row.pk, note=answers["note"], actor=request.user, at=now())
    return _("The registration is refused.")


def _ask(request: HttpRequest, row: ProviderRegistration, answers: dict[str, Any]) -> Any:
    registrations.check_again(registration_id=row.pk, actor=request.user, at=now())
    return _("The criteria are checked again.")


def _waits(row: ProviderRegistration) -> bool:
    return row.state == RegistrationState.SUBMITTED


def _act(code: str, label: Any, explains: Any, run: Any, form: Any) -> Action:
    return Action(
        code=code,
        label=label,
        explains=explains,
        permission="catalogue.decide_registration",
        run=run,
        form=form,
        when=_waits,
    )


@admin.register(ProviderRegistration)
class ProviderRegistrationAdmin(StatefulAdmin):
    """An organisation that wants to become a provider."""

    # Shown below in words.
    hidden = ("findings", "runs", "applicant")
    list_display = ("organisation", "registration_number", "state", "submitted_at")
    list_filter = ("state",)
    search_fields = ("name", "registration_number")
    ordering = ("-submitted_at", "pk")
    sections = (criteria, runs, transitions)
    acts = (
        _act(
            "approve",
            _("Approve"),
            _(
                "The organisation becomes a provider. Its e-mail address is invited to administer"
                " the workspace."
            ),
            _approve,
            OptionalReason,
        ),
        _act(
            "return",
            _("Return to be mended"),
            _("The organisation reads the reason, mends the registration and sends it again."),
            _return,
            Reason,
        ),
        _act(
            "refuse",
            _("Refuse"),
            _("The organisation reads the reason. It may register anew."),
            _refuse,
            Reason,
        ),
        _act(
            "check",
            _("Ask the register again"),
            _("For when the register did not answer. The findings are written anew."),
            _ask,
            forms.Form,
        ),
    )

    @admin.display(description=_("Organisation"), ordering="name")
    def organisation(self, row: ProviderRegistration) -> str:
        return row.name or pgettext("registration", "Just begun")
