"""How the admin writes what rows hold: money, lists and other rows in words, no JSON, no keys."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import pgettext, pgettext_lazy

from stars.common import formats
from stars.common.dates import RIGA
from stars.common.models import UUIDModel
from stars.common.money import MoneyField

NOTHING = "–"
LINK = "text-primary-600 underline dark:text-primary-500"
_LIST = "list-disc pl-5"

# The names in the tables of states are code; these are the words for them.
MOVES = {
    "accept": pgettext_lazy("transition", "Accept"),
    "accumulate": pgettext_lazy("transition", "Add up"),
    "annul": pgettext_lazy("transition", "Annul"),
    "approve": pgettext_lazy("transition", "Approve"),
    "archive": pgettext_lazy("transition", "Archive"),
    "cancel": pgettext_lazy("transition", "Cancel"),
    "capture": pgettext_lazy("transition", "Spend"),
    "change": pgettext_lazy("transition", "Change the decision"),
    "close": pgettext_lazy("transition", "Close"),
    "come_back": pgettext_lazy("transition", "Money came back"),
    "complete": pgettext_lazy("transition", "Complete"),
    "create": pgettext_lazy("transition", "Create"),
    "decline": pgettext_lazy("transition", "Decline"),
    "dismiss": pgettext_lazy("transition", "Dismiss"),
    "disown": pgettext_lazy("transition", "End: it was not the person"),
    "end": pgettext_lazy("transition", "End"),
    "expel": pgettext_lazy("transition", "Expel"),
    "extend": pgettext_lazy("transition", "Extend"),
    "finish": pgettext_lazy("transition", "Finish"),
    "forfeit": pgettext_lazy("transition", "Lose"),
    "free": pgettext_lazy("transition", "Let go"),
    "freeze": pgettext_lazy("transition", "Freeze"),
    "hold": pgettext_lazy("transition", "Put on hold"),
    "hold_payment": pgettext_lazy("transition", "Hold the payment"),
    "interrupt": pgettext_lazy("transition", "Interrupt"),
    "lapse": pgettext_lazy("transition", "Run out"),
    "move": pgettext_lazy("transition", "Move to another group"),
    "offer": pgettext_lazy("transition", "Offer a place"),
    "open": pgettext_lazy("transition", "Open"),
    "pay": pgettext_lazy("transition", "Pay"),
    "publish": pgettext_lazy("transition", "Publish"),
    "put_forward": pgettext_lazy("transition", "Put forward"),
    "queue": pgettext_lazy("transition", "Put in the queue"),
    "refuse": pgettext_lazy("transition", "Refuse"),
    "reject": pgettext_lazy("transition", "Reject"),
    "release": pgettext_lazy("transition", "Give back"),
    "release_payment": pgettext_lazy("transition", "Let the payment go"),
    "reopen": pgettext_lazy("transition", "Open again"),
    "resume": pgettext_lazy("transition", "Go on"),
    "return": pgettext_lazy("transition", "Return"),
    "send": pgettext_lazy("transition", "Send to the bank"),
    "send_back": pgettext_lazy("transition", "Send back"),
    "start": pgettext_lazy("transition", "Start"),
    "stop": pgettext_lazy("transition", "Stop"),
    "submit": pgettext_lazy("transition", "Send"),
    "suspend": pgettext_lazy("transition", "Suspend"),
    "take_in_review": pgettext_lazy("transition", "Begin the review"),
    "uphold": pgettext_lazy("transition", "Uphold the decision"),
    "thaw": pgettext_lazy("transition", "Let move again"),
    "use_up": pgettext_lazy("transition", "Use up"),
    "withdraw": pgettext_lazy("transition", "Withdraw"),
}


_KEY = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
# "commitment:…", as rows name one another where there is no foreign key; what follows is kept.
_NAMED_KEY = re.compile(rf"(?:\b([a-z_]+):)?({_KEY})")
# Columns that hold such a name.
_NAMING = ("reference", "owner_key")


def short(key: UUID | str) -> str:
    """The number by which staff speak of a row: the first eight signs of its key."""
    return str(key)[:8]


def keys_from(text: str) -> tuple[UUID, UUID] | None:
    """The first and the last key that a whole or a short number may mean; None for other words."""
    signs = text.strip().lower()
    if re.fullmatch(r"[0-9a-f]{8}", signs):
        return UUID(signs + 24 * "0"), UUID(signs + 24 * "f")
    try:
        key = UUID(signs)
    except ValueError:
        return None
    return key, key


def naming(text: str) -> Any:
    """A text in which rows are named by kind and key, in words with links to their pages."""
    parts: list[Any] = []
    end = 0
    for found in _NAMED_KEY.finditer(text):
        kind, key = found.groups()
        parts += [text[end : found.start()], _named_by(kind, key)]
        end = found.end()
    return format_html_join("", "{}", ((part,) for part in [*parts, text[end:]]))


def _named_by(kind: str | None, key: str) -> Any:
    models_ = [m for m in apps.get_models() if m._meta.model_name == (kind or "").replace("_", "")]
    if not models_:
        return f"{kind} {short(key)}" if kind else short(key)
    meta = models_[0]._meta
    words = f"{capfirst(str(meta.verbose_name))} {short(key)}"
    try:
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])
    except NoReverseMatch:
        return words
    return format_html('<a class="{}" href="{}">{}</a>', LINK, address, words)


def name_of(row: models.Model) -> str:
    """What agency staff call a row; nothing personal, and no key.

    A row with words of its own says them; else its title where it has one, else what kind of thing
    it is. Staff are known by their work address, residents by no name.
    """
    if getattr(row, "is_staff", False):
        return str(getattr(row, "email", "")) or _kind(row)
    if isinstance(row, UUIDModel) and type(row).__str__ is not UUIDModel.__str__:
        words = str(row)
        return _kind(row) if str(row.pk) in words else words
    return str(getattr(row, "title", "") or getattr(row, "code", "") or _kind(row))


def _kind(row: models.Model) -> str:
    return str(capfirst(str(row._meta.verbose_name)))


class Named:
    """A row under the name that staff know it by, for the heads of pages: no key."""

    def __init__(self, row: models.Model) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    def __str__(self) -> str:
        return name_of(self._row)


def link(row: models.Model) -> Any:
    """The name of a row, leading to its page where it has one."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    try:
        address = reverse(name, args=[row.pk])
    except NoReverseMatch:
        return name_of(row)
    return format_html('<a class="{}" href="{}">{}</a>', LINK, address, name_of(row))


def cell(value: Any) -> Any:
    """A value of a table or of a row's page; a Decimal is an amount in EUR."""
    if isinstance(value, datetime):
        return date_format(localtime(value, RIGA), "SHORT_DATETIME_FORMAT")
    if isinstance(value, Decimal):
        return formats.money(value, formats.language(), cents=True)
    return NOTHING if value in (None, "") else value


_ANSWERS = {
    "yes": pgettext_lazy("answer", "Yes"),
    "no": pgettext_lazy("answer", "No"),
    "unknown": pgettext_lazy("answer", "Not known"),
}


def _is_key(value: Any) -> bool:
    return isinstance(value, UUID) or (
        isinstance(value, str) and re.fullmatch(_KEY, value) is not None
    )


def plain(value: Any) -> Any:
    """What a JSON column holds, as a person reads it: a list in lines, names beside values."""
    if value in (None, "", [], {}):
        return NOTHING
    match value:
        case bool():
            return pgettext("answer", "Yes") if value else pgettext("answer", "No")
        case {"lv": lv, "en": en, **rest} if not rest:
            return f"{lv} / {en}"
        case {"text_lv": _lv, "text_en": _en, "answer": answer, **_rest}:
            # A condition as a decision keeps it: what it says, and whether it holds.
            text = value[f"text_{formats.language()}"]
            return format_html("{}: {}", text, _ANSWERS.get(answer, answer))
        case dict():
            return _lines(
                format_html("{}: {}", str(name).replace("_", " "), plain(one))
                for name, one in value.items()
                if not _is_key(one)
            )
        case list() | tuple():
            return _lines(plain(one) for one in value)
        case UUID():
            return NOTHING
    return str(value)


def _lines(items: Iterable[Any]) -> Any:
    rows = format_html_join("", "<li>{}</li>", ((item,) for item in items))
    return format_html('<ul class="{}">{}</ul>', _LIST, rows)


def written(field: models.Field[Any, Any], row: models.Model) -> Any:
    """The field of a row in words."""
    if field.is_relation:
        other = getattr(row, field.name)
        return NOTHING if other is None else link(other)
    value = getattr(row, field.attname)
    if isinstance(field, models.JSONField):
        return plain(value)
    if isinstance(field, MoneyField):
        return cell(value)
    if isinstance(value, UUID):
        return short(value)
    if field.name in _NAMING:
        return naming(value) if value else NOTHING
    if isinstance(value, Decimal):
        return formats.number(value, formats.language())
    return value


def is_rewritten(field: models.Field[Any, Any]) -> bool:
    """Whether Django's own way of showing the field is not for people."""
    return (
        field.is_relation
        or field.name in _NAMING
        or isinstance(field, models.JSONField | models.DecimalField | models.UUIDField)
    )


@dataclass(frozen=True)
class Reading:
    """A column or a read-only field in words; equal for equal fields, as Django's admin needs."""

    model: type[models.Model]
    name: str
    # The first column is a link to the row already, and a link in a link is two broken ones.
    leads: bool = False

    def __call__(self, row: models.Model) -> Any:
        if self.leads and self._field.is_relation:
            other = getattr(row, self.name)
            return NOTHING if other is None else name_of(other)
        return written(self._field, row)

    @property
    def _field(self) -> Any:
        return self.model._meta.get_field(self.name)

    @property
    def __name__(self) -> str:
        return f"{self.name}_in_words"  # no field's name: help texts are for those who write

    @property
    def short_description(self) -> str | Promise:
        """The field's name, for the head of the column."""
        label: str | Promise = self._field.verbose_name
        return label

    @property
    def admin_order_field(self) -> str | None:
        """Lists are sorted by the column, except by lists."""
        return None if isinstance(self._field, models.JSONField) else self.name


def reading(model: type[models.Model], name: Any, *, leads: bool = False) -> Any:
    """The field as `Reading` where Django would show it in signs; else as it was named.

    `leads` says that it is the column that leads to the row.
    """
    if not isinstance(name, str):
        return name
    fields = {field.name: field for field in model._meta.concrete_fields}
    return Reading(model, name, leads) if name in fields and is_rewritten(fields[name]) else name


def move_name(transition: str) -> str:
    """A transition in words."""
    return str(MOVES.get(transition, transition))
