"""Production: refuses to start without its secrets and without its servers."""

import os

from django.core.exceptions import ImproperlyConfigured

from stars.settings.base import *  # noqa: F403
from stars.settings.database import databases, redis_urls


def required(name: str) -> str:
    """The variable's value, or a start-up error that names it."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set {name}: production does not start without it.")
    if "development-only" in value:
        raise ImproperlyConfigured(f"{name} holds the development value, which everybody knows.")
    return value


DEBUG = False
DEMO = False
SECRET_KEY = required("SECRET_KEY")
PERSONAL_CODE_KEY = required("PERSONAL_CODE_KEY")
PERSONAL_CODE_HASH_KEY = required("PERSONAL_CODE_HASH_KEY")
ALLOWED_HOSTS = required("ALLOWED_HOSTS").split(",")
SITE_URL = required("STARS_SITE_URL")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

# Web and worker never hold the owner's password; the migration job sets it for itself only.
DATABASES = databases(
    required("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL"), persistent=True
)
CELERY_BROKER_URL, _cache = redis_urls(required("REDIS_URL"))
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _cache},
}

OIDC_SERVER_URL = required("OIDC_SERVER_URL")
if not OIDC_SERVER_URL.startswith("https://"):
    raise ImproperlyConfigured("OIDC_SERVER_URL must be https: the sandbox has no place here.")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "latvija",
                "name": "Latvija.lv",
                "client_id": required("OIDC_CLIENT_ID"),
                "secret": required("OIDC_CLIENT_SECRET"),
                "settings": {
                    "server_url": OIDC_SERVER_URL,
                    "scope": ["openid", "profile", "personal_code"],
                    "fetch_userinfo": True,
                },
            }
        ],
    }
}
if ENTERPRISE_REGISTER_URL and not ENTERPRISE_REGISTER_URL.startswith("https://"):  # noqa: F405
    raise ImproperlyConfigured("ENTERPRISE_REGISTER_URL must be https.")
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] = ["'self'", OIDC_SERVER_URL]  # noqa: F405

# One proxy stands before the portal: the address it saw is the visitor's, for limits of attempts.
ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The container's health check speaks plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_ENGINE = "django.contrib.sessions.backends.db"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = required("EMAIL_HOST")
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LOGGING["handlers"]["console"]["formatter"] = "json"  # noqa: F405
