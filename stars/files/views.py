"""Handing a file out: to save, never to show inside the portal."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from stars.common.dates import now
from stars.files import services


@require_GET
@cache_control(private=True, no_store=True)
def download(request: HttpRequest, token: str) -> FileResponse:
    """The file behind a signed link; signed in as the one for whom the link was made."""
    file, path = services.open_link(token=token, actor=request.user, at=now())
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Should a browser show it all the same, nothing in it runs.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
