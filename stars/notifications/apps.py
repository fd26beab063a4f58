"""Messages in the account and the e-mail outbox."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Messages in the account and the e-mail outbox."""

    name = "stars.notifications"
    label = "notifications"
