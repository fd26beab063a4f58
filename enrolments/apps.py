"""From application to completion."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrolmentsConfig(AppConfig):
    """Registers the messages between application and completion."""

    name = "enrolments"
    label = "enrolments"
    verbose_name = _("Applications and training")

    def ready(self) -> None:
        from enrolments import erasure, messages

        messages.register()
        erasure.register()
