"""Messages in the account and the e-mail outbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Messages in the account and the e-mail outbox."""

    name = "stars.notifications"
    label = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from stars.notifications import erasure

        erasure.register()
