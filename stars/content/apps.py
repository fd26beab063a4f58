"""News, pages, glossary."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """News, pages, glossary."""

    name = "stars.content"
    label = "content"
