"""Pages that join several apps."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages that join several apps."""

    name = "stars.web"
    label = "web"
