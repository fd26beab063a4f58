"""What people hear when their training was stopped and another group is suggested (ENR-8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from enrolments.messages import in_words
from enrolments.models import Application
from stars.notifications import kinds
from stars.notifications.services import notify

SUGGESTED = "group_suggested"


def register() -> None:
    """Make the kind known; called once when the app is ready."""
    kinds.register(
        SUGGESTED,
        subject=_("Another group for you"),
        title=_("A place in “%(title)s” is suggested to you"),
        text=_(
            "Your training was stopped by the agency. Look at this group and send the application"
            " if it suits you."
        ),
        action=_("See the suggestion"),
        url_name="enrolments:application",
        url_kwargs=("application_id",),
        resolver=in_words,
    )


def suggested(draft: Application, *, at: datetime) -> None:
    """Tell a person that a draft for another group waits for them."""
    person = draft.account.person
    if person.user is None or person.deceased:
        return
    params: dict[str, Any] = {"application_id": draft.pk}
    notify(
        kind=SUGGESTED,
        user_id=person.user.pk,
        language=person.user.language,
        address=person.email,
        params=params,
        dedupe_key=f"{SUGGESTED}:{draft.pk}",
        at=at,
    )
