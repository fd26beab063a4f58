"""Classifications as versioned data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VocabulariesConfig(AppConfig):
    """Classifications as versioned data."""

    name = "stars.vocabularies"
    label = "vocabularies"
    verbose_name = _("Vocabularies")
