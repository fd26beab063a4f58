"""What a person hears about a decision that they put before the agency, and about full cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.services.telling import tell_person
from funding.models import Appeal, Commitment
from stars.common import formats
from stars.notifications import kinds

_KINDS = {
    "appeal_upheld": (
        _("We have answered your question"),
        _("The decision stands: %(name)s"),
        _("A person of the agency looked at it. Read the reason."),
    ),
    "appeal_changed": (
        _("We have answered your question"),
        _("The decision was changed: %(name)s"),
        _("A person of the agency looked at it. Read what you can do now."),
    ),
}


_COVER = {
    "cover_ends": (
        _("Support for your training may end"),
        _("Support for “%(title)s” may end"),
        _(
            "You no longer meet a condition. Put it right or object by %(day)s; otherwise you owe"
            " the project what it pays. Your place in the training stays."
        ),
    ),
    "cover_lost": (
        _("Support for your training has ended"),
        _("Support for “%(title)s” has ended"),
        _(
            "You owe the project what it pays for this training. Read why, and what you can do if"
            " you do not agree."
        ),
    ),
}


def of_cover(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Title and day for messages about full cover: one query."""
    keys = [params["commitment_id"] for params in batch]
    rows = Commitment.objects.filter(pk__in=keys).select_related("offer__version")
    titles = {str(row.pk): row.title for row in rows}
    language = formats.language()
    return [
        {
            "title": titles[params["commitment_id"]],
            "day": formats.day(
                date.fromisoformat(params["last_day"]), language, "dative", year=True
            ),
        }
        if params["commitment_id"] in titles
        else None
        for params in batch
    ]


def tell_of_cover(kind: str, commitment: Commitment, last_day: date, at: datetime) -> None:
    """Tell the person that full cover is to end, or has ended; once for each."""
    tell_person(
        person=commitment.account.person,
        kind=kind,
        params={"commitment_id": str(commitment.pk), "last_day": last_day.isoformat()},
        key=f"{kind}:{commitment.pk}",
        at=at,
    )


def in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """The name of the support each appeal is about: one query."""
    keys = [params["appeal_id"] for params in batch]
    rows = Appeal.objects.filter(pk__in=keys).select_related("scheme")
    known = {str(row.pk): {"appeal_id": row.pk, "name": row.scheme.name} for row in rows}
    return [known.get(str(key)) for key in keys]


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    for code, (subject, title, text) in _KINDS.items():
        kinds.register(
            code,
            subject=subject,
            title=title,
            text=text,
            action=_("Read the answer"),
            url_name="funding:appeal_answer",
            url_kwargs=("appeal_id",),
            resolver=in_words,
        )
    for code, (subject, title, text) in _COVER.items():
        kinds.register(
            code,
            subject=subject,
            title=title,
            text=text,
            action=_("See the decision"),
            url_name="funding:decisions",
            resolver=of_cover,
        )


def tell(appeal: Appeal, at: datetime) -> None:
    """Tell the person the answer, in the account and by e-mail; once for each appeal."""
    kind = f"appeal_{appeal.state}"
    tell_person(
        person=appeal.account.person,
        kind=kind,
        params={"appeal_id": str(appeal.pk)},
        key=f"{kind}:{appeal.pk}",
        at=at,
    )
