"""The books in the agency's workplace: budgets, months, lists as files, double funding (FUN-13)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from funding import admin_calculator, chart
from funding.models import Budget, Commitment, PeriodClose
from funding.selectors_books import SourceFigures, figures
from funding.selectors_double import SHOWN, double_funding
from funding.selectors_lists import NAMES, List
from funding.services import books, periods
from stars.common import export, formats
from stars.common.admin import Action, AgencyAdmin, Link, Section, link_to
from stars.common.dates import add_months, now, riga_date, today
from stars.common.names import columns

_MONTH = forms.DateInput(format="%Y-%m", attrs={"type": "month"})


def month_field(label: Any) -> forms.DateField:
    """A month, written 2026-11 where the browser has no box for it."""
    return forms.DateField(
        label=label,
        widget=_MONTH,
        input_formats=["%Y-%m", "%Y-%m-%d"],
        help_text=_("Year and month, such as 2026-11."),
    )


class Export(forms.Form):
    """Which list, of which months, as which file."""

    what = forms.ChoiceField(label=_("List"), choices=List, widget=forms.RadioSelect)
    first = month_field(_("First month"))
    last = month_field(_("Last month"))
    kind = forms.ChoiceField(
        label=_("File"),
        choices=[(export.CSV, "CSV"), (export.XLSX, "XLSX")],
        widget=forms.RadioSelect,
    )


def _export(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    kind = answers.pop("kind")
    heads, rows = books.export(**answers, actor=request.user, at=now())
    first, last = answers["first"], answers["last"]
    name = f"{NAMES[answers['what']]}-{first:%Y-%m}-{last:%Y-%m}"
    return export.response(kind, heads, rows, name=name)


def forecast_sentence(one: SourceFigures) -> str:
    """When the money of a source is used up at the present pace."""
    seen, language = one.forecast, formats.language()
    if seen.on is None:
        return str(_("At the present pace the money is not used up."))
    day = formats.day(seen.on, language, year=True)
    if one.whole.used >= one.whole.budget:
        return str(_("The whole budget is held, owed or paid."))
    text = (
        _("At the present pace of %(pace)s a day used up on %(day)s, before the source ends.")
        if seen.before_end
        else _("At the present pace of %(pace)s a day it lasts until the source ends.")
    )
    return str(text) % {"pace": formats.money(seen.per_day, language, cents=True), "day": day}


def budget_tables(found: list[SourceFigures]) -> list[Section]:
    """The figures behind the chart, and what was warned of."""
    rows = []
    for one in found:
        parts = [
            (Budget(origin=origin).get_origin_display(), p) for origin, p in one.origins.items()
        ]
        for words, part in [*parts, (_("All"), one.whole)]:
            rows.append(
                [
                    *(link_to(one.source), words),
                    *(part.budget, part.available, part.granted, part.held, part.owed),
                    *(part.spent, part.returned, formats.percent(part.percent, formats.language())),
                ]
            )
    return [
        Section(
            _("Money by source and origin"),
            columns(
                *("Source", "Origin", "Budget", "Available", "Granted and free", "Held", "Owed"),
                *("Paid", "Came back", "Used"),
            ),
            rows,
            note=_(
                "Used is what is held, owed and paid. A grant that nobody uses costs nothing, so"
                " more may be granted than there is. The origins share each amount as they share"
                " the budget."
            ),
        )
    ]


@admin.register(Budget)
class BudgetAdmin(AgencyAdmin):
    """Cash by source and origin: what has become of it and how long it lasts."""

    list_display = ("source", "origin", "amount", "warned")
    list_filter = ("source", "origin")
    list_select_related = ("source__term",)
    search_fields = ("source__code", "source__term__name_lv", "source__term__plain_lv")
    ordering = ("source__code", "origin")
    list_before_template = "admin/funding/budgets.html"
    acts = (
        Action(
            code="export",
            label=_("Save a list as a file"),
            explains=_(
                "Lists hold no names. Each file that is taken away is written down with who took"
                " it and when."
            ),
            permission=books.PERMISSION,
            run=_export,
            form=Export,
            of_row=False,
            initial=lambda row: {
                "what": List.BUDGETS,
                "first": add_months(today().replace(day=1), -1),
                "last": today().replace(day=1),
                "kind": export.XLSX,
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("warnings")

    @admin.display(description=_("Warned of"))
    def warned(self, budget: Budget) -> str:
        said = sorted(budget.warnings.all(), key=lambda warning: warning.percent)
        language = formats.language()
        return ", ".join(
            f"{formats.percent(one.percent, language)} ({formats.day(riga_date(one.at), language)})"
            for one in said
        )

    def get_urls(self) -> list[Any]:
        double = self.admin_site.admin_view(self.double_view)
        costs = self.admin_site.admin_view(self.calculator_view)
        return [
            path("double/", double, name="funding_budget_double"),
            path("calculator/", costs, name="funding_budget_calculator"),
            *super().get_urls(),
        ]

    def _offered(self, request: HttpRequest, row: Any) -> list[Link]:
        offered = super()._offered(request, row)
        if row is None:
            offered.append(Link(_("Double funding"), reverse("admin:funding_budget_double")))
            offered.append(Link(_("Cost calculator"), reverse("admin:funding_budget_calculator")))
        return offered

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = [one for one in figures(now()) if one.whole.budget]
        context = {
            "agency_summary": budget_tables(found),
            "bars": [chart.bar(one, forecast_sentence(one)) for one in found],
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @method_decorator(require_safe)
    def double_view(self, request: HttpRequest) -> HttpResponse:
        """Pairs of commitments that pay one person for the same learning."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Double funding"),
            "agency_sections": [double_section()],
            "back": reverse("admin:funding_budget_changelist"),
        }
        return TemplateResponse(request, "admin/funding/double.html", context)

    @method_decorator(require_safe)
    def calculator_view(self, request: HttpRequest) -> HttpResponseBase:
        """Annex 16 with figures that can be changed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return admin_calculator.page(self, request)


def double_section() -> Section:
    """What `double_funding` finds, with links to both sides; two queries."""
    found = double_funding()
    keys = {key for one in found for key in (one.first_id, one.second_id)}
    rows = Commitment.objects.select_related("offer__version", "claim__what", "source__term")
    known = rows.in_bulk(keys)
    return Section(
        _("Pairs to look at"),
        columns("What", "First", "Source", "Amount", "Second", "Source", "Amount"),
        [
            [
                one.words,
                *(*_of(known.get(one.first_id)), one.first_support),
                *(*_of(known.get(one.second_id)), one.second_support),
            ]
            for one in found
        ],
        note=_("At most %(count)s pairs are shown, the latest first.") % {"count": SHOWN},
    )


def _of(row: Commitment | None) -> tuple[Any, Any]:
    """What is paid for, and from which source."""
    return link_to(row, row.title if row else None), row.source.name if row else "–"


class Month(forms.Form):
    """Which month."""

    month = month_field(_("Month"))


def _month_to_close() -> date:
    until = periods.closed_until()
    return until.date() if until else add_months(today().replace(day=1), -1)


def _close(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    done = periods.close_month(month=answers["month"], actor=request.user, at=now())
    return _("Closed: nothing can count in %(month)s or before any more.") % {
        "month": formats.day(done.month, formats.language(), year=True)
    }


@admin.register(PeriodClose)
class PeriodCloseAdmin(AgencyAdmin):
    """Months whose books are closed."""

    list_display = ("month", "closed_at", "closed_by")
    list_select_related = ("closed_by",)
    ordering = ("-month",)
    acts = (
        Action(
            code="close",
            label=_("Close a month"),
            explains=_(
                "Nothing can count in this month or before it any more, whoever writes it. It"
                " cannot be undone. The ledger has to be proved after the month ended."
            ),
            permission="funding.close_period",
            run=_close,
            form=Month,
            of_row=False,
            initial=lambda row: {"month": _month_to_close()},
        ),
    )
