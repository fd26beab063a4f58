"""Reading a body: JSON in UTF-8 of a limited size, and nothing that a column cannot hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from stars.api.errors import Problem

# A hundred programmes with long texts are smaller.
MOST_BYTES = 2_000_000


class RowsParser(BaseParser):
    """JSON; numbers with a point as Decimal, so that nothing is rounded on the way."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body; raises `Problem` (400, 413)."""
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise Problem(
                _("This is too much at once. Send at most 2 MB."), code="too_large", status_code=413
            )
        try:
            return json.loads(
                body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant
            )
        except (ValueError, RecursionError, ArithmeticError) as error:
            raise Problem(_("This cannot be read as JSON in UTF-8."), code="json") from error


def _no_constant(name: str) -> Any:
    raise ValueError(name)  # NaN and Infinity are no JSON
