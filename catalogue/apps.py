"""What is offered: providers, programmes, offers, groups."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """What is offered: providers, programmes, offers, groups."""

    name = "catalogue"
    label = "catalogue"
    verbose_name = _("Catalogue")
