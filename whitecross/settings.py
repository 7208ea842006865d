"""Settings of White Cross, the same file everywhere; the environment decides (see env.py and docs/operating.md)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from redis.backoff import NoBackoff
from redis.retry import Retry

from whitecross.database_limits import limited
from whitecross.env import Environment, broker_database, database, env, redis_database, required
from whitecross.logs import logging_settings
from whitecross.observe.reporters import switched_on

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = Environment(env.str("WHITECROSS_ENVIRONMENT", "production"))
IN_PRODUCTION = ENVIRONMENT is Environment.PRODUCTION
# The demo district: its logins are printed and plain http is allowed, so it is never on by itself.
DEMO = env.bool("WHITECROSS_DEMO", False)

SECRET_KEY = required("SECRET_KEY")
PHI_KEYS = required("PHI_KEYS")
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEMO else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

# Silk stores SQL with its values, so it is not even installed where real children are.
SILK = env.bool("WHITECROSS_SILK", DEMO) and not IN_PRODUCTION

INSTALLED_APPS = [
    "whitecross.admin_config.WhiteCrossAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "rest_framework_simplejwt.token_blacklist",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_prometheus",
    "waffle",
    "access",
    "students",
    "records",
    "metrics",
    *(["silk"] if SILK else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Static files leave here: no request id, no log line, no login for them.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Counts and times, in the place of django-prometheus' pair: see its module for the cost.
    "metrics.middleware.MeasureMiddleware",
    "access.request_id.RequestIdMiddleware",
    "whitecross.no_store.NoStoreMiddleware",
    # Calls of the API by token leave here, for API_MIDDLEWARE: all that follows is for pages.
    "whitecross.short_way.ShortWayMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page asks for a login unless it says that it does not.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    *(["silk.middleware.SilkyMiddleware"] if SILK else []),
    "axes.middleware.AxesMiddleware",
    # Last: asks the view again, nothing else.
    "whitecross.retry_reads.RetryReadsMiddleware",
]
API_MIDDLEWARE = [
    *(["silk.middleware.SilkyMiddleware"] if SILK else []),
    "whitecross.retry_reads.RetryReadsMiddleware",
]

ROOT_URLCONF = "whitecross.urls"
WSGI_APPLICATION = "whitecross.wsgi.application"
FORM_RENDERER = "whitecross.forms.USWDSRenderer"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "whitecross.context.house",
            ],
        },
    },
]

# Database: Django's own pool of 2 to 10 connections, values bound by the server, a time limit on everything.
DATABASES = {"default": database()}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 0,  # the pool keeps connections; Django must give them back after each request
    "OPTIONS": {
        **limited(env.int("DATABASE_POOL_MIN", 2), env.int("DATABASE_POOL_MAX", 10)),
        "server_side_binding": True,
        # A statement is planned once a connection, not each time. A pooler in between must keep prepared statements
        # apart (pgbouncer 1.21 and newer); without one there is nothing to set.
        "prepare_threshold": env.int("DATABASE_PREPARE_THRESHOLD", 1),
    },
}
# While `migrate` runs as the owner: the role that serves, and so gets rights on the tables but not on the audit trail.
DATABASE_SERVICE_ROLE = env.str("DATABASE_SERVICE_ROLE", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: databases 0 general cache, 1 sealed health data, 2 Celery. A cache that is gone costs one short try, never ten.
REDIS_URL = required("REDIS_URL")
REDIS_OPTIONS: dict[str, Any] = {
    "CLIENT_CLASS": "django_redis.client.DefaultClient",
    "IGNORE_EXCEPTIONS": True,
    # Leaves a server that does not answer alone for some seconds.
    "REDIS_CLIENT_CLASS": "whitecross.steady_redis.SteadyRedis",
    "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 0), "max_connections": 50},
    "SOCKET_CONNECT_TIMEOUT": 0.25,
    "SOCKET_TIMEOUT": 0.25,
}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": redis_database(REDIS_URL, 0),
        "KEY_PREFIX": "wc",
        "OPTIONS": REDIS_OPTIONS | {"SERIALIZER": "django_redis.serializers.json.JSONSerializer"},
    },
    "phi": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": redis_database(REDIS_URL, 1),
        "KEY_PREFIX": "phi",
        "TIMEOUT": 300,
        "OPTIONS": REDIS_OPTIONS | {"SERIALIZER": "whitecross.cache.SealedSerializer"},
    },
}
# The client says once that Redis is away, and once that it is back.
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = False
# Flags by school (records.rollout); the admin shows ours and not waffle's switches and samples.
WAFFLE_FLAG_MODEL = "records.SchoolFlag"
WAFFLE_ENABLE_ADMIN_PAGES = False
# Nor its tables: its migrations make one for the flag that ours stands in for.
MIGRATION_MODULES = {"waffle": None}

CELERY_BROKER_URL = broker_database(env.str("CELERY_BROKER_URL", REDIS_URL), 2)
CELERY_RESULT_BACKEND = CELERY_BROKER_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 900
# A task whose worker was killed is given to another one this long after it was taken: longer than any task takes. The
# workers look for such tasks a hundred times in that time.
REDELIVER_SECONDS = env.int("CELERY_REDELIVER_SECONDS", 960)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": REDELIVER_SECONDS,
    "unacked_restore_interval": max(1, REDELIVER_SECONDS // 100),
    "unacked_restore_throttle": 1,
}
CELERY_RESULT_EXPIRES = 3600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "seal-audit-trail": {"task": "access.tasks.seal_audit_trail", "schedule": timedelta(seconds=15)},
    # Not kept for later: a sample says how things are now.
    "keep-sample": {"task": "metrics.tasks.keep_sample", "schedule": timedelta(seconds=30), "options": {"expires": 25}},
    "make-audit-partitions": {"task": "access.tasks.make_audit_partitions", "schedule": timedelta(days=1)},
    "growth-of-who-changed": {
        "task": "records.tasks.recalculate_growth",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 540},
    },
    "growth-statistics": {"task": "records.tasks.keep_growth_statistics", "schedule": timedelta(hours=1)},
    "growth-of-everybody": {
        "task": "records.tasks.recalculate_growth",
        "schedule": crontab(hour=7, minute=30),  # UTC: night in all of the United States
        "kwargs": {"whole": True},
        "options": {"expires": 3600},
    },
}

# People: session and MFA for pages, JWT for the API, lockout on all three doors.
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "access.accounts.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# axes counts failed logins on every door; two counters that disagree would confuse the people who answer the phone.
# allauth's own limits count in the cache: while that is away nobody could log in; a school shares one address, too.
# What stays is the limit on second-factor codes (StaffAccountAdapter counts no passwords under login_failed).
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "access.accounts.lockout_response"
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_SECONDS", 15 * 60)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Not in a cookie, which would carry the name of the child that "was changed successfully".
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["whitecross.api.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["whitecross.api.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "whitecross.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "whitecross.openapi.ProblemSchema",
    "EXCEPTION_HANDLER": "whitecross.problems.problem_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    # ?format= means the format of an export here, not of the answer.
    "URL_FORMAT_OVERRIDE": None,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_FORMATTER_CLASS": "whitecross.problems.ProblemFormatter",
    # Django's debug page would show a child's data together with the traceback.
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(hours=12),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "UPDATE_LAST_LOGIN": False,
    "ISSUER": "whitecross",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "White Cross",
    "DESCRIPTION": "The school health record. Every read of a student's health data is recorded.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "StudentStatus": "students.models.Student.Status",
        "Grade": "students.models.Student.Grade",
        "Sex": "students.models.Student.Sex",
        "RecordType": "records.models.HealthRecord.Type",
        "RecordStatus": "records.models.HealthRecord.Status",
        "AllergyStatus": "records.models.Allergy.Status",
        "AllergyCategory": "records.models.Allergy.Category",
        "ConditionStatus": "records.models.Condition.Status",
        "VaccinationStatus": "records.models.Vaccination.Status",
        "AccessAction": "access.events.Action",
        "AccessDoor": "access.events.Door",
        "AccessOutcome": "access.events.Outcome",
    },
}

# The browser: nothing from elsewhere, nothing inline, nothing kept.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "interest-cohort")
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", IN_PRODUCTION and not DEMO)
# The probes and the scrape come from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
# Whether all of a district's domain is https for good is for the district to say, not for one service of it.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# In development files are served where they lie; elsewhere `collectstatic` gives each a hashed, compressed name.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = ENVIRONMENT is Environment.DEVELOPMENT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ENVIRONMENT is Environment.DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = env.str("TIME_ZONE", "America/New_York")
USE_I18N = True
USE_TZ = True

# What is logged as slow, and where the meters of other containers or machines are read: "web:8000 worker:9100".
SLOW_QUERY_MS = env.float("SLOW_QUERY_MS", 200.0)
METRICS_SCRAPE = env.str("METRICS_SCRAPE", "").split()
# The port at which a worker shows its meters, if it shares no PROMETHEUS_MULTIPROC_DIR with the web server.
METRICS_WORKER_PORT = env.int("METRICS_WORKER_PORT", 0)

# Where errors and traces are reported to: nowhere, unless one of these is set (whitecross/observe/).
SENTRY_DSN = env.str("SENTRY_DSN", "")
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", "")
REPORTERS = switched_on({"SENTRY_DSN": SENTRY_DSN, "OTEL_EXPORTER_OTLP_ENDPOINT": OTEL_EXPORTER_OTLP_ENDPOINT})

SILKY_AUTHENTICATION = True
SILKY_AUTHORISATION = True
SILKY_MAX_REQUEST_BODY_SIZE = 0
SILKY_MAX_RESPONSE_BODY_SIZE = 0
SILKY_MAX_RECORDED_REQUESTS = 1_000
SILKY_INTERCEPT_PERCENT = env.int("SILK_INTERCEPT_PERCENT", 1)

LOGGING_CONFIG = None
logging_settings(console=DEMO or DEBUG, level=env.str("LOG_LEVEL", "INFO"))
