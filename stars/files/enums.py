"""Words of the app that may stand in a column."""

from django.db import models


class FileType(models.TextChoices):
    """What may be stored; XML only where the kind of owner says so (nobody uploads it)."""

    PDF = "application/pdf", "PDF"
    PNG = "image/png", "PNG"
    JPEG = "image/jpeg", "JPEG"
    XML = "application/xml", "XML"


PAPERS = (FileType.PDF, FileType.PNG, FileType.JPEG)
