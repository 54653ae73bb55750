"""What one person may do a minute and at once, and how letters are sent."""

from typing import Any

import environ

from mvsite import env

# A minute; 0: no limit. None of them counts without a log-in.
MV_RATE_LOGIN = env.whole("MV_RATE_LOGIN", 5)
MV_RATE_GENERATE = env.whole("MV_RATE_GENERATE", 0)
MV_RATE_UPLOAD = env.whole("MV_RATE_UPLOAD", 0)
MV_RATE_FETCH = env.whole("MV_RATE_FETCH", 0)
MV_RATE_READ = env.whole("MV_RATE_READ", 0)

# At once; 0: no limit. They count with accounts only, too.
MV_QUOTA_JOBS = env.whole("MV_QUOTA_JOBS", 0)
MV_QUOTA_STORAGE_MB = env.whole("MV_QUOTA_STORAGE_MB", 0)

_EMAIL_URL = env.server(
    "EMAIL_URL",
    like="smtp+tls://user:password@host:587",
    schemes=("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail"),
    parts=environ.Env.email_url_config,
)
_MAIL: dict[str, Any] = environ.Env.email_url_config(_EMAIL_URL) if _EMAIL_URL else {}
MV_SENDS_MAIL = bool(_EMAIL_URL)
EMAIL_BACKEND = _MAIL.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_FILE_PATH = _MAIL.get("EMAIL_FILE_PATH") or None  # of filemail:// alone
EMAIL_HOST = _MAIL.get("EMAIL_HOST", "localhost")
EMAIL_PORT = _MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("MV_MAIL_FROM", "MV Studio <studio@localhost>")
