"""The Celery application; its schedule is in `stars.settings.celery`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stars.settings.dev")

app = Celery("stars")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
