"""What the portal's own logs say of a request: its path, never what stands behind the "?".

A search, or the answers of "Which support fits me?", tell about a person (architecture, Banned:
personal data in logs).
"""

from __future__ import annotations

import logging
import re

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

_QUERY = re.compile(r"\?\S*")


class RequestLogMiddleware(RequestMiddleware):
    """One line for a request that failed or was refused, without its query."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path."""
        return f"{request.method} {request.path}"


class WithoutQuery(logging.Filter):
    """Takes the query out of the lines of the development server."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line; every line stays."""
        record.msg = _QUERY.sub("", str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(
                _QUERY.sub("", each) if isinstance(each, str) else each for each in record.args
            )
        return True
