"""Pages as PDF that a screen reader can read (PDF/UA-1): tagged, with language and title.

Made from templates that extend `pdf/base.html`. WeasyPrint takes a second to load and is loaded
by the first document only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation


def render(template: str, context: Mapping[str, Any], *, language: str, title: str) -> bytes:
    """The template as a PDF in `language` ("lv" or "en"), named `title`.

    Never inside a transaction, whose locks would be held meanwhile: RuntimeError there. Nothing
    is fetched: a document consists of what the template says. Two calls need not give the same
    bytes; what has to be reprinted is stored.
    """
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("A PDF is made outside transactions; make it in a task after commit.")
    # Imported late: pages that make no PDF must not wait for it.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    with translation.override(language):
        page = render_to_string(template, {**context, "language": language, "title": title})
    nothing = URLFetcher(allowed_protocols=())
    made = HTML(string=page, url_fetcher=nothing).write_pdf(pdf_variant="pdf/ua-1")
    assert made is not None
    return bytes(made)
