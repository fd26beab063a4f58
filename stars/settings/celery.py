"""Celery: Valkey/Redis carries the messages, PostgreSQL keeps every fact."""

from celery.schedules import crontab

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 3600
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Europe/Riga"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A killed worker's task comes back after this time; it must outlast the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3700}

CELERY_BEAT_SCHEDULE = {
    # Expiry runs before allocation (money-rules.md 2); one task keeps that order.
    "funding-daily": {"task": "funding.tasks.daily", "schedule": crontab(hour=0, minute=10)},
    "enrolments-daily": {"task": "enrolments.tasks.daily", "schedule": crontab(hour=0, minute=40)},
    # After the evening's slips are put right, before the next session.
    "attendance": {
        "task": "enrolments.tasks.attendance",
        "schedule": crontab(hour=7, minute=30),
    },
    "erase-excuses": {
        "task": "enrolments.tasks.erase_excuses",
        "schedule": crontab(hour=2, minute=10),
    },
    # A freed place is offered for 48 hours; the next in line need not wait for the night.
    "pass-places-on": {
        "task": "enrolments.tasks.pass_places_on",
        "schedule": crontab(minute=20),
    },
    "reconcile": {"task": "funding.tasks.reconcile_ledger", "schedule": crontab(hour=3, minute=0)},
    # Drafts of the month before; providers with an open one get theirs once that is decided.
    "settle-month": {
        "task": "funding.tasks.settle_month",
        "schedule": crontab(hour=4, minute=20, day_of_month="1-20"),
    },
    "retention": {"task": "funding.tasks.retention", "schedule": crontab(hour=1, minute=50)},
    "forget-people": {"task": "accounts.tasks.forget", "schedule": crontab(hour=2, minute=10)},
    "forget-drafts": {
        "task": "learning_accounts.tasks.forget_drafts",
        "schedule": crontab(hour=2, minute=20),
    },
    "write-affinity": {
        "task": "enrolments.tasks.write_affinity",
        "schedule": crontab(hour=2, minute=40),
    },
    # After people are up, and after what providers published during the day before.
    "tell-of-new-training": {
        "task": "funding.tasks.tell_of_new_training",
        "schedule": crontab(hour=8, minute=5),
    },
    "forget-unconfirmed": {
        "task": "stars.content.tasks.forget_unconfirmed",
        "schedule": crontab(hour=2, minute=40),
    },
    "send-outbox": {"task": "stars.notifications.tasks.send_outbox", "schedule": 30.0},
}
