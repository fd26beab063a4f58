"""Earlier versions of what editors write, and what was new in each, word by word."""

from __future__ import annotations

from typing import Any

from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.models import User
from stars.common.admin import SHOWN, Section, actor
from stars.common.admin_words import cell, name_of
from stars.common.differences import around, compare_words, marked
from stars.common.names import columns
from stars.content.html import as_text

BODIES = ("body_lv", "body_en")
# So many versions are compared word by word; of older ones only the fields are named.
WORD_BY_WORD = 20
# Who wrote a version and when stands in columns of their own.
_NOT_COMPARED = ("id", "created_at", "updated_at", "edited_by", "edited_at")


def versions(request: HttpRequest, row: Any) -> Section:
    """Every version as the database recorded it, with its author and what was new in it."""
    events = list(row.events.order_by("-pgh_id")[: SHOWN + 1])
    authors = {u.pk: u for u in User.objects.filter(pk__in={e.edited_by_id for e in events})}
    rows = []
    for place, (event, before) in enumerate(zip(events, [*events[1:], None], strict=True)):
        who = actor(authors.get(event.edited_by_id))
        new = _changed(row, event, before, in_words=place < WORD_BY_WORD)
        rows.append([event.pgh_id, event.pgh_created_at, who, new])
    return Section(
        _("Versions"),
        columns("Number", "Time", "Who", "Changed"),
        rows[:SHOWN],
        _("New words are underlined, lost ones are struck through."),
    )


def _changed(row: Model, event: Any, before: Any, *, in_words: bool) -> Any:
    """Field by field what came and went, word by word; the first version is all new."""
    if before is None:
        return _("The first version")
    changes = [
        (
            capfirst(str(field.verbose_name)),
            marked(around(compare_words(was, became))) if in_words else "…",
        )
        for field in row._meta.concrete_fields
        if field.name not in _NOT_COMPARED
        and (was := _said(field, before)) != (became := _said(field, event))
    ]
    if not changes:
        return "–"
    return format_html_join("", "<p><strong>{}</strong><br>{}</p>", changes)


def _said(field: Field[Any, Any], version: Any) -> str:
    """What a field of a version says, as text."""
    value = getattr(version, field.attname)
    if field.name in BODIES:
        return as_text(value)
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return str(pgettext("answer", "Yes") if value else pgettext("answer", "No"))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if field.is_relation:
        other = field.related_model._default_manager.filter(pk=value).first()  # type: ignore[union-attr]
        return "" if other is None else name_of(other)
    return str(dict(field.flatchoices).get(value) or cell(value))
