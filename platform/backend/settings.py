"""Settings of the platform. All that differs between installations comes from the environment.

The table of all variables is in ``docs/deploy.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from backend.common import error_reports, logs
from backend.common.environment import env, from_file, networks, required
from backend.common.rate_classes import rate_classes
from backend.operations.staff_admin.theme import UNFOLD  # noqa: F401 - a setting too

BASE_DIR = Path(__file__).resolve().parent
ROOT_DIR = BASE_DIR.parent.parent

# --- Secrets and hosts

SECRET_KEY = required("SECRET_KEY", least=32)
# Comma-separated Fernet keys; the first encrypts, all decrypt, so that keys can be rotated.
FIELD_ENCRYPTION_KEYS = required("FIELD_ENCRYPTION_KEYS").split(",")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
if not DEBUG:
    required("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where people browse: for links in mails.
PORTAL_ORIGIN = env.str("PORTAL_ORIGIN", default="http://localhost:8001")
# Where this side itself is: for links to files that lie on its disk.
PLATFORM_ORIGIN = env.str("PLATFORM_ORIGIN", default="http://localhost:8000")

# --- Applications

INSTALLED_APPS = [
    "backend.common",
    "backend.tenants",
    "backend.accounts",
    "backend.client_apps",
    "backend.audit",
    "backend.database_configs",
    "backend.exports",
    "backend.crm",
    "backend.services",
    "backend.billing",
    "backend.tickets",
    "backend.operations",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "procrastinate.contrib.django",
    "csp",
    "storages",
]

MIDDLEWARE = [
    "backend.common.request_ids.RequestIdMiddleware",
    "backend.common.utf8.Utf8Middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backend.common.api_shortcut.ApiShortcutMiddleware",
    "backend.common.content_security_policy.PolicyByPathMiddleware",
    "backend.common.live_connections.LiveConnectionMiddleware",
    "backend.accounts.middleware.StaffSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database

from_file("DATABASE_URL")
DATABASES: dict[str, Any] = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=600)
# Behind a pooler that hands out a connection per transaction, a server-side cursor would be lost.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env.bool(
    "DATABASE_TRANSACTION_POOLER", default=False
)
# Seconds that one statement of an API request may take or wait for a lock; then it is cancelled,
# and the caller told to come again. Not longer than the portal waits for anything.
REQUEST_STATEMENT_TIMEOUT = env.float("REQUEST_STATEMENT_TIMEOUT", default=20)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The role that requests run as; empty means "<database>_tenant".
TENANT_ROLE = env.str("TENANT_ROLE", default="")
# Refuses queries on tenant-owned tables outside a tenant scope. Costs a look at every statement.
TENANCY_GUARD = env.bool("TENANCY_GUARD", default=DEBUG)

# Where tenants' own databases may be besides the internet, such as 10.20.0.0/16. From within these
# networks a tenant reaches whatever speaks there.
DATABASE_CONFIG_ALLOWED_NETWORKS = networks("DATABASE_CONFIG_ALLOWED_NETWORKS")

# --- API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["backend.client_apps.authentication.CallerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["backend.common.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["backend.common.renderers.OrjsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "backend.common.renderers.JsonOnly",
    "DEFAULT_SCHEMA_CLASS": "backend.common.openapi.ApiSchema",
    "EXCEPTION_HANDLER": "backend.common.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
RATE_CLASSES = rate_classes(env)
from_file("REDIS_URL")
REDIS_URL = env.str("REDIS_URL", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# Proxies between the internet and this process whose X-Forwarded-For entries are believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Tavola Platform API",
    "DESCRIPTION": "The back office of an operator for hospitality businesses. "
    "Money is in minor units, times are RFC 3339 in UTC, errors are RFC 9457 problems.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "StateEnum": "backend.tenants.models.State",
        "ServiceStateEnum": "backend.services.models.State.values",
        "ServiceChangeKindEnum": "backend.services.models.change.Kind.values",
        "ServiceWhenEnum": "backend.billing.api.service_serializers.WHEN",
        "InvoiceStateEnum": "backend.billing.api.serializers.STATES",
        "PaymentStateEnum": "backend.billing.models.money.State.values",
        "PaymentMethodEnum": "backend.billing.models.money.Method.values",
        "EntryKindEnum": "backend.billing.models.account.EntryKind.values",
        "TicketStateEnum": "backend.tickets.models.State.values",
        "TicketPriorityEnum": "backend.tickets.models.Priority.values",
        "TicketSideEnum": "backend.tickets.models.Side.values",
        "AttachmentStateEnum": "backend.tickets.api.serializers.ATTACHMENT_STATES",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums"],
}

# --- People

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["backend.accounts.hashers.LeanArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 10}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("name", "email")}),
        ("CommonPasswordValidator", {}),
    )
]

# The portal's visitors send their token in a header; the cookie is the staff's.
SESSION_ENGINE = "backend.accounts.sessions"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LOGIN_REDIRECT_URL = "admin:index"

ACCOUNT_ADAPTER = "backend.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 3
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# One address a person: another one takes its place once it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# allauth counts in the cache, of which each process has its own; `accounts.attempts` is exact.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
MFA_ADAPTER = "backend.accounts.adapters.MfaAdapter"
MFA_TOTP_ISSUER = "Tavola"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# One step of 30 seconds to either side, for phones whose clock is off.
MFA_TOTP_TOLERANCE = 1
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_ADAPTER = "backend.accounts.adapters.HeadlessAdapter"
HEADLESS_TOKEN_STRATEGY = "backend.accounts.adapters.SessionTokenStrategy"
HEADLESS_FRONTEND_URLS = {
    "account_signup": f"{PORTAL_ORIGIN}/sign-up/",
    "account_reset_password": f"{PORTAL_ORIGIN}/password-reset/",
}
# A file in MaxMind's format, for the place beside each session; none by default.
GEOIP_DATABASE = env.str("GEOIP_DATABASE", default="")

# --- Mail

from_file("EMAIL_URL")
if not DEBUG and not env.str("EMAIL_BACKEND", default=""):
    # Written to the console instead, codes that open accounts would stand in the logs.
    required("EMAIL_URL")
_mail = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=_mail["EMAIL_BACKEND"])
EMAIL_HOST = _mail["EMAIL_HOST"] or ""
EMAIL_PORT = _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = _mail["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Tavola <no-reply@localhost>")
# For a provider's API: EMAIL_BACKEND=anymail.backends.<provider>.EmailBackend and its settings,
# such as {"POSTMARK_SERVER_TOKEN": "…"}, as JSON.
from_file("ANYMAIL")
ANYMAIL = env.json("ANYMAIL", default={})
# Where answers to mails about tickets go: its MX is the provider's, which tells us of each mail.
INBOUND_MAIL_DOMAIN = env.str("INBOUND_MAIL_DOMAIN", default="").lower()
INBOUND_MAIL_PROVIDER = required("INBOUND_MAIL_PROVIDER") if INBOUND_MAIL_DOMAIN else ""
PROCRASTINATE_IMPORT_PATHS = ["backend.common.mail"]
PROCRASTINATE_ON_APP_READY = "backend.operations.job_failures.watch"

# --- Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Static files and media

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(ROOT_DIR / ".dev" / "static-platform"))
S3_BUCKET = env.str("S3_BUCKET", default="")
from_file("S3_ACCESS_KEY_ID")
from_file("S3_SECRET_ACCESS_KEY")
# Without a bucket: whether files may lie on this machine's disk, which its replicas don't see.
LOCAL_FILES = env.bool("LOCAL_FILES", default=DEBUG)
STORAGES: dict[str, Any] = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "default": {
        "BACKEND": "backend.common.s3.PrivateS3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "access_key": env.str("S3_ACCESS_KEY_ID", default=None),
            "secret_key": env.str("S3_SECRET_ACCESS_KEY", default=None),
        },
    }
    if S3_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("MEDIA_ROOT", default=str(ROOT_DIR / ".dev" / "media")),
            "allow_overwrite": True,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
WHITENOISE_MAX_AGE = 60 if DEBUG else 3600

# --- Security

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
# The health addresses are asked by the orchestrator over plain http inside its network.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=not DEBUG)
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [NONE],
    }
}
_PAGES = {
    "default-src": [SELF],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
# By path. The staff admin's theme sets styles inline, and its Alpine evaluates small expressions.
PAGE_POLICIES = {
    "/admin/": _PAGES | {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]},
    "/api/docs/": _PAGES | {"script-src": [SELF], "style-src": [SELF, UNSAFE_INLINE]},
}

# --- Payments

# A card that pays with nothing, for demonstrations.
SANDBOX_PAYMENTS = env.bool("SANDBOX_PAYMENTS", default=False)
from_file("STRIPE_SECRET_KEY")
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
# Without it nobody would hear that a payment came in.
STRIPE_WEBHOOK_SECRET = required("STRIPE_WEBHOOK_SECRET") if STRIPE_SECRET_KEY else ""

# --- Tickets

# So many days after the last message a ticket that awaits the customer closes by itself; 0: never.
TICKETS_CLOSE_AFTER_DAYS = env.int("TICKETS_CLOSE_AFTER_DAYS", default=14)
if TICKETS_CLOSE_AFTER_DAYS not in (0, *range(4, 366)):
    # It says so three days before.
    raise ImproperlyConfigured("TICKETS_CLOSE_AFTER_DAYS must be 0, or 4 to 365.")

# --- Staff admin

ENVIRONMENT = env.str("ENVIRONMENT", default="Development" if DEBUG else "Production")
# In the staff's session: a cookie of its own would go to every address of the platform.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
FORMAT_MODULE_PATH = ["backend.formats"]

# --- Logs

LOGGING_CONFIG = None
logs.configure(level=env.str("LOG_LEVEL", default="INFO"), readable=DEBUG)
if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    error_reports.configure(SENTRY_DSN)
