"""A programme as schema.org Course for search engines (CAT-15)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from catalogue.enums import Mode
from catalogue.models import Group, Offer, ProgrammeVersion
from catalogue.selectors import GroupChoice, ProgrammePage
from stars.web.meta import absolute
from stars.web.wording import place_of

MODES = {Mode.ON_SITE: "onsite", Mode.REMOTE: "online", Mode.HYBRID: "blended"}
# What would end the script or begin markup inside it.
UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
MINUTES_OF_AN_HOUR = 45


def course(page: ProgrammePage) -> SafeString:
    """The JSON-LD of a programme's page: only what the page itself shows to everybody."""
    version, provider = page.version, page.provider
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Course",
        "name": version.title,
        "description": version.summary,
        "url": absolute(reverse("web:programme", args=[page.programme.slug])),
        "courseCode": page.programme.code,
        "inLanguage": version.language,
        "provider": {
            "@type": "EducationalOrganization",
            "name": provider.name,
            "url": absolute(reverse("web:provider", args=[provider.slug])),
        },
        "teaches": version.outcome_list,
        "about": version.topic_list,
        "educationalCredentialAwarded": version.type.document,
        "offers": [_offer(offer) for offer in page.offers],
        "hasCourseInstance": [_instance(choice, version) for choice in page.groups],
    }
    if version.prior_knowledge:
        data["coursePrerequisites"] = version.prior_knowledge
    if page.programme.rating_count:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(page.programme.rating_average),
            "ratingCount": page.programme.rating_count,
            "bestRating": 5,
            "worstRating": 1,
        }
    return dumped({key: value for key, value in data.items() if value not in ("", [])})


def dumped(data: dict[str, Any]) -> SafeString:
    """JSON that may stand inside a script element, whatever the texts hold."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True).translate(UNSAFE)
    return mark_safe(text)  # noqa: S308 - escaped above


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "price": _number(offer.price),
        "priceCurrency": "EUR",
        "category": "Partially Free" if offer.source_id else "Paid",
        "validFrom": offer.open_from.isoformat(),
        "validThrough": offer.open_until.isoformat(),
    }


def _instance(choice: GroupChoice, version: ProgrammeVersion) -> dict[str, Any]:
    group = choice.group
    data: dict[str, Any] = {
        "@type": "CourseInstance",
        "courseMode": MODES[Mode(group.mode)],
        "startDate": group.starts_on.isoformat(),
        "endDate": group.ends_on.isoformat(),
        "courseWorkload": _duration(version.hours),
        "location": _location(group),
        "maximumAttendeeCapacity": group.capacity,
        "remainingAttendeeCapacity": group.places_left,
        "inLanguage": version.language,
    }
    if group.teacher:
        data["instructor"] = {"@type": "Person", "name": group.teacher}
    return data


def _location(group: Group) -> dict[str, Any]:
    if group.mode == Mode.REMOTE:
        return {"@type": "VirtualLocation", "name": place_of(group)}
    return {"@type": "Place", "name": place_of(group), "address": group.place or group.version.city}


def _duration(hours: int) -> str:
    """Academic hours as an ISO 8601 duration."""
    whole, rest = divmod(hours * MINUTES_OF_AN_HOUR, 60)
    return f"PT{whole}H{rest}M" if rest else f"PT{whole}H"


def _number(price: Decimal) -> str:
    return f"{price:.2f}"
