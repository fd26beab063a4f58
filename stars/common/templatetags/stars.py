"""Template tags of the portal: formats, icons and what components need of forms.

A thin skin over ``stars.common.formats``: it adds the active language and today's date, and nothing
else. The library is a builtin of the template engine, so templates need no ``{% load stars %}``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from stars.common import dates, formats
from stars.common.formats import Case

register = template.Library()

Number = int | Decimal


def _day(value: date | datetime) -> date:
    return dates.riga_date(value) if isinstance(value, datetime) else value


def _time(value: time | datetime) -> time | datetime:
    return value.astimezone(dates.RIGA) if isinstance(value, datetime) else value


# Numbers and money


@register.filter
def money(value: Number | None) -> str:
    """``{{ price|money }}`` → "1 000 €", "92,50 €"; nothing for None."""
    return "" if value is None else formats.money(value, formats.language())


@register.filter
def money_cents(value: Number | None) -> str:
    """``{{ price|money_cents }}`` → "92,00 €": for columns of decimals."""
    return "" if value is None else formats.money(value, formats.language(), cents=True)


@register.filter
def signed_money(value: Number) -> str:
    """``{{ change|signed_money }}`` → "+500 €", "−500 €", "0 €"."""
    return formats.signed_money(value, formats.language())


@register.filter
def negative(value: Number) -> Number:
    """Turn the sign round: a deduction is shown as "−500 €"."""
    return -value


@register.filter
def number(value: Number, places: int | None = None) -> str:
    """``{{ 61488|number }}`` → "61 488"; ``{{ rating|number:1 }}`` → "4,6"."""
    return formats.number(value, formats.language(), places)


@register.filter
def percent(value: Number) -> str:
    """``{{ 67|percent }}`` → "67 %" / "67%"."""
    return formats.percent(value, formats.language())


# Dates and times


@register.filter
def day(value: date | datetime | None, case: Case = "nominative") -> str:
    """``{{ start|day }}`` → "19. maijs"; ``{{ start|day:"locative" }}`` → "19. maijā".

    The year is written when it is not this year.
    """
    if value is None:
        return ""
    return formats.day_near(_day(value), formats.language(), case, today=dates.today())


@register.filter
def full_day(value: date | datetime | None, case: Case = "nominative") -> str:
    """``{{ at|full_day }}`` → "2026. gada 28. aprīlis": always with the year."""
    return "" if value is None else formats.day(_day(value), formats.language(), case, year=True)


@register.filter
def day_month(value: date | datetime, case: Case = "nominative") -> str:
    """``{{ start|day_month }}`` → "9. decembris": never with the year (the ends of a line)."""
    return formats.day(_day(value), formats.language(), case)


@register.filter
def until(value: date | datetime) -> str:
    """``{{ last|until }}`` → "līdz 14. maijam"; ``last`` is the last usable day."""
    return formats.until(_day(value), formats.language(), today=dates.today())


# The lower line of a date leaf has room for so many letters in any font.
LEAF_LETTERS = 7


@register.filter
def month_name(value: date | datetime) -> str:
    """``{{ start|month_name }}`` → "maijs", "nov.": the lower line of a date leaf."""
    name = formats.month(_day(value).month, formats.language())
    if len(name) <= LEAF_LETTERS:
        return name
    return formats.month_short(_day(value).month, formats.language())


@register.filter
def weekday_and_day(value: date | datetime) -> str:
    """``{{ session.start|weekday_and_day }}`` → "trešdien, 6. maijā"."""
    return formats.weekday_and_day(_day(value), formats.language(), today=dates.today())


@register.filter
def weekday(value: date | datetime) -> str:
    """``{{ start|weekday }}`` → "otrdien" / "Tuesday"."""
    return formats.weekday(_day(value), formats.language())


@register.filter
def weekdays(value: Iterable[int]) -> str:
    """``{{ group.weekdays|weekdays }}`` ([1, 3]) → "otrdienās un ceturtdienās"."""
    return formats.weekdays(value, formats.language())


@register.filter
def clock(value: time | datetime) -> str:
    """``{{ session.start|clock }}`` → "18.00" in Riga's time."""
    return formats.clock(_time(value), formats.language())


@register.simple_tag
def time_range(first: time | datetime, last: time | datetime) -> str:
    """``{% time_range a b %}`` → "18.00–21.15"."""
    return formats.time_range(_time(first), _time(last), formats.language())


@register.simple_tag
def date_range(first: date | datetime, last: date | datetime, short: bool = False) -> str:
    """``{% date_range a b %}`` → "19. maijs – 30. jūnijs"; ``short=True`` for tables."""
    return formats.date_range(
        _day(first), _day(last), formats.language(), today=dates.today(), short=short
    )


@register.filter
def in_days(value: date | datetime) -> str:
    """``{{ start|in_days }}`` → "pēc 6 dienām", "rīt", "vakar", counted from today in Riga."""
    return formats.in_days((_day(value) - dates.today()).days, formats.language())


# Counted nouns


def _register_counted(name: str) -> None:
    function = getattr(formats, name)

    def counted(value: int) -> str:
        return function(value, formats.language())

    counted.__doc__ = function.__doc__
    register.filter(name, counted)


for _name in ("days", "days_left", "hours", "answers", "programmes", "people", "sessions"):
    _register_counted(_name)


@register.simple_tag
def places(free: int, waiting: int = 0, capacity: int | None = None) -> str:
    """``{% places group.free group.waiting %}`` → "7 brīvas vietas", "Vietu nav, rindā 3"."""
    return formats.places(free, formats.language(), waiting=waiting or 0, capacity=capacity)


@register.filter
def places_tone(free: int) -> str:
    """``free``, ``few`` or ``full``: the look of the places line and of the date leaf."""
    return formats.places_tone(free)


# Icons


@lru_cache(maxsize=256)
def _icon(name: str, css: str) -> SafeString:
    body = mark_safe(render_to_string(f"icons/{name}.svg").strip())  # noqa: S308 - our own files
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        f"icon {css}".strip(),
        body,
    )


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """``{% icon "clock" %}``: an inline decoration, hidden from screen readers.

    The text beside it says the same; a control that shows only an icon carries an ``aria-label``.
    Raises TemplateDoesNotExist for an unknown name (files are in templates/icons/).
    """
    return _icon(name, css)


# Forms


@register.filter
def widget_kind(field: BoundField) -> str:
    """Name how a component draws a field: ``choices``, ``checkbox``, ``hidden``, ``input``."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if widget.use_fieldset and hasattr(widget, "choices"):
        return "choices"
    if getattr(widget, "input_type", "") == "checkbox":
        return "checkbox"
    return "input"


@register.filter
def first_input_id(field: BoundField) -> str:
    """Give the id an error link jumps to; for radios and tick boxes that is the first of them."""
    if widget_kind(field) == "choices":
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.simple_tag
def error_lines(*forms: BaseForm | None) -> list[dict[str, Any]]:
    """List what an error summary says: one ``{"href", "text"}`` for each error of the forms.

    A form field may carry ``error_summary``, a sentence that says what to do ("Ieraksti visus 11
    ciparus"), as a text or a dictionary by error code; otherwise the
    line is the field's own message, or "label: message" where it is Django's.
    """
    lines: list[dict[str, Any]] = []
    for form in forms:
        if not form or not form.errors:
            continue
        lines += [{"href": "", "text": text} for text in form.non_field_errors()]
        for field in form:
            for error in field.errors.as_data():
                lines.append({"href": f"#{first_input_id(field)}", "text": _summary(field, error)})
    return lines


def _summary(field: BoundField, error: Any) -> str:
    wanted = getattr(field.field, "error_summary", None)
    if isinstance(wanted, dict):
        wanted = wanted.get(error.code)
    if wanted:
        return str(wanted)
    message = " ".join(str(text) for text in error.messages)
    own = field.field.error_messages.get(error.code)
    classes = type(field.field).__mro__
    usual = [getattr(c, "default_error_messages", {}).get(error.code) for c in classes]
    if own is not None and own not in usual:
        return message  # written for this field, so it says what to do by itself
    label = str(field.label)
    if label.endswith("?"):
        return f"{label} {message}"
    return _("%(label)s: %(message)s") % {"label": label, "message": message}


@register.filter
def joined(start: str, end: object) -> str:
    """``{{ "mark-"|joined:person.id }}`` → "mark-6f1c…": names of fields, for any kind of id."""
    return f"{start}{end}"


@register.filter
def share(value: Number, whole: Number) -> int:
    """Give ``value`` as whole per cent of ``whole``, 0–100, for bars; an empty whole is 0."""
    if not whole:
        return 0
    return max(0, min(100, round(100 * Decimal(value) / Decimal(whole))))


@register.filter
def bar_width(value: Number, scale: Number) -> int:
    """Give the width of a chart's bar in per cent, leaving a fifth of the row for the value."""
    return share(value, scale) * 80 // 100


@register.filter
def page_numbers(paginator: Any, current: int) -> list[int | None]:
    """List the page numbers a pager shows, None for a gap: 1 … 4 5 6 … 20."""
    numbers = paginator.get_elided_page_range(current, on_each_side=1, on_ends=1)
    return [n if isinstance(n, int) else None for n in numbers]
