"""The editor of texts: django-prose-editor's, loaded by our own script under the admin's policy.

The library would put an inline import map on the page, which a Content-Security-Policy without
`unsafe-inline` refuses; static/admin/prose.js imports the same editor by its address.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.forms.widgets import Script
from django.templatetags.static import static
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextareaWidget

EDITOR = "django_prose_editor/editor.js"


def words() -> dict[str, str]:
    """What stands on the editor's buttons and in its dialogs, by the library's own words."""
    return {
        "blockquote": _("Quotation"),
        "bold": _("Bold"),
        "cancel": _("Cancel"),
        "edit link": _("Link"),
        "heading 2": _("Heading"),
        "heading 3": _("Smaller heading"),
        "insert link": _("Link"),
        "italic": _("Italic"),
        "list properties": _("How the list is numbered"),
        "ordered list": _("Numbered list"),
        "paragraph": _("Paragraph"),
        "redo": _("Redo"),
        "remove link": _("Remove the link"),
        "start at": _("Begins with"),
        "title": _("Title"),
        "undo": _("Undo"),
        "unordered list": _("List"),
        "update": _("Save"),
        "url": _("Address"),
    }


class ProseWidget(UnfoldAdminTextareaWidget):
    """A text with headings, lists and links; without JavaScript the HTML itself is written."""

    @property
    def media(self) -> forms.Media:
        return forms.Media(
            css={
                "all": [
                    "django_prose_editor/material-icons.css",
                    "django_prose_editor/editor.css",
                    "django_prose_editor/overrides.css",
                ]
            },
            js=[Script("admin/prose.js", type="module")],  # type: ignore[list-item]
        )

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-prose-editor": static(EDITOR),
            "data-prose-words": json.dumps(words()),
        }
        return context
