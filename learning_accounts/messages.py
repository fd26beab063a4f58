"""What people are told about their account."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from stars.notifications import kinds


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    kinds.register(
        "account_opened",
        subject=_("Your learning account is open"),
        title=_("Your learning account is open"),
        text=_("Find training that suits you and apply for it."),
        action=_("See your learning account"),
        url_name="web:account",
    )
