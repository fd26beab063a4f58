"""What is offered: providers, programmes, offers, groups."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """Registers the messages to providers."""

    name = "catalogue"
    label = "catalogue"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from catalogue import erasure, messages

        messages.register()
        erasure.register()
