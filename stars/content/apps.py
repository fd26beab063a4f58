"""News, pages, glossary."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    """News, pages, glossary."""

    name = "stars.content"
    label = "content"
    verbose_name = _("Content")
