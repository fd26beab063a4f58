"""Classifications as versioned data."""

from django.apps import AppConfig


class VocabulariesConfig(AppConfig):
    """Classifications as versioned data."""

    name = "stars.vocabularies"
    label = "vocabularies"
