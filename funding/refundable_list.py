"""The list of what is paid back as a file: its columns, its cells, what is wrong in which row.

The list is agreed with LIKTA and comes as a spreadsheet: with a BOM or without, with semicolons or
commas, with decimal commas and days as 25.09.2025. It is taken over whole or not at all.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

import tablib
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import override as language
from import_export import fields, resources, widgets

from funding.enums import RefundKind
from funding.models import Refundable
from stars.common.errors import DomainError, Invalid
from stars.common.money import euro

COLUMNS = (
    *("code", "kind", "name_lv", "name_en", "issuer"),
    *("ceiling", "valid_from", "valid_to"),
)
NEEDED = ("code", "kind", "name_lv", "name_en", "valid_from")
MOST_BYTES = 1024 * 1024
MOST_ROWS = 2000


@dataclass(frozen=True)
class RowProblem:
    """What is wrong: the row of the file (the heads are row 1; 0 is the whole file)."""

    row: int
    column: str
    text: str

    def __str__(self) -> str:
        if not self.row:
            return self.text
        where = f"{self.column}: " if self.column else ""
        return _("Row %(row)s, %(what)s") % {"row": self.row, "what": f"{where}{self.text}"}


class ListRefused(Invalid):
    """The file was not taken over; `problems` names every row that is wrong."""

    def __init__(self, problems: list[RowProblem]) -> None:
        super().__init__(" ".join(str(one) for one in problems[:20]), code="list", field="file")
        self.problems = problems


class EuroWidget(widgets.Widget):
    """ "2 500,00" or "2500.00"; nothing means no ceiling."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = "".join(str(value or "").replace("€", "").split()).replace(",", ".")
        if not text:
            return None
        try:
            amount = euro(text)
        except DomainError as error:
            raise ValueError(str(error.message)) from error
        if amount <= 0:
            raise ValueError(_("An amount above zero, or nothing, is needed."))
        return amount

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else f"{value:.2f}".replace(".", ",")


class DayWidget(widgets.Widget):
    """25.09.2025 or 2025-09-25."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value or "").strip().rstrip(".")
        if not text:
            return None
        for form in ("%d.%m.%Y", "%Y-%m-%d"):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 -- a day has no zone
            except ValueError:
                continue
        raise ValueError(_("Write the day as 25.09.2025."))

    def render(self, value: date | None, obj: Any = None, **kwargs: Any) -> str:
        return f"{value:%d.%m.%Y}" if value else ""


class KindWidget(widgets.Widget):
    """The code, or the word in either language."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value or "").strip().lower()
        for kind in RefundKind:
            words = {kind.value}
            for code in ("lv", "en"):
                with language(code):
                    words.add(str(kind.label).lower())
            if text in words:
                return kind.value
        raise ValueError(_("Write “certificate” or “assessment”."))


class TextWidget(widgets.Widget):
    """One line of text; the apostrophe that keeps a spreadsheet from running it is taken off."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = " ".join(str(value or "").replace("\x00", "").split())
        return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value)


def _field(name: str, widget: widgets.Widget) -> fields.Field:
    return fields.Field(attribute=name, column_name=name, widget=widget)


def empty(entry: Refundable) -> set[str]:
    """Columns that hold nothing and may; Django's forms would ask for them."""
    columns = entry._meta.concrete_fields
    return {each.name for each in columns if each.null and getattr(entry, each.attname) is None}


class RefundableResource(resources.ModelResource):
    """Rows of the file as entries of the list, known by their code."""

    code = _field("code", TextWidget())
    kind = _field("kind", KindWidget())
    name_lv = _field("name_lv", TextWidget())
    name_en = _field("name_en", TextWidget())
    issuer = _field("issuer", TextWidget())
    ceiling = _field("ceiling", EuroWidget())
    valid_from = _field("valid_from", DayWidget())
    valid_to = _field("valid_to", DayWidget())

    class Meta:
        model = Refundable
        fields: ClassVar[tuple[str, ...]] = COLUMNS
        export_order: ClassVar[tuple[str, ...]] = COLUMNS
        import_id_fields: ClassVar[tuple[str, ...]] = ("code",)
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    def validate_instance(
        self,
        instance: Refundable,
        import_validation_errors: dict[str, Any] | None = None,
        validate_unique: bool = True,
    ) -> None:
        """Like the library's, but a column that may hold nothing may be empty."""
        errors = dict(import_validation_errors or {})
        try:
            instance.full_clean(
                exclude={*errors, *empty(instance)}, validate_unique=validate_unique
            )
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)


def read(content: bytes) -> tablib.Dataset:
    """The file's rows. Raises `ListRefused` for what is no table with these columns."""
    if len(content) > MOST_BYTES:
        raise _whole(gettext_lazy("The file is larger than 1 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _whole(gettext_lazy("Save the file as “CSV UTF-8”.")) from error
    if "\x00" in text:
        raise _whole(gettext_lazy("This is not a CSV file."))
    head = text.partition("\n")[0]
    divider = ";" if head.count(";") >= head.count(",") else ","
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True))
    except csv.Error as error:
        raise _whole(gettext_lazy("This is not a CSV file.")) from error
    rows = [(n, line) for n, line in enumerate(lines, start=1) if any(c.strip() for c in line)]
    heads = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    wrong = sorted({*NEEDED} - {*heads}) or sorted({*heads} - {*COLUMNS})
    if wrong or len(heads) != len(set(heads)):
        told = _("The columns have to be: %(columns)s.") % {"columns": ", ".join(COLUMNS)}
        raise _whole(told)
    if len(rows) - 1 > MOST_ROWS:
        raise _whole(gettext_lazy("The file has more than 2000 rows."))
    uneven = [
        RowProblem(
            n, "", _("it has %(n)s cells instead of %(all)s") % {"n": len(line), "all": len(heads)}
        )
        for n, line in rows[1:]
        if len(line) != len(heads)
    ]
    if uneven:
        raise ListRefused(uneven)
    data = tablib.Dataset(headers=[*heads, "row"])
    for n, line in rows[1:]:
        data.append([*line, n])
    return data


def _whole(text: str | Promise) -> ListRefused:
    return ListRefused([RowProblem(0, "", str(text))])


def problems(data: tablib.Dataset) -> list[RowProblem]:
    """Everything that is wrong in the rows; nothing is written."""
    codes = Counter(TextWidget().clean(code) for code in data["code"])
    found = [
        RowProblem(row["row"], "code", _("this code stands in the file more than once"))
        for row in data.dict
        if codes[TextWidget().clean(row["code"])] > 1
    ]
    result = RefundableResource().import_data(data, dry_run=True, raise_errors=False)
    numbers = data["row"]
    for number, errors in result.row_errors():
        found += [RowProblem(numbers[number - 1], "", str(each.error)) for each in errors]
    for invalid in result.invalid_rows:
        found += _told(numbers[invalid.number - 1], invalid.error)
    return sorted(set(found), key=lambda one: (one.row, one.column, one.text))


def _told(row: int, error: ValidationError) -> list[RowProblem]:
    if not hasattr(error, "error_dict"):
        return [RowProblem(row, "", text) for text in error.messages]
    return [
        RowProblem(row, "" if name == "__all__" else name, text)
        for name, texts in error.message_dict.items()
        for text in texts
    ]


def write(data: tablib.Dataset) -> dict[str, int]:
    """Take the rows over, inside the caller's transaction; how many are new, changed, the same."""
    result = RefundableResource().import_data(data, dry_run=False, raise_errors=True)
    totals = result.totals
    return {"new": totals["new"], "update": totals["update"], "skip": totals["skip"]}


def table() -> tablib.Dataset:
    """The whole list with the columns of the file."""
    return RefundableResource().export(Refundable.objects.order_by("kind", "code"))
