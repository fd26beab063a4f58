"""What a person hears about a decision that they put before the agency, and about full cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from funding.models import Appeal
from stars.notifications import kinds
from stars.notifications.services import notify

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


def tell(appeal: Appeal, at: datetime) -> None:
    """Tell the person the answer, in the account and by e-mail; once for each appeal."""
    person = appeal.account.person
    if person.user is None:
        return
    notify(
        kind=f"appeal_{appeal.state}",
        user_id=person.user_id,
        language=person.user.language,
        address=person.email,
        params={"appeal_id": str(appeal.pk)},
        dedupe_key=f"appeal_answered:{appeal.pk}",
        at=at,
    )
