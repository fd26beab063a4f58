"""Ratings, warnings, monitoring."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Ratings, warnings, monitoring."""

    name = "quality"
    label = "quality"
