"""What is offered: providers, programmes, offers, groups."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """What is offered: providers, programmes, offers, groups."""

    name = "catalogue"
    label = "catalogue"
