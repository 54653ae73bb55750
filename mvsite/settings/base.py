"""Apps, middleware, database, templates, languages, REST framework."""

from typing import Any

import environ

from mvsite import env
from mvsite.logs import logging_config

BASE_DIR = env.BASE_DIR
MV_DATA_DIR = env.folder("MV_DATA_DIR", "data")
DEBUG = env.flag("MV_DJANGO_DEBUG", default=False)
MV_DEBUG_MODE = env.flag("MV_DEBUG_MODE", default=False)
MV_DEBUG_PROMPTS = env.flag("MV_DEBUG_PROMPTS", default=False)

INSTALLED_APPS = [
    "mvsite.admin_config.StudioAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "mvsite",
    "mvsite.common",
    "mvsite.accounts",
    "flavors",
    "assets",
    "generation",
]

ROOT_URLCONF = "mvsite.urls"
WSGI_APPLICATION = "mvsite.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
APPEND_SLASH = False

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
                "generation.web.context.frame",
            ],
        },
    },
]

# Measured in RELIABILITY: WAL with IMMEDIATE never said "database is locked"; FULL because a lost
# commit of a provider's id is a lost payment.
_SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;",
}


def _database() -> dict[str, Any]:
    url = env.server(
        "DATABASE_URL",
        like="postgres://user:password@host:5432/name",
        schemes=("postgres", "postgresql", "psql", "pgsql", "sqlite"),
        parts=environ.Env.db_url_config,
    )
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": MV_DATA_DIR / "studio.sqlite3",
            "OPTIONS": _SQLITE_OPTIONS,
            "CONN_MAX_AGE": 60,
        }
    found: dict[str, Any] = environ.Env.db_url_config(url)
    if found["ENGINE"].endswith("sqlite3"):
        found["OPTIONS"] = {**_SQLITE_OPTIONS, **found.get("OPTIONS", {})}
    else:
        found["CONN_HEALTH_CHECKS"] = True
    # The sweepers look twice a second: opening the database each time costs more than looking.
    found.setdefault("CONN_MAX_AGE", 60)
    return found


def cache_at(url: str) -> dict[str, Any]:
    """Give Django's settings for the cache of `CACHE_URL`; empty means files in the data folder."""
    if url:
        found: dict[str, Any] = environ.Env.cache_url_config(url)
        if found["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
            found["BACKEND"] = "mvsite.common.redis_cache.FaultTolerantRedisCache"
        return found
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(MV_DATA_DIR / "cache"),
        # Django's 300 are fewer than people look at in an hour; more would cost every write a long listing.
        "OPTIONS": {"MAX_ENTRIES": 3000},
    }


DATABASES = {"default": _database()}
_CACHE_URL = env.server(
    "CACHE_URL",
    like="redis://host:6379/1",
    schemes=("redis", "rediss", "rediscache", "locmemcache", "filecache", "dbcache", "dummycache"),
    parts=environ.Env.cache_url_config,
)
CACHES: dict[str, Any] = {"default": cache_at(_CACHE_URL)}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = MV_DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

LOGGING_CONFIG = None
LOGGING = logging_config(debug=MV_DEBUG_MODE)

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "mvsite.accounts.authentication.TokenAuthentication",
        "mvsite.accounts.authentication.LocalOwnerAuthentication",
        "mvsite.accounts.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "mvsite.accounts.authentication.ScopeAllows",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["mvsite.accounts.throttles.PersonThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mvsite.common.parsers.StudioJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "mvsite.common.paging.StudioPagination",
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "rest_framework.filters.SearchFilter",
        "rest_framework.filters.OrderingFilter",
    ],
    "EXCEPTION_HANDLER": "mvsite.common.problems.problem_handler",
    "COERCE_DECIMAL_TO_STRING": True,
    "URL_FORMAT_OVERRIDE": None,  # ?format= names the kind of a picture, not of the answer
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "MV Studio",
    "DESCRIPTION": "Idea, character and song in; finished music video out.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/",
    "AUTHENTICATION_WHITELIST": [],
    "ENUM_NAME_OVERRIDES": {
        "JobKindEnum": "generation.choices.JobKind",
        "JobStateEnum": "generation.choices.JobState",
        "VideoKindEnum": "assets.models.VideoKind",
        "AspectRatioEnum": "generation.api.requests.ASPECTS",
        "FilmAspectRatioEnum": "generation.api.requests.FILM_ASPECTS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "mvsite.common.openapi.add_common",
    ],
}
