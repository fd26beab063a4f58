"""REST wiring."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """REST wiring."""

    name = "stars.api"
    label = "api"
