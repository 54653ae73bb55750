"""Secrets, hosts, headers: safe by default on one's own machine, strict when others can reach it."""

from typing import Any

from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF

from mvsite import env
from mvsite.common.secret_file import secret_key
from mvsite.logs import hide
from mvsite.settings.base import MV_DATA_DIR
from mvsite.settings.storage import BUCKET_ORIGINS

MV_AUTH = env.text("MV_AUTH", "local")
SECRET_KEY = env.text("SECRET_KEY", secret=True) or secret_key(MV_DATA_DIR)
hide(SECRET_KEY)
SECRET_KEY_FALLBACKS = env.listing("SECRET_KEY_FALLBACKS", secret=True)
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
MV_METRICS_TOKEN = env.text("MV_METRICS_TOKEN", secret=True)
MV_BEHIND_HTTPS = env.flag("MV_BEHIND_HTTPS", default=False)
MV_FETCH_DENY = env.networks("MV_FETCH_DENY")
MV_ADMIN_NETWORKS = env.networks("MV_ADMIN_NETWORKS")
TAKEN_PATHS = [
    *("account", "api", "create", "health", "join", "library", "media", "metrics", "password", "quick-gen-page"),
    *("result", "share", "sign-in", "sign-out", "static", "studio", "texts"),
]
MV_ADMIN_PATH = env.inner_path("MV_ADMIN_PATH", "/admin/", taken=TAKEN_PATHS)

# A front end elsewhere: it may use the API with a token and show what is kept here, and never a person's cookies.
MV_CORS_ALLOW_ORIGINS = env.origins("MV_CORS_ALLOW_ORIGINS")
CORS_ALLOWED_ORIGINS = MV_CORS_ALLOW_ORIGINS
CORS_URLS_REGEX = r"^/(api|media)/"
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "prefer", "range", "if-none-match", "x-request-id"]
CORS_EXPOSE_HEADERS = [
    *("Location", "Preference-Applied", "Idempotent-Replayed", "Retry-After", "X-Request-ID", "ETag"),
    *("Content-Range", "Accept-Ranges", "Content-Disposition"),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "mvsite.common.headers.HeadersMiddleware",
    "mvsite.common.middleware.RequestIdMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "mvsite.common.middleware.LocalOnlyMiddleware",
    "csp.middleware.CSPMiddleware",
    "mvsite.common.charsets.CharsetMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mvsite.common.languages.PageLanguageMiddleware",
    "mvsite.common.middleware.StudioCommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mvsite.accounts.middleware.AdminNetworksMiddleware",
    "mvsite.accounts.middleware.IdleStaffMiddleware",
    "mvsite.accounts.middleware.AdminAuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:", *BUCKET_ORIGINS],
        "media-src": [SELF, "blob:", *BUCKET_ORIGINS],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    },
}

# What a page may ask the browser for: to play, to show a film large, to copy a link, and nothing else.
_PAGES_MAY = ("autoplay", "clipboard-write", "fullscreen", "picture-in-picture")
_NOBODY_MAY = (
    *("accelerometer", "camera", "clipboard-read", "display-capture", "geolocation", "gyroscope", "hid"),
    *("idle-detection", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get"),
    *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
PERMISSIONS_POLICY = ", ".join([*(f"{name}=(self)" for name in _PAGES_MAY), *(f"{name}=()" for name in _NOBODY_MAY)])

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in/"
_HOST = "__Host-" if MV_BEHIND_HTTPS else ""  # browsers then take them from this very host only, by HTTPS
SESSION_COOKIE_NAME = f"{_HOST}sessionid"
CSRF_COOKIE_NAME = f"{_HOST}csrftoken"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = MV_BEHIND_HTTPS
CSRF_COOKIE_SECURE = MV_BEHIND_HTTPS
SECURE_SSL_REDIRECT = MV_BEHIND_HTTPS
# Load balancers and Prometheus ask each host itself: by its address, without HTTPS.
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if MV_BEHIND_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = MV_BEHIND_HTTPS
SECURE_HSTS_PRELOAD = MV_BEHIND_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if MV_BEHIND_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
