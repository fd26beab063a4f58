"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from stars.web.meta import meta
from stars.web.viewer import viewer
from stars.web.views.asked import why


def portal(request: HttpRequest) -> dict[str, Any]:
    """Session length for the warning dialog, whether this is the demo, and who is looking.

    `portal` asks the database only when a template reads it, so pages without the header (the
    admin, the 500 page) cost nothing. `usual_meta` is what a page without its own `meta` says,
    `why_signin` why a visitor is led to sign in.
    """
    return {
        "session_seconds": settings.SESSION_COOKIE_AGE,
        "session_warning_seconds": settings.SESSION_WARNING_SECONDS,
        "demo": settings.DEMO,
        "portal": viewer(request),
        "why_signin": SimpleLazyObject(lambda: why(request)),
        "usual_meta": SimpleLazyObject(lambda: meta(request.path, title="")),
    }
