"""From application to completion."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrolmentsConfig(AppConfig):
    """Registers the messages between application and completion."""

    name = "enrolments"
    label = "enrolments"
    verbose_name = _("Applications and training")

    def ready(self) -> None:
        from enrolments import (
            erasure,
            files,
            files_certificates,
            messages,
            messages_attendance,
            messages_disputes,
            messages_groups,
            messages_results,
            messages_suspensions,
        )

        messages.register()
        messages_attendance.register()
        messages_disputes.register()
        messages_groups.register()
        messages_results.register()
        messages_suspensions.register()
        files.register()
        files_certificates.register()
        erasure.register()
