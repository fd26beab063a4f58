"""Terms of use and privacy notice, in the version that holds now."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.enums import TextKind
from accounts.services.consent import current_texts

TITLES = {TextKind.TERMS: _("Terms of use"), TextKind.PRIVACY: _("How we handle your data")}


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of use (GET /noteikumi/, public)."""
    return _show(request, TextKind.TERMS)


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice (GET /privatums/, public)."""
    return _show(request, TextKind.PRIVACY)


def _show(request: HttpRequest, kind: TextKind) -> HttpResponse:
    text = next((text for text in current_texts() if text.kind == kind), None)
    if text is None:
        raise Http404(_("This text has not been published yet."))
    body = text.body_en if get_language() == "en" else text.body_lv
    context = {"title": TITLES[kind], "text": text, "body": body}
    return render(request, "web/text.html", context)
