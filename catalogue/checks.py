"""What a version needs before it is sent: one check after the other, or all that is missing.

`services.versions.submit` raises the first problem; the provider's check list shows them all. Both
ask the same functions, so that the list never promises what sending refuses (PRO-3, CAT-9…16).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.calls import terms_of
from catalogue.enums import ProviderState, ReviewOutcome, TemporaryState
from catalogue.fields import LISTS, label_of
from catalogue.models import Call, Offer, ProgrammeVersion
from catalogue.rules import (
    REQUIRED,
    HourRule,
    PriceFinding,
    check_call,
    check_hours,
    missing,
    sources_to_admit,
)
from stars.common.dates import riga_date
from stars.common.errors import Conflict, DomainError, Invalid
from stars.vocabularies.models import ProgrammeType


@dataclass(frozen=True)
class Problem:
    """What stands in the way of sending; `field` is one of `fields.EDITABLE`, "offers", "call" or
    "" for the whole."""

    field: str
    code: str
    message: str


def hour_rule(programme_type: ProgrammeType) -> HourRule:
    """The hour rules of a type as the pure rules read them."""
    return HourRule(
        hours_min=programme_type.hours_min,
        hours_max=programme_type.hours_max,
        practice_hours=programme_type.practice_hours,
        has_credit_points=programme_type.has_credit_points,
    )


def problems(
    version: ProgrammeVersion,
    offers: Sequence[Offer],
    *,
    call: Call | None,
    findings: Sequence[PriceFinding],
    at: datetime,
) -> list[Problem]:
    """Everything that `submit` would refuse now, in the order of the page; empty: it can be sent.

    `call` is the one chosen, `findings` those of the price watch.
    """
    found = [
        Problem(name, "missing", str(format_lazy(_("Fill in: {fields}."), fields=label_of(name))))
        for name in empty_fields(version)
    ]
    checks: tuple[Callable[[], None], ...] = (
        lambda: check_provider(version),
        lambda: _hours(version),
        *((lambda name=name: _both_languages(version, name)) for name in LISTS),
        lambda: check_offers(offers),
        lambda: check_price_reason(version, findings),
        lambda: check_version_call(version, offers, call, at),
    )
    for check in checks:
        try:
            check()
        except DomainError as error:
            found.append(Problem(error.field or "", error.code, str(error.message)))
    return found


def check_content(version: ProgrammeVersion) -> None:
    """Whether hours fit the type (CAT-9) and outcomes are named. Raises `Invalid`."""
    _hours(version)
    if not version.outcomes:
        raise Invalid(
            _("Write what people will be able to do afterwards."),
            code="outcomes",
            field="outcomes",
        )
    for name in LISTS:
        _both_languages(version, name)


def _hours(version: ProgrammeVersion) -> None:
    check_hours(
        hour_rule(version.type),
        hours=version.hours,
        practice_hours=version.practice_hours,
        credit_points=version.credit_points,
    )


def _both_languages(version: ProgrammeVersion, name: str) -> None:
    """A draft may hold half a line; what is sent may not."""
    if any(not item.get("lv") or not item.get("en") for item in getattr(version, name)):
        raise Invalid(_("Write each line in both languages."), code=name, field=name)


def check_provider(version: ProgrammeVersion) -> None:
    """Only a provider in good standing sends. Raises `Conflict`."""
    if version.programme.provider.state != ProviderState.ACTIVE:
        raise Conflict(_("The provider is suspended."), code="provider_suspended")


def empty_fields(version: ProgrammeVersion) -> list[str]:
    """Names of what still has to be filled in."""
    return missing(
        {
            name: getattr(version, f"{name}_id" if name == "entry_level" else name)
            for name in (*REQUIRED, "mode", "city")
        }
    )


def check_filled_in(version: ProgrammeVersion, offers: Sequence[Offer]) -> None:
    """Whether everything is there that people decide by (CAT-4). Raises `Invalid`."""
    if empty := empty_fields(version):
        raise Invalid(
            format_lazy(_("Fill in: {fields}."), fields=lazy(_labels, str)(tuple(empty))),
            code="missing",
            field=empty[0],
        )
    check_offers(offers)


def _labels(names: Sequence[str]) -> str:
    return ", ".join(label_of(name) for name in names)


def check_offers(offers: Sequence[Offer]) -> None:
    """There is a price. Raises `Invalid`."""
    if not offers:
        raise Invalid(_("Write what the training costs."), code="offers", field="offers")


def new_sources(version: ProgrammeVersion, offers: Sequence[Offer]) -> set[str]:
    """Sources (by key) that would pay for the programme for the first time: two queries."""
    current = version.programme.current_id
    shown = Offer.objects.filter(version=current, source__isnull=False) if current else ()
    return sources_to_admit(
        {str(offer.source_id) for offer in offers if offer.source_id},
        {str(offer.source_id) for offer in shown},
        temporary=version.programme.temporary_statuses.filter(state=TemporaryState.ACTIVE).exists(),
    )


def check_version_call(
    version: ProgrammeVersion, offers: Sequence[Offer], call: Call | None, at: datetime
) -> None:
    """Whether the version may be sent to `call`, or without one (CAT-11). Raises `Invalid` and
    `Conflict`.

    What was returned to be mended has met the window; what its provider took back has not.
    """
    new = new_sources(version, offers)
    if call is None:
        if new:
            raise Invalid(
                _("Choose the call to which you send this programme."),
                code="call_missing",
                field="call",
            )
        return
    decided = version.submissions.exclude(outcome=ReviewOutcome.WITHDRAWN)
    met_before = decided.filter(call=call).exists()
    check_call(
        terms_of(call),
        day=None if met_before or not new else riga_date(at),
        programme_type=version.type.code,
        qualification=version.qualification.code if version.qualification else None,
        mode=version.mode,
        new_sources=new,
    )


def check_price_reason(version: ProgrammeVersion, findings: Sequence[PriceFinding]) -> None:
    """A price that is unlike others has a reason (CAT-16). Raises `Invalid`."""
    if any(finding.flags for finding in findings) and not version.price_reason:
        raise Invalid(
            _(
                "The price differs from what such training usually costs, or follows the grant."
                " Write why."
            ),
            code="price_reason",
            field="price_reason",
        )
