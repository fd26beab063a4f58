"""Organisations: the agency, owners of funding sources, providers."""

from __future__ import annotations

from datetime import date
from typing import Any
from zlib import crc32

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from catalogue.models import Provider
from stars.common.dates import add_months
from stars.demo.offer.data import Tally, load


def _organisation(name: str, kind: str, *, invented: bool, tally: Tally) -> Organisation:
    organisation, created = Organisation.objects.get_or_create(
        name=name, defaults={"kind": kind, "invented": invented}
    )
    tally.add("organisations", created=created, kept=not created)
    return organisation


def _invented(entry: dict[str, Any], today: date) -> dict[str, Any]:
    """What is said about an invented provider; of real ones nothing is made up."""
    about, accredited = entry.get("about"), entry.get("accreditation")
    if not entry.get("invented") or about is None:
        return {}
    said = {"about_lv": about["lv"], "about_en": about["en"], **_contacts(entry)}
    if accredited is None:
        return said
    return {
        **said,
        "accreditation_lv": accredited["lv"],
        "accreditation_en": accredited["en"],
        "accredited_until": add_months(today, accredited["months"]),
    }


def _contacts(entry: dict[str, Any]) -> dict[str, str]:
    """An address that cannot exist and a number that begins as no number in Latvia does."""
    number = crc32(entry["code"].encode()) % 10_000
    return {"email": f"{entry['code']}@stars.example", "phone": f"0000 {number:04}"}


def load_providers(tally: Tally, today: date) -> dict[str, Provider]:
    """The twelve named providers, those who stand for the unnamed, and the invented, by code.

    Real providers get a name and a town and nothing else (architecture: Banned).
    """
    result: dict[str, Provider] = {}
    for entry in load("providers")["providers"]:
        if entry.get("collective"):
            continue
        organisation = _organisation(
            entry["name"]["lv"],
            OrganisationKind.PROVIDER,
            invented=entry.get("invented", False),
            tally=tally,
        )
        provider, created = Provider.objects.get_or_create(
            organisation=organisation,
            defaults={
                "slug": entry["code"],
                "name": entry["name"]["lv"],
                "city": entry["city"] or "",
                **_invented(entry, today),
            },
        )
        tally.add("providers", created=created, kept=not created)
        result[entry["code"]] = provider
    return result


def load_owners(providers: dict[str, Provider], tally: Tally) -> dict[str, Organisation]:
    """Owners of funding sources by code; one of them is a provider as well."""
    result: dict[str, Organisation] = {}
    for entry in load("sources")["owners"]:
        if entry["code"] in providers:
            result[entry["code"]] = providers[entry["code"]].organisation
        else:
            result[entry["code"]] = _organisation(
                entry["name"]["lv"], OrganisationKind.AGENCY, invented=False, tally=tally
            )
    return result
