"""What people hear when their training was stopped and another group is suggested (ENR-8)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.services.telling import tell_person
from enrolments.messages import in_words
from enrolments.models import Application
from stars.notifications import kinds

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
    tell_person(
        person=draft.account.person,
        kind=SUGGESTED,
        params={"application_id": draft.pk},
        key=f"{SUGGESTED}:{draft.pk}",
        at=at,
    )
