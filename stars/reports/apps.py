"""Dashboards and standard tables."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Dashboards and standard tables."""

    name = "stars.reports"
    label = "reports"
