"""News, pages, glossary."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    """Registers the letters about news and whose files pictures are."""

    name = "stars.content"
    label = "content"
    verbose_name = _("Content")

    def ready(self) -> None:
        from stars.content import erasure, messages, owners

        messages.register()
        owners.register()
        erasure.register()
