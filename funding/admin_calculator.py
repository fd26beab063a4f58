"""The cost calculator for those who make the rules (FUN-15): every figure can be changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funding.rules import calculator
from funding.rules.calculator import FIGURES, GROUPS, MOST, YEARS, Figure, Unit, Whence
from funding.selectors_calculator import known
from stars.common import export, formats
from stars.common.admin import Section
from stars.common.dates import now
from stars.common.names import columns

NAMES: dict[str, Any] = {
    "allocation_people": _("People who get money on the account"),
    "allocation_grant": _("Money on the account for one person"),
    "allocation_used": _("How much of it is used"),
    "cover_people": _("People whose training is paid in full"),
    "cover_price": _("Price of such a training"),
    "cofunded_people": _("People whose training is paid in part"),
    "cofunded_price": _("Price of such a training, paid in part"),
    "cofunded_share": _("Share of the price that is paid"),
    "certificate_people": _("People whose certificate is paid back"),
    "certificate_price": _("Cost of a certificate"),
    "assessment_people": _("People whose assessment of competence is paid back"),
    "assessment_price": _("Cost of an assessment"),
    "stipend_people": _("People with a stipend"),
    "stipend_month": _("Stipend for a month"),
    "stipend_months": _("Months of a stipend for one person"),
    "travel_people": _("People with travel or housing costs"),
    "travel_average": _("Travel and housing costs of one person"),
    "career_people": _("People with career advice paid from here"),
    "career_price": _("Cost of career advice for one person"),
    "quality": _("Looking after quality"),
    "offer": _("Choosing and keeping the offer"),
    "platform": _("Keeping and developing the portal"),
    "communication": _("Brand and communication"),
    "administration": _("Administration, of everything else"),
    "growth_people": _("More people each year"),
    "growth_prices": _("Prices rise each year"),
}
GROUP_NAMES: dict[str, Any] = {
    "allocation": _("Money on the learning account"),
    "cover": _("Training paid in full"),
    "cofunded": _("Training paid in part"),
    "certificates": _("International certificates"),
    "assessments": _("Assessments of professional competence"),
    "stipends": _("Stipends"),
    "travel": _("Travel and housing costs"),
    "career": _("Career advice"),
    "quality": _("Looking after quality"),
    "offer": _("Choosing and keeping the offer"),
    "platform": _("Keeping and developing the portal"),
    "communication": _("Brand and communication"),
    "administration": _("Administration"),
}
UNITS: dict[str, Any] = {
    Unit.EUR: pgettext_lazy("unit", "EUR"),
    Unit.EUR_YEAR: pgettext_lazy("unit", "EUR a year"),
    Unit.PEOPLE: pgettext_lazy("unit", "people a year"),
    Unit.SHARE: pgettext_lazy("unit", "%"),
    Unit.MONTHS: pgettext_lazy("unit", "months"),
}
WHENCE: dict[str, Any] = {
    Whence.DATA: _("from the portal's last 12 months"),
    Whence.SEED: _("from the report, annex 16 or the pilot"),
    Whence.ASSUMPTION: _("an assumption"),
    "changed": _("your figure"),
}


def start(at: Any) -> dict[str, tuple[Decimal, str]]:
    """Figure → (value, where it is from): data where there are any."""
    data = known(at)
    return {
        figure.name: (
            (data[figure.name], Whence.DATA)
            if figure.name in data
            else (figure.value, figure.whence)
        )
        for figure in FIGURES
    }


class Costs(forms.Form):
    """All figures of annex 16."""

    years = forms.IntegerField(
        label=_("Years"), min_value=YEARS.start, max_value=YEARS.stop - 1, initial=3
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for figure in FIGURES:
            self.fields[figure.name] = _field(figure)


def _field(figure: Figure) -> forms.DecimalField:
    share = figure.unit == Unit.SHARE
    return forms.DecimalField(
        label=NAMES[figure.name],
        min_value=Decimal(0),
        max_value=Decimal(100) if share else MOST,
        max_digits=12,
        decimal_places=2,
        localize=True,
    )


def result(years: list[calculator.Year]) -> Section:
    """A row for each group, a column for each year."""
    sums = calculator.totals(years)
    heads: list[Any] = [pgettext_lazy("column", "Costs")]
    heads += [_("Year %(number)s") % {"number": one.number} for one in years]
    rows = [
        [GROUP_NAMES[group], *(one.groups[group] for one in years), sums[group]] for group in GROUPS
    ]
    whole = [one.total for one in years]
    rows.append([pgettext_lazy("column", "Together"), *whole, sum(whole, Decimal(0))])
    return Section(
        _("What it costs"),
        [*heads, pgettext_lazy("column", "Together")],
        rows,
        note=_(
            "The money on the account and stipends are fixed by policy and do not rise with prices."
            " Administration is a share of everything else."
        ),
    )


def sources(figures: dict[str, Decimal], begun: dict[str, tuple[Decimal, str]]) -> Section:
    """Every figure with where it comes from."""
    language = formats.language()
    rows = []
    for figure in FIGURES:
        value, whence = begun[figure.name]
        changed = figures[figure.name] != value
        rows.append(
            [
                NAMES[figure.name],
                formats.number(figures[figure.name].normalize(), language),
                UNITS[figure.unit],
                WHENCE["changed" if changed else whence],
            ]
        )
    return Section(
        _("Where each figure comes from"),
        columns("Figure", "Value", "Counts", "Whence"),
        rows,
    )


def page(admin: Any, request: HttpRequest) -> HttpResponseBase:
    """The form, prefilled; once it is sent, the result below it or as a file. Writes nothing."""
    begun = start(now())
    first = {name: value.normalize() for name, (value, _whence) in begun.items()}
    asked = "years" in request.GET
    form = Costs(request.GET) if asked else Costs(initial=first)
    shown: list[Section] = []
    if asked and form.is_valid():
        figures = {figure.name: form.cleaned_data[figure.name] for figure in FIGURES}
        table = result(calculator.plan(form.cleaned_data["years"], figures))
        whence = sources(figures, begun)
        kind = request.GET.get("file")
        if kind in (export.CSV, export.XLSX):
            heads = [str(head) for head in table.heads]
            told = [[str(row[0]), *row[1:]] for row in table.rows]
            rest = [[str(cell) for cell in row] for row in whence.rows]
            width = len(heads)
            padded = [row[:width] + [""] * (width - len(row)) for row in rest]
            return export.response(kind, heads, [*told, [""] * width, *padded], name="izmaksas")
        shown = [table, whence]
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.model._meta,
        "title": _("Cost calculator"),
        "form": form,
        "units": UNITS,
        "fields": [
            (form[figure.name], UNITS[figure.unit], WHENCE[begun[figure.name][1]])
            for figure in FIGURES
        ],
        "agency_sections": shown,
        "back": reverse("admin:funding_budget_changelist"),
    }
    return TemplateResponse(request, "admin/funding/calculator.html", context)
