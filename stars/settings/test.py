"""Tests: the development settings with no debug pages and quick password hashing."""

from stars.settings.dev import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING["root"]["level"] = "ERROR"  # noqa: F405
# Static files from where they are written, as in development; there is no staticfiles/ to scan.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
