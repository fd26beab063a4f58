"""An enterprise register over HTTP and JSON: invented organisations that one can look up."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, jsonify, request

ENTERPRISES_FILE = Path(__file__).with_name("enterprises.json")
# Number that the register never answers about, so that its failure can be tried.
DOWN = "00000000099"


def load_enterprises(today: date) -> dict[str, dict[str, Any]]:
    """The enterprises by registration number, with the day of their registration as of today."""
    rows = json.loads(ENTERPRISES_FILE.read_text(encoding="utf-8"))
    found = {}
    for row in rows:
        years = row.pop("registered_years_ago")
        row["registered_on"] = date(today.year - years, 1, 2).isoformat()
        found[row["registration_number"]] = row
    return found


def add_register(app: Flask, key: str, today: Callable[[], date]) -> None:
    """Answer ``GET /registers/enterprises/NUMBER`` for whoever sends the key.

    200 with the enterprise, 401 without the key, 400 without the purpose of asking, 404 for a
    number that nobody has, 503 for the number that stands for a register that is down.
    """

    @app.get("/registers/enterprises/<number>")
    def enterprise(number: str) -> Any:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(sent.encode(), key.encode()):
            return jsonify(error="unauthorized"), 401
        if not request.headers.get("X-Purpose", "").strip():
            return jsonify(error="purpose_missing"), 400
        if number == DOWN:
            return jsonify(error="unavailable"), 503
        row = load_enterprises(today()).get(number)
        return (jsonify(row), 200) if row else (jsonify(error="not_found"), 404)
