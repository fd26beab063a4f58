"""Tests: the development settings with quick password hashing."""

import os

from stars import devstack
from stars.settings.database import redis_urls
from stars.settings.dev import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A test asks for the same page again to see what has changed; tests/web/test_visitors.py keeps it.
VISITORS_PAGE_SECONDS = 0
WHOLE_LIST_SECONDS = 0
# No register is asked, unless a test starts the sandbox.
ENTERPRISE_REGISTER_URL = ""
LOGGING["root"]["level"] = "ERROR"  # noqa: F405

# A ./dev run beside the tests uses the same server (databases 0 and 1): its worker must not see
# the tasks of a test, nor one test process the cache of another. There are 16 databases.
_process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw6").removeprefix("gw")) % 7
CELERY_BROKER_URL, _cache = redis_urls(devstack.urls()["REDIS_URL"], first=2 + 2 * _process)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _cache},
}
