"""Rounds in the agency's workplace: look first, two people start one, watch it run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from funding import admin_sections as sections
from funding import refusals
from funding.admin_two import ApprovalAdmin, SecondPerson, approvals_of, decision
from funding.enums import SchemeKind
from funding.models import AllocationRound, PolicyVersion, RoundApproval, RoundRun
from funding.services import approvals, planning, rounds
from stars.common import formats
from stars.common.admin import Action, Link, StatefulAdmin, transitions
from stars.common.dates import now
from stars.common.formats import money
from stars.common.forms import DayInput
from stars.common.money import MoneyField


def _dry_run(request: HttpRequest, row: AllocationRound, answers: dict[str, Any]) -> Any:
    result = rounds.dry_run(code=row.code, at=now(), actor=request.user)
    language = formats.language()
    told = _("It would grant %(count)s grants, %(sum)s.") % {
        "count": result.granted,
        "sum": money(result.amount, language),
    }
    if result.waiting:
        told += " " + _("%(count)s would wait for money.") % {"count": result.waiting}
    if result.missing:
        told += " " + _("The source does not hold enough: %(sum)s is missing.") % {
            "sum": money(result.missing, language)
        }
    if result.refusals:
        told += " " + _("Not served: %(reasons)s.") % {
            "reasons": refusals.sentence(result.refusals)
        }
    return told


def _put_forward(request: HttpRequest, row: AllocationRound, answers: dict[str, Any]) -> Any:
    approvals.put_forward(round_id=row.pk, actor=request.user, at=now())
    return _("The round waits for a second person to let it run.")


class Plan(forms.Form):
    """From which day on, how many, and how much each may promise."""

    policy_id = forms.ModelChoiceField(
        label=_("Policy"),
        queryset=PolicyVersion.objects.filter(scheme__kind=SchemeKind.ALLOCATION)
        .select_related("scheme__source__term")
        .order_by("scheme__code", "-number"),
    )
    first_due_on = forms.DateField(
        label=_("First due day"),
        widget=DayInput(),
        help_text=_("The others follow in the policy's period, counted from this day."),
    )
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=planning.MOST)
    cap = MoneyField(verbose_name=_("Cap of each round, EUR")).formfield(
        required=False,
        min_value=0.01,
        help_text=_("Empty: as the policy says, or no cap."),
    )


def _plan(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    policy = answers.pop("policy_id")
    made = planning.plan_rounds(policy_id=policy.pk, **answers, actor=request.user, at=now())
    return _("Planned: %(codes)s") % {"codes": ", ".join(each.code for each in made)}


@admin.register(AllocationRound)
class AllocationRoundAdmin(StatefulAdmin):
    """One due date of a periodic policy."""

    list_display = ("code", "state", "due_on", "ends_at", "cap", "policy")
    list_filter = ("state", "policy__scheme__source")
    list_select_related = ("policy__scheme__source__term",)
    search_fields = ("code",)
    ordering = ("-due_on", "code")
    sections = (sections.runs, approvals_of, transitions)
    acts = (
        Action(
            code="plan",
            label=_("Plan rounds"),
            explains=_("Puts rounds of a policy into the calendar. They begin by themselves."),
            permission="funding.run_round",
            run=_plan,
            form=Plan,
            of_row=False,
        ),
        Action(
            code="dry-run",
            label=_("Dry run"),
            explains=_("Counts who would get how much now. No money moves; the counts are kept."),
            permission="funding.run_round",
            run=_dry_run,
        ),
        Action(
            code="put-forward",
            label=_("Ask for a run"),
            explains=_(
                "The scheduler runs open rounds every night. To run this one now, another person"
                " has to agree to what the dry run of today has shown."
            ),
            permission="funding.run_round",
            run=_put_forward,
            when=lambda row: rounds.last_dry_run(row, now()) is not None,
        ),
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.progress_view)
        name = "funding_allocationround_progress"
        return [path("<path:object_id>/progress/", view, name=name), *super().get_urls()]

    def _offered(self, request: HttpRequest, row: Any) -> list[Link]:
        offered = super()._offered(request, row)
        if row is not None:
            address = reverse("admin:funding_allocationround_progress", args=[row.pk])
            offered.append(Link(_("Progress"), address))
        return offered

    @method_decorator(require_safe)
    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How far the latest run is: asks itself again while it runs, or by a link."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        run = row.runs.filter(dry=False).order_by("-started_at").first()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Progress of the round %(code)s") % {"code": row.code},
            "row": row,
            "run": run,
            "told": progress(run) if run else None,
            "back": reverse("admin:funding_allocationround_change", args=[row.pk]),
        }
        return TemplateResponse(request, "admin/funding/progress.html", context)


def progress(run: RoundRun) -> dict[str, Any]:
    """What the page says of a run: counts, money, and the reasons once it is over."""
    language = formats.language()
    return {
        # A browser draws no bar without a length.
        "all": max(run.expected, 1),
        "done": run.granted if run.expected else int(run.finished_at is not None),
        "amount": money(run.amount, language),
        "cut": money(run.cut, language) if run.cut else "",
        "refusals": [
            {"count": count, "words": text} for text, count in refusals.lines(run.refusals)
        ],
    }


class RunNow(SecondPerson):
    """Whether the round starts."""

    yes = _("Yes, run it now")
    no = _("No")


def _decide(request: HttpRequest, row: RoundApproval, answers: dict[str, Any]) -> Any:
    done = approvals.let_run(approval_id=row.pk, **answers, actor=request.user, at=now())
    if done.approved:
        return _("Decided: the round begins now. Its page shows how far it is.")
    return _("Decided.")


@admin.register(RoundApproval)
class RoundApprovalAdmin(ApprovalAdmin):
    """A round that somebody wants to run now: two people (STA-5)."""

    subject = "round"
    search_fields = ("round__code",)
    sections = (sections.dry_runs,)
    acts = (
        decision(
            explains=_("You are the second person: what you let happen starts at once."),
            permission="funding.run_round",
            run=_decide,
            form=RunNow,
        ),
    )
