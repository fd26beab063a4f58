"""The agency's other work with the offer: the queue, calls, temporary status and limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue import admin_review as review
from catalogue import reviews
from catalogue.admin_call_words import qualifications, types, wanted
from catalogue.admin_desk import Decision
from catalogue.enums import Mode, TemporaryState
from catalogue.models import (
    Call,
    OfferRules,
    ProgrammeRemark,
    Seminar,
    Submission,
    TemporaryStatus,
)
from catalogue.prices import rules_of
from catalogue.rules import PriceFinding
from catalogue.services import calls, temporary
from catalogue.services.drafts import SOURCES
from stars.common.admin import (
    Action,
    AgencyAdmin,
    Reason,
    Section,
    StatefulAdmin,
    _cell,
    link_to,
    transitions,
)
from stars.common.dates import now, riga_date, today
from stars.common.errors import Invalid
from stars.common.forms import DayInput
from stars.common.money import euro
from stars.common.names import columns
from stars.vocabularies.models import Term


def findings(request: HttpRequest, submission: Submission) -> Section:
    """The price watch as it was on the day of sending."""
    return Section(
        _("Price watch on the day of sending"),
        columns("Price", "For an academic hour", "What is noticed"),
        [
            [found.price, found.per_hour, "; ".join(str(review.FLAGS[f]) for f in found.flags)]
            for found in map(PriceFinding.read, submission.findings)
        ],
    )


@admin.register(Submission)
class SubmissionAdmin(AgencyAdmin):
    """The review queue: what waits longest stands first, what is decided last."""

    list_display = ("title", "number", "provider", "waits", "noticed", "outcome", "open_version")
    list_filter = (Decision, "call")
    list_select_related = ("version__programme__provider",)
    search_fields = ("version__programme__code", "version__title_lv", "version__title_en")
    search_keys = ("pk", "version_id")
    ordering = (F("decided_at").desc(nulls_first=True), "submitted_at", "pk")
    sections = (findings,)

    @admin.display(description=pgettext_lazy("column", "Title"))
    def title(self, submission: Submission) -> str:
        return submission.version.title

    @admin.display(description=pgettext_lazy("column", "Provider"))
    def provider(self, submission: Submission) -> str:
        return submission.version.programme.provider.name

    @admin.display(description=pgettext_lazy("column", "Waits, days"))
    def waits(self, submission: Submission) -> int | str:
        if submission.decided_at is not None:
            return "–"
        return (today() - riga_date(submission.submitted_at)).days

    @admin.display(description=pgettext_lazy("column", "What is noticed"))
    def noticed(self, submission: Submission) -> str:
        flags = {flag for found in submission.findings for flag in found["flags"]}
        return "; ".join(str(text) for flag, text in review.FLAGS.items() if flag in flags) or "–"

    @admin.display(description=pgettext_lazy("column", "Version"))
    def open_version(self, submission: Submission) -> Any:
        return _cell(link_to(submission.version, _("Review")))


@admin.register(ProgrammeRemark)
class ProgrammeRemarkAdmin(AgencyAdmin):
    """What somebody wants changed in a version."""

    hidden = ("field",)
    list_display = ("field_name", "at", "resolved_at", "version")
    list_filter = ("field",)
    list_select_related = ("version",)
    search_keys = ("pk", "version_id")
    ordering = (F("resolved_at").desc(nulls_first=True), "at", "pk")
    acts = (review.SETTLE,)

    @admin.display(description=pgettext_lazy("column", "Field"))
    def field_name(self, remark: ProgrammeRemark) -> str:
        return review.label_of(remark.field)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["field_name", *super().get_fields(request, obj)]


def _sources() -> list[tuple[str, str]]:
    terms = Term.objects.filter(vocabulary__code=SOURCES).order_by("order", "code")
    return [("", "–"), *((str(term.pk), term.name) for term in terms)]


class CallForm(forms.Form):
    """A window, and what may be sent in it; nothing chosen means everything."""

    code = forms.SlugField(label=_("Code"), max_length=60)
    title_lv = forms.CharField(label=_("Title in Latvian"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    about_lv = forms.CharField(
        label=_("About, in Latvian"), required=False, max_length=20_000, widget=forms.Textarea
    )
    about_en = forms.CharField(
        label=_("About, in English"), required=False, max_length=20_000, widget=forms.Textarea
    )
    source_id = forms.ChoiceField(label=_("Source of funding"), choices=_sources, required=False)
    opens_on = forms.DateField(label=_("First day"), widget=DayInput())
    closes_on = forms.DateField(label=_("Last day"), widget=DayInput())
    types = forms.MultipleChoiceField(
        label=_("Types of programmes"),
        choices=types,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    qualifications = forms.MultipleChoiceField(
        label=_("Qualifications"),
        choices=qualifications,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    modes = forms.MultipleChoiceField(
        label=_("Ways of learning"),
        choices=Mode,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class SeminarForm(forms.Form):
    """When and where a call is explained."""

    starts_at = forms.DateTimeField(
        label=_("Time"), widget=forms.DateTimeInput({"type": "datetime-local"})
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    link = forms.URLField(label=_("Link"), max_length=200, required=False, assume_scheme="https")


def _save(request: HttpRequest, call: Call | None, answers: dict[str, Any]) -> Any:
    calls.save_call(
        **{**answers, "source_id": answers["source_id"] or None},
        call_id=call.pk if call else None,
        actor=request.user,
        at=now(),
    )
    return _("The call is saved.")


def _add_seminar(request: HttpRequest, call: Call, answers: dict[str, Any]) -> Any:
    calls.add_seminar(call_id=call.pk, **answers, actor=request.user, at=now())
    return _("The seminar is on the list.")


def _drop_seminar(request: HttpRequest, seminar: Seminar, answers: dict[str, Any]) -> HttpResponse:
    calls.drop_seminar(seminar_id=seminar.pk, actor=request.user, at=now())
    return HttpResponseRedirect(reverse("admin:catalogue_call_change", args=[seminar.call_id]))


def seminar_list(request: HttpRequest, call: Call) -> Section:
    """Seminars of a call."""
    return Section(
        _("Seminars"),
        columns("Time", "Place", "Link"),
        [[link_to(s, _cell(s.starts_at)), s.place, s.link] for s in call.seminars.all()],
    )


@admin.register(Call)
class CallAdmin(AgencyAdmin):
    """A window in which providers send programmes."""

    hidden = ("types", "qualifications", "modes")
    list_display = ("title_lv", "opens_on", "closes_on", "source")
    list_select_related = ("source",)
    search_fields = ("code", "title_lv", "title_en")
    ordering = ("-closes_on", "code")
    sections = (wanted, seminar_list)
    acts = (
        Action(
            code="new",
            label=_("New call"),
            explains=_("Everybody sees it; providers can send programmes from the first day."),
            permission="catalogue.manage_calls",
            run=_save,
            form=CallForm,
            of_row=False,
        ),
        Action(
            code="edit",
            label=_("Edit the call"),
            explains=_("What was sent already stays as it is."),
            permission="catalogue.manage_calls",
            run=_save,
            form=CallForm,
            initial=lambda call: {name: getattr(call, name) for name in CallForm.base_fields},
        ),
        Action(
            code="seminar",
            label=_("Add a seminar"),
            explains=_("Providers see when and where the call is explained."),
            permission="catalogue.manage_calls",
            run=_add_seminar,
            form=SeminarForm,
        ),
    )


@admin.register(Seminar)
class SeminarAdmin(AgencyAdmin):
    """A meeting about a call."""

    list_display = ("starts_at", "place", "call")
    list_select_related = ("call",)
    search_keys = ("pk", "call_id")
    ordering = ("-starts_at", "pk")
    acts = (
        Action(
            code="drop",
            label=_("Take off the list"),
            explains=_("The seminar is not shown any more."),
            permission="catalogue.manage_calls",
            run=_drop_seminar,
        ),
    )


def _extend(request: HttpRequest, status: TemporaryStatus, answers: dict[str, Any]) -> Any:
    temporary.extend_temporary_status(status_id=status.pk, **answers, actor=request.user, at=now())
    return _("Temporary status goes on for another term.")


def _end(request: HttpRequest, status: TemporaryStatus, answers: dict[str, Any]) -> Any:
    temporary.end_temporary_status(status_id=status.pk, **answers, actor=request.user, at=now())
    return _("Temporary status has ended.")


def _is_active(status: TemporaryStatus) -> bool:
    return status.state == TemporaryState.ACTIVE


def due() -> Section:
    """Statuses to be reviewed, with what people say of the programmes."""
    return Section(
        _("Due for review"),
        columns("Programme", "Provider", "Review", "Rating", "Answers"),
        [
            [
                link_to(s, s.programme.current.title if s.programme.current else s.programme.code),
                s.programme.provider.name,
                s.review_on,
                str(s.programme.rating_average or "–"),
                s.programme.rating_count,
            ]
            for s in reviews.temporary_due(now())
        ],
        note=format_lazy(
            _("Room for more programmes with temporary status: {room}."),
            room=reviews.room_for_temporary(today()),
        ),
    )


@admin.register(TemporaryStatus)
class TemporaryStatusAdmin(StatefulAdmin):
    """Experimental programmes; those due for review stand above the list."""

    list_display = ("programme", "recommender", "state", "starts_on", "review_on")
    list_filter = ("state", "recommender")
    list_select_related = ("programme",)
    search_fields = ("programme__code",)
    search_keys = ("pk", "programme_id")
    ordering = ("state", "review_on", "pk")
    sections = (transitions,)
    acts = (
        Action(
            code="extend",
            label=_("Extend"),
            explains=_("After the review: the programme stays experimental for another term."),
            permission="catalogue.manage_temporary",
            run=_extend,
            form=Reason,
            when=_is_active,
        ),
        Action(
            code="end",
            label=_("End temporary status"),
            explains=_("The programme is an ordinary one. To take it away, suspend or archive it."),
            permission="catalogue.manage_temporary",
            run=_end,
            form=Reason,
            when=_is_active,
        ),
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(
            request, {"agency_summary": [due()], **(extra_context or {})}
        )


class RulesForm(forms.Form):
    """All limits together, from a day on."""

    valid_from = forms.DateField(label=_("From"), widget=DayInput())
    price_spread = forms.DecimalField(
        label=_("Deviations above the median"), min_value=0, max_digits=4, decimal_places=2
    )
    least_spread = forms.DecimalField(
        label=_("Least deviation, share of the median"), min_value=0, max_digits=4, decimal_places=3
    )
    price_rise = forms.DecimalField(
        label=_("Rise above the own earlier price, share"),
        min_value=0,
        max_digits=4,
        decimal_places=3,
    )
    least_compared = forms.IntegerField(
        label=_("Programmes that make a median"), min_value=1, max_value=1000
    )
    grant_amounts = forms.CharField(
        label=_("Grants, EUR"), max_length=200, help_text=_("With semicolons: 500.00; 1000.00")
    )
    grant_tolerance = forms.DecimalField(
        label=_("How near below a grant, share"), min_value=0, max_value=1, decimal_places=3
    )
    temporary_share = forms.DecimalField(
        label=_("Share of experimental programmes"), min_value=0, max_value=1, decimal_places=3
    )
    review_months = forms.IntegerField(
        label=_("Months until the review"), min_value=1, max_value=120
    )


def _write(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    try:
        amounts = [euro(part.strip()) for part in answers["grant_amounts"].split(";") if part]
    except Invalid as error:
        raise Invalid(error.message, code=error.code, field="grant_amounts") from error
    temporary.write_rules(**{**answers, "grant_amounts": amounts}, actor=request.user, at=now())
    return _("The new limits are written down.")


def _present(row: None) -> dict[str, Any]:
    """The limits of today, to be changed."""
    rules = rules_of(today())
    names = (name for name in RulesForm.base_fields if name not in ("valid_from", "grant_amounts"))
    values: dict[str, Decimal | int] = {name: getattr(rules, name) for name in names}
    amounts = "; ".join(str(Decimal(amount)) for amount in rules.grant_amounts)
    return {**values, "valid_from": today(), "grant_amounts": amounts}


@admin.register(OfferRules)
class OfferRulesAdmin(AgencyAdmin):
    """Limits of the price watch and of experimental programmes. Never edited: written anew."""

    list_display = ("valid_from", "price_spread", "price_rise", "temporary_share", "written_at")
    ordering = ("-valid_from", "-written_at")
    acts = (
        Action(
            code="write",
            label=_("Write new limits"),
            explains=_("They hold from the day you write; what was decided before stays."),
            permission="catalogue.write_rules",
            run=_write,
            form=RulesForm,
            of_row=False,
            initial=_present,
        ),
    )
