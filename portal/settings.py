"""Settings of the portal. All that differs between installations comes from the environment.

The table of all variables is in ``docs/deploy.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from portal.common import error_reports, logs
from portal.common.environment import env, required

BASE_DIR = Path(__file__).resolve().parent
ROOT_DIR = BASE_DIR.parent

# --- Secrets, hosts and the way to the platform

DEBUG = env.bool("DEBUG", default=False)
_required = required(
    "SECRET_KEY",
    "PLATFORM_URL",
    "PLATFORM_APP_ID",
    "PLATFORM_APP_KEY",
    *(() if DEBUG else ("ALLOWED_HOSTS",)),
)
# The portal signs nothing with it; Django asks for one.
SECRET_KEY = _required["SECRET_KEY"]
PLATFORM_URL = _required["PLATFORM_URL"]
# Where a business's own programs reach the platform; the portal may have a shorter way.
PLATFORM_PUBLIC_URL = (env.str("PLATFORM_PUBLIC_URL", default="") or PLATFORM_URL).rstrip("/")
PLATFORM_APP_ID = _required["PLATFORM_APP_ID"]
PLATFORM_APP_KEY = _required["PLATFORM_APP_KEY"]
PLATFORM_CONNECT_TIMEOUT = env.float("PLATFORM_CONNECT_TIMEOUT", default=2.0)
PLATFORM_TIMEOUT = env.float("PLATFORM_TIMEOUT", default=5.0)
# For imports and exports; shorter than gunicorn gives a request.
PLATFORM_FILE_TIMEOUT = env.float("PLATFORM_FILE_TIMEOUT", default=25.0)
# The container's own health check comes by address.
_hosts = _required.get("ALLOWED_HOSTS") or env.str("ALLOWED_HOSTS", default="")
ALLOWED_HOSTS = [*filter(None, _hosts.split(",")), "localhost", "127.0.0.1"]
# Proxies between the internet and this process whose X-Forwarded-For entries are believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
# Other origins whose pages may send forms here, as "https://host"; none is the usual number.
TRUSTED_ORIGINS = env.list("TRUSTED_ORIGINS", default=[])
# Where the store for files is, as "https://host", if it lets our pages put files there themselves.
UPLOAD_ORIGIN = env.str("UPLOAD_ORIGIN", default="").rstrip("/")
# Refuses every unsafe method and hides the forms.
PORTAL_READ_ONLY = env.bool("PORTAL_READ_ONLY", default=False)

# --- Applications

INSTALLED_APPS = [
    "portal.common",
    "portal.ui",
    "portal.account",
    "portal.dashboard",
    "portal.crm",
    "portal.onboarding",
    "portal.business",
    "portal.members",
    "portal.client_apps",
    "portal.database_configs",
    "portal.activity",
    "portal.exports",
    "portal.services",
    "portal.billing",
    "portal.tickets",
    "django.contrib.staticfiles",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.common.middleware.request_log.RequestLogMiddleware",
    "portal.common.middleware.utf8.Utf8Middleware",
    "portal.common.middleware.page_headers.PageHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.common.middleware.language.LanguageMiddleware",
    "portal.common.middleware.visitor.VisitorMiddleware",
    "portal.common.middleware.body_limit.BodyLimitMiddleware",
    "portal.common.middleware.read_only.ReadOnlyMiddleware",
    "portal.common.middleware.same_origin.SameOriginWritesMiddleware",
    "portal.common.middleware.bare_refusals.BareRefusalsMiddleware",
    "portal.common.middleware.platform_errors.PlatformErrorsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "portal.ui.context_processors.ui",
            ],
        },
    },
]

# --- What the portal doesn't have

DATABASES = {"default": {"ENGINE": "portal.common.no_database", "NAME": ":memory:"}}
DATABASE_ROUTERS = ["portal.common.no_database.base.RefusingRouter"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
# Uploads stay in memory: the portal writes no file. The body limit keeps them small.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
REQUEST_BODY_LIMIT = 3_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = REQUEST_BODY_LIMIT
DATA_UPLOAD_MAX_MEMORY_SIZE = REQUEST_BODY_LIMIT

# --- Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
USE_I18N = True
# Each page switches to the business's own time zone once it is known.
TIME_ZONE = "UTC"
USE_TZ = True

# --- Static files

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(ROOT_DIR / ".dev" / "static-portal"))
STORAGES: dict[str, Any] = {
    "staticfiles": {"BACKEND": "portal.ui.static_files.OneStylesheetStorage"},
}
WHITENOISE_MAX_AGE = 60 if DEBUG else 3600

# --- Security

# Secure everywhere but on a developer's plain http.
SID_COOKIE_SECURE = not DEBUG
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
# The health addresses are asked by the orchestrator over plain http inside its network.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=not DEBUG)
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
# Not "no-referrer": that would make `Origin` null, which the same-origin check needs.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SILENCED_SYSTEM_CHECKS = [
    # No CSRF middleware: SameOriginWritesMiddleware refuses cross-site writes without a cookie.
    "security.W003",
]

# --- Logs

LOGGING_CONFIG = None
logs.configure(level=env.str("LOG_LEVEL", default="INFO"), readable=DEBUG)
if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    error_reports.configure(SENTRY_DSN)
