"""Append-only log of changes and of looks at personal data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Append-only log of changes and of looks at personal data."""

    name = "stars.audit"
    label = "audit"
    verbose_name = _("Audit")
