"""Development and demo: needs no variable; servers are the project's own unless named."""

import os

from stars import devstack
from stars.settings.base import *  # noqa: F403
from stars.settings.base import BASE_DIR
from stars.settings.database import databases, environment, redis_urls

# Whoever tries the demo is to meet the pages that people will meet, also where something goes
# wrong; the trace is in the console.
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
# Known to everybody, so that a clone runs without a variable; production refuses to use it.
SECRET_KEY = "development-only-" + "0" * 40
PERSONAL_CODE_KEY = "development-only-key-for-encrypting-personal-codes"
PERSONAL_CODE_HASH_KEY = "development-only-key-for-looking-up-personal-codes"

_app, _owner, _redis = environment()
_local = devstack.urls() if not (_app and _redis) else {}
DATABASES = databases(
    _app or _local["DATABASE_URL"],
    _owner or _local.get("DATABASE_OWNER_URL"),
    persistent=False,
)
CELERY_BROKER_URL, _cache = redis_urls(_redis or _local["REDIS_URL"])
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _cache},
}

SANDBOX_URL = os.environ.get(
    "STARS_SANDBOX_URL", f"http://127.0.0.1:{os.environ.get('STARS_SANDBOX_PORT', '8001')}"
)
ENTERPRISE_REGISTER_URL = f"{SANDBOX_URL}/registers/enterprises"
ENTERPRISE_REGISTER_KEY = "development-only"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "latvija",
                "name": "Latvija.lv",
                "client_id": "stars",
                "secret": "development-only",
                "settings": {
                    "server_url": SANDBOX_URL,
                    "scope": ["openid", "profile", "personal_code"],
                    "fetch_userinfo": True,
                },
            }
        ],
    }
}
# The browser is sent to the identity provider by a form; Chromium checks redirects too.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] = ["'self'", SANDBOX_URL]  # noqa: F405

# Static files from where they are written; there is no staticfiles/ to scan.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = BASE_DIR / ".dev" / "mail"
INTERNAL_IPS = ["127.0.0.1"]
DEMO = True

# Browsers keep cookies by host without the port: copies of the project side by side would sign
# each other out.
if "STARS_WEB_PORT" in os.environ:
    SESSION_COOKIE_NAME = f"sessionid_{os.environ['STARS_WEB_PORT']}"

# The Treasury's form of an account number, with nothing behind it.
PAYER_NAME = "Valsts izglītības attīstības aģentūra"
PAYER_IBAN = "LV94TREL0000000000001"
PAYER_BIC = "TRELLV22"
