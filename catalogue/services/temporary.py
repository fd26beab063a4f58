"""Temporary status of experimental programmes, and the limits of the offer (CAT-12, CAT-16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.enums import Recommender, TemporaryState
from catalogue.locks import lock_programme, lock_temporary
from catalogue.models import OfferRules, TemporaryStatus
from catalogue.prices import rules_of
from catalogue.reviews import room_for_temporary
from stars.common.dates import add_months, riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.money import euro
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service


@service
def give_temporary_status(
    *,
    programme_id: UUID,
    recommender: str,
    recommended_by: str,
    recommendation: str,
    actor: Any,
    at: datetime,
) -> TemporaryStatus:
    """Let a programme in on the recommendation of an employer or an expert (L1780, L2003).

    `recommended_by` is an organisation or an expert with their work. The review is due after the
    months that the rules of the day name. Raises `Conflict` where the programme has the status
    already or no room is left within the share, `Invalid` where the recommendation is empty.
    """
    lock_temporary()
    programme = lock_programme(programme_id)
    require(actor, "catalogue.manage_temporary", programme)
    if not recommended_by.strip() or not recommendation.strip():
        raise Invalid(
            _("Write who recommends the programme and why."),
            code="recommendation",
            field="recommendation",
        )
    if programme.temporary_statuses.filter(state=TemporaryState.ACTIVE).exists():
        raise Conflict(_("The programme has temporary status already."), code="temporary_already")
    day = riga_date(at)
    if room_for_temporary(day) < 1:
        raise Conflict(
            _("No more programmes can have temporary status: their share is used up."),
            code="temporary_share",
        )
    status = TemporaryStatus(
        programme=programme,
        recommender=Recommender(recommender),
        recommended_by=recommended_by.strip(),
        recommendation=recommendation.strip(),
        starts_on=day,
        review_on=add_months(day, rules_of(day).review_months),
    )
    status.save(force_insert=True)
    status.log_birth(by=actor_or_none(actor), at=at)
    return status


@service
def extend_temporary_status(
    *, status_id: UUID, note: str, actor: Any, at: datetime
) -> TemporaryStatus:
    """Once reviewed, let it go on for another term from today. Raises `Invalid` without a reason
    and `Conflict` where it has ended."""
    status = _locked(status_id)
    require(actor, "catalogue.manage_temporary", status.programme)
    _check_note(note)
    day = riga_date(at)
    status.review_on = add_months(day, rules_of(day).review_months)
    status.move(
        "extend",
        by=actor_or_none(actor),
        at=at,
        note=note.strip(),
        also=("review_on", "updated_at"),
    )
    return status


@service
def end_temporary_status(
    *, status_id: UUID, note: str, actor: Any, at: datetime
) -> TemporaryStatus:
    """The programme has proved itself, or not: it is an ordinary one from now on.

    What shall not be offered any more is suspended or archived besides. Raises like
    `extend_temporary_status`.
    """
    status = _locked(status_id)
    require(actor, "catalogue.manage_temporary", status.programme)
    _check_note(note)
    status.ended_on = riga_date(at)
    status.move(
        "end", by=actor_or_none(actor), at=at, note=note.strip(), also=("ended_on", "updated_at")
    )
    return status


@service
def write_rules(
    *,
    valid_from: date,
    price_spread: Decimal,
    least_spread: Decimal,
    price_rise: Decimal,
    least_compared: int,
    grant_amounts: Sequence[Decimal],
    grant_tolerance: Decimal,
    temporary_share: Decimal,
    review_months: int,
    actor: Any,
    at: datetime,
) -> OfferRules:
    """New limits from a day on, not before today; those before stay on record. Raises `Invalid`."""
    require(actor, "catalogue.write_rules", None)
    if valid_from < riga_date(at):
        raise Invalid(
            _("New rules hold from today at the earliest."), code="valid_from", field="valid_from"
        )
    rules = OfferRules(
        valid_from=valid_from,
        price_spread=price_spread,
        least_spread=least_spread,
        price_rise=price_rise,
        least_compared=least_compared,
        grant_amounts=[str(euro(amount)) for amount in grant_amounts],
        grant_tolerance=grant_tolerance,
        temporary_share=temporary_share,
        review_months=review_months,
        written_by=actor_or_none(actor),
        written_at=at,
    )
    try:
        rules.clean_fields(exclude=["written_by", "grant_amounts"])
        rules.validate_constraints()
    except ValidationError as error:
        field = next(iter(error.message_dict))
        if field == "__all__":
            raise Invalid(_("These numbers cannot be right."), code="rules") from error
        raise Invalid("; ".join(error.message_dict[field]), code="rules", field=field) from error
    rules.save(force_insert=True)
    return rules


def _check_note(note: str) -> None:
    if not note.strip():
        raise Invalid(_("Write why."), code="note", field="note")


def _locked(status_id: UUID) -> TemporaryStatus:
    return (
        TemporaryStatus.objects.select_for_update(no_key=True, of=("self",))
        .select_related("programme__provider")
        .get(pk=status_id)
    )
