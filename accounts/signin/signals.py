"""What allauth tells us."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added

from accounts.middleware import SET_UP_KEY


def remember_set_up(request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Setting up an authenticator takes a code of it, so this session has used it."""
    if authenticator.type == Authenticator.Type.TOTP:
        request.session[SET_UP_KEY] = str(user.pk)


def connect() -> None:
    """Called once when the app is ready."""
    authenticator_added.connect(remember_set_up, dispatch_uid="accounts.remember_set_up")
