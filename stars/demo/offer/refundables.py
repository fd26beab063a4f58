"""The list of what is paid back (rule 13)."""

from __future__ import annotations

from decimal import Decimal

from funding.models import Refundable
from stars.demo.offer.data import Tally, load
from stars.vocabularies.models import Term


def load_refundables(terms: dict[tuple[str, str], Term], tally: Tally) -> None:
    """Certificates and qualifications; an entry that exists keeps what the agency wrote."""
    for entry in load("refundables")["refundables"]:
        ceiling = entry.get("ceiling")
        qualification = entry.get("qualification")
        _row, created = Refundable.objects.get_or_create(
            code=entry["code"],
            defaults={
                "kind": entry["kind"],
                "name_lv": entry["name"]["lv"],
                "name_en": entry["name"]["en"],
                "issuer": entry["issuer"],
                "ceiling": Decimal(ceiling) if ceiling else None,
                "valid_from": entry["from"],
                "qualification": terms["qualification", qualification] if qualification else None,
            },
        )
        tally.add("refundables", created=created, kept=not created)
