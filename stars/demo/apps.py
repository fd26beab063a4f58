"""Demo data, built on the services only."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Demo data, built on the services only."""

    name = "stars.demo"
    label = "demo"
