"""What every environment shares. Parts with a topic of their own are in the neighbouring files."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from stars.settings.admin import *  # noqa: F403
from stars.settings.celery import *  # noqa: F403
from stars.settings.logging import *  # noqa: F403
from stars.settings.security import *  # noqa: F403
from stars.settings.signin import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parents[2]

INSTALLED_APPS = [
    "stars.common",
    "stars.audit",
    "stars.notifications",
    "stars.files",
    "stars.vocabularies",
    "accounts",
    "stars.content",
    "catalogue",
    "learning_accounts",
    "funding",
    "enrolments",
    "surveys",
    "quality",
    "stars.reports",
    "stars.api",
    "stars.web",
    "stars.demo",
    "django_prose_editor",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "stars.common.admin_config.AgencyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "rules",
    "django_htmx",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_structlog",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "stars.web.visitors.VisitorsPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "stars.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "stars.web.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "stars.web.middleware.PrivatePagesMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stars.common.logs.RequestLogMiddleware",
    "stars.web.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "stars.urls"
WSGI_APPLICATION = "stars.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stars.web.context.portal",
            ],
            "builtins": ["stars.common.templatetags.stars"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "lv"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGES = [("lv", _("Latvian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Riga"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(os.environ.get("STARS_MEDIA_ROOT", BASE_DIR / ".dev" / "media"))

# How long visitors may see a page as it was: places left, today's date (stars.web.visitors).
VISITORS_PAGE_SECONDS = 10
# How long the list of everything, with its numbers, stays as it was counted (catalogue).
WHOLE_LIST_SECONDS = 60

# One e-mail leaves through the outbox task only, never from a request (architecture: Banned).
DEFAULT_FROM_EMAIL = os.environ.get("STARS_FROM_EMAIL", "STARS <noreply@stars.example>")

EMAIL_TIMEOUT = 10
# The agency's account, from which payment files pay; without it no file can be made.
PAYER_NAME = os.environ.get("STARS_PAYER_NAME", "")
PAYER_IBAN = os.environ.get("STARS_PAYER_IBAN", "")
PAYER_BIC = os.environ.get("STARS_PAYER_BIC", "")
# The enterprise register (INT-2). Without an address nobody is asked: what it knows is unknown.
ENTERPRISE_REGISTER_URL = os.environ.get("ENTERPRISE_REGISTER_URL", "")
ENTERPRISE_REGISTER_KEY = os.environ.get("ENTERPRISE_REGISTER_KEY", "")
# Where the links of e-mails lead; a task has no request to ask.
SITE_URL = os.environ.get(
    "STARS_SITE_URL", f"http://127.0.0.1:{os.environ.get('STARS_WEB_PORT', '8000')}"
)

PGHISTORY_APPEND_ONLY = True

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "STARS",
    "DESCRIPTION": "Providers' own systems send programmes, groups, timetables, attendance and"
    " completion, and read back what became of them. docs/api.md tells how.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}
# How often one key may ask.
API_REQUESTS_PER_MINUTE = 120
