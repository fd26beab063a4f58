"""The room of what every app shares."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

# Tasks are bound to this application wherever Django runs, not only in the worker.
from stars.celery import app as celery_app

__all__ = ["CommonConfig", "celery_app"]


class CommonConfig(AppConfig):
    """Loads permissions, makes names translatable, installs grants after each migration."""

    name = "stars.common"
    label = "common"

    def ready(self) -> None:
        from stars.common import names
        from stars.common.grants import apply_grants

        post_migrate.connect(apply_grants, dispatch_uid="stars.common.grants")
        names.make_translatable()
        # Here predicates live in permissions.py; what `rules` would look for is rules.py.
        autodiscover_modules("permissions")
