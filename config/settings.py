"""All settings of the shop, read from the environment or `.env`; `.env.example` lists them."""

import hashlib
import os
import secrets
from email.utils import formataddr
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import django_stubs_ext
from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from config.broker_url import make_broker_url
from config.languages import find_languages, with_languages
from config.logs import FORMATS
from config.mail_url import read_mail_url
from config.postgres import make_url
from config.postgres_options import read_postgres_options

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

VAR_DIR: Path = env.path("VAR_DIR", BASE_DIR / "var").absolute()
VAR_DIR.mkdir(parents=True, exist_ok=True)


def read_secret_key() -> str:
    """The key from SECRET_KEY, else one made at random once and kept under VAR_DIR: there is no default to forget."""
    key: str = env.str("SECRET_KEY", "")
    if key:
        if len(key) < 50 or len(set(key)) < 5:
            raise ImproperlyConfigured("SECRET_KEY must be random and at least 50 characters long.")
        return key
    kept = VAR_DIR / "secret_key"
    if not kept.exists():
        draft = VAR_DIR / f"secret_key.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            kept.hardlink_to(draft)  # two processes starting at once agree on one key
        except FileExistsError:
            pass
        draft.unlink()
    return kept.read_text()


SECRET_KEY = read_secret_key()
DEBUG = env.bool("DEBUG", False)

# Where the shop is reached. https here turns on everything that only makes sense behind TLS.
PORT = env.int("PORT", 8000, validate=validate.Range(min=1, max=65535))
BASE_URL: str = env.str("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
HTTPS = BASE_URL.startswith("https://")
if HTTPS and DEBUG:
    raise ImproperlyConfigured("DEBUG must be off on a shop that is reached over https.")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", [urlsplit(BASE_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost"]
)
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# The shop.
SHOP_NAME = env.str("SHOP_NAME", "Alembic Row")
SHOP_TOWN = env.str("SHOP_TOWN", "Leeds")
SHOP_EMAIL = env.str("SHOP_EMAIL", "hello@alembic-row.example")
CURRENCY = env.str("CURRENCY", "GBP", validate=validate.Regexp(r"^[A-Z]{3}$"))
SHOP_COUNTRY = env.str("SHOP_COUNTRY", "GB", validate=validate.Regexp(r"^[A-Z]{2}$"))

INSTALLED_APPS = [
    "config.apps.ShopAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "payments",
    "rest_framework",
    "drf_spectacular",
    "simple_history",
    "configurator",
    "orders",
    "staff",  # last: its roles need the permissions of all others
]

MIDDLEWARE = [
    "config.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.cross_origin.ResourcePolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "staff.idle.StaffSessionMiddleware",
    "staff.look_audit.LookingMiddleware",
    "configurator.history_middleware.HistoryMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "configurator.undecided.UndecidedMiddleware",
    "config.counting.CountingMiddleware",
]

# Languages: the shop's own, and each that has a file of translations.
LANGUAGE_CODE = "en-gb"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"  # 24 hours where Django has a.m. and p.m.
LANGUAGES = find_languages(LOCALE_PATHS[0], usual=LANGUAGE_CODE)
MIDDLEWARE = with_languages(MIDDLEWARE, LANGUAGES)

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

FORM_RENDERER = "config.form_inputs.ShopRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "configurator.shop.shop_context",
            ],
        },
    },
]

RUN_COPIES = env.int("RUN_COPIES", 1, validate=validate.Range(min=1, max=20))  # of worker and relay

# Database: SQLite in WAL mode unless DATABASE_URL names another one, or `make run` is to start a PostgreSQL.
POSTGRES_FOLDER = VAR_DIR / "postgres"
OWN_POSTGRES = env.bool("OWN_POSTGRES", False)
if OWN_POSTGRES and env.str("DATABASE_URL", ""):
    raise ImproperlyConfigured("OWN_POSTGRES and DATABASE_URL exclude each other: unset one of them.")
OWN_DATABASE = (
    make_url(POSTGRES_FOLDER) if OWN_POSTGRES else f"sqlite:///{quote(str(VAR_DIR / 'shop.sqlite3'))}"
)
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",  # the write lock is taken at BEGIN, so a transaction never fails half way
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
DATABASES = {"default": env.dj_db_url("DATABASE_URL", OWN_DATABASE)}
database: dict[str, Any] = DATABASES["default"]
if database["ENGINE"] == "django.db.backends.sqlite3":
    database["OPTIONS"] = SQLITE_OPTIONS
    database["CONN_MAX_AGE"] = None
else:
    database["OPTIONS"] = {**read_postgres_options(env), **database.get("OPTIONS", {})}
    database["CONN_HEALTH_CHECKS"] = True  # one that the server has closed is replaced before it is used
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def find_redis_socket() -> Path:
    """The socket of the shop's own Redis: under VAR_DIR, or under /tmp where that is too long for a socket's name."""
    socket = VAR_DIR / "redis.sock"
    if len(os.fsencode(socket)) <= 100:  # the kernel takes 107 bytes, macOS 103
        return socket
    name = hashlib.sha256(os.fsencode(VAR_DIR)).hexdigest()[:16]
    folder = Path(f"/tmp/concoct-{os.getuid()}-{name}")  # noqa: S108 - made private and checked below
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"{folder} is not a private folder of yours: remove it, or set REDIS_URL.")
    return folder / "redis.sock"


# Background work: the row in the database is the job, Celery moves it fast.
REDIS_SOCKET = find_redis_socket()
OWN_REDIS_URL = f"unix://{quote(str(REDIS_SOCKET))}"
REDIS_URL: str = env.str("REDIS_URL", OWN_REDIS_URL)
OWN_REDIS = REDIS_URL == OWN_REDIS_URL  # then `make run` starts it
CELERY_BROKER_URL = make_broker_url(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300, "global_keyprefix": "concoct:"}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = "concoct"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
PUBLISH_TIMEOUT_SECONDS = 0.5  # how long a checkout may wait for a Redis that does not answer

# Mail: written to files under VAR_DIR unless EMAIL_URL names a server.
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_BACKEND = "config.mail.FileBackend"
EMAIL_TIMEOUT = 10  # seconds for each step of a conversation with the server
DEFAULT_FROM_EMAIL = formataddr((SHOP_NAME, SHOP_EMAIL))
mail_url: str = env.str("EMAIL_URL", "")
MAILS_ARE_SENT = bool(mail_url)
if MAILS_ARE_SENT:
    mail_server = read_mail_url(mail_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = mail_server.host, mail_server.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail_server.user, mail_server.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = mail_server.starttls, mail_server.tls

# Payment: Stripe where its key is set, else the pretend provider.
PAYMENT_MODEL = "orders.Payment"
PAYMENT_HOST = urlsplit(BASE_URL).netloc
PAYMENT_USES_SSL = HTTPS
PAYMENT_VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "default": ("orders.pretend_provider.PretendProvider", {})
}
PAYMENT_PAGES: list[str] = []  # other origins that a form of the shop may lead to
STRIPE_API_KEY: str = env.str("STRIPE_API_KEY", "")
STRIPE_WEBHOOK_SECRET: str = env.str("STRIPE_WEBHOOK_SECRET", "")
if bool(STRIPE_API_KEY) != bool(STRIPE_WEBHOOK_SECRET):
    raise ImproperlyConfigured(
        "STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET need each other: set both, or neither."
    )
if STRIPE_API_KEY:
    stripe_options = {"api_key": STRIPE_API_KEY, "endpoint_secret": STRIPE_WEBHOOK_SECRET}
    PAYMENT_VARIANTS = {"default": ("orders.stripe_provider.StripeProvider", stripe_options)}
    PAYMENT_PAGES = ["https://checkout.stripe.com"]

# API
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["configurator.problems.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "configurator.problems.problem_response",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_RATES": {
        "shop": env.str("SHOP_API_RATE", "600/min"),
        "fulfilment": env.str("FULFILMENT_API_RATE", "3000/min"),
        "refused": env.str("REFUSED_KEYS_RATE", "60/min"),
    },
    "NUM_PROXIES": env.int("NUM_PROXIES", 0),
}
WEB_THREADS = env.int("WEB_THREADS", 2, validate=validate.Range(min=1, max=64))
WAITING_PLACES = env.int("WAITING_PLACES", 1, validate=validate.Range(min=0, max=63))
if WAITING_PLACES >= WEB_THREADS:
    raise ImproperlyConfigured(
        "WAITING_PLACES must be fewer than WEB_THREADS, so that a thread is left for everybody else."
    )
WEBHOOKS_TO_PRIVATE = env.bool("WEBHOOKS_TO_PRIVATE", False)
SPECTACULAR_SETTINGS = {
    "TITLE": "Concoct",
    "DESCRIPTION": "The shop API, open to all, and the fulfilment API, for the one who makes and ships.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/(shop|fulfilment)/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api_schema.describe_in_common",
    ],
}

# Pages
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {  # drawn mixers: some 30 kB each
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}
# How long a process may show a version or a promise that is no longer the newest.
SHARED_READING_SECONDS = 0.5
TIME_ZONE = env.str("TIME_ZONE", "Europe/London")
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Security
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "style-src": [SELF, NONCE],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF, *PAYMENT_PAGES],
        "frame-ancestors": ["'none'"],
    }
}
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", not DEBUG)
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", 30, validate=validate.Range(min=1, max=24 * 60))
STAFF_SIGN_IN_RATE: str = env.str(
    "STAFF_SIGN_IN_RATE", "5/15min", validate=validate.Regexp(r"^\d+/\d*(sec|min|hour|day)$")
)
OTP_TOTP_ISSUER = f"{SHOP_NAME} staff"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_AGE = 30 * 24 * 60 * 60  # seconds since it last changed; the pages say 30 days
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "configurator.views.errors.csrf_failure"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Asked from beside the process, not through the proxy.
    SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

LOG_FORMAT: str = env.str("LOG_FORMAT", "line", validate=validate.OneOf(FORMATS))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"shop": {"()": "config.logs.make_formatter", "log_format": LOG_FORMAT}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "shop"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
