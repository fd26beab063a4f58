"""Stored files: content check, storage, permission."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Stored files: content check, storage, permission."""

    name = "stars.files"
    label = "files"
