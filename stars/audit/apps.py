"""Append-only log of changes and of looks at personal data."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only log of changes and of looks at personal data."""

    name = "stars.audit"
    label = "audit"
