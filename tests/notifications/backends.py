"""A mail server that refuses everything."""

from smtplib import SMTPServerDisconnected
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class RefusingBackend(BaseEmailBackend):
    """Fails as a server that is down does."""

    def send_messages(self, email_messages: Any) -> int:
        raise SMTPServerDisconnected("please come back, liga@example.org")
