"""REST wiring."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """REST wiring."""

    name = "stars.api"
    label = "api"

    def ready(self) -> None:
        from stars.api import erasure

        erasure.register()
