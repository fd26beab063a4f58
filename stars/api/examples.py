"""Examples of rows and answers, as the description shows them; a test sends every one of them."""

from __future__ import annotations

from typing import Any

ROWS: dict[str, dict[str, Any]] = {
    "programmes": {
        "id": "kurss-17",
        "title_lv": "Elektronikas pamati",
        "title_en": "Basics of electronics",
        "summary_lv": "Iemācīsies lasīt shēmas un lodēt.",
        "summary_en": "You will learn to read diagrams and to solder.",
        "type": "non_formal",
        "field": "ict",
        "hours": 40,
        "practice_hours": 16,
        "mode": "on_site",
        "city": "Valmiera",
        "outcomes": [{"lv": "Izlasīt shēmu.", "en": "To read a diagram."}],
        "offers": [
            {
                "source": "",
                "price": "240.00",
                "open_from": "2026-09-01",
                "open_until": "2027-06-30",
            }
        ],
    },
    "groups": {
        "id": "grupa-17-1",
        "programme": "kurss-17",
        "code": "Rudens 1",
        "starts_on": "2027-03-02",
        "ends_on": "2027-03-30",
        "apply_until": "2027-02-26",
        "capacity": 16,
        "minimum": 8,
        "mode": "on_site",
        "place": "Tērbatas iela 10, Valmiera",
        "open": True,
    },
    "timetable": {
        "id": "grupa-17-1",
        "sessions": [
            {
                "id": "nod-17-1-1",
                "starts_at": "2027-03-02T18:00",
                "ends_at": "2027-03-02T21:00",
                "hours": 4,
            },
            {
                "id": "nod-17-1-2",
                "starts_at": "2027-03-09T18:00",
                "ends_at": "2027-03-09T21:00",
                "hours": 4,
            },
        ],
    },
    "people": {"id": "audz-204", "stars_id": "0b1f5a3e-6f0e-4d0e-9a55-6b0a7b3d2c11"},
    "attendance": {
        "id": "atz-204-1",
        "participation": "audz-204",
        "session": "nod-17-1-1",
        "presence": "present",
    },
    "completion": {
        "id": "rez-204",
        "participation": "audz-204",
        "outcome": "completed",
        "on": "2027-03-30",
        "document_number": "A-204",
    },
}
ANSWER: dict[str, Any] = {
    "dry_run": False,
    "accepted": 1,
    "unchanged": 1,
    "refused": 1,
    "rows": [
        {
            "row": 0,
            "id": "grupa-17-1",
            "result": "accepted",
            "stars_id": "5f1d9f0c-51b0-4a3c-8f0e-0d6f7a1f5b10",
            "errors": [],
        },
        {
            "row": 1,
            "id": "grupa-17-2",
            "result": "unchanged",
            "stars_id": "c0a4e6de-3f5e-4d55-9d5b-0f0d0c8f8f21",
            "errors": [],
        },
        {
            "row": 2,
            "id": "grupa-17-3",
            "result": "refused",
            "stars_id": None,
            "errors": [
                {
                    "field": "ends_on",
                    "code": "dates",
                    "reason": "The last day cannot be before the first.",
                }
            ],
        },
    ],
}
