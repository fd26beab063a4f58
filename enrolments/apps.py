"""From application to completion."""

from django.apps import AppConfig


class EnrolmentsConfig(AppConfig):
    """From application to completion."""

    name = "enrolments"
    label = "enrolments"
