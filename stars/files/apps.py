"""Stored files: content check, storage, permission."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    """Stored files: content check, storage, permission."""

    name = "stars.files"
    label = "files"
    verbose_name = _("Files")
