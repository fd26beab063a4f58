"""Celery's entrance to the app."""

from celery import shared_task
from django.contrib.sessions.models import Session

from accounts.services import erasure
from stars.common.dates import now, riga_date


@shared_task
def forget() -> int:
    """Every night: sessions that are over, and hashes of erased people whose day has come."""
    at = now()
    sessions, _rows = Session.objects.filter(expire_date__lt=at).delete()
    return sessions + erasure.forget_codes(on=riga_date(at))
