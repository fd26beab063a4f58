"""From application to completion."""

from django.apps import AppConfig


class EnrolmentsConfig(AppConfig):
    """Registers the messages between application and completion."""

    name = "enrolments"
    label = "enrolments"

    def ready(self) -> None:
        from enrolments import messages

        messages.register()
