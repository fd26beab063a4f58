"""Words of the app that may stand in a column."""

from django.db import models


class FileType(models.TextChoices):
    """What may be stored."""

    PDF = "application/pdf", "PDF"
    PNG = "image/png", "PNG"
    JPEG = "image/jpeg", "JPEG"
